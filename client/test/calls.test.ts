/** How a call is sent, tried again and refused, over a network and a clock that are made up. */
import { describe, expect, test } from 'vitest';
import { createClient, ledgerpost, LedgerpostError, type ClientOptions, type RetryInfo } from '../src/main.ts';
import { fakeFetch, json, quickClock, type Answer } from './fakes.ts';

const place = { companyId: 'c', connectionId: 'n' };
const account = { nominalCode: '1', name: 'A', fullyQualifiedCategory: 'Asset.Current' };
const pending = { pushOperationKey: 'k', companyId: 'c', status: 'Pending', statusCode: 202 };
const refusal = (status: number, more: object = {}) => json({ statusCode: status, error: 'No', ...more }, status);

function clientOver(answers: readonly Answer[], options: ClientOptions = {}) {
  const clock = quickClock();
  const network = fakeFetch(...answers);
  const client = createClient({
    baseUrl: 'http://gateway.test/prefix/',
    apiKey: 'my-api-key',
    fetch: network.fetch,
    clock,
    random: () => 0.5,
    ...options,
  });
  return { client, clock, sent: network.sent };
}

const errorOf = async (promise: Promise<unknown>): Promise<LedgerpostError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof LedgerpostError) return error;
  throw new Error(`It did not reject with a LedgerpostError: ${String(error)}`);
};

test('a write goes out as the wire wants it, with a key of its own', async () => {
  const { client, sent } = clientOver([json(pending)]);
  const push = await client.accounts.create({ ...place, account, timeoutInMinutes: 5, allowSyncOnPushComplete: false });
  expect(sent[0]?.url).toBe(
    'http://gateway.test/prefix/companies/c/connections/n/push/accounts?timeoutInMinutes=5&allowSyncOnPushComplete=false',
  );
  expect(Object.fromEntries(sent[0]?.headers ?? [])).toMatchObject({
    authorization: 'Basic bXktYXBpLWtleQ==',
    'content-type': 'application/json',
    'ledgerpost-statuses': 'extended',
    'idempotency-key': expect.stringMatching(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    ) as string,
  });
  expect(JSON.parse(String(sent[0]?.body))).toEqual(account);
  expect(push).toMatchObject({ validation: { errors: [], warnings: [] }, changes: [] });
});

test('both names of a data type, and both names of its record, are the same call', async () => {
  const { client, sent } = clientOver([json(pending)]);
  await client.accounts.create({ ...place, account });
  await client.chartOfAccounts.create({ ...place, accountPrototype: account });
  expect(sent[1]?.url).toBe(sent[0]?.url);
  expect(sent[1]?.body).toBe(sent[0]?.body);
  await client.bankAccountTransactions.create({ ...place, accountId: 'a/1', bankTransaction: { transactions: [] } });
  expect(sent[2]?.url).toContain('/push/bankAccounts/a%2F1/bankTransactions');
});

test('ids may hold anything, and a missing one is refused before it becomes another path', async () => {
  const { client, sent } = clientOver([json({})]);
  await client.invoices.get({ companyId: 'c', invoiceId: 'inv/1 é' });
  expect(sent[0]?.url).toBe('http://gateway.test/prefix/companies/c/data/invoices/inv%2F1%20%C3%A9');
  for (const invoiceId of ['', '..', '.', '\ud800']) {
    expect((await errorOf(client.invoices.get({ companyId: 'c', invoiceId }))).type).toBe('bad_request');
  }
  const untyped = { ...place } as { companyId: string; connectionId: string; account: typeof account };
  expect((await errorOf(client.accounts.create(untyped))).message).toContain('`account`');
  expect(sent).toHaveLength(1);
});

