/** Bills of the sandbox. The number that the supplier gave is the reference; the sandbox has one of its own beside it. */
import { bills as billModel } from '../../models/bills.ts';
import { choices } from '../../models/fields.ts';
import { refine } from '../../models/model.ts';
import { amount, derived, list, same, word } from '../mapping.ts';
import { linePairs, payableLimits, payablePairs, trackingPairs, withWholeTracking } from './documents.ts';
import { commonPairs, withNumberLimits, type SandboxResource } from './resource.ts';

const statuses = { Draft: 'draft', Open: 'open', PartiallyPaid: 'partially-paid', Paid: 'paid', Void: 'void' };

const model = withNumberLimits(
  refine(billModel, {
    ...payableLimits,
    reference: { maxLength: 255 },
    supplierRef: { required: true },
    purchaseOrderRefs: { itemsMax: 50 },
    'purchaseOrderRefs.id': { maxLength: 255 },
    'purchaseOrderRefs.purchaseOrderNumber': { maxLength: 255 },
    'lineItems.lineNumber': { maxLength: 50 },
    'lineItems.unitOfMeasurement': { maxLength: 50 },
    'lineItems.purchaseOrderLineRef.id': { maxLength: 255 },
    'lineItems.purchaseOrderLineRef.lineNumber': { maxLength: 50 },
    taxAmount: { readOnly: true },
    status: {
      options: choices('Draft', 'Open'),
      description: 'Draft if absent. An open bill with payment allocations becomes partially paid or paid.',
    },
  }),
);

export const bills: SandboxResource = {
  path: 'bills',
  naturalNumber: 'reference',
  model,
  updateModel: refine(model, { status: { options: choices('Draft', 'Open', 'Void') } }),
  pairs: [
    ...commonPairs,
    ...payablePairs,
    same('reference'),
    same('supplierRef.id', 'supplierId'),
    list('purchaseOrderRefs', 'purchaseOrders', [same('id'), same('purchaseOrderNumber', 'number')]),
    list('lineItems', 'lines', [
      ...linePairs,
      ...trackingPairs,
      same('lineNumber'),
      same('unitOfMeasurement', 'unit'),
      same('purchaseOrderLineRef.id', 'purchaseOrderLine.id'),
      same('purchaseOrderLineRef.dataType', 'purchaseOrderLine.type'),
      same('purchaseOrderLineRef.lineNumber', 'purchaseOrderLine.lineNumber'),
      same('isDirectCost', 'isDirect'),
    ]),
    derived(amount('taxAmount', 'taxTotal')),
    word('status', 'status', statuses),
  ],
  complete: withWholeTracking,
};
