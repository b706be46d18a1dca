/** A set that follows from others, read again after a write: what was changed is found, and whatever fails, nothing is lost. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PageQuery, ReadOutcome, RecordPage } from '../../src/connectors/contract.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { makeCallGates } from '../../src/rates/gate.ts';
import { markStale, WHOLE_SET } from '../../src/records/stale.ts';
import { refreshBeforeRead } from '../../src/sync/refresh-stale.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { pageOf, startTestSync } from '../support/sync.ts';

let place: TestDatabase;
beforeAll(async () => {
  place = await createTestDatabase();
});
afterAll(() => place.drop());

const { now } = systemClock;
const dataType = 'accountTransactions';
type Page = (query: PageQuery) => ReadOutcome<RecordPage> | Promise<ReadOutcome<RecordPage>>;

/** Movements that a test makes and takes away. The last page of changes tells what is gone. */
function makePlatform() {
  const held = new Map<string, string>();
  const gone = new Set<string>();
  const asked: PageQuery[] = [];
  const plainPage: Page = ({ changedAfter }) => {
    const records = [...held].map(([id, sourceModifiedDate]) => ({ id, sourceModifiedDate }));
    if (changedAfter === undefined) return pageOf(...records);
    const changed = records.filter((each) => Date.parse(each.sourceModifiedDate) > changedAfter.getTime());
    return { kind: 'read', value: { records: changed, deletedIds: [...gone] } };
  };
  const platform = {
    page: plainPage,
    plainPage,
    asked,
    /** It is read when it is asked for, and answered when the function given is called. */
    holdsBackNextPage: () => {
      const answer = Promise.withResolvers<void>();
      platform.page = async (query) => {
        const page = await plainPage(query);
        platform.page = plainPage;
        await answer.promise;
        return page;
      };
      return answer.resolve;
    },
    has: (id: string, at = now()) => void held.set(id, at.toISOString()),
    loses: (id: string) => void (held.delete(id) && gone.add(id)),
  };
  return platform;
}

async function startBooks(platform = makePlatform()) {
  const db = place.database;
  const read = {
    page: (query: PageQuery) => {
      platform.asked.push(query);
      return platform.page(query);
    },
  };
  const books = await startTestSync(place, { reads: { [dataType]: read } });
  const { companyId, connectionId, companies } = books;
  const deps = { db, companies, gateFor: makeCallGates(db).gateFor };
  const set = { companyId, connectionId, dataType } as const;
  return {
    ...books,
    platform,
    set,
    /** As a write to one of the others leaves it. */
    mark: () => markStale(db, [{ ...set, recordId: WHOLE_SET }]),
    isMarked: async () =>
      (await db.query('', 'SELECT 1 FROM stale_records WHERE connection_id = $1', [connectionId])).length > 0,
    look: () => refreshBeforeRead(deps, { companyId, dataTypes: [dataType] }),
    shown: async () =>
      (await books.records(dataType)).map((row) => `${row.record_id}${row.is_deleted ? ' deleted' : ''}`),
    unfinished: () =>
      db.query('', 'SELECT 1 FROM datasets WHERE connection_id = $1 AND completed_at IS NULL', [connectionId]),
    knownUntil: async () => {
      const rows = await db.query<{ known_until: Date | null }>(
        '',
        'SELECT known_until FROM sync_sets WHERE connection_id = $1',
        [connectionId],
      );
      return rows[0]?.known_until ?? undefined;
    },
  };
}

test('what changed is read, deletions included, without a reading of the type; the next look goes back less far', async () => {
  const books = await startBooks();
  const { platform } = books;
  const yesterday = new Date(now().getTime() - 86_400_000);
  platform.has('t1', yesterday);
  platform.has('t2', yesterday);
  await books.read(dataType);
  const known = await books.knownUntil();
  // The platform's clock is believed as far as its stamps go.
  expect(known?.getTime()).toBeLessThan(yesterday.getTime());

  platform.has('t3');
  platform.loses('t1');
  await books.mark();
  await books.look();
  expect(await books.shown()).toEqual(['t1 deleted', 't2', 't3']);
  expect(await books.isMarked()).toBe(false);
  expect(platform.asked.at(-1)?.changedAfter).toEqual(known);
  const later = await books.knownUntil();
  expect(later?.getTime()).toBeGreaterThan(now().getTime() - 60_000);
  expect(later?.getTime()).toBeLessThan(now().getTime());
  expect(await books.unfinished()).toEqual([]);

  const asked = platform.asked.length;
  await books.look();
  expect(platform.asked.length).toBe(asked);
  await books.sync.stop();
});

test('what comes into a set that was empty is shown at once, though nothing is known of when it was', async () => {
  const books = await startBooks();
  await books.read(dataType);
  expect(await books.knownUntil()).toBe(undefined);
  books.platform.has('t1');
  await books.mark();
  await books.look();
  expect(await books.shown()).toEqual(['t1']);
  await books.sync.stop();
});

test('of many who look after one write one asks the platform', async () => {
  const books = await startBooks();
  books.platform.has('t1');
  await books.read(dataType);
  books.platform.has('t2');
  await books.mark();
  const asked = books.platform.asked.length;
  await Promise.all(Array.from({ length: 20 }, () => books.look()));
  expect(await books.shown()).toEqual(['t1', 't2']);
  expect(books.platform.asked.length).toBe(asked + 1);
  await books.sync.stop();
});

