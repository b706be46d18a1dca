/** A bad network, kills of our server and of Tryton itself: every write is in Tryton's books once, and the books balance. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startPlatformProxy, type Fare, type PlatformProxy } from '../support/platform-proxy.ts';
import { stepsOf, untilAllEnded, type WirePush } from '../support/pushes.ts';
import { makeDataDir, removeDataDir, startServer, type ServerProcess } from '../support/server.ts';
import { describeTryton, makeCompany, startOwnServer, type OwnServer } from './fixture.ts';
import { balanceOf, billFor, entryFor, linkLedger, supplierFor, tally, type Ledger, type Wanted } from './ledgers.ts';

const COMPANIES = 10;
/** In each company: two hundred in all. */
const BILLS = 2;
const ENTRIES = 4;
const SUPPLIERS = 14;
/** Half a minute on a machine with nothing else to do; others are busy. */
const BOUND_MS = 1_200_000;

const today = `${systemClock.now().toISOString().slice(0, 10)}T00:00:00`;

let tryton: OwnServer;
let proxy: PlatformProxy;
let database: TestDatabase;
let dataDir: string;
let server: ServerProcess;

const start = () =>
  startServer({
    dataDir,
    env: {
      LEDGERPOST_DATABASE_URL: database.url,
      LEDGERPOST_SECRET_KEY: 'the same text before and after a kill',
      // First readings of ten companies would keep Tryton busier than the writes.
      LEDGERPOST_ROLES: 'api,engine',
    },
  });

describeTryton('between a server and Tryton', () => {
  beforeAll(async () => {
    tryton = await startOwnServer();
    proxy = await startPlatformProxy(() => tryton.url);
    database = await createTestDatabase();
    dataDir = await makeDataDir();
    server = await start();
  });
  afterAll(async () => {
    await server.stop();
    await removeDataDir(dataDir);
    await database.drop();
    await proxy.close();
    await tryton.remove();
  });

  /** Which call of Tryton's a request is. */
  const methodOf = (body: string) => /"method":"([^"]+)"/.exec(body)?.[1] ?? '';
  const changes = /^model\.(?:account|party)\..*\.(?:create|post|write|validate_invoice)$/;

  async function push(ledger: Ledger, { path, body }: Wanted): Promise<string> {
    const answer = await server.call<WirePush>('POST', `${ledger.linked.push}/${path}`, body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body.pushOperationKey;
  }

  /** How many have ended is counted for each company as they end, and read from there: lists are dear to make so often. */
  const endedIn = async (ledgers: readonly Ledger[]) => {
    const query = `pageSize=1&query=${encodeURIComponent('status!=Pending')}`;
    const count = async ({ linked }: Ledger) =>
      (await server.call<{ totalResults: number }>('GET', `/companies/${linked.companyId}/push?${query}`)).body
        .totalResults;
    return (await Promise.all(ledgers.map(count))).reduce((sum, each) => sum + each, 0);
  };
  const untilEnded = (ledgers: readonly Ledger[], moreThan: number) =>
    expect.poll(() => endedIn(ledgers), { timeout: BOUND_MS, interval: 250 }).toBeGreaterThan(moreThan);

  test(
    '200 writes to ten companies, with cuts and kills, are in the books once each',
    { timeout: BOUND_MS },
    async () => {
      // One after the other: Tryton loads each database for most of a second, and for longer all at once.
      const ledgers: Ledger[] = [];
      while (ledgers.length < COMPANIES) ledgers.push(await linkLedger(server, await makeCompany(), proxy.url));
      // Of every forty calls that change something four are cut, each at another point; of the others every fiftieth.
      const cuts: Readonly<Record<number, Fare>> = {
        5: { cut: 'cut-committed' },
        15: { cut: 'cut-unread' },
        25: { cut: 'cut-midway' },
        35: { cut: 'cut-answer' },
      };
      let changing = 0;
      let asking = 0;
      proxy.treat = (_, body) => {
        if (changes.test(methodOf(body))) return cuts[(changing += 1) % 40];
        return (asking += 1) % 50 === 0 ? { cut: 'cut-answer' } : undefined;
      };
      const wanted = new Map<Ledger, readonly Wanted[]>(ledgers.map((ledger) => [ledger, writesTo(ledger)]));
      await Promise.all([...wanted].flatMap(([ledger, writes]) => writes.map((write) => push(ledger, write))));

      await untilEnded(ledgers, 40);
      await server.kill();
      server = await start();
      await untilEnded(ledgers, 90);
      await tryton.kill();
      await tryton.start();

      for (const ledger of ledgers) {
        const ended = await untilAllEnded(server, ledger.linked, BOUND_MS);
        expect(ended.filter(({ status }) => status !== 'Success')).toEqual([]);
      }
      for (const ledger of ledgers) {
        expect(await tally(ledger.books)).toEqual((wanted.get(ledger) ?? []).map(expected).toSorted());
        const { debit, credit, unbalanced } = await balanceOf(ledger.books);
        expect({ difference: Number(debit) - Number(credit), unbalanced }).toEqual({ difference: 0, unbalanced: 0 });
      }
      expect(changing).toBeGreaterThan(200);
    },
  );

  test(
    'a bill that was created when the server died is posted by the next one, and not created again',
    { timeout: BOUND_MS },
    async () => {
      const ledger = await linkLedger(server, await makeCompany(), proxy.url);
      const never = Promise.withResolvers<void>();
      const posts: string[] = [];
      proxy.treat = ({ path }, body) => {
        const isOurs = path === `/${ledger.books.database}/`;
        if (!isOurs || methodOf(body) !== 'model.account.invoice.post') return undefined;
        posts.push(body);
        return posts.length === 1 ? { before: never.promise } : undefined;
      };
      const key = await push(ledger, billFor(ledger, 'L-1', today));
      await expect.poll(() => posts.length).toBe(1);
      expect(await tally(ledger.books)).toEqual(['L-1 draft']);
      await server.kill();
      server = await start();
      const [ended] = await untilAllEnded(server, ledger.linked, BOUND_MS);
      expect(ended).toMatchObject({ status: 'Success', pushOperationKey: key });
      expect(await tally(ledger.books)).toEqual(['L-1 posted']);
      expect((await stepsOf(server, ledger.linked, key)).slice(0, 2)).toEqual(['rescue lease-lost', 'find half-done']);
      never.resolve();
    },
  );
});

function writesTo(ledger: Ledger): readonly Wanted[] {
  const make = (count: number, from: number, one: (mark: string) => Wanted) =>
    Array.from({ length: count }, (_, index) => one(`L-${from + index}`));
  return [
    ...make(BILLS, 100, (mark) => billFor(ledger, mark, today)),
    ...make(ENTRIES, 200, (mark) => entryFor(ledger, mark, today)),
    ...make(SUPPLIERS, 300, supplierFor),
  ];
}

function expected({ path, mark }: Wanted): string {
  return `${mark} ${path === 'suppliers' ? 'there' : 'posted'}`;
}
