/** Reading a custom data type page by page, from a platform whose every answer a test decides. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { IdQuery, ReadOutcome, RecordPage } from '../../src/connectors/contract.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { storeCustomType } from '../../src/supplemental/custom-types.ts';
import { findingsOfDataset } from '../../src/sync/history.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { pageOf, startTestSync, type TestSync } from '../support/sync.ts';

const dataType = 'custom/orders';
const config = { dataSource: 'orders', requiredData: { total: '$.total' }, keyBy: ['$.no'], sourceModifiedDate: [] };

let place: TestDatabase;
let books: TestSync;
let answer: (query: IdQuery) => ReadOutcome<RecordPage>;
let asked: (string | undefined)[];

beforeAll(async () => {
  place = await createTestDatabase();
});
beforeEach(async () => {
  asked = [];
  books = await startTestSync(place, {
    reads: {},
    customPage: (query) => {
      asked.push(query.after);
      return answer(query);
    },
  });
  await storeCustomType({ db: place.database, clock: systemClock }, { platformKey: 'test', dataType }, config);
  return () => books.sync.stop();
});
afterAll(() => place.drop());

const page = (next: string | undefined, ...records: readonly object[]): ReadOutcome<RecordPage> => ({
  kind: 'read',
  value: { records: records.map((record) => ({ ...record })), ...(next === undefined ? {} : { next }) },
});

async function contents(): Promise<unknown> {
  return place.database.query(
    '',
    'SELECT record_id, content FROM records WHERE connection_id = $1 AND data_type = $2 ORDER BY record_id',
    [books.connectionId, dataType],
  );
}

test('a page that fails is asked for again, and not those before it', async () => {
  let failures = 2;
  answer = ({ after }) => {
    if (after === undefined) return page('2', { no: 'a', total: 1 });
    if (failures-- > 0) return { kind: 'unreachable', why: 'platform-error', reason: 'It stumbles.' };
    return page(undefined, { no: 'b', total: 2 });
  };
  expect(await books.read(dataType)).toMatchObject({ status: 'Complete', dataType });
  expect(asked).toEqual([undefined, '2', '2', '2']);
  expect(await books.records(dataType)).toHaveLength(2);
});

test('a reading that fails half-way deletes nothing', async () => {
  answer = () => pageOf({ no: 'a' }, { no: 'b' });
  await books.read(dataType);
  answer = ({ after }) =>
    after === undefined ? page('2', { no: 'a' }) : { kind: 'unreachable', why: 'no-permission', reason: 'No more.' };
  expect(await books.read(dataType)).toMatchObject({ status: 'PermissionsError', errorMessage: 'No more.' });
  expect(await books.records(dataType)).toEqual([
    { record_id: 'a', is_deleted: false },
    { record_id: 'b', is_deleted: false },
  ]);
});

test('of several records with one key the first is kept, on one page and on two, and the reading says so', async () => {
  answer = ({ after }) =>
    after === undefined
      ? page('2', { no: 'a', total: 1 }, { no: 'a', total: 2 })
      : page(undefined, { no: 'a', total: 3 }, { no: 'b', total: 4 });
  const first = await books.read(dataType);
  expect(first.status).toBe('Complete');
  const kept = [
    { record_id: 'a', content: { id: 'a', content: { total: 1 } } },
    { record_id: 'b', content: { id: 'b', content: { total: 4 } } },
  ];
  expect(await contents()).toEqual(kept);
  const { companyId } = books;
  expect(await findingsOfDataset(place.database, { companyId, datasetId: first.id })).toEqual(
    [1, 2].map(() => expect.objectContaining({ ruleId: 'KeyShouldBeUnique', itemId: 'a', validatorName: dataType })),
  );
  await books.read(dataType);
  expect(await contents()).toEqual(kept);
});

test('a record without the key ends the reading as an error, and nothing counts as gone', async () => {
  answer = () => pageOf({ no: 'a' }, { no: 'b' });
  await books.read(dataType);
  answer = () => pageOf({ no: 'a' }, { total: 7 });
  expect(await books.read(dataType)).toMatchObject({ status: 'ValidationError' });
  expect((await books.records(dataType)).map(({ is_deleted }) => is_deleted)).toEqual([false, false]);
});

test('what nobody has configured, or the platform refuses, is not supported', async () => {
  expect(await books.read('custom/nobody')).toMatchObject({ status: 'NotSupported' });
});
