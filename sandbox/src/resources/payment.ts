// What payments of customers and to suppliers have in common: lines that settle open items, and what that posts.
import { gatherClaims } from './claims.ts';
import type { Claim } from './claims.ts';
import { contactCurrency, currencyMembers } from './document.ts';
import { moneyPostings } from './document-postings.ts';
import { missing, sum } from './document-lines.ts';
import { refuseOtherTotal } from './document-totals.ts';
import { rateToBase, systemAccount } from './exchange.ts';
import { allocate, baseOf, giveBack, onAccountBase, refuseUsed } from './open-items.ts';
import type { OpenItemKind } from './open-items.ts';
import { centsOf, formatCents, scaleCents } from '../decimal.ts';
import { choice, currency, date, decimal, group, list, readOnly, reference, required, text } from '../fields.ts';
import type { Checked } from '../fields.ts';
import { objectsAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { mergePostings } from '../ledger.ts';
import { defineResource } from '../resource.ts';
import type { Entry, Posting, Resource, Writing } from '../resource.ts';
import type { StoredRecord } from '../queries/records.ts';

/** What tells a customer's payment from one to a supplier. */
export interface PaymentKind {
  readonly path: string;
  readonly prefix: string;
  readonly numberPrefix: string;
  readonly contact: { readonly member: 'customerId' | 'supplierId'; readonly resource: string };
  readonly controlAccount: 'receivable' | 'payable';
  /** 1 when money comes in, -1 when it goes out. */
  readonly side: 1n | -1n;
  readonly documentType: 'invoice' | 'bill';
  readonly document: OpenItemKind;
  readonly creditNote: OpenItemKind;
}

const creditUsedMembers = { open: 'remainingCredit', used: 'amountUsed' } as const;

const allocationFields = {
  type: required(choice('invoice', 'bill', 'credit-note', 'payment', 'on-account')),
  recordId: text(255),
  amount: required(decimal({ above: '0', places: 2 })),
};

const lineFields = {
  amount: required(decimal({ min: '0', places: 2 })),
  allocatedOn: date(),
  allocations: list(group(allocationFields), 1000),
};

const paymentFields = {
  number: text(255),
  reference: text(255),
  note: text(4000),
  date: required(date()),
  accountId: reference('accounts', 'bank-accounts'),
  currency: currency(),
  exchangeRate: decimal({ above: '0' }),
  method: group({ id: text(255), name: text(150) }),
  lines: required(list(group(lineFields), 1000, 1)),
  total: decimal({ places: 2 }),
  remainingCredit: readOnly(),
  amountUsed: readOnly(),
  allocations: readOnly(),
};

type PaymentInput = Checked<typeof paymentFields>;
export type PaymentLine = Checked<typeof lineFields>;

export function definePayment(kind: PaymentKind): Resource {
  const types = [kind.documentType, 'credit-note', 'payment', 'on-account'] as const;
  const allocation = group({ ...allocationFields, type: required(choice(...types)) });
  const fields: typeof paymentFields = {
    ...paymentFields,
    lines: required(list(group({ ...lineFields, allocations: list(allocation, 1000) }), 1000, 1)),
    [kind.contact.member]: required(reference(kind.contact.resource)),
  };
  return defineResource({
    path: kind.path,
    prefix: kind.prefix,
    isDocument: true,
    isEditable: false,
    fields,
    complete: (input, writing) => completePayment(kind, input, writing),
    refuseChange: (body, change) => refuseUsed({ members: creditUsedMembers }, body, change),
    takeBack: (body, writing) => takeBack(kind, body, writing),
  });
}

/** The open items that an allocation of each type names. */
function openItems(kind: PaymentKind): ReadonlyMap<string, OpenItemKind> {
  const payment = { path: kind.path, members: creditUsedMembers, wholeBase: onAccountBase };
  return new Map([
    [kind.documentType, kind.document],
    ['credit-note', kind.creditNote],
    ['payment', payment],
  ]);
}

function completePayment(kind: PaymentKind, input: PaymentInput, writing: Writing): Entry {
  const lines = (input.lines ?? []).map(withAllocations);
  const partyId = memberText(input, kind.contact.member);
  const claims = gatherClaims(lines, {
    items: openItems(kind),
    party: { member: kind.contact.member, id: partyId },
    currency: input.currency,
    writing,
  });
  const [first] = claims;
  const code =
    input.currency ??
    textAt(first?.record.body, 'currency') ??
    contactCurrency(partyId, [kind.contact.resource], writing);
  const exchangeRate = input.exchangeRate ?? textAt(first?.record.body, 'exchangeRate');
  const total = sum(lines.map((line) => centsOf(line.amount)));
  refuseOtherTotal(input.total, total, writing);
  if (total > 0n && input.accountId === undefined)
    missing(writing, '', 'accountId', 'is required when money moves: it names the account it moves on');
  const number =
    input.number === undefined || input.number === '' ? writing.nextNumber(kind.path, kind.numberPrefix) : input.number;
  const onAccount = onAccountCents(lines);
  const settled = claims.map((claim) => ({ ...claim, base: baseOf(claim.kind, claim.record, claim.cents, writing) }));
  return {
    members: {
      ...input,
      number,
      ...currencyMembers(code, exchangeRate, writing),
      lines,
      total: formatCents(total),
      remainingCredit: formatCents(onAccount),
      amountUsed: formatCents(0n),
    },
    number: { field: 'number', value: number },
    reference: input.reference,
    postings: postingsOf(
      kind,
      { ...input, currency: code, ...(exchangeRate && { exchangeRate }) },
      { total, onAccount, settled },
      writing,
    ),
    afterwards: (stored) => settle(settled, stored, writing),
  };
}

/** A line that names nothing is on account as a whole. */
function withAllocations(line: PaymentLine): PaymentLine {
  if (line.allocations !== undefined && line.allocations.length > 0) return line;
  if (line.amount === undefined || centsOf(line.amount) === 0n) return line;
  return { ...line, allocations: [{ type: 'on-account', amount: line.amount }] };
}

function onAccountCents(lines: readonly PaymentLine[]): bigint {
  const allocations = lines.flatMap((line) => line.allocations ?? []);
  return sum(allocations.map((one) => (one.type === 'on-account' ? centsOf(one.amount) : 0n)));
}

function memberText(input: object, member: string): string | undefined {
  const value: unknown = Object.entries(input).find(([name]) => name === member)?.[1];
  return typeof value === 'string' ? value : undefined;
}

type Settled = Claim & { readonly base: bigint };

function postingsOf(
  kind: PaymentKind,
  input: PaymentInput,
  amounts: { readonly total: bigint; readonly onAccount: bigint; readonly settled: readonly Settled[] },
  writing: Writing,
): Posting[] {
  const control = systemAccount(writing, kind.controlAccount);
  const rate = rateToBase(writing, input.currency, input.exchangeRate);
  const postings = moneyPostings({
    bank: { accountId: input.accountId ?? control, cents: kind.side * scaleCents(amounts.total, rate) },
    control: [
      ...amounts.settled.map((one) => ({ accountId: control, cents: -kind.side * one.sign * one.base })),
      { accountId: control, cents: -kind.side * scaleCents(amounts.onAccount, rate) },
    ],
    date: (input.date ?? '').slice(0, 10),
    field: 'date',
    writing,
  });
  return mergePostings(postings);
}

function settle(settled: readonly Settled[], { body }: StoredRecord, writing: Writing): void {
  const optional = (member: 'reference' | 'accountId' | 'exchangeRate') => {
    const value = textAt(body, member);
    return value !== undefined && { [member]: value };
  };
  for (const { kind, record, cents, base } of settled)
    allocate(
      kind,
      record,
      {
        paymentId: textAt(body, 'id') ?? '',
        number: textAt(body, 'number') ?? '',
        ...optional('reference'),
        ...optional('accountId'),
        date: textAt(body, 'date') ?? '',
        amount: formatCents(cents),
        ...optional('exchangeRate'),
        baseAmount: formatCents(base),
      },
      writing,
    );
}

function takeBack(kind: PaymentKind, body: JsonObject, writing: Writing): void {
  const items = openItems(kind);
  const named = new Map(
    objectsAt(body, 'lines')
      .flatMap((line) => objectsAt(line, 'allocations'))
      .map((one) => [textAt(one, 'recordId') ?? '', textAt(one, 'type') ?? '']),
  );
  for (const [recordId, type] of named) {
    const item = items.get(type);
    const record = item && writing.find(item.path, recordId);
    if (item !== undefined && record !== undefined) giveBack(item, record, textAt(body, 'id') ?? '', writing);
  }
}
