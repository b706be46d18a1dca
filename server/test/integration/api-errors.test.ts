// What a caller is told when a request cannot be served: one body, the right status, the field's name, no internals.
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AUTHORIZATION, makeLinkedConnection, startApi, type ApiCall, type TestApi } from '../support/api.ts';

let api: TestApi;
let prefix = '';
let companyId = '';

beforeAll(async () => {
  api = await startApi();
  ({ prefix, companyId } = await makeLinkedConnection(api));
});
afterAll(() => api.stop());

const unknownId = '0190a1b2-0000-7000-8000-000000000001';
const push = (rest: string) => `@/push/${rest}`;
const invoice = { body: { customerRef: { id: '1' } } };

const cases: readonly (readonly [string, string, ApiCall, number, string])[] = [
  ['GET', '/nowhere', {}, 404, 'NotFound'],
  ['GET', '/companies/%zz', {}, 400, 'percent-encoded'],
  ['GET', '/companies/not-a-uuid', {}, 404, 'No company was found with ID not-a-uuid'],
  ['GET', `/companies/${unknownId}`, {}, 404, `No company was found with ID ${unknownId}`],
  ['GET', `/companies/${unknownId}/push`, {}, 404, 'No company was found'],
  ['GET', `/companies/#/connections/${unknownId}`, {}, 404, `Data connection ${unknownId} not found`],
  ['GET', '/companies/#/connections/x', {}, 404, 'Data connection x not found'],
  ['GET', `/companies/#/push/${unknownId}`, {}, 404, `No push operation was found with key ${unknownId}`],
  ['GET', `/companies/#/push/${unknownId}/timeline`, {}, 404, unknownId],
  ['GET', '/companies/#/push/x', {}, 404, 'No push operation was found with key x'],
  ['DELETE', '/webhooks/x', {}, 404, 'No webhook consumer was found with ID x'],
  ['DELETE', '/apiKeys/x', {}, 404, 'No API key was found with ID x'],
  ['GET', '/integrations/zzzz', {}, 404, 'No integration was found with key zzzz'],
  ['PATCH', '/companies', {}, 405, 'allowed are GET, HEAD, POST'],
  ['POST', push('invoices/1'), invoice, 405, 'allowed are DELETE, PUT'],
  ['POST', push('salesOrders'), invoice, 405, "'salesOrders' not supported by platform mqjo"],
  ['DELETE', push('items/1'), {}, 405, "DELETE of Datatype 'items'"],
  ['POST', push('nonsense'), invoice, 404, "Datatype 'nonsense' does not exist"],
  ['GET', '@/options/nonsense', {}, 404, "'nonsense'"],
  ['GET', '@/options/salesOrders', {}, 404, "'salesOrders' not supported by platform mqjo"],
  ['GET', '/companies?page=0', {}, 400, 'page must be >= 1'],
  ['GET', '/companies?page=1.5', {}, 400, 'page must be integer'],
  ['GET', '/companies?pageNumber=x', {}, 400, 'page must be integer'],
  ['GET', '/companies?page=1&page=2', {}, 400, 'page must be'],
  ['GET', '/companies?pageSize=5001', {}, 400, 'pageSize must be <= 5000'],
  ['GET', '/companies?PAGESIZE=0', {}, 400, 'pageSize must be >= 1'],
  ['GET', '/companies?query=name', {}, 400, 'Malformed query'],
  ['GET', '/companies?orderBy=nonsense', {}, 400, 'Could not resolve property nonsense on Company'],
  ['GET', '/companies/#/push?query=changes.type=x', {}, 400, 'property changes.type on PushOperation'],
  ['GET', '/companies/#/connections?query=x=1', {}, 400, 'property x on Connection'],
  ['POST', push('invoices?timeoutInMinutes=0'), invoice, 400, 'timeoutInMinutes must be >= 1'],
  ['POST', push('invoices?timeoutInMinutes=-1'), invoice, 400, 'timeoutInMinutes'],
  ['POST', push('invoices?timeoutInMinutes=1.5'), invoice, 400, 'timeoutInMinutes must be integer'],
  ['POST', push('invoices?timeoutInMinutes=525601'), invoice, 400, 'timeoutInMinutes must be <= 525600'],
  ['POST', push('invoices?timeoutinminutes=soon'), invoice, 400, 'timeoutInMinutes must be integer'],
  ['POST', push('invoices?allowSyncOnPushComplete=yes'), invoice, 400, 'allowSyncOnPushComplete must be boolean'],
  ['PUT', push('invoices/1?forceUpdate=1'), invoice, 400, 'forceUpdate must be boolean'],
  ['POST', push('invoices'), {}, 400, 'one JSON object'],
  ['POST', push('invoices'), { text: '', headers: { 'content-type': 'application/json' } }, 400, 'one JSON object'],
  ['POST', push('invoices'), { text: '{"a":' }, 400, 'not valid JSON'],
  ['POST', push('invoices'), { text: '[{}]' }, 400, 'not a list'],
  ['POST', push('invoices'), { text: 'null' }, 400, 'not null'],
  ['POST', push('invoices'), { text: '"x"' }, 400, 'not a string'],
  ['POST', push('invoices'), { text: '{"a":'.repeat(70) + '1' + '}'.repeat(70) }, 400, 'deeper than 64'],
  ['POST', push('invoices'), { text: `{"a":"${'x'.repeat(1_100_000)}"}` }, 413, '1 MB'],
  ['POST', push('invoices'), { text: '{}', headers: { 'content-type': 'text/plain' } }, 415, 'application/json'],
  ['POST', push('invoices'), { ...invoice, headers: { 'ledgerpost-statuses': 'x' } }, 400, 'Ledgerpost-Statuses'],
  ['PUT', push(`invoices/${'a'.repeat(300)}`), invoice, 400, 'recordId'],
  ['PUT', push('invoices/a%00b'), invoice, 400, 'recordId'],
  ['POST', '/companies', { text: '{"name":"a","tags":{"x":"\\u0000"}}' }, 400, 'tags.x must be plain text'],
  ['POST', '/companies', { body: {} }, 400, "'name'"],
  ['POST', '/companies', { body: { name: 12 } }, 400, 'name must be string'],
  ['POST', '/companies', { body: { name: '***' } }, 400, 'name'],
  ['POST', '/companies', {}, 400, 'body must be object'],
  ['POST', '/companies', { body: { name: 'a', tags: { a: 1 } } }, 400, 'tags'],
  ['POST', '/companies', { text: '{"name":"a","tags":{"a":"\\ud800"}}' }, 400, 'tags.a must be plain text'],
  ['POST', '/companies/#/connections', { body: {} }, 400, "'platformKey'"],
  ['POST', '/companies/#/connections', { body: { platformKey: 'zzzz' } }, 404, 'zzzz'],
  ['PATCH', '@', { body: { status: 'Linked' } }, 400, 'status'],
  ['PUT', '@/authorization', { body: { books: 1 } }, 400, 'books'],
  ['POST', '/webhooks', { body: { url: 'http://127.0.0.1:1/' } }, 400, "'eventTypes'"],
  ['POST', '/webhooks', { body: { url: 'nonsense', eventTypes: ['*'] } }, 400, 'url'],
  ['POST', '/apiKeys', { body: { name: 'x'.repeat(51) } }, 400, 'name'],
];

