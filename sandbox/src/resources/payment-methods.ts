// Payment methods: the ways in which money moves, such as cash or a card. Payments name them.
import { choice, name, required, text } from '../fields.ts';
import { defineResource } from '../resource.ts';

export const paymentMethods = defineResource({
  path: 'payment-methods',
  prefix: 'pmt',
  fields: {
    name: name(150),
    code: text(50),
    type: required(choice('cash', 'cheque', 'credit-card', 'debit-card', 'bank-transfer', 'other')),
    status: choice('active', 'archived'),
  },
  complete(input) {
    const status = input.status ?? 'active';
    return {
      members: { ...input, status },
      number: input.code === undefined || input.code === '' ? undefined : { field: 'code', value: input.code },
      status,
    };
  },
});
