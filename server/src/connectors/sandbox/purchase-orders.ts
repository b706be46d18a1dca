/** Purchase orders of the sandbox. */
import { choices } from '../../models/fields.ts';
import { refine } from '../../models/model.ts';
import { purchaseOrders as purchaseOrderModel } from '../../models/purchase-orders.ts';
import { amount, date, derived, list, object, same, word } from '../mapping.ts';
import { addressLimits, addressPairs, email } from './contacts.ts';
import { documentLimits, documentPairs, linePairs } from './documents.ts';
import { commonPairs, withNumberLimits, type SandboxResource } from './resource.ts';

const { issueDate: _, ...limits } = documentLimits;

const model = withNumberLimits(
  refine(purchaseOrderModel, {
    ...limits,
    purchaseOrderNumber: {
      maxLength: 255,
      unique: true,
      description: 'The number that the supplier sees; given by the sandbox if absent.',
    },
    note: { maxLength: 500 },
    'shipTo.contact.name': { maxLength: 150 },
    'shipTo.contact.email': email,
    'shipTo.contact.phone': { maxLength: 50 },
    ...addressLimits('shipTo.address'),
    supplierRef: { required: true },
    status: { options: choices('Draft', 'Open', 'Closed'), description: 'Draft if absent.' },
    'lineItems.lineNumber': { maxLength: 50 },
    'lineItems.unitOfMeasurement': { maxLength: 50 },
    totalDiscount: { readOnly: true },
    totalTaxAmount: { readOnly: true },
  }),
);

export const purchaseOrders: SandboxResource = {
  path: 'purchase-orders',
  model,
  updateModel: refine(model, { status: { options: choices('Draft', 'Open', 'Closed', 'Void') } }),
  pairs: [
    ...commonPairs,
    ...documentPairs,
    same('purchaseOrderNumber', 'number'),
    same('supplierRef.id', 'supplierId'),
    date('paymentDueDate'),
    date('expectedDeliveryDate'),
    date('deliveryDate'),
    same('shipTo.contact.name'),
    same('shipTo.contact.email'),
    same('shipTo.contact.phone'),
    object('shipTo.address', 'shipTo.address', addressPairs),
    list('lineItems', 'lines', [...linePairs, same('lineNumber'), same('unitOfMeasurement', 'unit')]),
    derived(amount('totalDiscount', 'discountTotal')),
    derived(amount('totalTaxAmount', 'taxTotal')),
    word('status', 'status', { Draft: 'draft', Open: 'open', Closed: 'closed', Void: 'void' }),
  ],
};