test('a walk that breaks off keeps the mark, what it has stored and its beginning', async () => {
  const books = await startBooks();
  const { platform } = books;
  platform.has('t0');
  await books.read(dataType);
  const known = await books.knownUntil();
  platform.page = ({ after }) =>
    after === undefined
      ? { kind: 'read', value: { records: [{ id: 't1', sourceModifiedDate: now().toISOString() }], next: '2' } }
      : { kind: 'unreachable', reason: 'away' };
  await books.mark();
  await books.look();
  expect(await books.shown()).toEqual(['t0', 't1']);
  expect(await books.isMarked()).toBe(true);
  expect(await books.knownUntil()).toEqual(known);

  platform.page = platform.plainPage;
  platform.has('t1');
  platform.has('t2');
  await books.look();
  expect(await books.shown()).toEqual(['t0', 't1', 't2']);
  expect(await books.isMarked()).toBe(false);
  await books.sync.stop();
});

test('a walk that ends after the connection was linked anew says nothing of how far its books are known', async () => {
  const books = await startBooks();
  const { platform } = books;
  platform.has('t1');
  await books.read(dataType);
  const asked = platform.asked.length;
  const answer = platform.holdsBackNextPage();
  await books.mark();
  const look = books.look();
  await expect.poll(() => platform.asked.length).toBe(asked + 1);
  // As a link does it.
  await place.database.execute('', 'UPDATE sync_sets SET known_until = NULL WHERE connection_id = $1', [
    books.connectionId,
  ]);
  answer();
  await look;
  expect(await books.isMarked()).toBe(false);
  expect(await books.knownUntil()).toBe(undefined);
  await books.sync.stop();
});

test('a write during a walk is looked at again', async () => {
  const books = await startBooks();
  const { platform } = books;
  platform.has('t0');
  await books.read(dataType);
  platform.page = async (query) => {
    const page = await platform.plainPage(query);
    platform.has('t2');
    await books.mark();
    platform.page = platform.plainPage;
    return page;
  };
  platform.has('t1');
  await books.mark();
  await books.look();
  expect(await books.shown()).toEqual(['t0', 't1']);
  expect(await books.isMarked()).toBe(true);
  await books.look();
  expect(await books.shown()).toEqual(['t0', 't1', 't2']);
  await books.sync.stop();
});

test('an older page of a reading beside it takes nothing back, and the reading takes none of it for deleted', async () => {
  const books = await startBooks();
  const { platform } = books;
  platform.has('t1');
  await books.read(dataType);
  await place.database.execute('', 'UPDATE sync_sets SET full_at = NULL WHERE connection_id = $1', [
    books.connectionId,
  ]);

  const answer = platform.holdsBackNextPage();
  const asked = platform.asked.length;
  const reading = await books.request(dataType);
  await expect.poll(() => platform.asked.length).toBe(asked + 1);
  platform.has('t2');
  platform.loses('t1');
  await books.mark();
  await books.look();
  expect(await books.shown()).toEqual(['t1 deleted', 't2']);
  answer();
  expect(await books.ended(reading)).toMatchObject({ status: 'Complete' });
  expect(await books.shown()).toEqual(['t1 deleted', 't2']);
  await books.sync.stop();
});

test.each([
  ['more pages than a look takes', ({ after = '0' }: PageQuery) => [String(Number(after) + 1), ['gone']] as const],
  ['pages that do not tell deletions', () => [undefined, undefined] as const],
])('%s are left to a reading, which hears of deletions too', async (_, bounds) => {
  const books = await startBooks();
  const { platform } = books;
  platform.has('t1');
  platform.has('t2');
  await books.read(dataType);
  platform.loses('t2');
  platform.has('t3');
  platform.page = (query) => {
    const page = platform.plainPage(query);
    if (query.changedAfter === undefined) return page;
    const [next, deletedIds] = bounds(query);
    return { kind: 'read', value: { records: [], ...(next && { next }), ...(deletedIds && { deletedIds }) } };
  };
  // Nothing takes it up before this has been seen.
  await books.sync.stop();
  const asked = platform.asked.length;
  await books.mark();
  await books.look();
  expect(platform.asked.length - asked).toBeLessThanOrEqual(40);
  expect(await books.unfinished()).toHaveLength(1);
  expect(await books.isMarked()).toBe(false);

  // One that is under way already may have passed by.
  await books.mark();
  await books.look();
  expect(await books.isMarked()).toBe(true);
});

test('of a set that was never read nothing is asked; during its first reading the mark waits for the end of it', async () => {
  const books = await startBooks();
  const { platform } = books;
  await books.mark();
  await books.look();
  expect(platform.asked).toEqual([]);
  expect(await books.isMarked()).toBe(false);

  const answer = platform.holdsBackNextPage();
  const reading = await books.request(dataType);
  await expect.poll(() => platform.asked.length).toBe(1);
  platform.has('t1');
  await books.mark();
  await books.look();
  expect(await books.isMarked()).toBe(true);
  answer();
  await books.ended(reading);
  expect(await books.shown()).toEqual([]);
  await books.look();
  expect(await books.shown()).toEqual(['t1']);
  expect(await books.isMarked()).toBe(false);
  await books.sync.stop();
});
