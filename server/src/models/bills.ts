/** Bill: what the company owes a supplier for something bought. */
import { lineAmounts } from './document-lines.ts';
import {
  choices,
  commonFields,
  currency,
  currencyRate,
  flag,
  lineRef,
  list,
  moment,
  number,
  paymentAllocations,
  supplementalData,
  supplierRef,
  text,
  tracking,
  withholdingTax,
} from './fields.ts';
import type { Fields, PushModel } from './model.ts';

function lines(): Fields {
  return {
    lineNumber: text('Line number', '', { nullable: true }),
    ...lineAmounts(),
    unitOfMeasurement: text('Unit of measurement', 'Such as kg or hours.', { nullable: true }),
    purchaseOrderLineRef: lineRef('Purchase order line', 'Line of the order that this line fulfils.'),
    tracking: tracking('payable'),
    isDirectCost: flag('Direct cost', 'Whether the line was paid on the spot.'),
  };
}

export const bills: PushModel = {
  dataType: 'bills',
  displayName: 'Bill',
  description: 'A document by which a supplier asks the company for payment.',
  fields: {
    ...commonFields(),
    reference: text('Reference', "The supplier's number of the document.", { nullable: true }),
    supplierRef: supplierRef(),
    purchaseOrderRefs: list(
      'Purchase orders',
      'Orders that the bill fulfils.',
      {
        id: text('Identifier', 'Id of the purchase order.'),
        purchaseOrderNumber: text('Number', 'Number of the purchase order.', { nullable: true }),
      },
      { nullable: true },
    ),
    issueDate: moment('Issue date', 'Date of the document.', { alwaysPresent: true }),
    dueDate: moment('Due date', 'Date by which it is to be paid.'),
    currency: currency('Currency', 'Currency of all amounts on the document.'),
    currencyRate: currencyRate(),
    lineItems: list('Lines', 'What was bought.', lines(), { nullable: true }),
    withholdingTax: withholdingTax(),
    status: text('Status', 'A draft has no effect on the ledger; an open bill has.', {
      alwaysPresent: true,
      options: choices('Unknown', 'Open', 'PartiallyPaid', 'Paid', 'Void', 'Draft'),
    }),
    subTotal: number('Subtotal', 'Sum of the lines after discount, before tax.', { alwaysPresent: true }),
    taxAmount: number('Tax', '', { alwaysPresent: true }),
    totalAmount: number('Total amount', 'With tax.', { alwaysPresent: true }),
    amountDue: number('Amount due', 'Total less payments and credits.', { nullable: true }),
    note: text('Note', '', { nullable: true }),
    paymentAllocations: paymentAllocations(),
    supplementalData: supplementalData(),
  },
  example: {
    reference: 'MFC-77120',
    supplierRef: { id: '1' },
    issueDate: '2026-02-26T00:00:00',
    dueDate: '2026-03-28T00:00:00',
    currency: 'GBP',
    status: 'Open',
    lineItems: [
      { description: 'Strong white flour, 25 kg', unitAmount: 19.75, quantity: 40, accountRef: { id: '5000' } },
    ],
  },
};
