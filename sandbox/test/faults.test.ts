import { connect } from 'node:net';
import { expect, test } from 'vitest';
import type { JsonObject } from '../src/json.ts';
import { objectsAt } from '../src/json.ts';
import { books, clientOf, codeOf, shareSandbox, startForTest, temporaryFolder } from './support/sandbox.ts';
import type { Client } from './support/sandbox.ts';
import { startSandbox } from '../src/start.ts';

const customers = `${books}/customers`;
const seeded = 8;
const shared = shareSandbox();

/** One POST under a fault: what the caller saw, and how many records came of it. */
async function postUnder(
  client: Client,
  fault: JsonObject,
): Promise<{ seen: number | 'cut' | 'no JSON'; written: number }> {
  const before = await client.total(customers);
  await client.call('POST', '/control/faults', { method: 'POST', ...fault });
  const seen = await post(client);
  return { seen, written: (await client.total(customers)) - before };
}

async function post(client: Client): Promise<number | 'cut' | 'no JSON'> {
  try {
    return (await client.post(customers, { name: 'New' })).status;
  } catch (error) {
    return error instanceof SyntaxError ? 'no JSON' : 'cut';
  }
}

test.each([
  ['status-before', 503, 0],
  ['status-after', 500, 1],
  ['cut-before', 'cut', 0],
  ['cut-after', 'cut', 1],
  ['truncate-after', 'cut', 1],
  ['garbage-before', 'no JSON', 0],
  ['garbage-after', 'no JSON', 1],
])('%s shows the caller %s and writes %i records, once', async (kind, seen, written) => {
  const client = await startForTest();
  expect(await postUnder(client, { kind })).toEqual({ seen, written });
  expect(await post(client)).toBe(201);
});

test('a stall without end is never answered, and after the work means after the commit', async () => {
  const client = await startForTest();
  for (const [kind, written] of [
    ['stall-before', 0],
    ['stall-after', 1],
  ] as const) {
    const before = await client.total(customers);
    await client.call('POST', '/control/faults', { kind, method: 'POST' });
    const giveUp = new AbortController();
    const answer = fetch(client.url + customers, {
      method: 'POST',
      headers: { authorization: 'Bearer sandbox-token', 'content-type': 'application/json' },
      body: '{"name":"New"}',
      signal: giveUp.signal,
    });
    await expect.poll(() => pendingPosts(client)).toBe(1);
    await expect.poll(() => client.total(customers)).toBe(before + written);
    giveUp.abort();
    await expect(answer).rejects.toThrow('abort');
    await client.call('DELETE', '/control/requests');
  }
});

async function pendingPosts(client: Client): Promise<number> {
  const { body } = await client.get('/control/requests?method=POST');
  return objectsAt(body, 'items').filter((one) => one['outcome'] === 'pending' && one['fault'] !== undefined).length;
}

test('a delayed write is done even when its caller has gone', async () => {
  const client = await startForTest();
  await client.call('POST', '/control/faults', { kind: 'stall-before', method: 'POST', delayMs: 2_000 });
  const giveUp = new AbortController();
  const answer = fetch(client.url + customers, {
    method: 'POST',
    headers: { authorization: 'Bearer sandbox-token', 'content-type': 'application/json' },
    body: '{"name":"Late"}',
    signal: giveUp.signal,
  });
  await expect.poll(() => pendingPosts(client), { interval: 5 }).toBe(1);
  giveUp.abort();
  await expect(answer).rejects.toThrow('abort');
  await expect.poll(() => client.total(customers)).toBe(seeded + 1);
});

test('a fault may ask for a status and a pause', async () => {
  const client = await startForTest();
  await client.control({ faults: [{ kind: 'status-before', status: 429, retryAfterSeconds: 7 }] });
  const reply = await client.get(customers);
  expect([reply.status, codeOf(reply), reply.headers.get('retry-after')]).toEqual([429, 'rate_limited', '7']);
});

test('a fault strikes only what it names, after those it lets pass, as often as it says', async () => {
  const client = await startForTest();
  const fault = {
    kind: 'status-before',
    method: 'POST',
    path: '^/books/[^/]+/customers$',
    books: 'oakfield-joinery',
    skip: 1,
    times: 2,
  };
  await client.control({ faults: [fault] });
  expect((await client.post(`${books}/suppliers`, { name: 'A' })).status).toBe(201);
  expect((await client.post('/books/riverside-cafe/customers', { name: 'A' })).status).toBe(201);
  const statuses = [];
  for (let n = 0; n < 4; n++) statuses.push(await post(client));
  expect(statuses).toEqual([201, 503, 503, 201]);
  const [described] = objectsAt((await client.get('/control')).body, 'faults');
  expect(described).toMatchObject({ ...fault, hits: 2, remaining: 0 });
});

test('a fault by chance strikes the same requests from the same seed', async () => {
  const client = await startForTest();
  const run = async () => {
    await client.control({ seed: 42, faults: [{ kind: 'status-before', probability: 0.5 }] });
    const statuses = [];
    for (let n = 0; n < 20; n++) statuses.push((await client.get(customers)).status);
    return statuses;
  };
  const first = await run();
  expect(new Set(first)).toEqual(new Set([200, 503]));
  expect(await run()).toEqual(first);
});

