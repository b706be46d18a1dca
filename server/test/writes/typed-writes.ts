/** Writes with the official accounting client where it has them, and by plain HTTP where it has not. */
import type {
  Bill,
  BillCreditNote,
  BillPayment,
  CreditNote,
  Customer,
  DirectCost,
  DirectIncome,
  Invoice,
  Item,
  Payment,
  Supplier,
} from '@codat/accounting/dist/sdk/models/shared/index.js';
import type { WritableDataType } from '../../src/models/data-types.ts';
import { authorization, type LinkedCompany, type ServerProcess } from '../support/server.ts';
import type { WirePush } from '../support/pushes.ts';
import type { Rig } from '../clients/official-clients.ts';

export interface WriteTarget {
  readonly company: LinkedCompany;
  /** Of the record that is updated, deleted or attached to. */
  readonly recordId?: string;
  /** Of the bank account that transactions belong to. */
  readonly parentId?: string;
}

type Accounting = Rig['accounting'];

/** Sees what the client makes of a body: it leaves out members that came after it. */
type Capture = Parameters<Accounting['bills']['create']>[2];
interface CreateTarget extends LinkedCompany {
  /** Of the bank account that transactions belong to. */
  readonly accountId: string;
}
type Create = (client: Accounting, at: CreateTarget, body: object, capture: Capture) => Promise<object>;
type Update = (
  client: Accounting,
  at: LinkedCompany,
  ofRecord: { readonly id: string; readonly body: object },
  capture: Capture,
) => Promise<object>;
type Delete = (client: Accounting, company: LinkedCompany, id: string) => Promise<object>;

const creates: Readonly<Record<WritableDataType, Create>> = {
  bankAccounts: (client, at, body, capture) =>
    client.bankAccounts.create({ ...at, bankAccount: body }, undefined, capture),
  bankTransactions: (client, at, body, capture) =>
    client.bankAccountTransactions.create({ ...at, createBankTransactions: body }, undefined, capture),
  billCreditNotes: (client, at, body, capture) =>
    client.billCreditNotes.create({ ...at, billCreditNote: body as BillCreditNote }, undefined, capture),
  billPayments: (client, at, body, capture) =>
    client.billPayments.create({ ...at, billPayment: body as BillPayment }, undefined, capture),
  bills: (client, at, body, capture) => client.bills.create({ ...at, bill: body as Bill }, undefined, capture),
  chartOfAccounts: (client, at, body, capture) => client.accounts.create({ ...at, account: body }, undefined, capture),
  creditNotes: (client, at, body, capture) =>
    client.creditNotes.create({ ...at, creditNote: body as CreditNote }, undefined, capture),
  customers: (client, at, body, capture) =>
    client.customers.create({ ...at, customer: body as Customer }, undefined, capture),
  directCosts: (client, at, body, capture) =>
    client.directCosts.create({ ...at, directCost: body as DirectCost }, undefined, capture),
  directIncomes: (client, at, body, capture) =>
    client.directIncomes.create({ ...at, directIncome: body as DirectIncome }, undefined, capture),
  invoices: (client, at, body, capture) =>
    client.invoices.create({ ...at, invoice: body as Invoice }, undefined, capture),
  items: (client, at, body, capture) => client.items.create({ ...at, item: body as Item }, undefined, capture),
  journalEntries: (client, at, body, capture) =>
    client.journalEntries.create({ ...at, journalEntry: body }, undefined, capture),
  journals: (client, at, body, capture) => client.journals.create({ ...at, journal: body }, undefined, capture),
  payments: (client, at, body, capture) =>
    client.payments.create({ ...at, payment: body as Payment }, undefined, capture),
  purchaseOrders: (client, at, body, capture) =>
    client.purchaseOrders.create({ ...at, purchaseOrder: body }, undefined, capture),
  suppliers: (client, at, body, capture) =>
    client.suppliers.create({ ...at, supplier: body as Supplier }, undefined, capture),
  transfers: (client, at, body, capture) => client.transfers.create({ ...at, transfer: body }, undefined, capture),
};

