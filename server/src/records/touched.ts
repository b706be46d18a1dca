/** Which other records a write has changed in the books: they are read again before they are next shown. */
import type { RecordContent, StoredDataType } from './stored-types.ts';

export interface TouchedRecord {
  readonly dataType: StoredDataType;
  readonly recordId: string;
}

/** What the links of payments lead to. */
const linked: { readonly [D in StoredDataType]?: Readonly<Record<string, StoredDataType>> } = {
  payments: { Invoice: 'invoices', CreditNote: 'creditNotes', Payment: 'payments' },
  billPayments: { Bill: 'bills', CreditNote: 'billCreditNotes', BillPayment: 'billPayments' },
};

/** What settles a document. */
const settling: { readonly [D in StoredDataType]?: StoredDataType } = {
  invoices: 'payments',
  creditNotes: 'payments',
  bills: 'billPayments',
  billCreditNotes: 'billPayments',
};

/** Types without any effect on balances: what they refer to stays as it was. */
const inert: ReadonlySet<StoredDataType> = new Set(['items', 'customers', 'suppliers', 'journals', 'purchaseOrders']);

/** How many a write may touch; beyond that, the next sync tells. */
const TOUCHED_MAX = 200;

/** By the record as it was written, and as it was before: what it no longer refers to has changed as well. */
export function touchedBy(dataType: StoredDataType, ...contents: readonly (RecordContent | undefined)[]) {
  const touched = new Map<string, TouchedRecord>();
  const add = (type: StoredDataType, id: unknown) => {
    if (typeof id !== 'string' || id === '' || touched.size >= TOUCHED_MAX) return;
    touched.set(`${type}/${id}`, { dataType: type, recordId: id });
  };
  for (const content of contents) if (content !== undefined) collect(dataType, content, add);
  return [...touched.values()];
}

type Add = (dataType: StoredDataType, id: unknown) => void;

function collect(dataType: StoredDataType, content: RecordContent, add: Add): void {
  for (const line of listAt(content, 'lines')) {
    for (const link of listAt(line, 'links')) {
      const type = linked[dataType]?.[String(member(link, 'type'))];
      if (type !== undefined) add(type, member(link, 'id'));
    }
  }
  const settledBy = settling[dataType];
  for (const allocation of listAt(content, 'paymentAllocations')) {
    if (settledBy !== undefined) add(settledBy, member(member(allocation, 'payment'), 'id'));
  }
  for (const order of listAt(content, 'purchaseOrderRefs')) add('purchaseOrders', member(order, 'id'));
  if (dataType === 'bankTransactions') add('bankAccounts', content['accountId']);
  if (!inert.has(dataType)) addAccounts(content, add);
}

/** Whatever is posted moves the balances of the accounts that it names. */
function addAccounts(value: unknown, add: Add): void {
  if (Array.isArray(value)) for (const item of value) addAccounts(item, add);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      if (name !== 'accountRef') addAccounts(inner, add);
      else for (const type of ['chartOfAccounts', 'bankAccounts'] as const) add(type, member(inner, 'id'));
    }
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function listAt(value: unknown, name: string): readonly unknown[] {
  const list = member(value, name);
  return Array.isArray(list) ? list : [];
}
