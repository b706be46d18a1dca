// What a caller reads of a platform's books beside its records: models, attachments, and what there is not.
import { CodatPlatform } from '@codat/platform';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AUTHORIZATION, makeConnection, makeLinkedConnection, startApi, type TestApi } from '../support/api.ts';
import { readWhole } from '../support/records.ts';

let api: TestApi;
let connection: Awaited<ReturnType<typeof makeLinkedConnection>>;

interface List {
  readonly totalResults: number;
}

beforeAll(async () => {
  api = await startApi();
  connection = await makeLinkedConnection(api);
});
afterAll(() => api.stop());

const read = (rest: string) => api.call<List>('GET', `/companies/${connection.companyId}/data/${rest}`);

const bankTransactions =
  "'bankTransactions' not supported by platform mqjo at this path; it is read at …/data/bankAccounts/{id}/bankTransactions";

test.each([
  ['nonsense', 404, "'nonsense'"],
  ['salesOrders', 404, "'salesOrders' not supported by platform mqjo"],
  ['bankTransactions', 404, bankTransactions],
  ['bankTransactions/one', 404, bankTransactions],
  ['company', 404, "'company' not supported by platform mqjo at this path; it is read at …/data/info"],
  ['journals/one/attachments', 404, "'journals' not supported by platform mqjo with attachments"],
])('%s is refused by name', async (rest, status, told) => {
  expect((await read(rest)).body).toMatchObject({ statusCode: status, error: expect.stringContaining(told) });
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

test('a file that is not there is told as an attachment, and the record that it should hang on as what it is', async () => {
  for (const rest of ['att_none', 'att_none/download']) {
    const { body } = await api.call('GET', `${connection.prefix}/data/invoices/inv_1/attachments/${rest}`);
    expect(body).toMatchObject({ statusCode: 404, error: 'No data available for attachments for ID att_none' });
  }
  const { body } = await api.call('GET', `${connection.prefix}/data/invoices/inv_none/attachments`);
  expect(body).toMatchObject({ statusCode: 404, error: 'No data available for invoices for ID inv_none' });
});

test('a data type that no platform has cannot be queued, and the refusal names the platform', async () => {
  const path = `/companies/${connection.companyId}/data/queue/salesOrders`;
  const told = { statusCode: 400, error: "Datatype 'salesOrders' not supported by platform mqjo" };
  expect((await api.call('POST', path)).body).toMatchObject(told);
  const ofProduct = `/companies/${connection.companyId}/products/lending/refresh`;
  expect((await api.call('POST', ofProduct, { body: { dataTypes: ['salesOrders'] } })).body).toMatchObject(told);
});

test('with the platform away what was read is still there, its models stand, and attachments are 503', async () => {
  await readWhole(api, connection, 'chartOfAccounts', 'invoices');
  const sandbox = api.platform.url;
  api.platform.url = 'http://127.0.0.1:1';
  expect((await read('accounts')).body.totalResults).toBeGreaterThan(5);
  const files = await api.call('GET', `${connection.prefix}/data/invoices/inv_1/attachments`);
  expect(files.body).toMatchObject({ statusCode: 503, canBeRetried: 'True' });
  expect((await api.call('GET', `${connection.prefix}/options/invoices`)).status).toBe(200);
  api.platform.url = sandbox;
});

test('what is asked of a platform while a caller waits counts among the calls that it allows, and is refused beyond them', async () => {
  const { prefix } = await makeLinkedConnection(api);
  // From here on the link says how many calls the platform takes: of ten, reads leave two to writes.
  await api.call('PUT', `${prefix}/authorization`, { body: { callsPerMinute: '10' } });
  // The platform knows no such invoice, which it is asked once for each.
  const files = `${prefix}/data/invoices/inv_none/attachments`;
  const answers = [];
  for (let turn = 0; turn < 9; turn++) answers.push(await api.call('GET', files));
  expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: 8 }, () => 404), 503]);
  expect(answers.at(-1)?.body).toMatchObject({
    error: 'The platform cannot be reached, or allows no more calls at the moment; try again later',
    canBeRetried: 'True',
  });
});