const updates: { readonly [D in WritableDataType]?: Update } = {
  bankAccounts: (client, at, { id: bankAccountId, body }, capture) =>
    client.bankAccounts.update({ ...at, bankAccountId, bankAccount: body }, undefined, capture),
  billCreditNotes: (client, at, { id: billCreditNoteId, body }, capture) =>
    client.billCreditNotes.update(
      { ...at, billCreditNoteId, billCreditNote: body as BillCreditNote },
      undefined,
      capture,
    ),
  bills: (client, at, { id: billId, body }, capture) =>
    client.bills.update({ ...at, billId, bill: body as Bill }, undefined, capture),
  creditNotes: (client, at, { id: creditNoteId, body }, capture) =>
    client.creditNotes.update({ ...at, creditNoteId, creditNote: body as CreditNote }, undefined, capture),
  customers: (client, at, { id: customerId, body }, capture) =>
    client.customers.update({ ...at, customerId, customer: body as Customer }, undefined, capture),
  invoices: (client, at, { id: invoiceId, body }, capture) =>
    client.invoices.update({ ...at, invoiceId, invoice: body as Invoice }, undefined, capture),
  purchaseOrders: (client, at, { id: purchaseOrderId, body }, capture) =>
    client.purchaseOrders.update({ ...at, purchaseOrderId, purchaseOrder: body }, undefined, capture),
  suppliers: (client, at, { id: supplierId, body }, capture) =>
    client.suppliers.update({ ...at, supplierId, supplier: body as Supplier }, undefined, capture),
};

/** That of direct costs came after this client. */
const deletes: { readonly [D in WritableDataType]?: Delete } = {
  billPayments: (client, at, billPaymentId) => client.billPayments.delete({ ...at, billPaymentId }),
  bills: (client, at, billId) => client.bills.delete({ ...at, billId }),
  invoices: (client, at, invoiceId) => client.invoices.delete({ ...at, invoiceId }),
  journalEntries: (client, at, journalEntryId) => client.journalEntries.delete({ ...at, journalEntryId }),
};

export type Kind = 'create' | 'update' | 'delete' | 'attach';

export interface Requested {
  readonly push: WirePush;
  /** The body as it went out. */
  readonly sent: Readonly<Record<string, unknown>>;
}

/** Asks for the write and gives the push as it was answered. */
export async function requestWrite(
  { accounting, server }: Pick<Rig, 'accounting' | 'server'>,
  dataType: WritableDataType,
  kind: Kind,
  { company, recordId = '', parentId = '' }: WriteTarget,
  body: object = {},
): Promise<Requested> {
  const { capture, sent } = makeCapture();
  if (kind === 'create') {
    const answer = await creates[dataType](accounting, { ...company, accountId: parentId }, body, capture);
    return { push: pushIn(answer), sent: sent() };
  }
  if (kind === 'update') {
    const answer = await known(updates[dataType])(accounting, company, { id: recordId, body }, capture);
    return { push: pushIn(answer), sent: sent() };
  }
  const record = `${dataType}/${encodeURIComponent(recordId)}`;
  if (kind === 'attach') return { push: await attach(server, company, record), sent: {} };
  const remove = deletes[dataType];
  if (remove !== undefined) return { push: pushIn(await remove(accounting, company, recordId)), sent: {} };
  return { push: (await server.call<WirePush>('DELETE', `${company.push}/${record}`)).body, sent: {} };
}

function makeCapture() {
  let text = '{}';
  const keep = (body: unknown) => (text = JSON.stringify(body));
  return { capture: { transformRequest: [keep] }, sent: () => JSON.parse(text) as Requested['sent'] };
}

/** The same by plain HTTP, where nothing is left out. */
export async function requestPlainly(
  { server }: Pick<Rig, 'server'>,
  dataType: WritableDataType,
  kind: 'create' | 'update',
  { company, recordId = '', parentId = '' }: WriteTarget,
  body: Requested['sent'],
): Promise<Requested> {
  const list = dataType === 'bankTransactions' ? `bankAccounts/${parentId}/bankTransactions` : dataType;
  const [method, path] = kind === 'create' ? ['POST', list] : ['PUT', `${dataType}/${recordId}`];
  return { push: (await server.call<WirePush>(method, `${company.push}/${path}`, body)).body, sent: body };
}

function known<T>(call: T | undefined): T {
  if (call === undefined) throw new Error('The official client has no such call');
  return call;
}

/** The operation stands under another name in the answer of each call. */
function pushIn(answer: object): WirePush {
  const found: unknown = Object.values(answer).find(
    (member: unknown) => typeof member === 'object' && member !== null && 'pushOperationKey' in member,
  );
  if (found === undefined) throw new Error(`The client read no push operation from ${JSON.stringify(answer)}`);
  return found as WirePush;
}

export const FILE = new TextEncoder().encode('%PDF-1.7 receipt \u0000 end');

/** The client's own uploader sends no part named `file`, so this is plain multipart. */
async function attach(server: ServerProcess, company: LinkedCompany, record: string): Promise<WirePush> {
  const form = new FormData();
  form.append('file', new Blob([FILE], { type: 'application/pdf' }), 'receipt.pdf');
  const headers = { authorization: authorization(server.apiKey) };
  const answer = await fetch(`${server.url}${company.push}/${record}/attachment`, {
    method: 'POST',
    headers,
    body: form,
  });
  return (await answer.json()) as WirePush;
}
