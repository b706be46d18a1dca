/**
 * Going through pages: the platform is asked for the next one while the last is being stored, and for no more; and whoever
 * dies between two of them leaves nothing undone.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database, Queryable } from '../../src/db/pool.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { pageOf, startTestSync } from '../support/sync.ts';

let place: TestDatabase;
beforeAll(async () => {
  place = await createTestDatabase();
});
afterAll(() => place.drop());

test('one page is fetched ahead of the one that is being stored, however long that takes', async () => {
  const { database: db } = place;
  const asked: string[] = [];
  const books = await startTestSync(place, {
    reads: {
      customers: {
        page: ({ after = '1' }) => {
          asked.push(after);
          const next = Number(after) + 1;
          const value = { records: [{ id: `cus_${after}` }], ...(next > 5 ? {} : { next: String(next) }) };
          return { kind: 'read', value };
        },
      },
    },
  });
  await books.read('customers');
  expect(asked).toEqual(['1', '2', '3', '4', '5']);

  // Whoever stores a record takes the company's feed first; while somebody else has it, nothing is stored.
  await db.execute('', `UPDATE records SET model_key = 'another' WHERE connection_id = $1`, [books.connectionId]);
  asked.length = 0;
  let datasetId = '';
  await db.transaction(async (tx) => {
    await tx.query('', 'SELECT 1 FROM record_feeds WHERE company_id = $1 FOR UPDATE', [books.companyId]);
    datasetId = await books.request('customers');
    const waiting = () =>
      db.query('', `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);
    await expect.poll(async () => (await waiting()).length).toBe(1);
    await expect.poll(() => asked).toEqual(['1', '2']);
    expect((await books.get(datasetId)).completedAt).toBeUndefined();
  });
  expect(await books.ended(datasetId)).toMatchObject({ status: 'Complete' });
  expect(asked.slice(0, 5)).toEqual(['1', '2', '3', '4', '5']);
  await books.sync.stop();
});

test('what a connector maps otherwise than before is read in full, and becomes what it reads as now', async () => {
  const { database: db } = place;
  const asked: string[] = [];
  const mapping: { revision?: number } = {};
  const books = await startTestSync(place, {
    get mappingRevision() {
      return mapping.revision;
    },
    reads: {
      transfers: {
        page: ({ changedAfter }) => {
          asked.push(changedAfter === undefined ? 'all' : 'changed');
          const date = mapping.revision === undefined ? '2026-01-05' : '2026-01-05T00:00:00';
          const records = changedAfter === undefined ? [{ id: 'trf_1', date }] : [];
          return { kind: 'read', value: { records, deletedIds: [] } };
        },
      },
    },
  });
  const kept = () =>
    db.query<{ date: string; modified_at: unknown }>(
      '',
      `SELECT content ->> 'date' AS date, modified_at FROM records WHERE connection_id = $1`,
      [books.connectionId],
    );
  await books.read('transfers');
  await books.read('transfers');
  const [before] = await kept();
  expect([asked, before?.date]).toEqual([['all', 'changed'], '2026-01-05']);

  mapping.revision = 1;
  asked.length = 0;
  await books.read('transfers');
  const [after] = await kept();
  expect([asked, after?.date]).toEqual([['all'], '2026-01-05T00:00:00']);
  expect(after?.modified_at).not.toEqual(before?.modified_at);
  await books.read('transfers');
  expect(asked).toEqual(['all', 'changed']);
  expect(await kept()).toEqual([after]);
  await books.sync.stop();
});

test('a reader that dies after the last page of what changed leaves it to the next one to find what was deleted', async () => {
  const stuck = stuckAfterAdvance(place.database);
  const kept = ['cus_1', 'cus_2', 'cus_3'].map((id) => ({ id }));
  let isDeleted = false;
  const asked: string[] = [];
  const books = await startTestSync(
    { database: stuck.database },
    {
      reads: {
        customers: {
          page: ({ changedAfter }) => {
            asked.push(changedAfter === undefined ? 'all' : 'changed');
            // Nothing tells of a deletion but that a reading of all does not meet the record.
            return pageOf(...(changedAfter === undefined ? kept.slice(isDeleted ? 1 : 0) : []));
          },
        },
      },
    },
  );
  await books.read('customers');
  isDeleted = true;
  asked.length = 0;

  stuck.begin();
  const datasetId = await books.request('customers');
  await stuck.isStuck;
  const stored = await place.database.query('', 'SELECT pages FROM datasets WHERE id = $1', [datasetId]);
  expect(stored).toEqual([{ pages: 1 }]);
  // It is gone for good: no lease is renewed that has run out.
  await place.database.execute('', 'UPDATE datasets SET lease_until = clock_timestamp() WHERE id = $1', [datasetId]);
  expect(await books.ended(datasetId)).toMatchObject({ status: 'Complete' });
  expect(await books.records('customers')).toEqual([
    { record_id: 'cus_1', is_deleted: true },
    { record_id: 'cus_2', is_deleted: false },
    { record_id: 'cus_3', is_deleted: false },
  ]);
  expect(asked[0]).toBe('changed');
  expect(asked.at(-1)).toBe('all');
  stuck.goOn();
  await books.sync.stop();
});

/** The first reader that has stored a page since the beginning hears nothing of it, and so does nothing more. */
function stuckAfterAdvance(database: Database) {
  const [isStuck, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let isNext = false;
  const transaction: Database['transaction'] = async (work) => {
    let isPage = false;
    const done = await database.transaction((tx) => {
      const execute: Queryable['execute'] = (name, ...rest) => {
        isPage ||= name === 'dataset_advance';
        return tx.execute(name, ...rest);
      };
      return work({ ...tx, execute });
    });
    if (isPage && isNext) {
      isNext = false;
      isStuck.resolve();
      await goOn.promise;
    }
    return done;
  };
  return {
    database: { ...database, transaction },
    begin: () => (isNext = true),
    isStuck: isStuck.promise,
    goOn: goOn.resolve,
  };
}
