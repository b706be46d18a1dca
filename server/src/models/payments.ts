/** Payment: money from a customer, set against invoices. */
import { commonFields, customerRef } from './fields.ts';
import type { PushModel } from './model.ts';
import { paymentFields } from './payment-fields.ts';

export const payments: PushModel = {
  dataType: 'payments',
  displayName: 'Payment',
  description: 'Money that a customer paid, and the invoices that it settles.',
  fields: {
    ...commonFields(),
    customerRef: customerRef(),
    ...paymentFields('The account that the money was paid into.', {
      types: [
        'Unknown',
        'Unlinked',
        'Invoice',
        'CreditNote',
        'Other',
        'Refund',
        'Payment',
        'PaymentOnAccount',
        'ManualJournal',
        'Discount',
      ],
      references: ['invoices', 'creditNotes', 'payments'],
    }),
  },
  example: {
    customerRef: { id: '1' },
    accountRef: { id: '1000' },
    totalAmount: 300,
    currency: 'GBP',
    date: '2026-03-20T00:00:00',
    reference: 'FP 2041',
    lines: [{ amount: 300, links: [{ type: 'Invoice', id: '1', amount: -300 }] }],
  },
};
