// Journal entries: hand-written postings that must balance.
import { refuseSameParent, sum } from './document-lines.ts';
import { centsOf } from '../decimal.ts';
import {
  choice,
  currency,
  date,
  decimal,
  freeObject,
  group,
  list,
  reference,
  report,
  required,
  text,
} from '../fields.ts';
import { textAt } from '../json.ts';
import { mergePostings } from '../ledger.ts';
import { defineResource } from '../resource.ts';
import type { Writing } from '../resource.ts';

const trackedRecord = group({
  id: required(reference('customers', 'suppliers', 'tracking-categories')),
  type: choice('customers', 'suppliers', 'tracking-categories'),
});

export const trackedRecords = list(trackedRecord, 20);

const line = group({
  accountId: required(reference('accounts', 'bank-accounts')),
  amount: required(decimal({ places: 2 })),
  description: text(4000),
  currency: currency(),
  transactionAmount: decimal(),
  transactionCurrency: currency(),
  trackingCategoryIds: list(reference('tracking-categories'), 2),
  trackedRecords,
  contactId: reference('customers', 'suppliers'),
  customFields: freeObject(20_000),
});

export const journalEntries = defineResource({
  path: 'journal-entries',
  prefix: 'jnl',
  isDocument: true,
  fields: {
    number: text(255),
    reference: text(255),
    description: text(4000),
    postedOn: date(),
    journalId: reference('journals'),
    journalName: text(256),
    sourceRecord: group({ id: text(255), type: text(50) }),
    status: choice('posted', 'draft'),
    lines: required(list(line, 1000, 2)),
  },
  complete(input, writing, before) {
    const lines = input.lines ?? [];
    const status = input.status ?? 'posted';
    const journal = input.journalId === undefined ? undefined : writing.find('journals', input.journalId);
    const journalName = input.journalName ?? textAt(journal?.body, 'name');
    const postedOn = input.postedOn ?? writing.now.slice(0, 10);
    checkBalance(lines, writing);
    for (const [index, one] of lines.entries())
      refuseSameParent(one.trackingCategoryIds ?? [], `lines[${index}].trackingCategoryIds`, writing);
    if (status === 'draft' && textAt(before?.body, 'status') === 'posted')
      report(writing, 'status', 'invalid_status_move', 'a posted entry cannot become a draft again');
    const number =
      input.number === undefined || input.number === '' ? writing.nextNumber('journal-entries', 'JE') : input.number;
    const postings = lines.map((one) => ({
      accountId: one.accountId ?? '',
      cents: centsOf(one.amount),
      date: postedOn.slice(0, 10),
      field: 'postedOn',
    }));
    return {
      members: { ...input, number, postedOn, status, ...(journalName !== undefined && { journalName }) },
      number: { field: 'number', value: number },
      reference: input.reference,
      status,
      postings: status === 'posted' ? mergePostings(postings) : [],
    };
  },
});

function checkBalance(lines: readonly { readonly amount?: string }[], writing: Writing): void {
  // A missing or malformed amount is a problem of its own; a sum over the rest would only confuse.
  if (lines.some((one) => one.amount === undefined)) return;
  if (sum(lines.map((one) => centsOf(one.amount))) !== 0n)
    report(writing, 'lines', 'unbalanced', 'the amounts must sum to zero');
}
