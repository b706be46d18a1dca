// Who may call the API, and what can be done with keys.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { API_KEY, startApi, type TestApi } from '../support/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const asKey = (authorization: string | undefined) => ({ headers: { authorization } });

test.each([
  ['the Base64 of the key', basic(API_KEY)],
  ['the key as user name, as curl sends it', basic(`${API_KEY}:`)],
  ['the key as password', basic(`:${API_KEY}`)],
  ['the scheme in lower case', basic(API_KEY).replace('Basic', 'basic')],
])('%s is accepted', async (_name, authorization) => {
  expect((await api.call('GET', '/companies', asKey(authorization))).status).toBe(200);
});

test.each([
  ['nothing', undefined],
  ['the bare key', API_KEY],
  ['another key', basic('another')],
  ['a bearer token', `Bearer ${API_KEY}`],
  ['no Base64', 'Basic !!!'],
  ['an empty key', basic('')],
  ['key and password', basic(`${API_KEY}:x`)],
])('%s is refused', async (_name, authorization) => {
  const answer = await api.call('GET', '/companies', asKey(authorization));
  expect([answer.status, answer.body['error']]).toEqual([401, 'Unauthorized']);
});

test('no operation of the contract is open without a key, save health, metrics and the documents', async () => {
  const document = await api.call<{ paths: Record<string, object> }>('GET', '/openapi.json', asKey(undefined));
  const operations = Object.entries(document.body.paths).flatMap(([path, verbs]) =>
    Object.keys(verbs).map((verb) => ({ verb: verb.toUpperCase(), path })),
  );
  expect(operations.length).toBeGreaterThan(30);
  const open: string[] = [];
  for (const { verb, path } of operations) {
    const { status } = await api.call(verb, path.replaceAll(/\{\w+\}/g, 'x'), asKey(undefined));
    if (status !== 401) open.push(path);
  }
  expect(open).toEqual(['/health', '/metrics']);
  expect((await api.call('GET', '/docs/', asKey(undefined))).status).toBe(200);
});

test('a new key works at once and a deleted one no longer does', async () => {
  const created = await api.call('POST', '/apiKeys', { body: { name: 'second' } });
  expect(created.status).toBe(201);
  const authorization = basic(String(created.body['apiKey']));
  expect((await api.call('GET', '/companies', asKey(authorization))).status).toBe(200);
  const listed = await api.call('GET', '/apiKeys');
  expect(listed.text).not.toContain(String(created.body['apiKey']));
  expect(listed.body['results']).toHaveLength(2);
  expect((await api.call('DELETE', `/apiKeys/${String(created.body['id'])}`)).status).toBe(204);
  expect((await api.call('GET', '/companies', asKey(authorization))).status).toBe(401);
});

test('however many ask at once, there are never more than ten keys, and never none', async () => {
  const answers = await Promise.all(Array.from({ length: 14 }, () => api.call('POST', '/apiKeys')));
  const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
  expect(statuses).toEqual([...Array.from({ length: 9 }, () => 201), ...Array.from({ length: 5 }, () => 409)]);
  const { results } = (await api.call<{ results: { id: string }[] }>('GET', '/apiKeys')).body;
  const deletions = await Promise.all(results.map(({ id }) => api.call('DELETE', `/apiKeys/${id}`)));
  const refused = deletions.filter(({ status }) => status !== 204);
  // Once the caller's own key is gone it is told so; the last one of all stays.
  expect(refused.every(({ status }) => status === 409 || status === 401)).toBe(true);
  expect(refused).not.toHaveLength(0);
});
