/** Readings by schedule, from their first until they are due again: a real worker and database, and a clock in our hands. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ReadDataType } from '../../src/models/data-types.ts';
import { requestScheduled } from '../../src/sync/request.ts';
import { storeSyncSettings, type SyncSetting } from '../../src/sync/settings.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { holdClock, type TestClock } from '../support/database-clock.ts';
import { pageOf, startTestSync, type TestSync } from '../support/sync.ts';

const HOUR_MS = 3_600_000;
/** The last day of a long month: what is due a month later must not fall off the end of a short one. */
const BEGAN = new Date('2027-01-31T08:00:00Z');
const TYPES = ['customers', 'suppliers', 'items', 'journals', 'taxRates'] as const satisfies readonly ReadDataType[];

let place: TestDatabase;
let time: TestClock;
let books: TestSync;
const asked: { readonly dataType: ReadDataType; readonly changedAfter: Date | undefined }[] = [];

beforeEach(async () => {
  asked.length = 0;
  place = await createTestDatabase();
  time = await holdClock(place, BEGAN);
  const reads = TYPES.map((dataType) => [
    dataType,
    {
      page: ({ changedAfter }: { readonly changedAfter?: Date }) => {
        asked.push({ dataType, changedAfter });
        return pageOf({ id: 'a', name: 'A' });
      },
    },
  ]);
  books = await startTestSync(place, { reads: Object.fromEntries(reads) }, { clock: time.clock });
});
afterEach(async () => {
  await books.sync.stop();
  await place.drop();
});

const settingOf = (dataType: ReadDataType, more: Partial<SyncSetting>): SyncSetting => ({
  dataType,
  fetchOnFirstLink: true,
  syncSchedule: 0,
  syncOrder: 0,
  ...more,
});

function store(...settings: readonly SyncSetting[]): Promise<void> {
  const others = TYPES.filter((type) => !settings.some(({ dataType }) => dataType === type));
  return place.database.transaction((tx) =>
    storeSyncSettings(tx, {
      settings: [...settings, ...others.map((type) => settingOf(type, { fetchOnFirstLink: false }))],
      overridesDefaults: true,
      companyId: books.companyId,
      now: time.clock.now(),
    }),
  );
}

/** All readings of a type, oldest first. */
async function readings(dataType: ReadDataType) {
  return place.database.query<{ cause: string; status: string; requested_at: Date }>(
    '',
    `SELECT cause, status, requested_at FROM datasets WHERE connection_id = $1 AND data_type = $2 ORDER BY requested_at, id`,
    [books.connectionId, dataType],
  );
}

const statuses = async (dataType: ReadDataType) => (await readings(dataType)).map(({ status }) => status);
const after = (from: Date, hours: number, moreMs = 0) => new Date(from.getTime() + hours * HOUR_MS + moreMs);

/** Looks as the worker does, which finds nothing to ask for either. */
async function nothingIsDueAt(moment: Date): Promise<void> {
  await time.set(moment);
  expect(await requestScheduled(place.database, moment)).toBe(0);
}

test.each([
  ['hourly', 1, '2027-01-31T09:00:00.000Z', '2027-01-31T10:00:00.000Z'],
  ['daily', 24, '2027-02-01T08:00:00.000Z', '2027-02-02T08:00:00.000Z'],
  ['weekly', 168, '2027-02-07T08:00:00.000Z', '2027-02-14T08:00:00.000Z'],
  ['monthly', 720, '2027-03-02T08:00:00.000Z', '2027-04-01T08:00:00.000Z'],
])(
  'what is read %s is read on linking, then after %i hours, and not a moment earlier',
  async (_, hours, second, third) => {
    await store(settingOf('customers', { syncSchedule: hours }));
    await books.link();
    await expect.poll(() => statuses('customers')).toEqual(['Complete']);
    for (const [readBefore, due] of [second, third].entries()) {
      expect(after(new Date(due), -hours).getTime()).toBe((await readings('customers')).at(-1)?.requested_at.getTime());
      await nothingIsDueAt(after(new Date(due), 0, -1));
      expect(await statuses('customers')).toHaveLength(readBefore + 1);
      await time.set(new Date(due));
      await expect.poll(() => statuses('customers')).toEqual(Array.from({ length: readBefore + 2 }, () => 'Complete'));
      expect((await readings('customers')).at(-1)).toMatchObject({ cause: 'schedule', requested_at: new Date(due) });
    }
  },
);

test('each data type has its own schedule, one without any is never read again, and what was missed is read once', async () => {
  await store(
    settingOf('customers', { syncSchedule: 1 }),
    settingOf('suppliers', { syncSchedule: 24 }),
    settingOf('items', { syncSchedule: 0 }),
    settingOf('journals', { syncSchedule: 24, fetchOnFirstLink: false }),
  );
  await books.link();
  for (const dataType of ['customers', 'suppliers', 'items'] as const) {
    await expect.poll(() => statuses(dataType)).toEqual(['Complete']);
  }
  expect(await statuses('journals')).toEqual([]);
  // Nobody was there for five hours: there is one reading to be made up for, not five.
  await time.set(after(BEGAN, 5));
  await expect.poll(() => statuses('customers')).toEqual(['Complete', 'Complete']);
  await nothingIsDueAt(after(BEGAN, 6, -1));
  await time.set(after(BEGAN, 24));
  for (const [dataType, readings] of [
    ['customers', 3],
    ['suppliers', 2],
    ['journals', 1],
  ] as const) {
    await expect.poll(() => statuses(dataType)).toEqual(Array.from({ length: readings }, () => 'Complete'));
  }
  expect(await statuses('items')).toEqual(['Complete']);
  expect(await statuses('taxRates')).toEqual([]);
});

test('a schedule that is changed counts from the last reading, and one that is taken away ends', async () => {
  await store(settingOf('customers', { syncSchedule: 24 }));
  await books.link();
  await expect.poll(() => statuses('customers')).toEqual(['Complete']);
  await store(settingOf('customers', { syncSchedule: 1 }));
  await nothingIsDueAt(after(BEGAN, 1, -1));
  await time.set(after(BEGAN, 1));
  await expect.poll(() => statuses('customers')).toEqual(['Complete', 'Complete']);
  await store(settingOf('customers', { syncSchedule: 0 }));
  await nothingIsDueAt(after(BEGAN, 10_000));
});

test('a data type is read from its date on, or so many months back by the calendar', async () => {
  await store(
    settingOf('customers', { syncFromUtc: '2026-06-01T00:00:00Z' }),
    settingOf('suppliers', { syncFromWindow: 2, syncSchedule: 720 }),
    settingOf('items', {}),
  );
  await books.link();
  for (const dataType of ['customers', 'suppliers', 'items'] as const) {
    await expect.poll(() => statuses(dataType)).toEqual(['Complete']);
  }
  const from = (dataType: ReadDataType) => asked.findLast((each) => each.dataType === dataType)?.changedAfter;
  expect(from('customers')).toEqual(new Date('2026-06-01T00:00:00Z'));
  expect(from('suppliers')).toEqual(new Date('2026-11-30T00:00:00Z'));
  expect(from('items')).toBeUndefined();
  // A day or more after a full reading everything is read again: all that the window holds by then.
  await time.set(after(BEGAN, 720));
  await expect.poll(() => statuses('suppliers')).toEqual(['Complete', 'Complete']);
  expect(from('suppliers')).toEqual(new Date('2027-01-02T00:00:00Z'));
});