describe('tries', () => {
  test.each<[string, Answer]>([
    ['408', refusal(408)],
    ['429', refusal(429)],
    ['500', refusal(500)],
    ['503', refusal(503)],
    ['a broken connection', new TypeError('fetch failed')],
    ['a 409 of the first try still under way', refusal(409, { canBeRetried: 'True' })],
  ])('%s is tried again, a write under the same key, with full jitter', async (_, failure) => {
    const { client, clock, sent } = clientOver([failure, failure, failure, json(pending)]);
    await client.accounts.create({ ...place, account });
    expect(sent).toHaveLength(4);
    expect(new Set(sent.map(({ headers }) => headers.get('idempotency-key'))).size).toBe(1);
    expect(clock.pauses).toEqual([250, 500, 1_000]);
  });

  test('the last failure is told once the tries are used up', async () => {
    const { client, sent } = clientOver([refusal(503)], { maxRetries: 1 });
    expect((await errorOf(client.companies.get({ companyId: 'c' }))).type).toBe('service_unavailable');
    expect(sent).toHaveLength(2);
    expect((await errorOf(client.companies.get({ companyId: 'c', maxRetries: 0 }))).statusCode).toBe(503);
    expect(sent).toHaveLength(3);
  });

  test.each([400, 401, 402, 403, 404, 409, 422])('%d is final', async (status) => {
    const { client, sent } = clientOver([refusal(status)]);
    await errorOf(client.accounts.create({ ...place, account }));
    expect(sent).toHaveLength(1);
  });

  test('Retry-After is waited for, in seconds or as a date, and told where it is too long', async () => {
    const soon = json({}, 429, { 'retry-after': '2' });
    const dated = json({}, 429, { 'retry-after': new Date(1_700_000_005_250).toUTCString() });
    const { client, clock } = clientOver([soon, dated, json({})]);
    await client.companies.get({ companyId: 'c' });
    expect(clock.pauses[0]).toBe(2_250);
    expect(clock.pauses[1]).toBeGreaterThan(2_000);
    const late = clientOver([json({}, 429, { 'retry-after': '3600' })]);
    expect(await errorOf(late.client.companies.get({ companyId: 'c' }))).toMatchObject({
      type: 'rate_limited',
      retryAfter: 3_600,
    });
    expect(late.sent).toHaveLength(1);
  });

  test('hooks hear of each try, never of the key, and cannot break a call', async () => {
    const heard: unknown[] = [];
    const hear = (what: unknown) => {
      heard.push(what);
      throw new Error('a log that is broken');
    };
    const hooks = { onRequest: hear, onResponse: hear, onRetry: hear };
    const { client } = clientOver([refusal(500), json(pending)], { hooks });
    await client.accounts.create({ ...place, account });
    expect(heard).toHaveLength(5);
    expect(
      heard.find((each): each is RetryInfo => typeof each === 'object' && each !== null && 'delayMs' in each),
    ).toMatchObject({
      attempt: 0,
      delayMs: 250,
      error: { type: 'server_error' },
    });
    expect(JSON.stringify(heard)).not.toContain('bXktYXBp');
  });
});

