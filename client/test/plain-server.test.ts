/** A copy of the books of a server that has no feed of changes: over real HTTP, with books that change while they are read. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileStore } from '../src/file-store.ts';
import { createClient, syncState, type Customer, type SyncStore } from '../src/main.ts';
import { startPlainServer, type PlainServer } from './plain-server.ts';

let plain: PlainServer;
let folder: string;
let copy: Map<string, Customer>;
beforeEach(async () => {
  plain = await startPlainServer();
  folder = await mkdtemp(path.join(tmpdir(), 'ledgerpost-plain-'));
  copy = new Map();
});
afterEach(async () => {
  plain.close();
  await rm(folder, { recursive: true, force: true });
});

const stateFile = () => path.join(folder, 'state.json');

/** As a process does that has just been started: nothing is known but what the file holds. */
function run({ upsert = keep, store = fileStore(stateFile()) }: { upsert?: typeof keep; store?: SyncStore } = {}) {
  const client = createClient({ baseUrl: plain.url, apiKey: 'key', maxRetries: 0 });
  return syncState({ source: client.customers, companyId: 'c', pageSize: 2, store, upsert });
}

function keep(record: Customer): void {
  copy.set(record.id ?? '', record);
}

const names = (records: Iterable<Pick<Customer, 'customerName'>>) =>
  [...records].map(({ customerName }) => customerName ?? '').toSorted((left, right) => left.localeCompare(right));
const expectTheSame = () => expect(names(copy.values())).toEqual(names(plain.books.values()));
const minutes = (count: number) => (plain.now += count * 60_000);

test('all is read at first, then what changed, deletions included', async () => {
  for (const id of ['a', 'b', 'c', 'd', 'e']) plain.put(id);
  minutes(10);
  expect(await run()).toEqual({ records: 5, by: 'modifiedAfter' });
  expect(plain.asked[0]).toContain('/companies/c/changes');
  minutes(10);
  plain.put('b');
  plain.put('d', { isDeleted: true });
  expect(await run()).toEqual({ records: 2, by: 'modifiedAfter' });
  expectTheSame();
  expect(copy.get('d')?.metadata?.isDeleted).toBe(true);
  // Known by now, and not asked for again.
  expect(plain.asked.filter((asked) => asked.includes('/changes'))).toHaveLength(1);
});

test('a record that moves in the list while it is read pushes no other out of sight', async () => {
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) {
    plain.put(id);
    minutes(10);
  }
  let pages = 0;
  // By date, `a` would go from the first page to the end, and `c` to the first page, which has been read.
  plain.beforePage = () => {
    if (++pages === 2) plain.put('a');
  };
  await run();
  expect([...copy.keys()].toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  await run();
  expectTheSame();
});

test('what leaves the list while it is read makes the next run read all of that again', async () => {
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) plain.put(id);
  minutes(10);
  let pages = 0;
  plain.beforePage = () => {
    if (++pages === 2) plain.books.delete('a');
  };
  await run();
  expect(copy.has('c')).toBe(false);
  minutes(10);
  await run();
  expect([...copy.keys()].toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});

describe('a run that dies', () => {
  beforeEach(async () => {
    for (const id of ['a', 'b', 'c']) plain.put(id);
    await run();
    minutes(10);
    for (const id of ['a', 'b', 'c']) plain.put(id);
  });

  test('between reading and storing a record is done again by the next one', async () => {
    const before = await readFile(stateFile(), 'utf8');
    let stored = 0;
    const dying = (record: Customer) => {
      if (stored++ === 2) throw new Error('the power failed');
      keep(record);
    };
    await expect(run({ upsert: dying })).rejects.toThrow('the power failed');
    expect(await readFile(stateFile(), 'utf8')).toBe(before);
    minutes(10);
    await run();
    expectTheSame();
  });

  test('between the last record and storing how far it got, too', async () => {
    const file = fileStore(stateFile());
    const dying: SyncStore = {
      get: (key) => file.get(key),
      set: () => Promise.reject(new Error('the power failed')),
    };
    await expect(run({ store: dying })).rejects.toThrow('the power failed');
    plain.put('b');
    minutes(10);
    await run();
    expectTheSame();
  });
});

/** The same choices for the same seed. */
function choices(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** How many changes came before this one. */
const versionOf = (record: Pick<Customer, 'customerName'> | undefined) =>
  Number(record?.customerName?.split(' ').at(-1));

test.each([1, 2, 3, 4, 5])('nothing is lost over forty rounds of changes and crashes, seed %i', async (seed) => {
  const choose = choices(seed);
  /** Up to what a server may take to show a change that it has stamped. */
  const lateMsMax = 50_000;
  const change = (id: number) =>
    plain.put(`r${id}`, { isDeleted: choose(10) === 0, stampedMsAgo: choose(3) === 0 ? choose(lateMsMax) : 0 });
  for (let id = 0; id < 20; id++) {
    change(id);
    minutes(2);
  }
  let completed = 0;
  for (let round = 0; round < 40; round++) {
    const visible = new Map(plain.books);
    plain.beforePage = () => {
      plain.now += choose(3_000);
      if (choose(3) === 0) change(choose(30));
    };
    let untilCrash = choose(3) === 0 ? choose(4) : -1;
    const dying = (record: Customer) => {
      if (untilCrash-- === 0) throw new Error('the power failed');
      keep(record);
    };
    const crash: unknown = await run({ upsert: dying }).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (crash === undefined) {
      completed++;
      // What could be seen when the run began is known now, as it was then or as it has become.
      const lost = [...visible.values()].filter((seen) => !(versionOf(copy.get(seen.id)) >= versionOf(seen)));
      expect(lost).toEqual([]);
    } else {
      expect(crash).toEqual(new Error('the power failed'));
    }
    plain.now += choose(600_000);
  }
  expect(completed).toBeGreaterThan(10);
  expect(completed).toBeLessThan(40);
  plain.beforePage = () => undefined;
  await run();
  expectTheSame();
});
