// Purchase orders: what has been ordered of suppliers. They post nothing.
import { address } from './contact.ts';
import { contactCurrency, currencyMembers } from './document.ts';
import { completeLines, lineFields, withoutComputedTax } from './document-lines.ts';
import { refuseVoidUpdate } from './document-status.ts';
import { refuseNegative, totalMembers, totalsOf } from './document-totals.ts';
import {
  choice,
  currency,
  date,
  decimal,
  email,
  group,
  list,
  percentage,
  readOnly,
  reference,
  report,
  required,
  text,
} from '../fields.ts';
import { textAt } from '../json.ts';
import { defineResource } from '../resource.ts';

export const purchaseOrders = defineResource({
  path: 'purchase-orders',
  prefix: 'por',
  isDocument: true,
  takesAttachments: true,
  fields: {
    number: text(255),
    reference: text(255),
    note: text(500),
    supplierId: required(reference('suppliers')),
    issueDate: date(),
    paymentDueDate: date(),
    expectedDeliveryDate: date(),
    deliveryDate: date(),
    shipTo: group({ contact: group({ name: text(150), email: email(), phone: text(50) }), address }),
    status: choice('draft', 'open', 'closed', 'void'),
    currency: currency(),
    exchangeRate: decimal({ above: '0' }),
    discountPercentage: percentage,
    lines: required(list(group(lineFields), 1000, 1)),
    subTotal: readOnly(),
    discountTotal: readOnly(),
    documentDiscount: readOnly(),
    taxTotal: readOnly(),
    total: readOnly(),
  },
  complete(input, writing, before) {
    const lines = completeLines(input.lines ?? [], 'purchase', input.discountPercentage, writing);
    const totals = totalsOf({}, lines);
    refuseNegative(totals, writing);
    const status = input.status ?? 'draft';
    const was = textAt(before?.body, 'status');
    if (status === 'draft' && was !== undefined && was !== 'draft')
      report(writing, 'status', 'invalid_status_move', `cannot go from ${was} back to draft`);
    if (status === 'void' && was === undefined)
      report(writing, 'status', 'invalid_status_move', 'a new order cannot be void');
    const number =
      input.number === undefined || input.number === '' ? writing.nextNumber('purchase-orders', 'PO') : input.number;
    const code = input.currency ?? contactCurrency(input.supplierId, ['suppliers'], writing);
    return {
      members: {
        ...input,
        number,
        issueDate: input.issueDate ?? writing.now.slice(0, 10),
        status,
        ...currencyMembers(code, input.exchangeRate, writing),
        lines: lines.map((line) => line.members),
        ...totalMembers(totals),
      },
      number: { field: 'number', value: number },
      reference: input.reference,
      status,
    };
  },
  asInput: withoutComputedTax,
  refuseChange: refuseVoidUpdate,
});
