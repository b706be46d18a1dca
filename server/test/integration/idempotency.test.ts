// Requests with an Idempotency-Key: done once, and answered the same however often they are sent.
import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { idempotencyId, startFingerprint } from '../../src/api/idempotency-key.ts';
import { removeOldAnswers, reserveKey } from '../../src/api/idempotency-store.ts';
import { AUTHORIZATION, makeConnection, makeLinkedConnection, startApi, type TestApi } from '../support/api.ts';
import { endPush } from '../support/ended-pushes.ts';

let api: TestApi;
let connection: Awaited<ReturnType<typeof makeLinkedConnection>>;

beforeAll(async () => {
  api = await startApi();
  connection = await makeLinkedConnection(api);
});
afterAll(() => api.stop());

const customer = { customerName: 'Bob', status: 'Active' };
const keyed = (key: string) => ({ 'Idempotency-Key': key });
const send = (method: string, target: string, key: string, body?: unknown) =>
  api.call(method, target, { headers: keyed(key), ...(body === undefined ? {} : { body }) });
const isReplay = (answer: { headers: Headers }) => answer.headers.get('idempotent-replay') === 'true';

async function numberOfPushes(companyId: string): Promise<unknown> {
  return (await api.call('GET', `/companies/${companyId}/push`)).body['totalResults'];
}

async function companiesCalled(name: string): Promise<unknown> {
  const query = new URLSearchParams({ query: `name=${name}` });
  return (await api.call('GET', `/companies?${query.toString()}`)).body['totalResults'];
}

/** Sends the same twice and gives both answers. */
async function twice(method: string, target: string, body?: unknown) {
  const key = randomUUID();
  const first = await send(method, target, key, body);
  return { first, again: await send(method, target, key, body), key };
}

test('a write sent twice under one key is one push, and its second answer is the first, byte for byte', async () => {
  const one = await makeLinkedConnection(api, 'Once Ltd');
  const { first, again } = await twice('POST', `${one.prefix}/push/customers?timeoutInMinutes=5`, customer);
  expect([first.status, isReplay(first), again.status, isReplay(again)]).toEqual([200, false, 200, true]);
  expect(again.text).toBe(first.text);
  expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
  expect(await numberOfPushes(one.companyId)).toBe(1);
});

test('the answer to a write stays the same after the push has ended and its connection is gone', async () => {
  const one = await makeLinkedConnection(api, 'Gone Ltd');
  const key = randomUUID();
  const first = await send('POST', `${one.prefix}/push/customers`, key, customer);
  await endPush(api.db, { ...one, id: String(first.body['pushOperationKey']) }, { move: 'fail', errorMessage: 'no' });
  await api.call('DELETE', one.prefix);
  const again = await send('POST', `${one.prefix}/push/customers`, key, customer);
  expect([again.status, again.text]).toEqual([200, first.text]);
});

test('a key that was used with another body, another query or another If-Match is refused with 422', async () => {
  const target = `${connection.prefix}/push/customers/7`;
  const key = randomUUID();
  expect((await send('PUT', target, key, customer)).status).toBe(200);
  for (const [url, body, headers] of [
    [target, { ...customer, customerName: 'Ben' }, {}],
    [`${target}?forceUpdate=true`, customer, {}],
    [target, customer, { 'If-Match': '"v1"' }],
  ] as const) {
    const answer = await api.call('PUT', url, { body, headers: { ...keyed(key), ...headers } });
    expect([answer.status, isReplay(answer)]).toEqual([422, false]);
  }
  expect((await send('PUT', target, key, customer)).status).toBe(200);
});

test('a key belongs to its verb and path: elsewhere it is another key', async () => {
  const key = randomUUID();
  const answers = [
    await send('POST', `${connection.prefix}/push/customers`, key, customer),
    await send('POST', `${connection.prefix}/push/suppliers`, key, customer),
    await send('PUT', `${connection.prefix}/push/customers/1`, key, customer),
    await send('DELETE', `${connection.prefix}/push/invoices/1`, key),
  ];
  expect(answers.map((answer) => [answer.status, isReplay(answer)])).toEqual(answers.map(() => [200, false]));
  expect(new Set(answers.map(({ body }) => body['pushOperationKey'])).size).toBe(4);
});

