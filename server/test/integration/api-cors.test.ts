// Which pages may call the API from a browser, and what their browsers are told.
import { CodatPlatform } from '@codat/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { API_KEY, AUTHORIZATION, makeConnection, startApi, type TestApi } from '../support/api.ts';

const PAGE = 'https://app.example.com';
const NOBODY = '00000000-0000-4000-8000-000000000000';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const allow = (allowedOrigins: unknown) => api.call('POST', '/corsSettings', { body: { allowedOrigins } });
const from = (origin: string, authorization?: string) => ({ headers: { origin, authorization } });

/** A browser's question before a request that is not a simple one; it never shows a key. */
const preflight = (origin: string, path: string, { method = 'POST', headers = 'authorization,content-type' } = {}) =>
  api.call('OPTIONS', path, {
    headers: {
      origin,
      authorization: undefined,
      'access-control-request-method': method,
      'access-control-request-headers': headers,
    },
  });

const told = (headers: Headers) => [...headers.keys()].filter((name) => name.startsWith('access-control-'));
const listed = (headers: Headers, name: string) => (headers.get(name) ?? '').split(', ');

test('at first no page may call; what is allowed is kept as browsers name it, once', async () => {
  expect((await api.call('GET', '/corsSettings')).body).toEqual({ allowedOrigins: [] });
  const set = await allow(['https://APP.Example.com:443/', PAGE, 'http://localhost:3000']);
  expect([set.status, set.body]).toEqual([200, { allowedOrigins: [PAGE, 'http://localhost:3000'] }]);
  expect((await api.call('GET', '/corsSettings')).body).toEqual(set.body);
});

test.each([
  ['*'],
  ['https://*.example.com'],
  ['null'],
  ['app.example.com'],
  ['https://app.example.com/path'],
  ['https://app.example.com/?'],
  ['https://user@app.example.com'],
  ['file:///etc'],
])('%s is no origin: refused by name, and nothing is changed', async (text) => {
  await allow([PAGE]);
  const answer = await allow([PAGE, text]);
  expect(answer.status).toBe(400);
  expect(answer.body['error']).toMatch(/^Body member allowedOrigins\/1 must be an origin/);
  expect((await api.call('GET', '/corsSettings')).body).toEqual({ allowedOrigins: [PAGE] });
});

test('bounds and shapes are named as well', async () => {
  const many = Array.from({ length: 101 }, (_, n) => `https://${n}.example.com`);
  expect((await allow(many)).body['error']).toBe('Body member allowedOrigins must be at most 100');
  expect((await allow([`https://${'a'.repeat(300)}.example.com`])).body['error']).toContain('allowedOrigins/0 must be');
  expect((await allow(PAGE)).body['error']).toContain('allowedOrigins must be array');
  expect((await api.call('POST', '/corsSettings', { body: {} })).body['error']).toContain("'allowedOrigins'");
});

test("official clients set it under the path's older name", async () => {
  const authHeader = AUTHORIZATION;
  const platform = new CodatPlatform({ authHeader, serverURL: api.url, retryConfig: { strategy: 'none' } });
  expect(await platform.cors.set({ allowedOrigins: [PAGE] })).toMatchObject({ allowedOrigins: [PAGE] });
  expect(await platform.settings.get()).toMatchObject({ allowedOrigins: [PAGE] });
});

