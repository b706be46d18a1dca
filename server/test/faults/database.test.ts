/** PostgreSQL restarted, cut off and filled up under load: what was accepted is finished, once, and the rest is refused. */
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientConfig } from '../../src/db/connection.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/db/embedded.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { makeLog } from '../../src/lib/log.ts';
import { control, recordsIn } from '../support/books.ts';
import { scratchParent } from '../support/database-folder.ts';
import { listPushes, untilAllEnded, type WirePush } from '../support/pushes.ts';
import { makeLinkedCompany, type LinkedCompany, type ServerProcess } from '../support/server.ts';
import { prepareServers, type SeveralServers } from '../support/several-servers.ts';

const CONNECTIONS_MAX = 24;

let dir: string;
let postgres: EmbeddedPostgres;
let place: SeveralServers;
let server: ServerProcess;

beforeAll(async () => {
  dir = await mkdtemp(path.join(await scratchParent(), 'ledgerpost-faults-'));
  const log = makeLog('silent', systemClock);
  postgres = await startEmbeddedPostgres({ dataDir: dir, log, durable: true, connectionsMax: CONNECTIONS_MAX });
  place = await prepareServers({ databaseUrl: addressOf(postgres) });
  server = await place.start();
  await control(place.sandboxUrl, { latencyMs: 10, idempotency: 'ignore' });
});
afterAll(async () => {
  await place.close();
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
});

function addressOf({ connection }: EmbeddedPostgres): string {
  if ('url' in connection) return connection.url;
  const { user, port, database, host } = connection;
  return `postgres://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
}

/** Requests pushes all at once; gives the codes of those that were accepted, and the status of every other answer. */
async function pushAll(company: LinkedCompany, codes: readonly string[]) {
  const answers = await Promise.all(
    codes.map(async (code) => {
      const body = { nominalCode: code, name: code, fullyQualifiedCategory: 'Asset.Current' };
      const answer = await server.call<WirePush>('POST', `${company.push}/accounts`, body);
      return { code, status: answer.status };
    }),
  );
  return {
    accepted: answers.filter(({ status }) => status === 200).map(({ code }) => code),
    refused: answers.filter(({ status }) => status !== 200).map(({ status }) => status),
  };
}

async function codesInBooks(company: LinkedCompany): Promise<string[]> {
  const records = await recordsIn(place.sandboxUrl, company, 'accounts');
  return records.flatMap(({ code = '' }) => (code.startsWith('D') ? [code] : [])).toSorted();
}

/** Each accepted push once in the books; one that was not answered may be there, but never twice. */
async function expectAllOnce(company: LinkedCompany, accepted: readonly string[]): Promise<void> {
  await expect.poll(async () => (await server.call('GET', '/companies')).status, { timeout: 90_000 }).toBe(200);
  const ended = await untilAllEnded(server, company);
  expect(ended.filter(({ status }) => status !== 'Success')).toEqual([]);
  const written = await codesInBooks(company);
  expect(written).toHaveLength(new Set(written).size);
  expect(written).toHaveLength(ended.length);
  expect(accepted.filter((code) => !written.includes(code))).toEqual([]);
}

const codesOf = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

test('an orderly restart of PostgreSQL among pushes costs none that was accepted', async () => {
  const company = await makeLinkedCompany(server, 'restart');
  const { accepted } = await pushAll(company, codesOf('DA', 100));
  expect(accepted).toHaveLength(100);
  await expect.poll(async () => (await codesInBooks(company)).length).toBeGreaterThan(10);
  const before = postgres.pid();
  process.kill(before, 'SIGINT');
  const meanwhile = await pushAll(company, codesOf('DB', 50));
  expect(meanwhile.refused.filter((status) => status !== 503)).toEqual([]);
  await expect.poll(() => postgres.pid(), { timeout: 90_000 }).not.toBe(before);
  await expectAllOnce(company, [...accepted, ...meanwhile.accepted]);
});

test('with every connection of PostgreSQL taken, writes are refused with 503, and what waits is done once some are free', async () => {
  const company = await makeLinkedCompany(server, 'exhausted');
  await control(place.sandboxUrl, { latencyMs: 100 });
  const { accepted } = await pushAll(company, codesOf('DC', 100));
  expect(accepted).toHaveLength(100);
  const hogs = await takeEveryConnection();
  const meanwhile = await pushAll(company, codesOf('DD', 20));
  expect(meanwhile.accepted).toEqual([]);
  expect(new Set(meanwhile.refused)).toEqual(new Set([503]));
  expect((await codesInBooks(company)).length).toBeLessThan(100);
  await Promise.all(hogs.map((hog) => hog.end()));
  await control(place.sandboxUrl, { latencyMs: 0 });
  await expectAllOnce(company, accepted);
  expect(await listPushes(server, company)).toHaveLength(100);
});

/** Ends the server's connections and takes their places, until nobody else can have one. */
async function takeEveryConnection(): Promise<pg.Client[]> {
  const hogs: pg.Client[] = [];
  const first = await connect();
  if (first === undefined) throw new Error('there is no connection to begin with');
  hogs.push(first);
  // A connection that is ending is shown no longer before its place is free: only a count of our own tells that all are taken.
  const taken = async () => {
    await first.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND application_name <> 'hog'`);
    for (let hog = await connect(); hog !== undefined; hog = await connect()) hogs.push(hog);
    return hogs.length;
  };
  await expect.poll(taken, { timeout: 90_000 }).toBe(CONNECTIONS_MAX);
  return hogs;
}

/** Undefined when PostgreSQL has none left. */
async function connect(): Promise<pg.Client | undefined> {
  const client = new pg.Client({ ...clientConfig(postgres.connection), application_name: 'hog' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch {
    return undefined;
  }
}
