/** Direct costs and direct incomes: the sandbox's expenses and receipts, money that moved at once. */
import { directCosts as directCostModel } from '../../models/direct-costs.ts';
import { directIncomes as directIncomeModel } from '../../models/direct-incomes.ts';
import { refine, type Refinements } from '../../models/model.ts';
import { isMembers } from '../../models/validate.ts';
import { amount, date, derived, list, same, word, type Pair } from '../mapping.ts';
import { withContactType } from './contact-kinds.ts';
import { documentLimits, documentPairs, linePairs, withLines } from './documents.ts';
import { trackedTypes } from './journal-entries.ts';
import { commonPairs, withNumberLimits, type SandboxResource } from './resource.ts';

/** The one payment of a direct transaction is the transaction itself: the sandbox has its members at the top. */
const sharedPairs: readonly Pair[] = [
  ...commonPairs,
  ...documentPairs,
  same('reference'),
  same('contactRef.id', 'contactId'),
  same('paymentAllocations[0].payment.accountRef.id', 'accountId'),
  date('paymentAllocations[0].payment.paidOnDate', 'paidOn'),
  same('paymentAllocations[0].payment.reference', 'paymentReference'),
  same('paymentAllocations[0].payment.note', 'paymentNote'),
  derived(amount('paymentAllocations[0].payment.totalAmount', 'total')),
  amount('paymentAllocations[0].allocation.totalAmount', 'total'),
  derived(amount('taxAmount', 'taxTotal')),
];

const sharedLimits: Refinements = {
  ...documentLimits,
  reference: { maxLength: 255 },
  contactRef: { required: true },
  taxAmount: { readOnly: true },
  paymentAllocations: { required: true, itemsMin: 1, itemsMax: 1 },
  'paymentAllocations.payment.id': { readOnly: true },
  'paymentAllocations.payment.accountRef': { required: true },
  'paymentAllocations.payment.accountRef.id': { required: true },
  'paymentAllocations.payment.reference': { maxLength: 255 },
  'paymentAllocations.payment.note': { maxLength: 4_000 },
  'paymentAllocations.payment.totalAmount': { readOnly: true },
  'paymentAllocations.payment.currency': { readOnly: true },
  'paymentAllocations.payment.currencyRate': { readOnly: true },
  'paymentAllocations.allocation.totalAmount': {
    decimalPlacesMax: 2,
    description: 'Total of the lines with tax; worked out by the sandbox if absent, and refused if it is another.',
  },
  'paymentAllocations.allocation.allocatedOnDate': { readOnly: true },
  'paymentAllocations.allocation.currency': { readOnly: true },
  'paymentAllocations.allocation.currencyRate': { readOnly: true },
};

/** Official clients rely on the list of records in any tracking that there is. */
function withWholeTracking(line: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const tracking = line['tracking'];
  return isMembers(tracking) ? { ...line, tracking: { recordRefs: [], ...tracking } } : line;
}

export const directCosts: SandboxResource = {
  path: 'expenses',
  naturalNumber: 'reference',
  model: withNumberLimits(
    refine(directCostModel, {
      ...sharedLimits,
      'lineItems.tracking.recordRefs': { itemsMax: 20 },
      'lineItems.tracking.recordRefs.id': { required: true },
      'lineItems.tracking.recordRefs.dataType': { required: true },
      'lineItems.tracking.invoiceTo.id': { maxLength: 255 },
      'lineItems.tracking.invoiceTo.dataType': { maxLength: 50 },
    }),
  ),
  pairs: [
    ...sharedPairs,
    list('lineItems', 'lines', [
      ...linePairs,
      list('tracking.recordRefs', 'trackedRecords', [same('id'), word('dataType', 'type', trackedTypes)]),
      same('tracking.invoiceTo.id', 'invoiceTo.id'),
      same('tracking.invoiceTo.dataType', 'invoiceTo.type'),
    ]),
  ],
  complete: (record) => withLines(withContactType(record), 'lineItems', withWholeTracking),
};

export const directIncomes: SandboxResource = {
  path: 'receipts',
  naturalNumber: 'reference',
  model: withNumberLimits(refine(directIncomeModel, sharedLimits)),
  pairs: [...sharedPairs, list('lineItems', 'lines', linePairs)],
  complete: withContactType,
};
