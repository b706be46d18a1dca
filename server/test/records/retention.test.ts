/** What was kept of a connection goes some time after the connection, and nothing else does. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeOfDeleted } from '../../src/records/retention.ts';
import { markStale } from '../../src/records/stale.ts';
import { markSynced } from '../../src/records/state.ts';
import { storeRecords } from '../../src/records/store.ts';
import { makeLinkedConnection, startApi, type TestApi } from '../support/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

async function makeBooks(records: number) {
  const books = await makeLinkedConnection(api);
  const { companyId, connectionId } = books;
  const set = { companyId, connectionId, dataType: 'invoices' } as const;
  const made = Array.from({ length: records }, (_, n) => ({ id: `r${n}` }));
  await api.db.transaction((tx) => storeRecords(tx, { ...set, records: made, modelKey: 'm' }));
  await markSynced(api.db, set);
  await markStale(api.db, [{ ...set, recordId: 'r1' }]);
  const left = async (table: string) =>
    (await api.db.query('', `SELECT 1 FROM ${table} WHERE connection_id = $1`, [connectionId])).length;
  return { ...books, left };
}

const TABLES = ['records', 'record_counts', 'record_sets', 'stale_records'];

test('records of a deleted connection are removed batch by batch, with all that was kept beside them', async () => {
  const [gone, kept] = [await makeBooks(25), await makeBooks(25)];
  await api.call('DELETE', gone.prefix);
  expect(await removeOfDeleted(api.db, 10, 10)).toBeUndefined();
  for (const removed of [10, 10, 5]) expect(await removeOfDeleted(api.db, -1, 10)).toBe(removed);
  expect(await removeOfDeleted(api.db, -1, 10)).toBeUndefined();
  for (const table of TABLES) {
    expect([table, await gone.left(table)]).toEqual([table, 0]);
    expect([table, await kept.left(table)]).not.toEqual([table, 0]);
  }
  expect((await api.call('GET', `/companies/${gone.companyId}/changes`)).status).toBe(200);
});

test('the feed of a deleted company goes with its last records', async () => {
  const gone = await makeBooks(3);
  await api.call('DELETE', `/companies/${gone.companyId}`);
  while ((await removeOfDeleted(api.db, -1, 10)) !== undefined);
  expect(await gone.left('records')).toBe(0);
  expect(await api.db.query('', 'SELECT 1 FROM record_feeds WHERE company_id = $1', [gone.companyId])).toEqual([]);
});
