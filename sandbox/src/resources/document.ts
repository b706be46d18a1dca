// What invoices, bills and credit notes have in common: lines, totals, discounts, payments, status, number and what they post.
import { completeLines, lineFields, withoutComputedTax } from './document-lines.ts';
import type { Line } from './document-lines.ts';
import { documentPostings } from './document-postings.ts';
import { documentStatus, refuseDocumentChange } from './document-status.ts';
import type { DocumentStatus } from './document-status.ts';
import { refuseNegative, totalMembers, totalsOf } from './document-totals.ts';
import type { Totals } from './document-totals.ts';
import { baseCurrency, rateOfRecord, systemAccount } from './exchange.ts';
import { lastUse } from './open-items.ts';
import type { OpenItemKind } from './open-items.ts';
import { formatCents } from '../decimal.ts';
import {
  choice,
  currency,
  date,
  decimal,
  group,
  list,
  name,
  percentage,
  readOnly,
  reference,
  report,
  required,
  text,
} from '../fields.ts';
import type { Checked, Fields } from '../fields.ts';
import { textAt } from '../json.ts';
import { defineResource } from '../resource.ts';
import type { Entry, Resource, Writing } from '../resource.ts';

/** What tells an invoice from a bill, and both from credit notes. */
export interface DocumentKind {
  readonly path: string;
  readonly prefix: string;
  readonly numberPrefix: string;
  readonly contact: { readonly member: 'customerId' | 'supplierId'; readonly resource: string };
  readonly itemSide: 'sale' | 'purchase';
  readonly controlAccount: 'receivable' | 'payable';
  /** 1 when the document debits its control account, -1 when it credits it. */
  readonly side: 1n | -1n;
  /** The status of a document that is posted and unpaid. */
  readonly openStatus: 'submitted' | 'open';
  readonly members: Required<OpenItemKind['members']>;
  readonly takesAttachments: boolean;
}

export const owedMembers = { open: 'amountDue', used: 'amountPaid', lastOn: 'paidOn' } as const;
export const creditMembers = { open: 'remainingCredit', used: 'amountUsed', lastOn: 'allocatedOn' } as const;

const payment = group({
  id: readOnly(),
  accountId: required(reference('accounts', 'bank-accounts')),
  date: required(date()),
  amount: required(decimal({ above: '0', places: 2 })),
  exchangeRate: decimal({ above: '0' }),
  reference: text(255),
  note: text(4000),
});

const commonFields = {
  number: text(255),
  reference: text(255),
  issueDate: required(date()),
  currency: currency(),
  exchangeRate: decimal({ above: '0' }),
  status: choice('draft', 'submitted', 'open', 'partially-paid', 'paid', 'void'),
  note: text(4000),
  discountPercentage: percentage,
  additionalTaxAmount: decimal({ min: '0' }),
  additionalTaxPercentage: percentage,
  withholding: list(group({ name: name(150), amount: required(decimal({ min: '0', places: 2 })) }), 20),
  lines: required(list(group(lineFields), 1000, 1)),
  payments: list(payment, 50),
  allocations: readOnly(),
  subTotal: readOnly(),
  discountTotal: readOnly(),
  documentDiscount: readOnly(),
  taxTotal: readOnly(),
  total: readOnly(),
};

export type DocumentInput = Checked<typeof commonFields>;

export function defineDocument(kind: DocumentKind, ownFields: Fields): Resource {
  const { contact, members } = kind;
  const fields: typeof commonFields = {
    ...commonFields,
    status: choice('draft', kind.openStatus, 'partially-paid', 'paid', 'void'),
    [contact.member]: required(reference(contact.resource)),
    [members.open]: readOnly(),
    [members.used]: readOnly(),
    [members.lastOn]: readOnly(),
    ...ownFields,
  };
  return defineResource({
    path: kind.path,
    prefix: kind.prefix,
    isDocument: true,
    takesAttachments: kind.takesAttachments,
    fields,
    complete: (input, writing, before) => completeDocument(kind, input, writing, textAt(before?.body, 'status')),
    asInput: withoutComputedTax,
    refuseChange: (body, change) => refuseDocumentChange(kind, body, change),
  });
}

