/** How a reading may end badly, each way where it truly comes from; and that none of them deletes anything. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ReadOutcome } from '../../src/connectors/contract.ts';
import type { ReadDataType } from '../../src/models/data-types.ts';
import { isErrored, type DatasetEnd } from '../../src/sync/dataset.ts';
import { errorsIn, warningsIn } from '../../src/sync/findings.ts';
import { findingsOfDataset } from '../../src/sync/history.ts';
import { isSynced } from '../../src/records/state.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { pageOf, startTestSync, type TestSync } from '../support/sync.ts';

let place: TestDatabase;
let books: TestSync;

const whole = pageOf({ id: 'a', name: 'A' }, { id: 'b', name: 'B' });
const refused = (why: 'no-permission' | 'not-set-up' | 'unreadable'): ReadOutcome<never> => ({
  kind: 'unreachable',
  why,
  reason: `It says ${why}.`,
});

/** What a data type answers once its books have been read in full. */
const troubles: { readonly [D in ReadDataType]?: () => ReadOutcome<never> | ReturnType<typeof pageOf> } = {
  customers: () => {
    throw new TypeError('undefined has no lines');
  },
  // No index takes a key of this length, so that the database refuses the record.
  suppliers: () => pageOf({ id: randomBytes(20_000).toString('base64') }),
  items: () => refused('no-permission'),
  journals: () => refused('not-set-up'),
  transfers: () => refused('unreadable'),
  taxRates: () => pageOf({ name: 'Without an id' }, { id: 'b', name: 'Changed' }),
};
let isTroubled = false;

beforeAll(async () => {
  place = await createTestDatabase();
  const reads = Object.entries(troubles).map(([dataType, trouble]) => [
    dataType,
    { page: () => (isTroubled ? trouble() : whole) },
  ]);
  books = await startTestSync(place, {
    reads: {
      ...Object.fromEntries(reads),
      bankAccounts: { page: () => refused('no-permission') },
      bankTransactions: { page: () => whole, below: 'bankAccounts' },
    },
  });
});
afterAll(async () => {
  await books.sync.stop();
  await place.drop();
});

const bad: readonly (readonly [ReadDataType, DatasetEnd, RegExp])[] = [
  ['customers', 'MapError', /could not be mapped/],
  ['transfers', 'MapError', /says unreadable/],
  ['suppliers', 'ProcessingError', /could not be stored/],
  ['items', 'PermissionsError', /says no-permission/],
  ['journals', 'PrerequisiteNotMet', /says not-set-up/],
  ['taxRates', 'ValidationError', /without an id/],
  ['bankTransactions', 'PrerequisiteNotMet', /bankAccounts must be read first/],
];

test('each trouble has its status and says why, and what was there before is there afterwards', async () => {
  const known = bad.map(([dataType]) => dataType).filter((dataType) => dataType !== 'bankTransactions');
  for (const dataType of known) expect(await books.read(dataType)).toMatchObject({ status: 'Complete' });
  isTroubled = true;
  const asked = await Promise.all(bad.map(([dataType]) => books.request(dataType)));
  const ended = await Promise.all(asked.map((id) => books.ended(id)));
  expect(ended).toEqual(
    bad.map(([dataType, status, why]) =>
      expect.objectContaining({ dataType, status, errorMessage: expect.stringMatching(why) }),
    ),
  );
  expect(bad.map(([, status]) => isErrored(status))).toEqual(bad.map(() => true));
  for (const dataType of known) {
    expect(await books.records(dataType)).toEqual([
      { record_id: 'a', is_deleted: false },
      { record_id: 'b', is_deleted: false },
    ]);
  }
});

test('a record without an id is an error of its reading; all others are kept, and can be listed', async () => {
  const fresh = await startTestSync(place, {
    reads: { taxRates: { page: () => pageOf({ name: 'Without an id' }, { id: 'b', name: 'B' }) } },
  });
  const dataset = await fresh.read('taxRates');
  await fresh.sync.stop();
  expect(dataset.status).toBe('ValidationError');
  const findings = await findingsOfDataset(place.database, { companyId: fresh.companyId, datasetId: dataset.id });
  expect(errorsIn(findings ?? [])).toMatchObject([{ ruleId: 'IdMustBePresent', itemId: '(none)' }]);
  expect(warningsIn(findings ?? [])).not.toContainEqual(expect.objectContaining({ ruleId: 'IdMustBePresent' }));
  expect(await fresh.records('taxRates')).toEqual([{ record_id: 'b', is_deleted: false }]);
  expect(await isSynced(place.database, { connectionId: fresh.connectionId, dataType: 'taxRates' })).toBe(true);
});

test("a data type that the platform lacks ends as not supported, which is nobody's error", async () => {
  const { status } = await books.read('paymentMethods');
  expect(status).toBe('NotSupported');
  expect(isErrored('NotSupported')).toBe(false);
});
