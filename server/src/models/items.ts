/** Item: a product or service that is bought, sold or both. */
import {
  accountRef,
  choices,
  commonFields,
  flag,
  number,
  object,
  supplementalData,
  taxRateRef,
  text,
} from './fields.ts';
import type { Field, PushModel } from './model.ts';

/** What an item is when bought, or when sold: the same members either way. */
function side(displayName: string, verb: 'bought' | 'sold', flagName: string): Field {
  return object(
    displayName,
    `How the item is ${verb}.`,
    {
      description: text('Description', `Text for a line on which the item is ${verb}.`, { nullable: true }),
      unitPrice: number('Unit price', `Price at which it is ${verb}.`, { nullable: true }),
      accountRef: accountRef(),
      taxRateRef: taxRateRef(),
    },
    { onlyWhen: flagName },
  );
}

export const items: PushModel = {
  dataType: 'items',
  displayName: 'Item',
  description: 'A product or service that the company buys or sells.',
  fields: {
    ...commonFields(),
    name: text('Name', 'Name of the item.', { nullable: true }),
    code: text('Code', 'Short code that lines may quote.', { nullable: true }),
    itemStatus: text('Status', 'Whether the item is still traded.', {
      alwaysPresent: true,
      options: choices('Unknown', 'Active', 'Archived'),
    }),
    type: text('Type', 'Whether stock is kept of it.', {
      alwaysPresent: true,
      options: choices('Unknown', 'Inventory', 'NonInventory', 'Service'),
    }),
    isBillItem: flag('Bought', 'Whether it may stand on bills.', { alwaysPresent: true }),
    billItem: side('Purchase details', 'bought', 'isBillItem'),
    isInvoiceItem: flag('Sold', 'Whether it may stand on invoices.', { alwaysPresent: true }),
    invoiceItem: side('Sales details', 'sold', 'isInvoiceItem'),
    supplementalData: supplementalData(),
  },
  example: {
    name: 'Rye loaf, 800 g',
    code: 'RYE-800',
    itemStatus: 'Active',
    type: 'NonInventory',
    isBillItem: false,
    isInvoiceItem: true,
    invoiceItem: { description: 'Rye loaf, 800 g', unitPrice: 4.2, accountRef: { id: '4000' } },
  },
};
