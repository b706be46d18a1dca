/** Walks by page numbers: who goes on from page to page misses nothing, whoever else walks the same list, on any server. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeListRecords } from '../../src/records/list.ts';
import { storeRecords } from '../../src/records/store.ts';
import { notePage, removeOldWalks } from '../../src/records/walks.ts';
import { makeRandom } from '../simulation/random.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let place: TestDatabase;
beforeAll(async () => {
  place = await createTestDatabase();
});
afterAll(() => place.drop());

let slots = 0;
/** As if the time of a slot were over: what is noted from now on shares no row with what was noted before. */
async function endSlot(): Promise<void> {
  slots += 1;
  await place.database.execute(
    '',
    `UPDATE list_walks SET noted_at = noted_at - $1 * interval '1 microsecond'
     WHERE noted_at = date_bin('10 seconds', noted_at, 'epoch')`,
    [slots],
  );
}

const PAGE_SIZE = 4;
type Order = 'oldest-change' | 'newest-change';

async function makeBooks(size: number, order: Order = 'oldest-change') {
  const db = place.database;
  const set = { companyId: randomUUID(), connectionId: randomUUID(), dataType: 'customers' } as const;
  const ids = Array.from({ length: size }, (_, n) => `c${n}`);
  let changes = 0;
  const change = (changed: readonly string[]) => {
    const records = changed.map((id) => ({ id, customerName: `${id} ${changes++}` }));
    return db.transaction((tx) => storeRecords(tx, { ...set, records, modelKey: 'm' }));
  };
  await change(ids);
  const listRecords = makeListRecords(db);
  const ask = async (page: number) => {
    const { step, records, ...more } = await listRecords({ ...set, filter: {}, order, page, pageSize: PAGE_SIZE });
    const note = async () => {
      if (step !== undefined) await notePage(db, step);
    };
    return { ...more, ids: records.map(({ id }) => id), note };
  };
  const show = async (page: number) => {
    const { note, ...shown } = await ask(page);
    await note();
    return shown;
  };
  return { ids, change, ask, show };
}

type CustomerBooks = Awaited<ReturnType<typeof makeBooks>>;

function makeWalker({ ask, show }: CustomerBooks) {
  const seen = new Set<string>();
  let page = 0;
  let hasMore = true;
  return {
    seen,
    hasMore: () => hasMore,
    next: async () => {
      page += 1;
      const shown = await show(page);
      for (const id of shown.ids) seen.add(id);
      ({ hasMore } = shown);
      return shown;
    },
    loseAnswer: async () => {
      const { note, hasMore: isNoted } = await ask(page + 1);
      // Nobody can tell who asks for a last page again from who is about to: there, the question was lost.
      if (isNoted) await note();
    },
  };
}

async function walkToTheEnd(walker: ReturnType<typeof makeWalker>) {
  while (walker.hasMore()) await walker.next();
}

/** As a caller who works out from the first answer how many pages there are, and asks for no more. */
async function walkAsCounted(books: CustomerBooks): Promise<readonly string[]> {
  const { totalResults, ids } = await books.show(1);
  const seen = [...ids];
  for (let page = 2; page <= Math.ceil(totalResults / PAGE_SIZE); page++) seen.push(...(await books.show(page)).ids);
  return seen;
}

describe.each(['oldest-change', 'newest-change'] as const)('in the order of the %s', (order) => {
  test.each([false, true])(
    'a slow walk is not carried along by one that began after it (%s) and has passed it',
    async (isLater) => {
      const books = await makeBooks(24, order);
      const [slow, fast] = [makeWalker(books), makeWalker(books)];
      const first = await slow.next();
      if (isLater) await endSlot();
      await books.change(first.ids.slice(0, 3));
      await fast.next();
      await fast.next();
      await fast.next();
      await walkToTheEnd(slow);
      await walkToTheEnd(fast);
      expect([slow.seen.size, fast.seen.size]).toEqual([24, 24]);
    },
  );

  test('a list that was walked before is shown as it is now, each record once', async () => {
    const books = await makeBooks(24, order);
    for (const changed of [['c1', 'c7', 'c22'], ['c0', 'c23', 'c9', 'c10', 'c11'], []]) {
      const seen = await walkAsCounted(books);
      expect(seen.toSorted()).toEqual(books.ids.toSorted());
      await books.change(changed);
    }
  });

  test('a last page whose answer was lost is asked for again and begins where it began', async () => {
    const books = await makeBooks(10, order);
    const walker = makeWalker(books);
    await walker.next();
    await walker.next();
    expect((await books.show(3)).hasMore).toBe(false);
    await books.change([...walker.seen]);
    await walkToTheEnd(walker);
    expect(walker.seen.size).toBe(10);
  });

  test.each([2, 3, 6])('page %i, whose answer was lost, is asked for again and begins where it began', async (lost) => {
    const books = await makeBooks(24, order);
    const walker = makeWalker(books);
    for (let page = 1; page < lost; page++) await books.change((await walker.next()).ids.slice(1));
    await walker.loseAnswer();
    await books.change([...walker.seen]);
    const unseen = books.ids.filter((id) => !walker.seen.has(id));
    await walkToTheEnd(walker);
    expect(unseen.filter((id) => !walker.seen.has(id))).toEqual([]);
  });
});

