/** Going through pages: the platform is asked for the next one while the last is being stored, and for no more. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startTestSync } from '../support/sync.ts';

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
