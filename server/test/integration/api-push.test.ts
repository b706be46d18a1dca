// Taking writes in over HTTP, and showing what became of them.
import { CodatPlatform } from '@codat/platform';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AUTHORIZATION, makeConnection, makeLinkedConnection, startApi, type TestApi } from '../support/api.ts';
import { endPush, type Ending } from '../support/ended-pushes.ts';

let api: TestApi;
let connection: Awaited<ReturnType<typeof makeLinkedConnection>>;

beforeAll(async () => {
  api = await startApi();
  connection = await makeLinkedConnection(api);
});
afterAll(() => api.stop());

interface Operation {
  readonly pushOperationKey: string;
  readonly status: string;
  readonly statusCode: number;
}

const customer = { body: { customerName: 'Bob', status: 'Active' } };
const push = (target: string, call: Parameters<TestApi['call']>[2], method = 'POST') =>
  api.call<Operation>(method, `${connection.prefix}/push/${target}`, call);
const stored = async (key: string) => {
  const [row] = await api.db.query<Record<string, unknown>>(
    '',
    'SELECT body::text AS body, kind, data_type, record_id, timeout_minutes, allow_sync, force_update FROM pushes WHERE id = $1',
    [key],
  );
  return row;
};

test('a write is answered with 200 and a pending operation, and is stored by then', async () => {
  const answer = await push('customers?timeoutInMinutes=5&allowSyncOnPushComplete=false', customer);
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    pushOperationKey: expect.stringMatching(/^[0-9a-f-]{36}$/),
    companyId: connection.companyId,
    dataConnectionKey: connection.connectionId,
    dataConnectionId: connection.connectionId,
    dataType: 'customers',
    status: 'Pending',
    statusCode: 202,
    requestedOnUtc: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/),
    timeoutInMinutes: 5,
    errorMessage: null,
    validation: { errors: [], warnings: [] },
    changes: [],
    waitingOn: { reason: 'turn', since: expect.any(String) },
    attempts: 0,
    links: { timeline: `/companies/${connection.companyId}/push/${answer.body.pushOperationKey}/timeline` },
  });
  expect(await stored(answer.body.pushOperationKey)).toMatchObject({
    kind: 'create',
    data_type: 'customers',
    timeout_minutes: 5,
    allow_sync: false,
    force_update: false,
  });
});

test('a body is stored as it was sent: every digit, every key, in its own order', async () => {
  const text = '{ "b": 12345678901234567890.123456789, "a": 0.10, "__proto__": {"x": 1}, "c": 1e-7, "t": "é\\u00e9" }';
  const answer = await push('invoices', { text });
  expect(answer.status).toBe(200);
  expect(await stored(answer.body.pushOperationKey)).toMatchObject({ body: text });
});

test('accounts are chartOfAccounts everywhere but in the path, and both words work there', async () => {
  for (const word of ['accounts', 'chartOfAccounts']) {
    expect((await push(word, { body: {} })).body).toMatchObject({ dataType: 'chartOfAccounts' });
    expect((await api.call('GET', `${connection.prefix}/options/${word}`)).body).toMatchObject({ type: 'Object' });
  }
});

test("a record id is taken from its own segment of the path, slashes and all, and nobody's decoding is done twice", async () => {
  const updated = await push('customers/inv%2F1%20%C3%A9%252F?forceUpdate=true', customer, 'PUT');
  expect(await stored(updated.body.pushOperationKey)).toMatchObject({
    kind: 'update',
    record_id: 'inv/1 é%2F',
    force_update: true,
  });
  const deleted = await push('invoices/7', {}, 'DELETE');
  expect(deleted.body).toMatchObject({ status: 'Pending', statusCode: 202 });
  expect(await stored(deleted.body.pushOperationKey)).toMatchObject({ kind: 'delete', record_id: '7', body: null });
});

test('a field that does not fit the model is no reason to refuse the request', async () => {
  for (const body of [{}, { customerName: 5 }, { companyId: 'x', connectionId: 'y', timeoutInMinutes: 3 }]) {
    expect((await push('customers', { body })).status).toBe(200);
  }
});

test('a connection that is not linked takes nothing in', async () => {
  const other = await makeConnection(api);
  const answer = await api.call('POST', `${other.prefix}/push/customers`, customer);
  expect(answer.body).toMatchObject({ statusCode: 400, error: `Data connection ${other.connectionId} is not linked` });
  expect((await api.call('GET', `/companies/${other.companyId}/push`)).body).toMatchObject({ totalResults: 0 });
});

