/** Bill payment: money to a supplier, set against bills. */
import { commonFields, supplierRef } from './fields.ts';
import type { PushModel } from './model.ts';
import { paymentFields } from './payment-fields.ts';

export const billPayments: PushModel = {
  dataType: 'billPayments',
  displayName: 'Bill Payment',
  description: 'Money that the company paid a supplier, and the bills that it settles.',
  fields: {
    ...commonFields(),
    supplierRef: supplierRef(),
    ...paymentFields('The account that the money was paid from.', {
      types: [
        'Unknown',
        'Unlinked',
        'Bill',
        'Other',
        'CreditNote',
        'BillPayment',
        'PaymentOnAccount',
        'Refund',
        'ManualJournal',
        'Discount',
      ],
      references: ['bills', 'billCreditNotes', 'billPayments'],
    }),
  },
  example: {
    supplierRef: { id: '1' },
    accountRef: { id: '1000' },
    totalAmount: 450,
    currency: 'GBP',
    date: '2026-03-25T00:00:00',
    reference: 'MFC-77120',
    lines: [{ amount: 450, links: [{ type: 'Bill', id: '1', amount: -450 }] }],
  },
};
