/** Invoices of the sandbox. */
import { choices } from '../../models/fields.ts';
import { invoices as invoiceModel } from '../../models/invoices.ts';
import { refine } from '../../models/model.ts';
import { amount, date, derived, ids, list, same, word } from '../mapping.ts';
import { payableLimits, payablePairs, receivableLimits, receivableLinePairs, withWholeTracking } from './documents.ts';
import { commonPairs, withNumberLimits, type SandboxResource } from './resource.ts';

const statuses = {
  Draft: 'draft',
  Submitted: 'submitted',
  PartiallyPaid: 'partially-paid',
  Paid: 'paid',
  Void: 'void',
};

const model = withNumberLimits(
  refine(invoiceModel, {
    ...payableLimits,
    ...receivableLimits,
    invoiceNumber: {
      maxLength: 255,
      unique: true,
      description: 'The number that the customer sees; given by the sandbox if absent.',
    },
    customerRef: { required: true },
    salesOrderRefs: { itemsMax: 50 },
    'salesOrderRefs.id': { required: true, maxLength: 255 },
    totalDiscount: { readOnly: true },
    totalTaxAmount: { readOnly: true },
    status: {
      options: choices('Draft', 'Submitted'),
      description: 'Draft if absent. A submitted invoice with payment allocations becomes partially paid or paid.',
    },
  }),
);

export const invoices: SandboxResource = {
  path: 'invoices',
  model,
  updateModel: refine(model, { status: { options: choices('Draft', 'Submitted', 'Void') } }),
  pairs: [
    ...commonPairs,
    ...payablePairs,
    same('invoiceNumber', 'number'),
    same('customerRef.id', 'customerId'),
    ids('salesOrderRefs', 'salesOrderIds'),
    list('lineItems', 'lines', receivableLinePairs),
    amount('discountPercentage'),
    amount('additionalTaxAmount'),
    amount('additionalTaxPercentage'),
    derived(amount('totalDiscount', 'discountTotal')),
    derived(amount('totalTaxAmount', 'taxTotal')),
    derived(date('paidOnDate', 'paidOn')),
    word('status', 'status', statuses),
  ],
  complete: (record) => withSalesOrderType(withWholeTracking(record)),
};

/** The sandbox keeps sales orders by their ids alone; they can only be sales orders. */
function withSalesOrderType(record: Record<string, unknown>): Record<string, unknown> {
  const orders = record['salesOrderRefs'];
  if (!Array.isArray(orders)) return record;
  return { ...record, salesOrderRefs: orders.map((order: object) => ({ ...order, dataType: 'salesOrders' })) };
}
