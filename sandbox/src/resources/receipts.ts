// Receipts: money received at once, outside receivables.
import { defineCashTransaction } from './cash-transaction.ts';

export const receipts = defineCashTransaction({
  path: 'receipts',
  prefix: 'rec',
  numberPrefix: 'REC',
  itemSide: 'sale',
  side: 1n,
});