test.each(cases)('%s %s %# is told what was wrong', async (method, target, call, status, told) => {
  const answer = await api.call(method, target.replace('@', prefix).replace('#', companyId), call);
  expect(answer.body).toMatchObject({
    statusCode: status,
    service: expect.any(String),
    error: expect.stringContaining(told),
    correlationId: answer.headers.get('x-correlation-id'),
    canBeRetried: expect.any(String),
    detailedErrorCode: 0,
  });
  expect(answer.status).toBe(status);
});

describe('the verbs that a path takes are named in Allow', () => {
  test.each([
    ['PATCH', '/companies', 'GET, HEAD, POST'],
    ['POST', '@/push/customers/1', 'DELETE, PUT'],
    ['DELETE', '@/push/customers/1', 'PUT'],
    ['PUT', '@/push/journalEntries/1', 'DELETE'],
    ['POST', '@/push/salesOrders', ''],
  ])('%s %s', async (method, target, allowed) => {
    const answer = await api.call(method, target.replace('@', prefix), { body: {} });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allowed]);
  });
});

test('a caller finds its own correlation id again, unless it is no plain token', async () => {
  const own = await api.call('GET', '/nowhere', { headers: { 'x-correlation-id': 'order-4711-a' } });
  expect(own.body['correlationId']).toBe('order-4711-a');
  const odd = await api.call('GET', '/nowhere', { headers: { 'x-correlation-id': '"><script>' } });
  expect(odd.body['correlationId']).toMatch(/^[0-9a-f]{32}$/);
});