test('a refused write is answered with the same refusal even after its reason is gone', async () => {
  const one = await makeConnection(api, 'Later Ltd');
  const key = randomUUID();
  const first = await send('POST', `${one.prefix}/push/customers`, key, customer);
  expect(first.status).toBe(400);
  await api.call('PUT', `${one.prefix}/authorization`, { body: {} });
  const again = await send('POST', `${one.prefix}/push/customers`, key, customer);
  expect([again.status, again.text, isReplay(again)]).toEqual([400, first.text, true]);
  expect((await send('POST', `${one.prefix}/push/customers`, randomUUID(), customer)).status).toBe(200);
  const { first: unknown, again: stillUnknown } = await twice(
    'POST',
    `/companies/${randomUUID()}/connections/${randomUUID()}/push/customers`,
    customer,
  );
  expect([unknown.status, stillUnknown.text]).toEqual([404, unknown.text]);
});

test.each([
  ['POST', '/companies', { name: 'Repeated Ltd' }, 200],
  ['POST', '/companies', { name: 7 }, 400],
  ['DELETE', `/companies/${randomUUID()}`, undefined, 404],
])('%s %s with %o is done once and answered %i twice', async (method, target, body, status) => {
  const { first, again, key } = await twice(method, target, body);
  expect([first.status, again.status, isReplay(again)]).toEqual([status, status, true]);
  expect(again.text).toBe(first.text);
  expect((await send(method, target, key, { name: 'Another Ltd' })).status).toBe(422);
});

test('a change sent twice under one key happens once, whatever its verb', async () => {
  const { first } = await twice('POST', '/companies', { name: 'Just One Ltd' });
  expect(await companiesCalled('Just One Ltd')).toBe(1);
  const target = `/companies/${String(first.body['id'])}`;
  const patched = await twice('PATCH', target, { description: 'first' });
  await api.call('PATCH', target, { body: { description: 'second' } });
  await send('PATCH', target, patched.key, { description: 'first' });
  expect((await api.call('GET', target)).body['description']).toBe('second');
  const removed = await twice('DELETE', target);
  expect([removed.first.status, removed.again.status, removed.again.text]).toEqual([204, 204, '']);
});

test('an answer with a secret is repeated whole, and stands nowhere in the database', async () => {
  for (const [target, body, member] of [
    ['/apiKeys', { name: 'repeated' }, 'apiKey'],
    ['/webhooks', { url: 'http://127.0.0.1:9/', eventTypes: ['*'] }, 'secret'],
  ] as const) {
    const { first, again, key } = await twice('POST', target, body);
    expect([first.status, again.text]).toEqual([201, first.text]);
    const [row] = await api.db.query<{ stored: string }>(
      '',
      `SELECT encode(answer_sealed, 'escape') || k::text AS stored FROM idempotency_keys k WHERE id = $1`,
      [idempotencyId('POST', target, key)],
    );
    expect(row?.stored.length).toBeGreaterThan(100);
    expect(row?.stored).not.toContain(String(first.body[member]));
  }
});

test('while a request is under way another with its key is told so, and may try anew once the time of the first is up', async () => {
  const key = randomUUID();
  const body = { name: 'Crashed Ltd' };
  const id = idempotencyId('POST', '/companies', key);
  const fingerprint = startFingerprint('/companies').update(JSON.stringify(body)).digest();
  // What a process leaves behind that dies in the middle.
  const keys = { db: api.db, sealer: api.companies.sealer };
  expect(await reserveKey(keys, { id, fingerprint })).toBeDefined();
  const during = await send('POST', '/companies', key, body);
  expect([during.status, during.body['canBeRetried']]).toEqual([409, 'True']);
  expect((await send('POST', '/companies', key, { name: 'Other Ltd' })).status).toBe(422);
  const [left] = await api.db.query<{ seconds: number }>(
    '',
    'SELECT extract(epoch FROM in_flight_until - now())::float8 AS seconds FROM idempotency_keys WHERE id = $1',
    [id],
  );
  expect(left?.seconds).toBeLessThanOrEqual(60);
  await api.db.execute('', 'UPDATE idempotency_keys SET in_flight_until = now() WHERE id = $1', [id]);
  const after = await send('POST', '/companies', key, body);
  expect([after.status, isReplay(after)]).toEqual([200, false]);
  expect((await send('POST', '/companies', key, body)).text).toBe(after.text);
  expect(await companiesCalled('Crashed Ltd')).toBe(1);
});