test("a connection is not found under another company's id", async () => {
  const other = await makeConnection(api);
  const path = `/companies/${other.companyId}/connections/${connection.connectionId}/push/customers`;
  expect((await api.call('POST', path, customer)).status).toBe(404);
});

describe('the list of operations', () => {
  let listed: Awaited<ReturnType<typeof makeLinkedConnection>>;
  const keys: string[] = [];
  const list = (query: string) =>
    api.call<{ results: Operation[]; totalResults: number; _links: object }>(
      'GET',
      `/companies/${listed.companyId}/push?${query}`,
    );

  beforeAll(async () => {
    listed = await makeLinkedConnection(api, 'Listed Ltd');
    for (const dataType of ['customers', 'customers', 'invoices', 'invoices', 'bills']) {
      const answer = await api.call<Operation>('POST', `${listed.prefix}/push/${dataType}`, { body: {} });
      keys.push(answer.body.pushOperationKey);
    }
    const end = (index: number, ending: Ending) => endPush(api.db, { ...listed, id: keys[index] ?? '' }, ending);
    await end(2, { move: 'fail', statusCode: 409, errorMessage: 'no' });
    await end(3, { move: 'giveUp', errorMessage: 'lost' });
  });

  test('is newest first, and its links lead through all of it and no further', async () => {
    const seen: string[] = [];
    let next: string | undefined = `/companies/${listed.companyId}/push?pageSize=2`;
    while (next !== undefined) {
      const { body }: Awaited<ReturnType<typeof list>> = await api.call('GET', next);
      seen.push(...body.results.map(({ pushOperationKey }) => pushOperationKey));
      next = (body._links as { next?: { href: string } }).next?.href;
    }
    expect(seen).toEqual(keys.toReversed());
    expect((await list('page=9')).body).toMatchObject({ results: [], totalResults: 5, pageNumber: 9 });
    expect((await list('pageNumber=3&pageSize=2')).body).toMatchObject({
      pageNumber: 3,
      _links: {
        self: { href: `/companies/${listed.companyId}/push` },
        previous: { href: expect.stringContaining('page=2&pageSize=2') },
      },
    });
  });

  test.each([
    ['status=Failed&&dataType=invoices', [3, 2]],
    ['status=failed && statusCode=504', [3]],
    ['statusCode=409', [2]],
    ['status!=Pending', [3, 2]],
    ['{dataType=bills || statusCode = 409} && status != Success', [4, 2]],
    ['errorMessage~N', [2]],
    ['requestedOnUtc>=2024-01-01 && dataType~cust', [1, 0]],
  ])('finds %s', async (query, expected) => {
    const { body } = await list(new URLSearchParams({ query }).toString());
    expect(body.results.map(({ pushOperationKey }) => keys.indexOf(pushOperationKey))).toEqual(expected);
    expect(body.totalResults).toBe(expected.length);
  });

  test('can be turned around, and a raw operator in the address is understood', async () => {
    const { body } = await list('orderby=requestedOnUtc&query=dataType=customers');
    expect(body.results.map(({ pushOperationKey }) => pushOperationKey)).toEqual(keys.slice(0, 2));
  });

  test('an outcome that nobody can tell is Failed with 504, or Unknown to those who know the word', async () => {
    const path = `/companies/${listed.companyId}/push/${keys[3]}`;
    const plain = await api.call('GET', path);
    expect(plain.body).toMatchObject({ status: 'Failed', statusCode: 504, errorMessage: 'Outcome unknown: lost' });
    const extended = await api.call('GET', path, { headers: { 'ledgerpost-statuses': 'extended' } });
    expect(extended.body).toMatchObject({ status: 'Unknown', statusCode: 504 });
  });

  test('every operation passes the official client, whose checks are strict', async () => {
    const { pushData } = new CodatPlatform({
      authHeader: AUTHORIZATION,
      serverURL: api.url,
      retryConfig: { strategy: 'none' },
    });
    const { companyId } = listed;
    const { results } = await pushData.listOperations({ companyId });
    expect(results?.map(({ status }) => status)).toEqual(['Pending', 'Failed', 'Failed', 'Pending', 'Pending']);
    for (const pushOperationKey of keys) {
      const operation = await pushData.getOperation({ companyId, pushOperationKey });
      expect(operation.pushOperationKey).toBe(pushOperationKey);
    }
  });
});
