/** Direct income: something sold and paid for at once. */
import { directTransactionFields, directTransactionLines } from './direct-transaction-fields.ts';
import { commonFields, contactRef, list } from './fields.ts';
import type { PushModel } from './model.ts';

export const directIncomes: PushModel = {
  dataType: 'directIncomes',
  displayName: 'Direct Income',
  description: 'Money that the company took without an invoice, such as over the counter.',
  fields: {
    ...commonFields(),
    ...directTransactionFields('The account that was paid into.'),
    contactRef: contactRef('customers', 'suppliers'),
    lineItems: list('Lines', 'What was sold.', directTransactionLines(), { alwaysPresent: true }),
  },
  example: {
    reference: 'TILL-0312',
    note: 'Takings of the market stall',
    contactRef: { id: '1', dataType: 'customers' },
    issueDate: '2026-03-12T00:00:00',
    currency: 'GBP',
    lineItems: [{ description: 'Bread and cakes', unitAmount: 3.5, quantity: 44, accountRef: { id: '4000' } }],
    paymentAllocations: [{ payment: { accountRef: { id: '1000' } }, allocation: { totalAmount: 154 } }],
  },
};
