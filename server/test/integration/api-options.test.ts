/** Models over HTTP: their version, and not sending again what the caller has. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeLinkedConnection, startApi } from '../support/api.ts';

let api: Awaited<ReturnType<typeof startApi>>;
let path: string;
beforeAll(async () => {
  api = await startApi();
  const { companyId, connectionId } = await makeLinkedConnection(api);
  path = `/companies/${companyId}/connections/${connectionId}/options`;
});
afterAll(() => api.stop());

const options = (type: string, headers: Record<string, string> = {}) =>
  api.call<{ modelVersion: string }>('GET', `${path}/${type}`, { headers });

test('a model that has not changed keeps its version and is not sent twice', async () => {
  const first = await options('invoices');
  expect(first.body.modelVersion).toMatch(/^[0-9a-f]{16}$/);
  const etag = first.headers.get('etag') ?? '';
  const again = await options('invoices', { 'if-none-match': `"other", W/${etag}` });
  expect(again).toMatchObject({ status: 304, text: '' });
});

test('a new choice in the company’s books changes the version', async () => {
  const before = await options('invoices');
  const connectionId = path.split('/')[4] ?? '';
  const created = await fetch(`${api.platform.url}/books/${connectionId}/accounts`, {
    method: 'POST',
    headers: { authorization: 'Bearer sandbox-token', 'content-type': 'application/json' },
    body: JSON.stringify({ code: 'NEW1', name: 'New sales account', category: 'Income.Sales' }),
  });
  expect(created.status, await created.text()).toBe(201);
  expect((await options('invoices', { 'if-none-match': before.headers.get('etag') ?? '' })).status).toBe(200);
  expect((await options('invoices')).body.modelVersion).not.toBe(before.body.modelVersion);
});

test('the two renderings of one model share a version and are told apart by their ETags', async () => {
  const codat = await options('items');
  const schema = await options('items?format=json-schema');
  expect(schema.body.modelVersion).toBe(codat.body.modelVersion);
  expect(schema.headers.get('etag')).not.toBe(codat.headers.get('etag'));
  expect(schema.body).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' });
});
