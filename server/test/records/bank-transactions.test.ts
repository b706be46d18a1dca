/** Transactions are listed by their bank account: of one that is known in whatever way, and of no other. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ReadDataType } from '../../src/models/data-types.ts';
import { markSynced } from '../../src/records/state.ts';
import { markStale } from '../../src/records/stale.ts';
import { storeRecords } from '../../src/records/store.ts';
import { makeLinkedConnection, startApi, type TestApi } from '../support/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

interface List {
  readonly totalResults?: number;
  readonly error?: string;
}

/** Books of which these sets have been read, with one bank account that has one transaction. */
async function makeBooks(...read: readonly ReadDataType[]) {
  const books = await makeLinkedConnection(api);
  const { companyId, connectionId, prefix } = books;
  const of = { companyId, connectionId, modelKey: 'm' };
  const store = (batch: Pick<Parameters<typeof storeRecords>[1], 'records' | 'deletedIds' | 'dataType' | 'parentId'>) =>
    api.db.transaction((tx) => storeRecords(tx, { ...of, ...batch }));
  await store({ dataType: 'bankAccounts', records: [{ id: 'b1' }, { id: 'b2' }] });
  await store({ dataType: 'bankTransactions', records: [{ id: 't1', amount: 5 }], parentId: 'b1' });
  for (const dataType of read) await markSynced(api.db, { companyId, connectionId, dataType });
  /** At the connection and at the company, which say the same. */
  const list = async (accountId: string, query = '') => {
    const path = `data/bankAccounts/${accountId}/bankTransactions${query}`;
    const levels = [`${prefix}/${path}`, `/companies/${companyId}/${path}`];
    const answers = [];
    for (const level of levels) answers.push(await api.call<List>('GET', level));
    const told = answers.map(({ status, body }) => [status, body.totalResults ?? body.error]);
    expect(told[0]).toEqual(told[1]);
    return told[0];
  };
  return { companyId, connectionId, store, list };
}

const unknown = (id: string) => [404, `No data available for bankAccounts for ID ${id}`];

test('of an account that nobody knows they are 404 by its id, and of one without any an empty list', async () => {
  const { list } = await makeBooks('bankAccounts', 'bankTransactions');
  expect(await list('b1')).toEqual([200, 1]);
  expect(await list('b2')).toEqual([200, 0]);
  expect(await list('b1', '?query=amount%3E100')).toEqual([200, 0]);
  expect(await list('nope')).toEqual(unknown('nope'));
  expect(await list('nope', '?query=amount%3E100&page=7')).toEqual(unknown('nope'));
});

test('of an account that was deleted they are shown as they were, and none is no 404', async () => {
  const { list, store } = await makeBooks('bankAccounts', 'bankTransactions');
  await store({ dataType: 'bankAccounts', records: [], deletedIds: ['b1', 'b2'] });
  expect([await list('b1'), await list('b2')]).toEqual([
    [200, 1],
    [200, 0],
  ]);
});

test('nobody calls an account unknown before all accounts and transactions were read', async () => {
  const neither = await makeBooks();
  expect(await neither.list('nope')).toMatchObject([409, expect.stringContaining('has not been requested')]);
  const accountsOnly = await makeBooks('bankAccounts');
  expect(await accountsOnly.list('nope')).toMatchObject([409, expect.stringContaining('No bankTransactions')]);
  const transactionsOnly = await makeBooks('bankTransactions');
  expect(await transactionsOnly.list('nope')).toEqual([200, 0]);
});

test('an account of which a push of ours has left a stamp alone, or a note to read it, is known', async () => {
  const { list, companyId, connectionId } = await makeBooks('bankAccounts', 'bankTransactions');
  await api.db.execute(
    '',
    `INSERT INTO records (company_id, connection_id, data_type, record_id, stamp, bucket, seen_at)
     VALUES ($1, $2, 'bankAccounts', 'stamped', '1', 0, '-infinity')`,
    [companyId, connectionId],
  );
  expect(await list('stamped')).toEqual([200, 0]);
  // The platform is asked for what is noted; away, it says nothing of it.
  const sandbox = api.platform.url;
  api.platform.url = 'http://127.0.0.1:1';
  await markStale(api.db, [{ companyId, connectionId, dataType: 'bankAccounts', recordId: 'noted' }]);
  expect(await list('noted')).toEqual([200, 0]);
  api.platform.url = sandbox;
  expect(await list('noted')).toEqual(unknown('noted'));
});
