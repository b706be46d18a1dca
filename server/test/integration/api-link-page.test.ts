// The page behind linkUrl: a company links its books in a browser, with the unguessable address and nothing else.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeConnection, startApi, type TestApi } from '../support/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const post = (url: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers });
const statusOf = async (prefix: string) => (await api.call('GET', prefix)).body['status'];

test('shows the platform and the company, asks for what the card says, and links on confirming', async () => {
  const { linkUrl, prefix } = await makeConnection(api, 'Birch & Sons');
  const page = await fetch(linkUrl);
  const shown = await page.text();
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(shown).toContain('Link Sandbox to Birch &amp; Sons');
  expect(shown).toMatch(/<select\s+id="books"/);
  expect(shown).not.toContain('<script');
  const done = await post(linkUrl, { books: '' }, { origin: api.url });
  expect([done.status, await done.text()]).toEqual([200, expect.stringContaining('Sandbox is linked')]);
  expect(await statusOf(prefix)).toBe('Linked');
  expect(await (await fetch(linkUrl)).text()).toContain('Sandbox is linked');
});

test('a refusal is shown beside what was chosen, a secret is never sent back, and nothing is linked', async () => {
  const { linkUrl, prefix } = await makeConnection(api);
  const answer = await post(linkUrl, { books: 'riverside-cafe', token: 'wrong-secret-1' });
  const shown = await answer.text();
  expect(answer.status).toBe(400);
  expect(shown).toContain('role="alert"');
  expect(shown).toMatch(/value="riverside-cafe"\s+selected/);
  expect(shown).not.toContain('wrong-secret-1');
  expect(await statusOf(prefix)).toBe('PendingAuth');
});

test.each([
  ['another origin', { origin: 'https://evil.example' }],
  ['another site by its own account', { 'sec-fetch-site': 'cross-site' }],
  ['an origin that hides itself', { origin: 'null' }],
])('a form posted from %s links nothing', async (_name, headers) => {
  const { linkUrl, prefix } = await makeConnection(api);
  expect((await post(linkUrl, {}, headers)).status).toBe(403);
  expect(await statusOf(prefix)).toBe('PendingAuth');
});

test('a wrong address, a deleted connection and a body of another type are told in words, not as a failure', async () => {
  const gone = await makeConnection(api);
  await api.call('DELETE', gone.prefix);
  for (const address of [`${api.url}/link/x`, `${api.url}/link/${'a'.repeat(32)}`, gone.linkUrl]) {
    const answer = await fetch(address);
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('This link does not work')]);
  }
  const { linkUrl } = await makeConnection(api);
  expect((await fetch(linkUrl, { method: 'POST', body: '{}' })).status).toBe(400);
});

test("a company's name is text on the page, whatever is in it", async () => {
  const { linkUrl, companyId } = await makeConnection(api);
  await api.db.execute('', `UPDATE companies SET name = '<img src=x onerror=alert(1)>' WHERE id = $1`, [companyId]);
  expect(await (await fetch(linkUrl)).text()).not.toContain('<img');
});
