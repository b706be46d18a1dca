// Reading records and models from the platform while the caller waits.
import { CodatPlatform } from '@codat/platform';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AUTHORIZATION, makeConnection, makeLinkedConnection, startApi, type TestApi } from '../support/api.ts';

let api: TestApi;
let connection: Awaited<ReturnType<typeof makeLinkedConnection>>;

interface List {
  readonly results: readonly {
    readonly id: string;
    readonly modifiedDate: string;
    readonly sourceModifiedDate: string;
  }[];
  readonly totalResults: number;
  readonly _links: { readonly next?: { readonly href: string } };
}

beforeAll(async () => {
  api = await startApi();
  connection = await makeLinkedConnection(api);
});
afterAll(() => api.stop());

const read = (rest: string) => api.call<List>('GET', `/companies/${connection.companyId}/data/${rest}`);

test('pages of any size show every record once', async () => {
  const whole = (await read('accounts?pageSize=5000')).body;
  expect(whole.results.length).toBe(whole.totalResults);
  expect(whole.totalResults).toBeGreaterThan(5);
  const seen: string[] = [];
  let next: string | undefined = `/companies/${connection.companyId}/data/accounts?pageSize=4`;
  while (next !== undefined) {
    const { body }: Awaited<ReturnType<typeof read>> = await api.call('GET', next);
    seen.push(...body.results.map(({ id }) => id));
    next = body._links.next?.href;
  }
  expect(seen).toEqual(whole.results.map(({ id }) => id));
});

test('company and connection give the same, and a record is the same alone as in the list', async () => {
  const [ofCompany, ofConnection] = [
    (await read('chartOfAccounts')).body,
    (await api.call<List>('GET', `${connection.prefix}/data/accounts`)).body,
  ];
  expect(ofConnection.results).toEqual(ofCompany.results);
  const [first] = ofCompany.results;
  expect(first?.modifiedDate).toBe(first?.sourceModifiedDate);
  expect((await read(`accounts/${first?.id}`)).body).toEqual(first);
  expect((await api.call('GET', `${connection.prefix}/data/accounts/${first?.id}`)).body).toEqual(first);
});

test.each([
  ['accounts/none', 404, 'No data available for chartOfAccounts for ID none'],
  ['nonsense', 404, "'nonsense'"],
  ['salesOrders', 404, "'salesOrders' not supported by platform mqjo"],
  ['accounts?query=status=Active', 400, 'query is not supported on live reads'],
  ['accounts?orderBy=-modifiedDate', 400, 'orderBy is not supported'],
  ['accounts?modifiedAfter=yesterday', 400, 'modifiedAfter must be'],
  ['bankTransactions', 404, 'bankTransactions'],
])('%s is refused by name', async (rest, status, told) => {
  expect((await read(rest)).body).toMatchObject({ statusCode: status, error: expect.stringContaining(told) });
});

test('modifiedAfter gives exactly the records that changed after that moment, whatever its zone', async () => {
  const before = (await read('customers?pageSize=5000')).body.results;
  const latest =
    before.map(({ sourceModifiedDate }) => sourceModifiedDate).toSorted((a, b) => (a < b ? 1 : -1))[0] ?? '';
  expect((await read(`customers?modifiedAfter=${latest}`)).body).toMatchObject({ results: [], totalResults: 0 });
  const created = await fetch(`${api.platform.url}/books/${connection.connectionId}/customers`, {
    method: 'POST',
    headers: { authorization: 'Bearer sandbox-token', 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Changed lately' }),
  });
  expect(created.status).toBe(201);
  for (const moment of [latest, latest.replace('Z', ''), encodeURIComponent(latest.replace('Z', '+00:00'))]) {
    const { body } = await read(`customers?modifiedAfter=${moment}&pageNumber=1`);
    expect(body).toMatchObject({ results: [{ customerName: 'Changed lately' }], totalResults: 1 });
  }
});

test('the transactions of a bank account are read below it', async () => {
  const [account] = (await api.call<List>('GET', `${connection.prefix}/data/bankAccounts`)).body.results;
  const path = `data/bankAccounts/${account?.id}/bankTransactions`;
  const ofConnection = await api.call<List>('GET', `${connection.prefix}/${path}`);
  expect(ofConnection).toMatchObject({ status: 200, body: { results: expect.any(Array) } });
  expect((await read(path.slice('data/'.length))).body.results).toEqual(ofConnection.body.results);
});

test('a company without a linked connection has nothing to read', async () => {
  const { companyId, prefix } = await makeConnection(api);
  expect((await api.call('GET', `/companies/${companyId}/data/accounts`)).status).toBe(409);
  expect((await api.call('GET', `${prefix}/data/accounts`)).status).toBe(409);
});

describe('options', () => {
  const types = ['chartOfAccounts', 'customers', 'suppliers', 'items', 'invoices', 'bills', 'journalEntries'] as const;

  test.each(types)('of %s pass the official client, with choices from the linked books', async (dataType) => {
    const { pushData } = new CodatPlatform({
      authHeader: AUTHORIZATION,
      serverURL: api.url,
      retryConfig: { strategy: 'none' },
    });
    const { companyId, connectionId } = connection;
    const option = await pushData.getModelOptions({ companyId, connectionId, dataType });
    expect(option).toMatchObject({ type: 'Object', required: true });
    const asSchema = await api.call('GET', `${connection.prefix}/options/${dataType}?format=json-schema`);
    expect(asSchema.body).toMatchObject({ $schema: expect.stringContaining('2020-12'), type: 'object' });
  });

  test('are there before the connection is linked, and under their older address', async () => {
    const { prefix } = await makeConnection(api);
    const { body } = await api.call('GET', `${prefix}/options/accounts`);
    expect(body).toMatchObject({ type: 'Object' });
    expect((await api.call('GET', `${prefix}/dataTypes/accounts/options/POST`)).body).toEqual(body);
  });
});

test('a platform that is away is 503 for reads, while its models still stand', async () => {
  const sandbox = api.platform.url;
  api.platform.url = 'http://127.0.0.1:1';
  const answer = await read('accounts');
  expect(answer.body).toMatchObject({ statusCode: 503, canBeRetried: 'True' });
  expect((await api.call('GET', `${connection.prefix}/options/invoices`)).status).toBe(200);
  api.platform.url = sandbox;
});
