// Items: what is sold and bought, with the prices, accounts and tax rates that document lines take from it.
import { choice, decimal, flag, group, name, reference, report, text } from '../fields.ts';
import { defineResource } from '../resource.ts';
import type { Writing } from '../resource.ts';

const side = group({
  description: text(4000),
  unitPrice: decimal(),
  accountId: reference('accounts', 'bank-accounts'),
  taxRateId: reference('tax-rates'),
});

export const items = defineResource({
  path: 'items',
  prefix: 'itm',
  fields: {
    name: name(50),
    code: text(30),
    type: choice('inventory', 'non-inventory', 'service'),
    status: choice('active', 'archived'),
    isSold: flag(),
    isPurchased: flag(),
    sale: side,
    purchase: side,
  },
  complete(input, writing) {
    const { isSold = false, isPurchased = false, type = 'service', status = 'active' } = input;
    checkSide(writing, 'sale', isSold, input.sale);
    checkSide(writing, 'purchase', isPurchased, input.purchase);
    const code = input.code === undefined || input.code === '' ? writing.nextNumber('items', 'ITEM') : input.code;
    return {
      members: { ...input, code, type, status, isSold, isPurchased },
      number: { field: 'code', value: code },
      status,
    };
  },
});

function checkSide(writing: Writing, field: 'sale' | 'purchase', isOn: boolean, given: object | undefined): void {
  const flagName = field === 'sale' ? 'isSold' : 'isPurchased';
  if (isOn && given === undefined) report(writing, field, 'required', `is required when ${flagName} is true`);
  if (!isOn && given !== undefined) report(writing, field, 'not_allowed', `is only allowed when ${flagName} is true`);
}