test('a preflight of an allowed page is answered without a key, with all that a client sends', async () => {
  await allow([PAGE]);
  const { prefix } = await makeConnection(api);
  const answer = await preflight(PAGE, `${prefix}/push/accounts?timeoutInMinutes=5`);
  expect([answer.status, answer.text, answer.headers.get('access-control-allow-origin')]).toEqual([204, '', PAGE]);
  expect(listed(answer.headers, 'access-control-allow-methods')).toEqual(
    expect.arrayContaining(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  );
  expect(listed(answer.headers, 'access-control-allow-headers')).toEqual(
    expect.arrayContaining(['authorization', 'content-type', 'idempotency-key', 'if-match', 'ledgerpost-statuses']),
  );
  expect(answer.headers.get('access-control-max-age')).toBe('600');
  expect(answer.headers.has('access-control-allow-credentials')).toBe(false);
  expect(answer.headers.get('vary')).toBe('origin');
});

test('an allowed page reads every answer, refusals and unknown paths included, and the headers that matter', async () => {
  await allow([PAGE]);
  for (const [status, path, key] of [
    [200, '/companies', AUTHORIZATION],
    [401, '/companies', undefined],
    [404, `/companies/${NOBODY}`, AUTHORIZATION],
    [404, '/no/such/path', AUTHORIZATION],
    [400, '/companies?page=x', AUTHORIZATION],
  ] as const) {
    const answer = await api.call('GET', path, from(PAGE, key));
    expect([answer.status, answer.headers.get('access-control-allow-origin')], path).toEqual([status, PAGE]);
    expect(answer.headers.get('vary'), path).toBe('origin');
    expect(listed(answer.headers, 'access-control-expose-headers')).toEqual(
      expect.arrayContaining(['ledgerpost-watermark', 'etag', 'retry-after', 'x-correlation-id', 'date']),
    );
  }
});

test('every header that the API answers with is one that a page may read', async () => {
  await allow([PAGE]);
  const { prefix } = await makeConnection(api);
  const once = { ...from(PAGE, AUTHORIZATION), body: { name: 'Once' } };
  const keyed = { ...once, headers: { ...once.headers, 'idempotency-key': 'of-a-page' } };
  await api.call('POST', '/companies', keyed);
  const answers = [
    await api.call('POST', '/companies', keyed),
    await api.call('GET', `${prefix}/options/accounts`, from(PAGE, AUTHORIZATION)),
  ];
  // Those that browsers show anyway, and those of the connection and of this very matter.
  const known =
    /^(cache-control|content-(length|type)|connection|keep-alive|transfer-encoding|vary|access-control-.*)$/;
  for (const { headers } of answers) {
    const shown = listed(headers, 'access-control-expose-headers');
    expect([...headers.keys()].filter((name) => !known.test(name) && !shown.includes(name))).toEqual([]);
  }
  expect(answers.map(({ headers }) => headers.get('idempotent-replay') ?? headers.get('etag'))).toEqual([
    'true',
    expect.stringContaining('"'),
  ]);
});

test.each([['https://other.example.com'], ['http://app.example.com'], [`${PAGE}.evil.example`], ['null']])(
  'a page of %s is told nothing, and its preflight is any request without a key',
  async (origin) => {
    await allow([PAGE]);
    const asked = await preflight(origin, '/companies');
    expect([asked.status, told(asked.headers), asked.headers.get('vary')]).toEqual([401, [], 'origin']);
    const answer = await api.call('GET', '/companies', from(origin, AUTHORIZATION));
    expect([answer.status, told(answer.headers), answer.headers.get('vary')]).toEqual([200, [], 'origin']);
  },
);

test('a page that is no longer allowed is told nothing from then on', async () => {
  await allow([PAGE]);
  expect(told((await api.call('GET', '/companies', from(PAGE, AUTHORIZATION))).headers)).not.toEqual([]);
  await allow([]);
  expect(told((await api.call('GET', '/companies', from(PAGE, AUTHORIZATION))).headers)).toEqual([]);
  expect((await preflight(PAGE, '/companies')).status).toBe(401);
});

test('the link page and other public pages are not opened to anybody by it', async () => {
  await allow([PAGE]);
  const { linkUrl } = await makeConnection(api);
  for (const path of [new URL(linkUrl).pathname, '/health', '/metrics', '/docs/']) {
    const answer = await api.call('GET', path, from(PAGE));
    expect([answer.status, told(answer.headers)], path).toEqual([200, []]);
  }
});

test('the key is asked for as ever: an origin is no key', async () => {
  await allow([PAGE]);
  const wrong = `Basic ${Buffer.from(`${API_KEY}x`).toString('base64')}`;
  expect((await api.call('GET', '/corsSettings', from(PAGE, wrong))).status).toBe(401);
  expect((await api.call('POST', '/corsSettings', { ...from(PAGE), body: { allowedOrigins: [] } })).status).toBe(401);
});
