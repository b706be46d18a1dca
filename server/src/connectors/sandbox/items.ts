/** Items of the sandbox. */
import { choices } from '../../models/fields.ts';
import { items as itemModel } from '../../models/items.ts';
import { refine } from '../../models/model.ts';
import { amount, object, same, word, type Pair } from '../mapping.ts';
import { commonPairs, withNumberLimits, type SandboxResource } from './resource.ts';

const sidePairs: readonly Pair[] = [
  same('description'),
  amount('unitPrice'),
  same('accountRef.id', 'accountId'),
  same('taxRateRef.id', 'taxRateId'),
];

export const items: SandboxResource = {
  path: 'items',
  model: withNumberLimits(
    refine(itemModel, {
      name: { required: true, maxLength: 50 },
      code: { maxLength: 30, unique: true },
      itemStatus: { options: choices('Active', 'Archived') },
      type: { required: true, options: choices('Inventory', 'NonInventory', 'Service') },
      isBillItem: { required: true },
      isInvoiceItem: { required: true },
      'billItem.description': { maxLength: 4_000 },
      'invoiceItem.description': { maxLength: 4_000 },
    }),
  ),
  pairs: [
    ...commonPairs,
    same('name'),
    same('code'),
    word('itemStatus', 'status', { Active: 'active', Archived: 'archived' }),
    word('type', 'type', { Inventory: 'inventory', NonInventory: 'non-inventory', Service: 'service' }),
    same('isBillItem', 'isPurchased'),
    object('billItem', 'purchase', sidePairs),
    same('isInvoiceItem', 'isSold'),
    object('invoiceItem', 'sale', sidePairs),
  ],
};
