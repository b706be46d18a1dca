/** What was read is stored once, told in the order of commits, and never overwritten by what is older. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { feedPosition } from '../../src/records/feed.ts';
import { forgetPass, markAbsent, noteSeen, storeRecords, type RecordBatch } from '../../src/records/store.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let place: TestDatabase;
beforeAll(async () => {
  place = await createTestDatabase();
});
afterAll(() => place.drop());

function makeBooks() {
  const companyId = randomUUID();
  const connectionId = randomUUID();
  const common = { companyId, connectionId, dataType: 'invoices', modelKey: 'm1' } as const;
  const store = (records: RecordBatch['records'], more: Partial<RecordBatch> = {}) =>
    place.database.transaction((tx) => storeRecords(tx, { ...common, records, ...more }));
  const rows = () =>
    place.database.query<{ record_id: string; content: object; is_deleted: boolean; at: string; status: string }>(
      '',
      `SELECT record_id, content, is_deleted, status, modified_at::text AS at FROM records
       WHERE connection_id = $1 AND content IS NOT NULL ORDER BY modified_at`,
      [connectionId],
    );
  const counts = () =>
    place.database.query<{ status: string; is_deleted: boolean; records: number }>(
      '',
      `SELECT status, is_deleted, sum(records)::int AS records FROM record_counts WHERE connection_id = $1
       GROUP BY 1, 2 HAVING sum(records) <> 0 ORDER BY 1, 2`,
      [connectionId],
    );
  const stale = () =>
    place.database.query<{ record_id: string }>('', 'SELECT record_id FROM stale_records WHERE connection_id = $1', [
      connectionId,
    ]);
  return { ...common, store, rows, counts, stale };
}

const invoice = (id: string, more: object = {}) => ({ id, status: 'Submitted', totalAmount: 10, ...more });

describe('times of change', () => {
  test('are unique, rising, and only move when something has changed', async () => {
    const books = makeBooks();
    expect(await books.store([invoice('a'), invoice('b'), invoice('c')])).toEqual({ changed: 3, skipped: 0 });
    const before = await books.rows();
    expect(new Set(before.map(({ at }) => at)).size).toBe(3);
    expect(await books.store([invoice('a'), invoice('b', { totalAmount: 11 }), invoice('c')])).toEqual({
      changed: 1,
      skipped: 0,
    });
    const after = await books.rows();
    expect(after.map(({ record_id }) => record_id)).toEqual(['a', 'c', 'b']);
    expect(after.slice(0, 2)).toEqual([before[0], before[2]]);
  });

  test('move with the model, and with nothing else', async () => {
    const books = makeBooks();
    await books.store([invoice('a')]);
    const [before] = await books.rows();
    expect(await books.store([{ totalAmount: 10, status: 'Submitted', id: 'a' }])).toMatchObject({ changed: 0 });
    expect(await books.rows()).toEqual([before]);
    expect(await books.store([invoice('a')], { modelKey: 'm2' })).toMatchObject({ changed: 1 });
    expect((await books.rows())[0]?.at).not.toBe(before?.at);
  });

  test('come in the order of commits, however many write at once', async () => {
    const books = makeBooks();
    const seen: string[][] = [];
    let isWriting = true;
    const reader = (async () => {
      let last = '';
      while (isWriting) {
        const rows = await books.rows();
        const fresh = rows.filter(({ at }) => at > last);
        seen.push(fresh.map(({ record_id }) => record_id));
        last = rows.at(-1)?.at ?? last;
      }
      seen.push((await books.rows()).filter(({ at }) => at > last).map(({ record_id }) => record_id));
    })();
    const writer = async (name: string) => {
      for (let n = 0; n < 25; n++) await books.store([invoice(`${name}${n}`), invoice(`${name}${n}x`)]);
    };
    await Promise.all(['a', 'b', 'c', 'd'].map(writer));
    isWriting = false;
    await reader;
    expect(seen.flat().toSorted()).toEqual((await books.rows()).map(({ record_id }) => record_id).toSorted());
    expect(seen.flat()).toHaveLength(200);
  });
});

describe('deletions', () => {
  test('keep the last content, and a record that comes back lives again', async () => {
    const books = makeBooks();
    await books.store([invoice('a'), invoice('b')]);
    expect(await books.store([], { deletedIds: ['a', 'never-seen'] })).toEqual({ changed: 1, skipped: 0 });
    expect((await books.rows()).at(-1)).toMatchObject({ record_id: 'a', is_deleted: true, content: invoice('a') });
    expect(await books.store([], { deletedIds: ['a'] })).toMatchObject({ changed: 0 });
    expect(await books.store([invoice('a')])).toMatchObject({ changed: 1 });
    expect((await books.rows()).at(-1)).toMatchObject({ record_id: 'a', is_deleted: false });
  });

  test('follow from absence in a whole pass, but not of what was written or heard of meanwhile', async () => {
    const books = makeBooks();
    await books.store([invoice('kept'), invoice('gone'), invoice('written')]);
    const asOf = await feedPosition(place.database, books.companyId);
    await books.store([invoice('kept')], { pass: 'p1', asOf });
    await books.store([invoice('written', { note: 'ours' }), invoice('new')]);
    expect(await markAbsent(place.database, { ...books, pass: 'p1', asOf })).toBe(1);
    expect((await books.rows()).filter((row) => row.is_deleted).map((row) => row.record_id)).toEqual(['gone']);
    // A process that died here goes on with what was met, and must not find it tidied away.
    expect(await markAbsent(place.database, { ...books, pass: 'p1', asOf })).toBe(0);
  });

  test('a pass over ids alone counts as well, and one that was given up leaves nothing', async () => {
    const books = makeBooks();
    await books.store([invoice('a'), invoice('b')]);
    const asOf = await feedPosition(place.database, books.companyId);
    await noteSeen(place.database, 'p2', ['b']);
    expect(await markAbsent(place.database, { ...books, pass: 'p2', asOf })).toBe(1);
    await noteSeen(place.database, 'p3', ['b']);
    for (const pass of ['p1', 'p2', 'p3']) await forgetPass(place.database, pass);
    expect(await place.database.query('', 'SELECT 1 FROM record_sightings')).toEqual([]);
  });
});

test('what may be older than what is stored is not stored, and the record is read again', async () => {
  const books = makeBooks();
  await books.store([invoice('a')]);
  const asOf = await feedPosition(place.database, books.companyId);
  await books.store([invoice('a', { status: 'Paid' })]);
  expect(await books.store([invoice('a')], { asOf })).toEqual({ changed: 0, skipped: 1 });
  expect(await books.rows()).toMatchObject([{ content: invoice('a', { status: 'Paid' }) }]);
  expect(await books.stale()).toEqual([{ record_id: 'a' }]);
});

test('totals by status and deletion are kept exactly', async () => {
  const books = makeBooks();
  await books.store(Array.from({ length: 30 }, (_, n) => invoice(`r${n}`)));
  await books.store([invoice('r1', { status: 'Paid' }), invoice('r2', { status: 'Paid' })], { deletedIds: ['r3'] });
  await books.store([invoice('r2')]);
  expect(await books.counts()).toEqual([
    { status: 'paid', is_deleted: false, records: 1 },
    { status: 'submitted', is_deleted: false, records: 28 },
    { status: 'submitted', is_deleted: true, records: 1 },
  ]);
  await place.database.execute('', 'DELETE FROM records WHERE connection_id = $1 AND record_id < $2', [
    books.connectionId,
    'r2',
  ]);
  const left = await books.rows();
  expect((await books.counts()).reduce((total, { records }) => total + records, 0)).toBe(left.length);
});

test('texts that the database cannot hold are stored without what it cannot hold, and found to be the same again', async () => {
  const books = makeBooks();
  const odd = invoice('o\u0000dd', { note: `half \ud800 and \u0000` });
  expect(await books.store([odd])).toMatchObject({ changed: 1 });
  expect(await books.store([odd])).toMatchObject({ changed: 0 });
});