test('of many requests with one key at once, one is done', async () => {
  const one = await makeLinkedConnection(api, 'Busy Ltd');
  const key = randomUUID();
  const many = <T>(work: () => Promise<T>) => Promise.all(Array.from({ length: 20 }, work));
  const pushes = await many(() => send('POST', `${one.prefix}/push/customers`, key, customer));
  expect(new Set(pushes.map((answer) => answer.text)).size).toBe(1);
  expect(pushes.filter((answer) => !isReplay(answer))).toHaveLength(1);
  expect(await numberOfPushes(one.companyId)).toBe(1);
  const made = await many(() => send('POST', '/companies', key, { name: 'Crowd Ltd' }));
  expect(made.filter((answer) => answer.status === 200 && !isReplay(answer))).toHaveLength(1);
  expect(made.filter((answer) => ![200, 409].includes(answer.status))).toEqual([]);
  expect(await companiesCalled('Crowd Ltd')).toBe(1);
});

test.each([
  ['an empty key', ['']],
  ['256 characters', ['k'.repeat(256)]],
  ['a blank inside', ['a b']],
  ['two keys', ['a', 'b']],
])('%s is refused with 400, naming the header', async (_name, values) => {
  const answer = await rawPost('/companies', values);
  expect(answer.status).toBe(400);
  expect(answer.text).toContain('Idempotency-Key');
});

test('reading takes no notice of the header, however it looks', async () => {
  for (const key of ['a b', 'fine', 'fine']) {
    const answer = await api.call('GET', '/companies', { headers: keyed(key) });
    expect([answer.status, isReplay(answer)]).toEqual([200, false]);
  }
});

test('answers are removed after their time, and keys of pushes stay', async () => {
  const push = await twice('POST', `${connection.prefix}/push/customers`, customer);
  const company = await twice('POST', '/companies', { name: 'Old Ltd' });
  const recent = await twice('POST', '/companies', { name: 'New Ltd' });
  const age = (target: string, key: string, minutes: number) =>
    api.db.execute('', `UPDATE idempotency_keys SET created_at = now() - $2 * interval '1 minute' WHERE id = $1`, [
      idempotencyId('POST', target, key),
      minutes,
    ]);
  await age(`${connection.prefix}/push/customers`, push.key, 100_000);
  await age('/companies', company.key, 121);
  await age('/companies', recent.key, 91);
  expect(await removeOldAnswers(api.db, 1)).toBe(1);
  expect(await removeOldAnswers(api.db, 1)).toBe(0);
  expect(isReplay(await send('POST', `${connection.prefix}/push/customers`, push.key, customer))).toBe(true);
  expect(isReplay(await send('POST', '/companies', company.key, { name: 'Old Ltd' }))).toBe(false);
  expect(isReplay(await send('POST', '/companies', recent.key, { name: 'New Ltd' }))).toBe(true);
});

/** Past fetch, which joins two headers into one and refuses an odd one. */
function rawPost(target: string, keys: readonly string[]): Promise<{ status: number; text: string }> {
  const body = JSON.stringify({ name: 'Raw Ltd' });
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`${api.url}${target}`, {
      method: 'POST',
      headers: {
        authorization: AUTHORIZATION,
        'content-type': 'application/json',
        'content-length': body.length,
        'idempotency-key': [...keys],
      },
    });
    sent.on('error', reject);
    sent.on('response', (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.end(body);
  });
}
