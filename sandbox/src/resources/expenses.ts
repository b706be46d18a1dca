// Expenses: money spent at once, outside payables.
import { defineCashTransaction } from './cash-transaction.ts';

export const expenses = defineCashTransaction({
  path: 'expenses',
  prefix: 'exp',
  numberPrefix: 'EXP',
  itemSide: 'purchase',
  side: -1n,
});