describe('errors', () => {
  test.each([
    [400, 'bad_request'],
    [401, 'unauthorized'],
    [402, 'payment_required'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [405, 'bad_request'],
    [408, 'timeout'],
    [409, 'conflict'],
    [413, 'bad_request'],
    [422, 'unprocessable'],
    [429, 'rate_limited'],
    [500, 'server_error'],
    [502, 'server_error'],
    [503, 'service_unavailable'],
  ] as const)('%d is %s, with all that the answer told', async (status, type) => {
    const body = {
      statusCode: status,
      error: 'Why',
      correlationId: 'abc',
      validation: { errors: [{ itemId: 'Company', message: 'm' }], warnings: null },
    };
    const { client } = clientOver([json(body, status)], { maxRetries: 0 });
    expect(await errorOf(client.companies.get({ companyId: 'c' }))).toMatchObject({
      name: 'LedgerpostError',
      type,
      message: 'Why',
      statusCode: status,
      correlationId: 'abc',
      validation: { errors: [{ itemId: 'Company' }], warnings: [] },
      rawBody: JSON.stringify(body),
    });
  });

  test("a stranger's page is kept and not understood; what should be JSON and is not says so", async () => {
    const page = new Response('<html>Bad gateway</html>', { status: 502 });
    const { client } = clientOver([page], { maxRetries: 0 });
    const error = await errorOf(client.companies.get({ companyId: 'c' }));
    expect(error).toMatchObject({ type: 'server_error', rawBody: '<html>Bad gateway</html>' });
    const { client: second } = clientOver([new Response('<html>', { status: 200 })]);
    expect((await errorOf(second.companies.get({ companyId: 'c' }))).type).toBe('json_decode_error');
  });

  test('no answer in time is a timeout; a signal gives its own reason, also while waiting to try again', async () => {
    const { client } = clientOver(['never'], { maxRetries: 0, timeoutMs: 100 });
    expect(await errorOf(client.companies.get({ companyId: 'c' }))).toMatchObject({ type: 'timeout' });
    const reason = new Error('the user left');
    const over = clientOver(['never']);
    const ending = new AbortController();
    const call = over.client.companies.get({ companyId: 'c', signal: ending.signal });
    ending.abort(reason);
    await expect(call).rejects.toBe(reason);
    await expect(over.client.companies.get({ companyId: 'c', signal: ending.signal })).rejects.toBe(reason);
    const waiting = new AbortController();
    const hooks = { onRetry: () => waiting.abort(reason) };
    const retried = clientOver([refusal(500)], { hooks }).client.companies.get({
      companyId: 'c',
      signal: waiting.signal,
    });
    await expect(retried).rejects.toBe(reason);
  });

  test('what makes no sense is refused when the client is made', () => {
    for (const options of [{ baseUrl: 'ftp://x' }, { baseUrl: 'nowhere' }, { timeoutMs: 0 }, { maxRetries: -1 }]) {
      expect(() => createClient(options)).toThrow(LedgerpostError);
    }
  });

  test('without a key nothing is sent; null means that a proxy adds it', async () => {
    const { client, sent } = clientOver([json({})], { apiKey: '' });
    expect((await errorOf(client.companies.get({ companyId: 'c' }))).type).toBe('unauthorized');
    expect(sent).toHaveLength(0);
    const proxied = clientOver([json({})], { apiKey: null });
    await proxied.client.companies.get({ companyId: 'c' });
    expect(proxied.sent[0]?.headers.has('authorization')).toBe(false);
    const rotated = clientOver([json({})], { apiKey: async () => 'Basic abc' });
    await rotated.client.companies.get({ companyId: 'c' });
    expect(rotated.sent[0]?.headers.get('authorization')).toBe('Basic abc');
  });

  test('the default client reads the environment at its first call, not before', async () => {
    expect((await errorOf(ledgerpost.companies.get({ companyId: 'c' }))).message).toContain('LEDGERPOST_API_KEY');
  });
});

describe('waiting for a push', () => {
  const ended = { ...pending, status: 'Unknown', statusCode: 504, errorMessage: 'Outcome unknown' };

  test('the server is asked to hold its answer; each ending is given, never thrown', async () => {
    for (const status of ['Success', 'Failed', 'TimedOut', 'Unknown']) {
      const { client, sent, clock } = clientOver([json({ ...pending, status })]);
      expect((await client.pushOperations.pollUntilDone({ companyId: 'c', pushOperationKey: 'k' })).status).toBe(
        status,
      );
      expect(sent[0]?.url).toBe('http://gateway.test/prefix/companies/c/push/k?wait=30');
      expect(clock.pauses).toEqual([]);
    }
  });

  test('a server that does not hold is asked every pollIntervalMs', async () => {
    const { client, sent, clock } = clientOver([json(pending), json(pending), json(ended)]);
    const seen: string[] = [];
    const wait = {
      companyId: 'c',
      pollIntervalMs: 3_000,
      onUpdate: ({ status }: { status: string }) => void seen.push(status),
    };
    expect((await client.pushOperations.pollUntilDone('k', wait)).status).toBe('Unknown');
    expect(sent).toHaveLength(3);
    expect(clock.pauses).toEqual([3_000, 3_000]);
    expect(seen).toEqual(['Pending', 'Pending', 'Unknown']);
  });

  test('a server that refuses to be asked so is asked plainly', async () => {
    const { client, sent } = clientOver([refusal(400), json(pending), json(ended)]);
    await client.pushOperations.pollUntilDone('k', { companyId: 'c' });
    expect(sent.map(({ url }) => url.includes('wait='))).toEqual([true, false, false]);
  });

  test('the end of the wait is a timeout that has the push as last seen; other errors are what they are', async () => {
    const { client, clock } = clientOver([json(pending)]);
    const error = await errorOf(client.pushOperations.pollUntilDone('k', { companyId: 'c', timeoutMs: 5_000 }));
    expect(error).toMatchObject({ type: 'timeout', detail: { pushOperationKey: 'k' } });
    expect(clock.now()).toBe(1_700_000_005_000);
    const missing = clientOver([refusal(404)]);
    expect((await errorOf(missing.client.pushOperations.pollUntilDone('k', { companyId: 'c' }))).type).toBe(
      'not_found',
    );
  });

  test('a signal ends the wait with its reason', async () => {
    const { client } = clientOver(['never']);
    const ending = new AbortController();
    const wait = client.pushOperations.pollUntilDone('k', { companyId: 'c', signal: ending.signal });
    ending.abort(new Error('enough'));
    await expect(wait).rejects.toThrow('enough');
  });

  test('createAndWait gives its time to the wait, and its key to the write', async () => {
    const { client, sent } = clientOver([json(pending), json(ended)]);
    await client.accounts.createAndWait({ ...place, account, timeoutMs: 60_000, idempotencyKey: 'mine' });
    expect(sent.map(({ method, headers }) => [method, headers.get('idempotency-key')])).toEqual([
      ['POST', 'mine'],
      ['GET', null],
    ]);
  });
});
