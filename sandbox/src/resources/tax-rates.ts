// Tax rates: a percentage with a name, for the lines of documents.
import { choice, decimal, flag, group, list, name, percentage, required, text } from '../fields.ts';
import { defineResource } from '../resource.ts';

export const taxRates = defineResource({
  path: 'tax-rates',
  prefix: 'tax',
  fields: {
    name: name(150),
    rate: required(percentage),
    code: text(50),
    components: list(group({ name: text(150), rate: decimal(), isCompound: flag() }), 20),
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
