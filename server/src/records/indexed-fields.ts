/** The members by which lists are most often narrowed, kept beside the record so that an index finds them. */
import type { StoredDataType } from './stored-types.ts';

export interface IndexedRefs {
  readonly first?: string;
  readonly second?: string;
}

const refs: { readonly [D in StoredDataType]?: IndexedRefs } = {
  accountTransactions: { first: 'bankAccountRef.id' },
  bankTransactions: { first: 'accountId' },
  billCreditNotes: { first: 'supplierRef.id' },
  billPayments: { first: 'supplierRef.id', second: 'accountRef.id' },
  bills: { first: 'supplierRef.id' },
  creditNotes: { first: 'customerRef.id' },
  directCosts: { first: 'contactRef.id' },
  directIncomes: { first: 'contactRef.id' },
  invoices: { first: 'customerRef.id' },
  items: { first: 'invoiceItem.accountRef.id', second: 'billItem.accountRef.id' },
  journalEntries: { first: 'journalRef.id', second: 'recordRef.id' },
  journals: { first: 'parentId' },
  payments: { first: 'customerRef.id', second: 'accountRef.id' },
  purchaseOrders: { first: 'supplierRef.id' },
  trackingCategories: { first: 'parentId' },
  transfers: { first: 'from.accountRef.id', second: 'to.accountRef.id' },
};

export function indexedRefs(dataType: StoredDataType): IndexedRefs {
  return refs[dataType] ?? {};
}

/** The values of a record for its two columns. */
export function refsOf(dataType: StoredDataType, record: object): readonly [string | undefined, string | undefined] {
  const { first, second } = indexedRefs(dataType);
  return [textAt(record, first), textAt(record, second)];
}

/** Longer texts are no ids, and an index would refuse them. */
const INDEXED_TEXT_MAX = 500;

/** What may stand in an indexed column. */
export function indexedText(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= INDEXED_TEXT_MAX ? value : undefined;
}

function textAt(record: object, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  let value: unknown = record;
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, step);
  }
  return indexedText(value);
}
