/** Records to refer to and bodies that refer to them, made over the wire. */
import { isMembers } from '../../src/models/validate.ts';
import type { WritableDataType } from '../../src/models/data-types.ts';
import { fullBodies } from '../conformance/full-bodies.ts';
import type { Records } from '../conformance/full-body-parts.ts';
import { recordsIn } from '../support/books.ts';
import { pushToEnd, recordIdOf } from '../support/pushes.ts';
import type { LinkedCompany, ServerProcess } from '../support/server.ts';

export type Body = Readonly<Record<string, unknown>>;

export interface Place {
  readonly server: ServerProcess;
  readonly company: LinkedCompany;
}

/** Where the sandbox keeps what we call so; bank transactions stand below their account instead. */
export const RESOURCES = {
  bankAccounts: 'bank-accounts',
  billCreditNotes: 'supplier-credit-notes',
  billPayments: 'supplier-payments',
  bills: 'bills',
  chartOfAccounts: 'accounts',
  creditNotes: 'credit-notes',
  customers: 'customers',
  directCosts: 'expenses',
  directIncomes: 'receipts',
  invoices: 'invoices',
  items: 'items',
  journalEntries: 'journal-entries',
  journals: 'journals',
  payments: 'payments',
  purchaseOrders: 'purchase-orders',
  suppliers: 'suppliers',
  transfers: 'transfers',
} as const satisfies Record<Exclude<WritableDataType, 'bankTransactions'>, string>;

export async function create(
  { server, company }: Place,
  dataType: WritableDataType,
  body: Body,
  parentId = '',
): Promise<string> {
  const path = dataType === 'bankTransactions' ? `bankAccounts/${parentId}/bankTransactions` : dataType;
  return recordIdOf(await pushToEnd(server, company, { method: 'POST', path, body }));
}

export async function idsOf({ server, company }: Place, resource: string): Promise<string[]> {
  return (await recordsIn(server.sandboxUrl, company, resource)).map(({ id }) => id);
}

/** The ids of all that the books hold of a data type. */
export async function idsInBooks(place: Place, dataType: WritableDataType): Promise<string[]> {
  if (dataType !== 'bankTransactions') return idsOf(place, RESOURCES[dataType]);
  const accounts = await idsOf(place, RESOURCES.bankAccounts);
  return (await Promise.all(accounts.map((id) => idsOf(place, `bank-accounts/${id}/transactions`)))).flat();
}

/** Of the company's own books; what they begin without is made. */
export async function makeRecords(place: Place): Promise<Records> {
  const account = await create(place, 'chartOfAccounts', {
    nominalCode: 'REF-1',
    name: 'Referred to',
    fullyQualifiedCategory: 'Income.Sales',
  });
  const first = async (resource: string) => (await idsOf(place, resource))[0] ?? '';
  const sides = { isBillItem: true, isInvoiceItem: true, billItem: {}, invoiceItem: {} };
  const known = {
    account,
    bank: await first('bank-accounts'),
    customer: await first('customers'),
    supplier: await first('suppliers'),
    taxRate: await first('tax-rates'),
    trackingCategory: (await idsOf(place, 'tracking-categories')).at(-1) ?? '',
    item: await create(place, 'items', { name: 'Crate', type: 'Service', ...sides }),
    otherBank: await create(place, 'bankAccounts', { accountName: 'Savings' }),
    journal: await create(place, 'journals', { name: 'General journal' }),
  };
  return { ...known, ...(await makeOpenDocuments(place, known)) };
}

/** An invoice and a bill of 100 dollars each, open. */
export async function makeOpenDocuments(
  place: Place,
  { account, customer, supplier }: Pick<Records, 'account' | 'customer' | 'supplier'>,
) {
  const lineItems = [{ unitAmount: 100, quantity: 1, accountRef: { id: account } }];
  const document = { issueDate: '2026-03-02', dueDate: '2026-04-01', currency: 'USD', currencyRate: 0.8, lineItems };
  return {
    invoice: await create(place, 'invoices', { ...document, customerRef: { id: customer }, status: 'Submitted' }),
    bill: await create(place, 'bills', { ...document, supplierRef: { id: supplier }, status: 'Open' }),
  };
}

let batches = 0;

/** Every member that the model takes. */
export async function fullBody(place: Place, dataType: WritableDataType, records: Records): Promise<Body> {
  if (dataType === 'bankTransactions') return statement();
  const isPayment = dataType === 'payments' || dataType === 'billPayments';
  const documents = isPayment ? await makeOpenDocuments(place, records) : {};
  return fullBodies[dataType]({ ...records, ...documents });
}

function statement(): Body {
  batches += 1;
  return {
    transactions: [
      {
        id: `HB-${batches}-1`,
        amount: 522.5,
        date: '2026-03-02T09:15:00Z',
        description: 'Harbour Lane Bakery',
        balance: 2_522.5,
        transactionType: 'Credit',
        counterparty: 'Harbour Lane Bakery',
        reference: 'INV 204',
      },
      {
        id: `HB-${batches}-2`,
        amount: -79,
        date: '2026-03-03T10:40:00Z',
        description: 'Millstone Flour',
        balance: 2_443.5,
        transactionType: 'Debit',
      },
    ],
  };
}

/** The body without one of its members. */
export function without(body: Body, name: string): Body {
  return Object.fromEntries(Object.entries(body).filter(([each]) => each !== name));
}

/** The body with the member at the path replaced; `lineItems.0.accountRef.id`. */
export function withValue(body: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(body)) {
    return body.map((each: unknown, index) => (index === step ? withValue(each, rest, value) : each));
  }
  const members = isMembers(body) ? body : {};
  return { ...members, [step]: withValue(members[step], rest, value) };
}
