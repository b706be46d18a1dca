/** Records that are known to be out of date: read again before they are shown, within the platform's limits. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { markStale, WHOLE_SET } from '../../src/records/stale.ts';
import { makeLinkedConnection, startApi, type TestApi } from '../support/api.ts';
import { requestsTo } from '../support/books.ts';
import { readWhole } from '../support/records.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

interface List {
  readonly results: readonly { readonly id: string }[];
  readonly totalResults: number;
}

test('what is known to be out of date is read again before it is shown, wherever it is shown', async () => {
  const books = await makeLinkedConnection(api);
  await readWhole(api, books, 'customers', 'suppliers');
  const { companyId, connectionId } = books;
  const customer = await inSandbox('POST', `${connectionId}/customers`, { name: 'Before' });
  const id = String(customer['id']);
  await readWhole(api, books, 'customers');
  const shows = async () => {
    const answer = await api.call<{ customerName: string }>('GET', `/companies/${companyId}/data/customers/${id}`);
    return answer.body.customerName;
  };
  await inSandbox('PUT', `${connectionId}/customers/${id}`, { name: 'After' });
  expect(await shows()).toBe('Before');
  await markStale(api.db, [{ companyId, connectionId, dataType: 'customers', recordId: id }]);
  expect(await shows()).toBe('After');
  await inSandbox('PUT', `${connectionId}/customers/${id}`, { name: 'Later' });
  await markStale(api.db, [{ companyId, connectionId, dataType: 'customers', recordId: id }]);
  const { body } = await api.call<List>(
    'GET',
    `/companies/${companyId}/data/customers?query=${encodeURIComponent('customerName=Later')}`,
  );
  expect(body.totalResults).toBe(1);
  expect(await api.db.query('', 'SELECT 1 FROM stale_records WHERE connection_id = $1', [connectionId])).toEqual([]);
});

test('a set that was never read is not listed because something has happened to it', async () => {
  const { companyId, connectionId } = await makeLinkedConnection(api);
  const dataType = 'accountTransactions';
  await markStale(api.db, [{ companyId, connectionId, dataType, recordId: WHOLE_SET }]);
  expect((await api.call('GET', `/companies/${companyId}/data/${dataType}`)).status).toBe(409);
  expect(await requestsTo(api.platform.url, 'GET', `/books/${connectionId}/account-transactions`)).toBe(0);
  expect(await api.db.query('', 'SELECT 1 FROM stale_records WHERE connection_id = $1', [connectionId])).toEqual([]);
});

test('what is read again before it is shown stays within the share of the limits that reads have', async () => {
  const books = await makeLinkedConnection(api);
  await readWhole(api, books, 'chartOfAccounts');
  const { companyId, connectionId } = books;
  const { body } = await api.call<List>('GET', `/companies/${companyId}/data/chartOfAccounts`);
  const ids = body.results.slice(0, 12).map(({ id }) => id);
  expect(ids).toHaveLength(12);
  // From here on the link says how many calls the platform takes: of ten, reads leave two to writes.
  const connections = `/companies/${companyId}/connections/${connectionId}`;
  await api.call('PUT', `${connections}/authorization`, { body: { callsPerMinute: '10' } });
  await markStale(
    api.db,
    ids.map((recordId) => ({ companyId, connectionId, dataType: 'chartOfAccounts' as const, recordId })),
  );
  const asked = () => requestsTo(api.platform.url, 'GET', `/books/${connectionId}/accounts/`);
  const before = await asked();
  const shown = await api.call<List>('GET', `/companies/${companyId}/data/chartOfAccounts`);
  expect(shown.body.totalResults).toBe(body.totalResults);
  // The answer does not wait for long; what was begun goes on behind it.
  const left = () => api.db.query('', 'SELECT 1 FROM stale_records WHERE connection_id = $1', [connectionId]);
  await expect.poll(async () => (await left()).length).toBe(4);
  expect((await asked()) - before).toBe(8);
});

async function inSandbox(method: string, path: string, body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${api.platform.url}/books/${path}`, {
    method,
    headers: { authorization: 'Bearer sandbox-token', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Record<string, unknown>;
}