test('a page that is asked for out of turn is counted from where the walk is, and moves nobody on', async () => {
  const books = await makeBooks(24);
  const walker = makeWalker(books);
  await books.change((await walker.next()).ids.slice(0, 2));
  expect((await books.show(4)).ids).toEqual(['c12', 'c13', 'c14', 'c15']);
  expect((await walker.next()).ids).toEqual(['c4', 'c5', 'c6', 'c7']);
  expect((await books.show(9)).ids).toEqual([]);
});

test('a walk that begins in the middle goes on from there', async () => {
  const books = await makeBooks(24);
  const { ids } = await books.show(3);
  expect(ids).toEqual(['c8', 'c9', 'c10', 'c11']);
  await books.change(ids);
  expect((await books.show(4)).ids).toEqual(['c12', 'c13', 'c14', 'c15']);
});

test('lists that differ in anything are walked apart', async () => {
  const [books, others] = [await makeBooks(12), await makeBooks(12)];
  await books.change((await books.show(1)).ids);
  expect((await others.show(2)).ids).toEqual(['c4', 'c5', 'c6', 'c7']);
  expect((await books.show(2)).ids).toEqual(['c4', 'c5', 'c6', 'c7']);
});

test.each([1, 2, 3, 4, 5])(
  'walks side by side, given up, and with lost answers miss nothing, whatever changes (seed %i)',
  async (seed) => {
    const random = makeRandom(seed);
    const books = await makeBooks(30);
    const some = <Item>(items: readonly Item[]) => items.filter(() => random.chance(0.3));
    const walkers: ReturnType<typeof makeWalker>[] = [];
    for (let turn = 0; turn < 40; turn++) {
      if (random.chance(0.3)) walkers.push(makeWalker(books));
      if (random.chance(0.5)) await endSlot();
      const stepping = some(walkers).filter((walker) => walker.hasMore());
      await Promise.all([
        books.change(some(books.ids.slice(0, random.below(books.ids.length)))),
        ...stepping.map((walker) => (random.chance(0.2) ? walker.loseAnswer() : walker.next())),
      ]);
    }
    // Some are given up.
    const ended = walkers.filter((_, index) => index % 4 !== 3);
    for (const walker of ended) await walkToTheEnd(walker);
    expect(ended.map(({ seen }) => seen.size)).toEqual(ended.map(() => books.ids.length));
  },
);

describe('what is remembered', () => {
  /** Of this test alone: others leave walks of their own behind. */
  async function rows() {
    return place.database.query<{ page: number; walkers: number; noted_at: Date }>(
      '',
      'SELECT page, walkers, noted_at FROM list_walks ORDER BY page, noted_at',
    );
  }

  test('of any number of looks at a first page is a row for each ten seconds', async () => {
    await place.database.execute('', 'DELETE FROM list_walks');
    const books = await makeBooks(8);
    const slot = async () =>
      (await place.database.query<{ slot: number }>('', 'SELECT floor(extract(epoch FROM now()) / 10)::int AS slot'))[0]
        ?.slot ?? 0;
    const began = await slot();
    for (let look = 0; look < 30; look++) await books.change((await books.show(1)).ids.slice(0, 1));
    const known = await rows();
    expect(known.length).toBeLessThanOrEqual((await slot()) - began + 1);
    expect(known.reduce((sum, { walkers }) => sum + walkers, 0)).toBe(30);
  });

  test('of a list that is shown whole is nothing, and of a walk that is over no more than its last page', async () => {
    await place.database.execute('', 'DELETE FROM list_walks');
    await (await makeBooks(PAGE_SIZE)).show(1);
    expect(await rows()).toEqual([]);
    await walkAsCounted(await makeBooks(10));
    expect(await rows()).toMatchObject([{ page: 3, walkers: 0 }]);
  });

  test('holds for five minutes, and is removed in batches afterwards', async () => {
    await place.database.execute('', 'DELETE FROM list_walks');
    const age = (minutes: number) =>
      place.database.execute('', `UPDATE list_walks SET noted_at = noted_at - $1 * interval '1 minute'`, [minutes]);
    const books = await makeBooks(20);
    await books.change((await books.show(1)).ids);
    await age(4);
    expect(await removeOldWalks(place.database, 10)).toBe(0);
    expect((await books.show(3)).ids).toEqual(['c8', 'c9', 'c10', 'c11']);
    await age(1.5);
    expect((await books.show(2)).ids).toEqual(['c8', 'c9', 'c10', 'c11']);
    for (const each of [await makeBooks(20), await makeBooks(20)]) await each.show(1);
    await age(6);
    expect(await removeOldWalks(place.database, 3)).toBe(3);
    expect(await removeOldWalks(place.database, 3)).toBe(1);
    expect(await rows()).toEqual([]);
  });
});
