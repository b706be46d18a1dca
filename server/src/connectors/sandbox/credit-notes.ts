/** Credit notes of the sandbox, given to customers and had from suppliers: one kind of document seen from two sides. */
import { billCreditNotes as billCreditNoteModel } from '../../models/bill-credit-notes.ts';
import { creditNotes as creditNoteModel } from '../../models/credit-notes.ts';
import { choices } from '../../models/fields.ts';
import { refine, type PushModel, type Refinements } from '../../models/model.ts';
import { amount, date, derived, list, same, word, type Pair } from '../mapping.ts';
import {
  documentLimits,
  documentPairs,
  linePairs,
  paymentLimits,
  paymentPairs,
  receivableLimits,
  receivableLinePairs,
  trackingLimits,
  trackingPairs,
  withWholeTracking,
  withholdingLimits,
  withholdingPairs,
} from './documents.ts';
import { commonPairs, withNumberLimits, type SandboxResource } from './resource.ts';

const statuses = {
  Draft: 'draft',
  Submitted: 'submitted',
  PartiallyPaid: 'partially-paid',
  Paid: 'paid',
  Void: 'void',
};

const sharedPairs: readonly Pair[] = [
  ...commonPairs,
  ...documentPairs,
  ...withholdingPairs,
  ...paymentPairs,
  amount('discountPercentage'),
  derived(amount('totalDiscount', 'discountTotal')),
  derived(amount('totalTaxAmount', 'taxTotal')),
  derived(amount('remainingCredit')),
  derived(date('allocatedOnDate', 'allocatedOn')),
  word('status', 'status', statuses),
];

const sharedLimits: Refinements = {
  ...documentLimits,
  ...trackingLimits,
  ...withholdingLimits,
  ...paymentLimits,
  paymentAllocations: { itemsMax: 50, description: 'Refunds that come with the document.' },
  totalDiscount: { readOnly: true },
  totalTaxAmount: { readOnly: true },
  remainingCredit: { readOnly: true },
  allocatedOnDate: { readOnly: true },
  status: {
    options: choices('Draft', 'Submitted'),
    description: 'Draft if absent. A submitted credit note becomes partially paid and paid as its credit is used.',
  },
};

function forUpdates(model: PushModel): PushModel {
  return refine(model, { status: { options: choices('Draft', 'Submitted', 'Void') } });
}

/** The sandbox always has a discount; where nobody gave one it is left out, and official clients rely on it. */
function complete(record: Record<string, unknown>): Record<string, unknown> {
  return withWholeTracking({ discountPercentage: 0, ...record });
}

const creditNote = withNumberLimits(
  refine(creditNoteModel, {
    ...sharedLimits,
    ...receivableLimits,
    creditNoteNumber: {
      maxLength: 255,
      unique: true,
      description: 'The number that the customer sees; given by the sandbox if absent.',
    },
    customerRef: { required: true },
  }),
);

export const creditNotes: SandboxResource = {
  path: 'credit-notes',
  model: creditNote,
  updateModel: forUpdates(creditNote),
  pairs: [
    ...sharedPairs,
    same('creditNoteNumber', 'number'),
    same('customerRef.id', 'customerId'),
    list('lineItems', 'lines', receivableLinePairs),
    amount('additionalTaxAmount'),
    amount('additionalTaxPercentage'),
  ],
  complete,
};

const billCreditNote = withNumberLimits(
  refine(billCreditNoteModel, {
    ...sharedLimits,
    billCreditNoteNumber: {
      maxLength: 255,
      unique: true,
      description: 'Number of the document; given by the sandbox if absent.',
    },
    supplierRef: { required: true },
    'lineItems.unitOfMeasurement': { maxLength: 50 },
    'lineItems.createdFromLineRef.id': { maxLength: 255 },
    'lineItems.createdFromLineRef.lineNumber': { maxLength: 50 },
    createdFromRefs: { itemsMax: 50 },
    'createdFromRefs.id': { maxLength: 255 },
    'createdFromRefs.dataType': { maxLength: 50 },
  }),
);

export const billCreditNotes: SandboxResource = {
  path: 'supplier-credit-notes',
  model: billCreditNote,
  updateModel: forUpdates(billCreditNote),
  pairs: [
    ...sharedPairs,
    same('billCreditNoteNumber', 'number'),
    same('supplierRef.id', 'supplierId'),
    list('createdFromRefs', 'createdFrom', [same('id'), same('dataType', 'type')]),
    list('lineItems', 'lines', [
      ...linePairs,
      ...trackingPairs,
      same('unitOfMeasurement', 'unit'),
      // The sandbox has one member for the line that a line goes back to, of whichever document.
      same('createdFromLineRef.id', 'purchaseOrderLine.id'),
      same('createdFromLineRef.dataType', 'purchaseOrderLine.type'),
      same('createdFromLineRef.lineNumber', 'purchaseOrderLine.lineNumber'),
    ]),
  ],
  complete,
};
