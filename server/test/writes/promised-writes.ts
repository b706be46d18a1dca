/** The writes that the product promises: one literal copy, which nothing in the product has a say in. */
import type { WritableDataType } from '../../src/models/data-types.ts';
import type { Kind } from './typed-writes.ts';

/** What is promised, as it was promised. */
const PROMISED = `
| dataType | create | update | delete | attach |
|---|---|---|---|---|
| bankAccounts | ✔ | ✔ | | |
| bankTransactions | ✔ | | | |
| billCreditNotes | ✔ | ✔ | | ✔ |
| billPayments | ✔ | | ✔ | |
| bills | ✔ | ✔ | ✔ | ✔ |
| chartOfAccounts | ✔ | | | |
| creditNotes | ✔ | ✔ | | |
| customers | ✔ | ✔ | | |
| directCosts | ✔ | | ✔ | ✔ |
| directIncomes | ✔ | | | ✔ |
| invoices | ✔ | ✔ | ✔ | ✔ |
| items | ✔ | | | |
| journalEntries | ✔ | | ✔ | |
| journals | ✔ | | | |
| payments | ✔ | | | |
| purchaseOrders | ✔ | ✔ | | |
| suppliers | ✔ | ✔ | | |
| transfers | ✔ | | | ✔ |
`;
export const KINDS = ['create', 'update', 'delete', 'attach'] as const satisfies readonly Kind[];

export const promised = PROMISED.trim()
  .split('\n')
  .slice(2)
  .map((row) => row.split('|').map((cell) => cell.trim()))
  .map(([, dataType = '', ...marks]) => ({
    dataType: dataType as WritableDataType,
    kinds: KINDS.filter((_, column) => marks[column] === '✔'),
  }));
export const typesWith = (kind: Kind) =>
  promised.filter(({ kinds }) => kinds.includes(kind)).map(({ dataType }) => dataType);
/** Bank transactions can only be created. */
export const recordTypesWith = (kind: Kind) => typesWith(kind).filter((dataType) => dataType !== 'bankTransactions');