test('what goes wrong inside is logged with the correlation id and never shown', async () => {
  const broken = await startApi({
    requestPush: () => Promise.reject(new Error('row (secret-value) violates pushes_check')),
  });
  const linked = await makeLinkedConnection(broken);
  const answer = await broken.call('POST', `${linked.prefix}/push/invoices`, { body: {} });
  expect(answer.status).toBe(500);
  expect(answer.text).not.toContain('secret-value');
  expect(answer.body).toMatchObject({ statusCode: 500, error: 'An unexpected error occurred' });
  const line = broken.logged.find((each) => each.includes(String(answer.body['correlationId'])));
  expect(line).toContain('violates pushes_check');
  await broken.stop();
});

test.each([
  ['GET', '/data/customers/%2e%2e'],
  ['GET', '/data/customers/..%2F..'],
  ['DELETE', `/connections/${unknownId}/push/bills/%2e`],
])('%s %s does not lead out of its path at the platform', async (method, rest) => {
  // A URL would be normalised before it is sent; what an attacker sends is not.
  const path = `/companies/${companyId}${rest}`;
  const request = httpRequest({ port: new URL(api.url).port, path, method, headers: { authorization: AUTHORIZATION } });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  expect([400, 404, 409]).toContain(response.statusCode);
  expect(await text(response)).not.toContain('cannot be reached');
});

test.each([
  ['bytes that are no HTTP', 'GARBAGE', 400, 'well-formed'],
  ['a request without a host', 'GET /companies HTTP/1.1\r\nConnection: close', 400, 'Host'],
  ['an expectation that nobody has', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: bogus', 417, 'Expect'],
  ['a CONNECT', 'CONNECT x:1 HTTP/1.1\r\nHost: x', 405, 'CONNECT'],
])('%s gets the error body and the connection is closed', async (_name, sent, status, told) => {
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
  socket.write(`${sent}\r\n\r\n`);
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  const answer: unknown = JSON.parse(body);
  expect(answer).toMatchObject({ statusCode: status, service: 'PublicApi', error: expect.stringContaining(told) });
});

test('no body and no query of any kind makes the server fail', { timeout: 240_000 }, async () => {
  const targets = [
    ['POST', '/companies'],
    ['POST', '@/push/invoices'],
    ['PUT', '@/push/customers/1'],
    ['PUT', '@/authorization'],
    ['PATCH', '@'],
    ['POST', '/webhooks'],
  ] as const;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...targets), fc.json({ maxDepth: 6 }), async ([method, target], text) => {
      const { status } = await api.call(method, target.replace('@', prefix), { text });
      expect(status).toBeLessThan(500);
    }),
    { numRuns: 200 },
  );
  const lists = ['/companies', '/companies/#/push', '/companies/#/connections'];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...lists),
      fc.constantFrom('query', 'orderBy', 'page', 'pageSize', 'tags', 'format'),
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('status=x', 'name~%', '-id', '1e3', '{', 'a=b||c=d')),
      async (list, name, value) => {
        const query = new URLSearchParams({ [name]: value });
        const { status } = await api.call(
          'GET',
          `${list.replace('@', prefix).replace('#', companyId)}?${query.toString()}`,
        );
        expect(status).toBeLessThan(500);
      },
    ),
    { numRuns: 300 },
  );
});
