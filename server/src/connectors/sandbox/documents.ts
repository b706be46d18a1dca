/** What the documents of the sandbox share: lines, tracking, payments, taxes kept back. */
import { isMembers } from '../../models/validate.ts';
import type { Refinements } from '../../models/model.ts';
import { amount, date, derived, ids, list, same, word, type Pair } from '../mapping.ts';

export const linePairs: readonly Pair[] = [
  same('description'),
  amount('unitAmount'),
  amount('quantity'),
  amount('discountAmount'),
  derived(amount('subTotal')),
  amount('taxAmount'),
  derived(amount('totalAmount', 'total')),
  amount('discountPercentage'),
  same('accountRef.id', 'accountId'),
  same('taxRateRef.id', 'taxRateId'),
  same('itemRef.id', 'itemId'),
  ids('trackingCategoryRefs', 'trackingCategoryIds'),
];

/** A line takes its account by reference, whether it names an item or not: so each body stands on its own. */
const lineLimits: Refinements = {
  lineItems: { required: true, itemsMin: 1, itemsMax: 1_000 },
  'lineItems.description': { maxLength: 4_000 },
  'lineItems.unitAmount': { required: true },
  'lineItems.quantity': { required: true },
  'lineItems.discountAmount': { decimalPlacesMax: 2 },
  'lineItems.taxAmount': { decimalPlacesMax: 2 },
  'lineItems.subTotal': { readOnly: true },
  'lineItems.totalAmount': { readOnly: true },
  'lineItems.accountRef': { required: true },
  'lineItems.accountRef.id': { required: true },
  'lineItems.trackingCategoryRefs': { itemsMax: 2 },
};

const billedTo = { Unknown: 'unknown', NotApplicable: 'not-applicable', Customer: 'customer', Project: 'project' };

/** Tracking of receivables and payables. */
export const trackingPairs: readonly Pair[] = [
  ids('tracking.categoryRefs', 'trackingCategoryIds'),
  same('tracking.customerRef.id', 'tracking.customerId'),
  same('tracking.projectRef.id', 'tracking.projectId'),
  word('tracking.isBilledTo', 'tracking.billedTo', billedTo),
  word('tracking.isRebilledTo', 'tracking.rebilledTo', billedTo),
];

/** What receivables have beyond that: the record that a line stems from, and whether it was paid on the spot. */
export const receivableLinePairs: readonly Pair[] = [
  ...linePairs,
  ...trackingPairs,
  same('tracking.recordRef.id', 'tracking.recordId'),
  same('tracking.recordRef.dataType', 'tracking.recordType'),
  same('isDirectIncome', 'isDirect'),
];

export const trackingLimits: Refinements = {
  'lineItems.tracking.categoryRefs': { itemsMax: 2 },
  'lineItems.tracking.projectRef.id': { maxLength: 255 },
};

export const receivableLimits: Refinements = {
  'lineItems.tracking.recordRef.id': { maxLength: 255 },
  'lineItems.tracking.recordRef.dataType': { maxLength: 50 },
  additionalTaxAmount: { minimum: 0, decimalPlacesMax: 2 },
  additionalTaxPercentage: { minimum: 0, maximum: 100 },
};

/** Payments that come with the document. */
const ownPaymentPairs: readonly Pair[] = [
  derived(same('payment.id', 'id')),
  same('payment.accountRef.id', 'accountId'),
  date('payment.paidOnDate', 'date'),
  derived(amount('payment.totalAmount', 'amount')),
  same('payment.reference', 'reference'),
  same('payment.note', 'note'),
  derived(date('allocation.allocatedOnDate', 'date')),
  amount('allocation.totalAmount', 'amount'),
];

/** Payments that are records of their own and settle the document. */
const allocationPairs: readonly Pair[] = [
  same('payment.id', 'paymentId'),
  same('payment.reference', 'reference'),
  same('payment.accountRef.id', 'accountId'),
  date('payment.paidOnDate', 'date'),
  amount('payment.currencyRate', 'exchangeRate'),
  date('allocation.allocatedOnDate', 'date'),
  amount('allocation.totalAmount', 'amount'),
];

/** One list on our side, two on theirs: what is written are payments that come with the document. */
export const paymentPairs: readonly Pair[] = [
  list('paymentAllocations', 'payments', ownPaymentPairs),
  derived(list('paymentAllocations', 'allocations', allocationPairs)),
];

export const paymentLimits: Refinements = {
  paymentAllocations: { itemsMax: 50, description: 'Payments received or made together with the document.' },
  'paymentAllocations.payment.id': { readOnly: true },
  'paymentAllocations.payment.accountRef': { required: true },
  'paymentAllocations.payment.accountRef.id': { required: true },
  'paymentAllocations.payment.paidOnDate': { required: true },
  'paymentAllocations.payment.reference': { maxLength: 255 },
  'paymentAllocations.payment.note': { maxLength: 4_000 },
  'paymentAllocations.payment.totalAmount': { readOnly: true },
  'paymentAllocations.payment.currency': { readOnly: true },
  'paymentAllocations.payment.currencyRate': { readOnly: true },
  'paymentAllocations.allocation.totalAmount': { required: true, minimum: 0.01, decimalPlacesMax: 2 },
  'paymentAllocations.allocation.allocatedOnDate': { readOnly: true },
  'paymentAllocations.allocation.currency': { readOnly: true },
  'paymentAllocations.allocation.currencyRate': { readOnly: true },
};

/** What every document has, purchase orders and credit notes included. */
export const documentPairs: readonly Pair[] = [
  date('issueDate'),
  same('currency'),
  amount('currencyRate', 'exchangeRate'),
  same('note'),
  derived(amount('subTotal')),
  derived(amount('totalAmount', 'total')),
];

export const documentLimits: Refinements = {
  issueDate: { required: true },
  note: { maxLength: 4_000 },
  currencyRate: { minimum: 1e-9 },
  subTotal: { readOnly: true },
  totalAmount: { readOnly: true },
  ...lineLimits,
};

export const withholdingPairs: readonly Pair[] = [
  list('withholdingTax', 'withholding', [same('name'), amount('amount')]),
];

export const withholdingLimits: Refinements = {
  withholdingTax: { itemsMax: 20 },
  'withholdingTax.name': { maxLength: 150 },
  'withholdingTax.amount': { minimum: 0, decimalPlacesMax: 2 },
};

/** What asks for payment: invoices and bills. */
export const payablePairs: readonly Pair[] = [
  ...documentPairs,
  ...withholdingPairs,
  ...paymentPairs,
  date('dueDate'),
  derived(amount('amountDue')),
];

export const payableLimits: Refinements = {
  ...documentLimits,
  ...trackingLimits,
  ...withholdingLimits,
  ...paymentLimits,
  dueDate: { required: true },
  amountDue: { readOnly: true },
};

/** The data model wants all of a line's tracking where there is any; the sandbox keeps only what it was given. */
export function withWholeTracking(record: Record<string, unknown>): Record<string, unknown> {
  return withLines(record, 'lineItems', (line) => {
    const tracking = line['tracking'];
    if (!isMembers(tracking)) return line;
    return { ...line, tracking: { categoryRefs: [], isBilledTo: 'Unknown', isRebilledTo: 'Unknown', ...tracking } };
  });
}

type Members = Readonly<Record<string, unknown>>;

export function withLines(
  record: Record<string, unknown>,
  name: string,
  change: (line: Members) => Members,
): Record<string, unknown> {
  const lines = record[name];
  if (!Array.isArray(lines)) return record;
  return { ...record, [name]: lines.map((line: unknown) => (isMembers(line) ? change(line) : line)) };
}