test('a rate limit counts per set of books and tells how long to wait', async () => {
  const client = await startForTest();
  await client.control({ clock: { now: '2026-01-01T00:00:00Z' }, rateLimit: { perMinute: 2 } });
  const statuses = [];
  for (let n = 0; n < 3; n++) statuses.push((await client.get(customers)).status);
  expect(statuses).toEqual([200, 200, 429]);
  expect((await client.get('/books/riverside-cafe/customers')).status).toBe(200);
  await client.control({ advanceMs: 20_000 });
  expect((await client.get(customers)).headers.get('retry-after')).toBe('40');
  await client.control({ advanceMs: 40_000 });
  expect((await client.get(customers)).status).toBe(200);
});

test('offline it cuts every connection or answers 503, and control can bring it back', async () => {
  const client = await startForTest();
  await client.control({ offline: 'cut' });
  expect(await post(client)).toBe('cut');
  await expect(client.get('/health')).rejects.toThrow('fetch failed');
  await client.control({ offline: '503' });
  const reply = await client.get('/health');
  expect([reply.status, codeOf(reply)]).toEqual([503, 'offline']);
  await client.control({ offline: false });
  expect(await client.total(customers)).toBe(seeded);
});

test('latency delays an answer by that much', async () => {
  const client = await startForTest();
  await client.control({ latencyMs: 80 });
  const startedAt = performance.now();
  await client.get(customers);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(78);
});

test('a reset goes back to what the start said, and a first start is harmless', async () => {
  const plain = await startForTest();
  expect((await plain.get('/control')).body).toEqual({
    latencyMs: 0,
    offline: false,
    rateLimit: null,
    idempotency: 'honour',
    auditTrail: 'on',
    seed: 1,
    faults: [],
    clock: null,
  });
  const told = await startForTest({ control: { idempotency: 'ignore', faults: [{ kind: 'cut-before' }] } });
  await told.control({ idempotency: 'honour', faults: [], latencyMs: 5, clock: { offsetMs: 1000 } });
  expect((await told.call('DELETE', '/control')).body).toMatchObject({
    idempotency: 'ignore',
    latencyMs: 0,
    clock: null,
    faults: [{ kind: 'cut-before', hits: 0, remaining: 1 }],
  });
});

test.each([
  [{ latencyMs: 'slow' }],
  [{ latencyMs: -1 }],
  [{ offline: 'yes' }],
  [{ rateLimit: {} }],
  [{ faults: [{ kind: 'explode' }] }],
  [{ faults: [{}] }],
  [{ faults: [{ kind: 'cut-after', path: '^(' }] }],
  [{ faults: [{ kind: 'cut-after', probability: 2 }] }],
  [{ clock: {} }],
  [{ clock: { now: 'tomorrow' } }],
  [{ mood: 'bad' }],
])('control refuses %j', async (change) => {
  const client = shared();
  expect((await client.control(change)).status).toBe(422);
});

test('the log of requests tells what arrived and how it ended', async () => {
  const client = await startForTest();
  await client.control({ faults: [{ kind: 'cut-after', method: 'POST' }] });
  await post(client);
  await client.post(customers, { name: 'B' }, { 'idempotency-key': 'k', 'client-reference': 'r' });
  await client.post(customers, { name: 'B' }, { 'idempotency-key': 'k' });
  await client.get(`${customers}?page=1`);
  const { body } = await client.get(`/control/requests?method=POST&path=${customers}`);
  expect(body['received']).toBe(4);
  expect(objectsAt(body, 'items')).toMatchObject([
    { method: 'POST', path: customers, books: 'oakfield-joinery', status: null, outcome: 'cut', fault: 'cut-after' },
    { status: 201, outcome: 'answered', idempotencyKey: 'k', reference: 'r' },
    { status: 201, isReplay: true },
  ]);
  expect((await client.call('DELETE', '/control/requests')).body).toEqual({ items: [], matching: 0, received: 0 });
});

test('the log keeps the last thousand requests', async () => {
  const client = await startForTest();
  for (let n = 0; n < 1010; n++) await client.get('/books?pageSize=1');
  const { body } = await client.get('/control/requests');
  const items = objectsAt(body, 'items');
  expect([items.length, body['received'], items[0]?.['n'], items.at(-1)?.['n']]).toEqual([1000, 1010, 11, 1010]);
});

test('closing ends stalled requests at once', async () => {
  const sandbox = await startSandbox({ dir: temporaryFolder() });
  const client = clientOf(sandbox.url);
  await client.control({ faults: [{ kind: 'stall-before', times: null }] });
  const answer = client.get(customers);
  answer.catch(() => undefined);
  await expect.poll(async () => objectsAt((await client.get('/control/requests')).body, 'items')).toHaveLength(1);
  await sandbox.close();
  await expect(answer).rejects.toThrow('fetch failed');
});

test('a cut comes as a reset before any byte of an answer', async () => {
  const client = await startForTest();
  await client.control({ faults: [{ kind: 'cut-after' }] });
  const { hostname, port } = new URL(client.url);
  const socket = connect(Number(port), hostname);
  let received = 0;
  socket.on('data', (bytes) => (received += bytes.length));
  socket.write(`GET ${customers} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer sandbox-token\r\n\r\n`);
  const error = await new Promise<NodeJS.ErrnoException>((resolve) => socket.on('error', resolve));
  expect([error.code, received]).toEqual(['ECONNRESET', 0]);
});
