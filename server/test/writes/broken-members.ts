/**
 * For each data type a required member, a reference, and a change, and what the platform makes of bodies on its own:
 * literal, so that a model cannot vouch for itself.
 */
import type { WritableDataType } from '../../src/models/data-types.ts';
import { isMembers } from '../../src/models/validate.ts';
import type { Body } from './referable-records.ts';

export const REQUIRED: Readonly<Record<WritableDataType, { readonly member: string; readonly named: string }>> = {
  bankAccounts: { member: 'accountName', named: 'AccountName' },
  bankTransactions: { member: 'transactions', named: 'Transactions' },
  billCreditNotes: { member: 'supplierRef', named: 'SupplierRef' },
  billPayments: { member: 'lines', named: 'Lines' },
  bills: { member: 'dueDate', named: 'DueDate' },
  chartOfAccounts: { member: 'name', named: 'Name' },
  creditNotes: { member: 'issueDate', named: 'IssueDate' },
  customers: { member: 'customerName', named: 'CustomerName' },
  directCosts: { member: 'paymentAllocations', named: 'PaymentAllocations' },
  directIncomes: { member: 'contactRef', named: 'ContactRef' },
  invoices: { member: 'customerRef', named: 'CustomerRef' },
  items: { member: 'type', named: 'Type' },
  journalEntries: { member: 'postedOn', named: 'PostedOn' },
  journals: { member: 'name', named: 'Name' },
  payments: { member: 'date', named: 'Date' },
  purchaseOrders: { member: 'lineItems', named: 'LineItems' },
  suppliers: { member: 'supplierName', named: 'SupplierName' },
  transfers: { member: 'from', named: 'From' },
};

interface Reference {
  readonly path: readonly (string | number)[];
  readonly named: string;
}

/** Bank accounts, accounts and contacts refer to nothing; bank transactions do so in their path. */
export const REFERENCES: { readonly [D in WritableDataType]?: Reference } = {
  billCreditNotes: { path: ['supplierRef', 'id'], named: 'SupplierRef.Id' },
  billPayments: { path: ['lines', 0, 'links', 0, 'id'], named: 'Lines[0].Links[0].Id' },
  bills: { path: ['lineItems', 0, 'accountRef', 'id'], named: 'LineItems[0].AccountRef.Id' },
  creditNotes: { path: ['customerRef', 'id'], named: 'CustomerRef.Id' },
  directCosts: { path: ['contactRef', 'id'], named: 'ContactRef.Id' },
  directIncomes: {
    path: ['paymentAllocations', 0, 'payment', 'accountRef', 'id'],
    named: 'PaymentAllocations[0].Payment.AccountRef.Id',
  },
  invoices: { path: ['lineItems', 0, 'itemRef', 'id'], named: 'LineItems[0].ItemRef.Id' },
  items: { path: ['invoiceItem', 'accountRef', 'id'], named: 'InvoiceItem.AccountRef.Id' },
  journalEntries: { path: ['journalLines', 1, 'accountRef', 'id'], named: 'JournalLines[1].AccountRef.Id' },
  journals: { path: ['parentId'], named: 'ParentId' },
  payments: { path: ['accountRef', 'id'], named: 'AccountRef.Id' },
  purchaseOrders: { path: ['lineItems', 0, 'taxRateRef', 'id'], named: 'LineItems[0].TaxRateRef.Id' },
  transfers: { path: ['to', 'accountRef', 'id'], named: 'To.AccountRef.Id' },
};

/** What an update changes, beside the numbers that are fresh in each body. */
export const CHANGES: { readonly [D in WritableDataType]?: Body } = {
  bankAccounts: { institution: 'Millrace Bank' },
  billCreditNotes: { note: 'Changed.' },
  bills: { note: 'Changed.' },
  creditNotes: { note: 'Changed.' },
  customers: { customerName: 'Harbour Lane Bakery & Café' },
  invoices: { note: 'Changed.' },
  purchaseOrders: { note: 'Changed.' },
  suppliers: { supplierName: 'Millstone Mill' },
};

/**
 * What is shown of a body: money that comes along pays a part, money for nothing is on account, and a business date is the
 * midnight of its day, in whichever form it was sent.
 */
export function asKept(sent: Body): Body {
  const { paymentAllocations, status, lines } = sent;
  const isPaidInPart = Array.isArray(paymentAllocations) && (status === 'Submitted' || status === 'Open');
  return {
    ...withMidnights(sent),
    ...(isPaidInPart && { status: 'PartiallyPaid' }),
    ...(Array.isArray(lines) && { lines: lines.map(onAccountWhereForNothing).map(withMidnights) }),
  };
}

const BUSINESS_DATES = new Set([
  'allocatedOnDate',
  'createdOn',
  'date',
  'deliveryDate',
  'dueDate',
  'expectedDeliveryDate',
  'issueDate',
  'paidOnDate',
  'paymentDueDate',
  'postedOn',
]);

function withMidnights(members: Body): Body {
  const shown = Object.entries(members).map(([name, value]): [string, unknown] => [name, shownMember(name, value)]);
  return Object.fromEntries(shown);
}

function shownMember(name: string, value: unknown): unknown {
  if (typeof value === 'string') return BUSINESS_DATES.has(name) ? `${value.slice(0, 10)}T00:00:00` : value;
  if (Array.isArray(value)) return value.map((item: unknown) => shownMember('', item));
  return isMembers(value) ? withMidnights(value) : value;
}

function onAccountWhereForNothing(line: { readonly amount: number; readonly links: readonly object[] }) {
  return line.links.length > 0 ? line : { ...line, links: [{ type: 'PaymentOnAccount', amount: -line.amount }] };
}