/** The document as payments see it. */
export function openItemOf({ path, members, openStatus, controlAccount, side }: DocumentKind): OpenItemKind {
  return {
    path,
    members,
    openStatus,
    wholeBase: (record, writing) => side * writing.posted(record, systemAccount(writing, controlAccount)),
  };
}

function completeDocument(kind: DocumentKind, input: DocumentInput, writing: Writing, was: string | undefined): Entry {
  const lines = completeLines(input.lines ?? [], kind.itemSide, input.discountPercentage, writing);
  const totals = totalsOf(input, lines);
  checkTotals(kind, input, totals, writing);
  const status = documentStatus({ asked: input.status, was, openStatus: kind.openStatus, totals, writing });
  if (status === 'draft' && totals.paid > 0n) report(writing, 'payments', 'not_allowed', 'a draft takes no payments');
  const number =
    input.number === undefined || input.number === '' ? writing.nextNumber(kind.path, kind.numberPrefix) : input.number;
  const currencyCode = input.currency ?? defaultCurrency(kind, input, writing);
  return {
    members: {
      ...input,
      number,
      status,
      ...currencyMembers(currencyCode, input.exchangeRate, writing),
      lines: lines.map((line) => line.members),
      ...(input.payments && { payments: input.payments.map((one, index) => ({ id: `p${index + 1}`, ...one })) }),
      ...totalMembers(totals),
      ...openMembers(kind, input, totals),
    },
    number: { field: 'number', value: number },
    reference: input.reference,
    status,
    postings: isPosted(status) ? postingsOf(kind, { ...input, currency: currencyCode }, lines, totals, writing) : [],
  };
}

function postingsOf(
  kind: DocumentKind,
  input: DocumentInput,
  lines: readonly Line[],
  totals: Totals,
  writing: Writing,
) {
  const posted = {
    against: systemAccount(writing, kind.controlAccount),
    side: kind.side,
    issueDate: input.issueDate ?? '',
    currency: input.currency ?? '',
    exchangeRate: input.exchangeRate,
    payments: input.payments ?? [],
  };
  return documentPostings(posted, lines, totals, writing);
}

function isPosted(status: DocumentStatus): boolean {
  return status !== 'draft' && status !== 'void';
}

function checkTotals(kind: DocumentKind, input: DocumentInput, totals: Totals, writing: Writing): void {
  refuseNegative(totals, writing);
  if (totals.total < 0n) return;
  if (totals.total < totals.withheld)
    report(writing, 'withholding', 'exceeds_amount_due', 'more is withheld than the document comes to');
  else if (totals.due < 0n && (input.payments ?? []).length > 0 && kind.members.open === 'amountDue')
    report(writing, 'payments', 'exceeds_amount_due', 'more is paid than is due');
  else if (totals.due < 0n && (input.payments ?? []).length > 0)
    report(writing, 'payments', 'exceeds_remaining_credit', 'more is refunded than the credit note comes to');
}

function openMembers({ members }: DocumentKind, input: DocumentInput, totals: Totals): object {
  const payments = (input.payments ?? []).map((one) => ({ date: one.date ?? null }));
  const lastOn = totals.paid === 0n ? undefined : lastUse(members.lastOn, payments, totals.due);
  return {
    [members.used]: formatCents(totals.paid),
    [members.open]: formatCents(totals.due),
    ...(lastOn !== undefined && { [members.lastOn]: lastOn }),
  };
}

export function currencyMembers(code: string, exchangeRate: string | undefined, writing: Writing): object {
  const rate = rateOfRecord(writing, code, exchangeRate);
  return { currency: code, ...(rate !== undefined && { exchangeRate: rate }) };
}

function defaultCurrency(kind: DocumentKind, input: object, writing: Writing): string {
  const contactId: unknown = Object.entries(input).find(([member]) => member === kind.contact.member)?.[1];
  return contactCurrency(typeof contactId === 'string' ? contactId : undefined, [kind.contact.resource], writing);
}

/** The default currency of whoever a document is for or from. */
export function contactCurrency(id: string | undefined, resources: readonly string[], writing: Writing): string {
  const contact = id === undefined ? undefined : resources.map((one) => writing.find(one, id)).find(Boolean);
  return textAt(contact?.body, 'currency') ?? baseCurrency(writing);
}
