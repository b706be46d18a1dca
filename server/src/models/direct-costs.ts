/** Direct cost: something bought and paid for at once. */
import { directTransactionFields, directTransactionLines } from './direct-transaction-fields.ts';
import { commonFields, contactRef, list, object, recordRef, trackedRecords } from './fields.ts';
import type { Fields, PushModel } from './model.ts';

function lines(): Fields {
  return {
    ...directTransactionLines(),
    tracking: object('Tracking', 'What the line counts towards, and whom it is billed to.', {
      recordRefs: trackedRecords({ alwaysPresent: true }),
      invoiceTo: recordRef('Invoice to', 'Customer whom the cost is billed to.'),
    }),
  };
}

export const directCosts: PushModel = {
  dataType: 'directCosts',
  displayName: 'Direct Cost',
  description: 'Money that the company spent without a bill, such as by card.',
  fields: {
    ...commonFields(),
    ...directTransactionFields('The account that was paid from.'),
    contactRef: contactRef('suppliers', 'customers'),
    lineItems: list('Lines', 'What was bought.', lines(), { alwaysPresent: true }),
  },
  example: {
    reference: 'CARD-5511',
    note: 'Parking at the wholesale market',
    contactRef: { id: '1', dataType: 'suppliers' },
    issueDate: '2026-03-12T00:00:00',
    currency: 'GBP',
    lineItems: [{ description: 'Parking', unitAmount: 6.5, quantity: 2, accountRef: { id: '6100' } }],
    paymentAllocations: [{ payment: { accountRef: { id: '1000' } }, allocation: { totalAmount: 13 } }],
  },
};
