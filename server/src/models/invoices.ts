/** Invoice: what a customer owes for something sold. */
import { lineAmounts } from './document-lines.ts';
import {
  choices,
  commonFields,
  currency,
  currencyRate,
  customerRef,
  discountPercentage,
  flag,
  list,
  moment,
  number,
  paymentAllocations,
  supplementalData,
  text,
  tracking,
  withholdingTax,
} from './fields.ts';
import type { Fields, PushModel } from './model.ts';

function lines(): Fields {
  return {
    ...lineAmounts({ alwaysPresent: true }),
    tracking: tracking('receivable'),
    isDirectIncome: flag('Direct income', 'Whether the line was paid on the spot.'),
  };
}

export const invoices: PushModel = {
  dataType: 'invoices',
  displayName: 'Invoice',
  description: 'A document that asks a customer for payment.',
  fields: {
    ...commonFields(),
    invoiceNumber: text('Invoice number', 'The number that the customer sees.', { nullable: true }),
    customerRef: customerRef(),
    salesOrderRefs: list(
      'Sales orders',
      'Orders that the invoice fulfils.',
      {
        id: text('Identifier', 'Id of the sales order.'),
        dataType: text('Data type', '', { options: choices('salesOrders') }),
      },
      { nullable: true },
    ),
    issueDate: moment('Issue date', 'Date of the document.', { alwaysPresent: true }),
    dueDate: moment('Due date', 'Date by which it is to be paid.'),
    paidOnDate: moment('Paid on', 'When the last of it was paid.', { readOnly: true }),
    currency: currency('Currency', 'Currency of all amounts on the document.'),
    currencyRate: currencyRate(),
    lineItems: list('Lines', 'What was sold.', lines(), { nullable: true }),
    paymentAllocations: paymentAllocations(),
    withholdingTax: withholdingTax(),
    totalDiscount: number('Total discount', '', { nullable: true }),
    subTotal: number('Subtotal', 'Sum of the lines after discount, before tax.', { nullable: true }),
    additionalTaxAmount: number('Additional tax', 'Tax beyond that of the lines.'),
    additionalTaxPercentage: number('Additional tax percentage', ''),
    totalTaxAmount: number('Total tax', '', { alwaysPresent: true }),
    totalAmount: number('Total amount', 'With tax.', { alwaysPresent: true }),
    amountDue: number('Amount due', 'Total less payments and credits.', { alwaysPresent: true }),
    discountPercentage: discountPercentage({ nullable: true }),
    status: text('Status', 'A draft has no effect on the ledger; a submitted invoice has.', {
      alwaysPresent: true,
      options: choices('Unknown', 'Draft', 'Submitted', 'PartiallyPaid', 'Paid', 'Void'),
    }),
    note: text('Note', 'Text for the customer.', { nullable: true }),
    supplementalData: supplementalData(),
  },
  example: {
    invoiceNumber: 'HLB-2041',
    customerRef: { id: '1' },
    issueDate: '2026-03-02T00:00:00',
    dueDate: '2026-04-01T00:00:00',
    currency: 'GBP',
    status: 'Submitted',
    lineItems: [
      { description: 'Rye loaf, 800 g', unitAmount: 4.2, quantity: 120, accountRef: { id: '4000' } },
      { description: 'Delivery', unitAmount: 18.5, quantity: 1, accountRef: { id: '4000' } },
    ],
    note: 'Thank you for your order.',
  },
};
