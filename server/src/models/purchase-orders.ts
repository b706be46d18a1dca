/** Purchase order: what the company asks a supplier to deliver. Nothing is owed until the bill comes. */
import { lineAmounts } from './document-lines.ts';
import {
  address,
  choices,
  commonFields,
  currency,
  currencyRate,
  list,
  moment,
  number,
  object,
  supplierRef,
  text,
} from './fields.ts';
import type { Field, Fields, PushModel } from './model.ts';

function shipTo(): Field {
  const contact: Fields = {
    name: text('Name', '', { nullable: true }),
    email: text('E-mail address', '', { nullable: true }),
    phone: text('Phone', '', { nullable: true }),
  };
  return object('Ship to', 'Where the goods are to go.', {
    contact: object('Contact', 'Who takes delivery.', contact),
    address: address(),
  });
}

function lines(): Fields {
  return {
    lineNumber: text('Line number', '', { nullable: true }),
    ...lineAmounts(),
    unitOfMeasurement: text('Unit of measurement', 'Such as kg or hours.', { nullable: true }),
  };
}

export const purchaseOrders: PushModel = {
  dataType: 'purchaseOrders',
  displayName: 'Purchase Order',
  description: 'A document by which the company orders from a supplier.',
  fields: {
    ...commonFields(),
    purchaseOrderNumber: text('Order number', 'The number that the supplier sees.', { nullable: true }),
    issueDate: moment('Issue date', 'Date of the document.'),
    paymentDueDate: moment('Payment due', 'Date by which the company means to pay.', { nullable: true }),
    expectedDeliveryDate: moment('Expected delivery', 'When the supplier means to deliver.', { nullable: true }),
    deliveryDate: moment('Delivery date', 'When the goods are wanted.', { nullable: true }),
    note: text('Note', 'Text for the supplier.', { nullable: true }),
    shipTo: shipTo(),
    supplierRef: supplierRef(),
    status: text('Status', 'An open order has gone to the supplier.', {
      options: choices('Unknown', 'Draft', 'Open', 'Closed', 'Void'),
    }),
    currency: currency('Currency', 'Currency of all amounts on the document.'),
    currencyRate: currencyRate(),
    lineItems: list('Lines', 'What is ordered.', lines(), { nullable: true }),
    totalDiscount: number('Total discount', ''),
    subTotal: number('Subtotal', 'Sum of the lines after discount, before tax.'),
    totalTaxAmount: number('Total tax', ''),
    totalAmount: number('Total amount', 'With tax.'),
  },
  example: {
    purchaseOrderNumber: 'HL-PO-77',
    supplierRef: { id: '1' },
    issueDate: '2026-02-20T00:00:00',
    deliveryDate: '2026-02-27T00:00:00',
    status: 'Open',
    currency: 'GBP',
    shipTo: {
      contact: { name: 'Ines Moreau', email: 'ines@harbourlane.example', phone: '+44 20 7946 0018' },
      address: { type: 'Delivery', line1: '4 Harbour Lane', city: 'Whitby', postalCode: 'YO21 3PU' },
    },
    lineItems: [
      { description: 'Strong white flour, 25 kg', unitAmount: 19.75, quantity: 40, accountRef: { id: '5000' } },
    ],
    note: 'Deliver before six in the morning.',
  },
};
