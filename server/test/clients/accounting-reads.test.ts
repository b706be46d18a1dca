/** The official accounting client reads every data type that it knows of books that were filled elsewhere. */
import { CodatAccounting } from '@codat/accounting';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ReadDataType } from '../../src/models/data-types.ts';
import { AUTHORIZATION, makeConnection, startApi, type TestApi } from '../support/api.ts';
import { readWhole } from '../support/records.ts';

/** By the client's name for it: the data type, and the parameter that names one record. */
const RESOURCES = {
  accountTransactions: ['accountTransactions', 'accountTransactionId'],
  accounts: ['chartOfAccounts', 'accountId'],
  bankAccounts: ['bankAccounts', 'accountId'],
  billCreditNotes: ['billCreditNotes', 'billCreditNoteId'],
  billPayments: ['billPayments', 'billPaymentId'],
  bills: ['bills', 'billId'],
  creditNotes: ['creditNotes', 'creditNoteId'],
  customers: ['customers', 'customerId'],
  directCosts: ['directCosts', 'directCostId'],
  directIncomes: ['directIncomes', 'directIncomeId'],
  invoices: ['invoices', 'invoiceId'],
  items: ['items', 'itemId'],
  journalEntries: ['journalEntries', 'journalEntryId'],
  journals: ['journals', 'journalId'],
  paymentMethods: ['paymentMethods', 'paymentMethodId'],
  payments: ['payments', 'paymentId'],
  purchaseOrders: ['purchaseOrders', 'purchaseOrderId'],
  suppliers: ['suppliers', 'supplierId'],
  taxRates: ['taxRates', 'taxRateId'],
  trackingCategories: ['trackingCategories', 'trackingCategoryId'],
  transfers: ['transfers', 'transferId'],
} as const satisfies Readonly<Record<string, readonly [ReadDataType, string]>>;
type Resource = keyof typeof RESOURCES;

let api: TestApi;
let at: { readonly companyId: string; readonly connectionId: string };
beforeAll(async () => {
  api = await startApi();
  const books = await makeConnection(api);
  await api.call('PUT', `${books.prefix}/authorization`, { body: { books: 'riverside-cafe' } });
  at = { companyId: books.companyId, connectionId: books.connectionId };
  const types = Object.values(RESOURCES).map(([dataType]) => dataType);
  await readWhole(api, at, ...types, 'bankTransactions');
});
afterAll(() => api.stop());

function accountingClient(): CodatAccounting {
  return new CodatAccounting({
    security: { authHeader: AUTHORIZATION },
    serverURL: api.url,
    retryConfig: { strategy: 'none', retryConnectionErrors: false },
  });
}

interface Shown {
  readonly id: string;
  readonly modifiedDate: string;
}

/** The client's answers name what they hold after its type; here it is whatever the answer has of that shape. */
async function ask(resource: Resource, operation: 'list' | 'get', request: object): Promise<unknown> {
  const client: unknown = Reflect.get(accountingClient(), resource);
  const method: unknown = Reflect.get(Object(client), operation);
  if (typeof method !== 'function') throw new Error(`the client has no ${resource}.${operation}`);
  const answer: unknown = await Reflect.apply(method, client, [{ ...at, ...request }]);
  const {
    statusCode,
    contentType: _,
    rawResponse: __,
    errorMessage,
    ...held
  } = Object(answer) as Record<string, unknown>;
  expect([statusCode, errorMessage]).toEqual([200, undefined]);
  return Object.values(held)[0];
}

const list = async (resource: Resource, request: object = {}) =>
  (await ask(resource, 'list', request)) as {
    readonly results: readonly Shown[];
    readonly totalResults: number;
    readonly pageNumber: number;
  };

test.each(Object.keys(RESOURCES) as Resource[])('%s: lists and single records', async (resource) => {
  const whole = await list(resource, { page: 1, pageSize: 1_000 });
  expect(whole.results).toHaveLength(whole.totalResults);
  const [first, last] = [whole.results[0], whole.results.at(-1)];
  if (first === undefined || last === undefined) throw new Error('nothing is listed');
  expect(await ask(resource, 'get', { [RESOURCES[resource][1]]: first.id })).toMatchObject({ id: first.id });
  const newest = await list(resource, { page: 1, pageSize: 1, orderBy: '-modifiedDate' });
  expect(newest.results).toEqual([last]);
  const since = await list(resource, { query: `modifiedDate>=${last.modifiedDate}` });
  expect(since).toMatchObject({ results: [last], totalResults: 1, pageNumber: 1 });
});

test('the transactions of a bank account, and the company itself', async () => {
  const accounting = accountingClient();
  const accounts = (await list('bankAccounts')).results;
  const pages = await Promise.all(
    accounts.map(({ id: accountId }) => accounting.bankAccountTransactions.list({ ...at, accountId })),
  );
  const listed = pages.flatMap((page) => page.bankTransactions?.results ?? []);
  expect(listed.length).toBeGreaterThan(0);
  const { companyDataset } = await accounting.companyInfo.get({ companyId: at.companyId });
  expect(companyDataset).toMatchObject({ companyName: 'Riverside Café', baseCurrency: 'GBP' });
});

test('the company itself is read again when it is asked for', async () => {
  const { companyId } = at;
  const answer = await accountingClient().companyInfo.refresh({ companyId });
  expect(answer.dataset).toMatchObject({ companyId, dataType: 'company' });
});

test('every payment that an invoice or a bill names can be read', async () => {
  for (const [documents, payments] of [
    ['invoices', 'payments'],
    ['bills', 'billPayments'],
  ] as const) {
    const { results } = await list(documents, { pageSize: 1_000 });
    const named = results.flatMap((each) =>
      ((Reflect.get(each, 'paymentAllocations') ?? []) as { payment: { id: string } }[]).map(
        ({ payment }) => payment.id,
      ),
    );
    expect(named.length).toBeGreaterThan(0);
    for (const id of named) expect(await ask(payments, 'get', { [RESOURCES[payments][1]]: id })).toMatchObject({ id });
  }
});

test('a filter over the model, as the documentation writes it', async () => {
  const { results, totalResults } = await list('invoices', {
    query: '{totalAmount > 100 || totalAmount < 50} && status != paid && metadata.isDeleted!=true',
    orderBy: '-totalAmount',
  });
  expect(results).toHaveLength(totalResults);
  const amounts = results.map((each) => Number(Reflect.get(each, 'totalAmount')));
  expect(amounts).toEqual(amounts.toSorted((a, b) => b - a));
  expect(amounts.filter((amount) => amount >= 50 && amount <= 100)).toEqual([]);
});
