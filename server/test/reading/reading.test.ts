/**
 * The promise of reading, all at once: people write in the books, we push, readings run, servers are killed, and four
 * readers follow. In the end each of them has exactly what the platform has. `npm run prove-reads` does the same at length.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { makeConnectors } from '../../src/connectors/registry.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { makeRandom } from '../simulation/random.ts';
import { recordsIn } from '../support/books.ts';
import { untilRead, type Body } from '../support/reading.ts';
import { makeLinkedCompany, type ServerProcess } from '../support/server.ts';
import { prepareServers, type SeveralServers } from '../support/several-servers.ts';
import { modifiedAfterReader, toldReader, watermarkReader, type Ask, type Mirror, type Reader } from './readers.ts';
import { makeWriters } from './writers.ts';

const CHANGES = Number(process.env['LEDGERPOST_PROOF_CHANGES'] ?? '250');
const SEED = Number(process.env['LEDGERPOST_PROOF_SEED'] ?? String(Math.floor(Math.random() * 1_000_000)));
const KILLS = Math.max(2, Math.floor(CHANGES / 4_000));
const TYPES = ['customers', 'journalEntries', 'chartOfAccounts'] as const;
const WRITERS = 6;
const CHANGES_BETWEEN_READS = 25;
const PATIENCE_MS = 300_000 + CHANGES * 60;
/** What is still wrong is said well before the test itself would run out of time. */
const CATCHING_UP_MS = 90_000;

let place: SeveralServers | undefined;
const consumer = createServer();
afterAll(async () => {
  consumer.close();
  consumer.closeAllConnections();
  await place?.close();
});

test(
  `four readers end with exactly the platform's books, whatever is killed on the way (seed ${SEED})`,
  { timeout: PATIENCE_MS },
  async () => {
    const random = makeRandom(SEED);
    place = await prepareServers();
    const { sandboxUrl, start } = place;
    const env = { LEDGERPOST_WEBHOOK_RETRY_SECONDS: '1,1,1,1,1,1,1,1', LEDGERPOST_ALLOW_PRIVATE_WEBHOOKS: 'true' };
    const servers = await Promise.all([start(env), start(env)]);
    const first = servers[0];
    if (first === undefined) throw new Error('No server has started');
    const company = await makeLinkedCompany(first);
    const { companyId, connectionId } = company;
    await untilRead(first, company);

    const { call, ask } = makeCalls(servers, random.below);
    const told = toldReader(ask, companyId, TYPES);
    await listenFor(first, companyId, told.onMessage);
    const readers: readonly Reader[] = [
      modifiedAfterReader({ name: 'modifiedAfter', by: 'links' }, ask, companyId, TYPES),
      modifiedAfterReader({ name: 'page numbers', by: 'numbers' }, ask, companyId, TYPES),
      watermarkReader(ask, companyId, TYPES),
      told,
    ];

    const ids = async (resource: string) => (await recordsIn(sandboxUrl, company, resource)).map(({ id }) => id);
    const known = {
      customers: await ids('customers'),
      entries: await ids('journal-entries'),
      accounts: (await ids('accounts')).slice(0, 6),
    };
    const writers = makeWriters({ sandboxUrl, company, random, known, call });
    const began = performance.now();
    let isOver = false;
    const madeSoFar = () => writers.made.books + writers.made.pushes;
    /** Again and again, each time after some more changes. */
    const whileWriting = async (work: () => Promise<unknown>) => {
      while (!isOver) {
        await work();
        const enough = madeSoFar() + CHANGES_BETWEEN_READS;
        await expect.poll(() => isOver || madeSoFar() >= enough, { timeout: PATIENCE_MS, interval: 20 }).toBe(true);
      }
    };
    const writing = Promise.all(
      Array.from({ length: WRITERS }, async (_, index) => {
        while (madeSoFar() < CHANGES) await (index === 0 ? writers.push() : writers.changeBooks());
      }),
    ).finally(() => (isOver = true));
    const following = readers.map((reader) => whileWriting(reader.readOn));
    const reading = whileWriting(async () => {
      for (const dataType of TYPES) {
        await call('POST', `/companies/${companyId}/data/queue/${dataType}?connectionId=${connectionId}`);
        await expect.poll(() => isOver || isIdle(ask, companyId, dataType), { timeout: PATIENCE_MS }).toBe(true);
      }
    });
    for (let kill = 1; kill <= KILLS; kill++) {
      const at = (CHANGES * kill) / (KILLS + 1);
      await expect.poll(() => isOver || madeSoFar() >= at, { timeout: PATIENCE_MS, interval: 20 }).toBe(true);
      const victim = random.below(servers.length);
      await servers[victim]?.kill();
      const again = await start(env);
      servers[victim] = again;
      const seconds = Math.round((performance.now() - began) / 1_000);
      process.stdout.write(`${madeSoFar()} of ${CHANGES} changes and ${kill} of ${KILLS} kills after ${seconds} s\n`);
    }
    await Promise.all([writing, ...following, reading]);

    const pending = async () => {
      const path = `/companies/${companyId}/push?pageSize=1&query=status%3DPending`;
      return (await ask<{ totalResults: number }>(path)).totalResults;
    };
    await expect.poll(pending, { timeout: PATIENCE_MS }).toBe(0);
    for (const dataType of TYPES) await readToTheEnd(dataType);
    const books = await booksOf(sandboxUrl, connectionId);
    for (const reader of readers) {
      await expect.poll(() => caughtUp(reader, books), { timeout: CATCHING_UP_MS, interval: 200 }).toEqual([]);
    }
    const { made } = writers;
    process.stdout.write(
      `${made.books} changes in the books, ${made.pushes} pushes, ${KILLS} kills, ` +
        `${[...books].map(([type, mirror]) => `${mirror.size} ${type}`).join(', ')} (seed ${SEED})\n`,
    );

    /** A reading that began after the last write. */
    async function readToTheEnd(dataType: string): Promise<void> {
      await expect.poll(() => isIdle(ask, companyId, dataType), { timeout: PATIENCE_MS }).toBe(true);
      const queued = await call('POST', `/companies/${companyId}/data/queue/${dataType}?connectionId=${connectionId}`);
      const path = `/companies/${companyId}/data/history/${String(queued.body['id'])}`;
      await expect.poll(async () => (await ask<Body>(path))['status'], { timeout: PATIENCE_MS }).toBe('Complete');
    }
  },
);

async function isIdle(ask: Ask, companyId: string, dataType: string): Promise<boolean> {
  const statuses = await ask<Record<string, Body>>(`/companies/${companyId}/dataStatus`);
  return !/^(Queued|Fetching|Processing)$/.test(String(statuses[dataType]?.['currentStatus']));
}

/** What still differs from the books, after reading on; a few words of it. */
async function caughtUp(reader: Reader, books: ReadonlyMap<string, Mirror>): Promise<readonly string[]> {
  await reader.readOn();
  const wrong: string[] = [];
  for (const [dataType, records] of books) {
    const mirror = reader.mirrorOf(dataType);
    for (const [id, record] of records) {
      if (JSON.stringify(bare(mirror.get(id))) === JSON.stringify(bare(record))) continue;
      wrong.push(`${reader.name}: ${dataType} ${id} is ${JSON.stringify(mirror.get(id))?.slice(0, 300)}`);
    }
    for (const id of mirror.keys()) if (!records.has(id)) wrong.push(`${reader.name}: ${dataType} ${id} is gone`);
  }
  return wrong.slice(0, 5);
}

/** Without what is ours, members in one order. */
function bare(record: Body | undefined): unknown {
  if (record === undefined) return undefined;
  const { modifiedDate: _, metadata: __, ...content } = record;
  return sorted(content);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, member]) => [name, sorted(member)]));
}

/** The platform's lists give accounts by their ids alone; ours say their names beside them. */
function named(value: unknown, accounts: Mirror): unknown {
  if (Array.isArray(value)) return value.map((each) => named(each, accounts));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === 'accountRef' ? withName(member, accounts) : named(member, accounts),
    ]),
  );
}

function withName(ref: Body, accounts: Mirror): Body {
  return { ...ref, name: accounts.get(String(ref['id']))?.['name'] };
}

/** The books as the platform has them now, through the connector alone. */
async function booksOf(sandboxUrl: string, connectionId: string): Promise<ReadonlyMap<string, Mirror>> {
  const made = makeConnectors({ sandboxUrl: () => sandboxUrl, sandboxToken: 'sandbox-token' });
  const connector = made.connectorFor('mqjo');
  const session = connector?.open({ books: connectionId }, { fetch: globalThis.fetch, now: systemClock.now });
  const books = new Map<string, Mirror>();
  for (const dataType of TYPES) {
    const records = new Map<string, Body>();
    for (let after: string | undefined; ;) {
      const query = { pageSize: 500, ...(after === undefined ? {} : { after }) };
      const page = await connector?.reads[dataType]?.page(session, query);
      if (page?.kind !== 'read') throw new Error(`The books were not read: ${JSON.stringify(page)}`);
      for (const record of page.value.records) records.set(String(record['id']), record);
      if (page.value.next === undefined) break;
      after = page.value.next;
    }
    books.set(dataType, records);
  }
  const accounts = books.get('chartOfAccounts') ?? new Map<string, Body>();
  return new Map(
    [...books].map(([dataType, records]) => [
      dataType,
      new Map([...records].map(([id, record]) => [id, named(record, accounts) as Body])),
    ]),
  );
}

/** Calls that go to whichever server is up, and again when one dies under them. */
function makeCalls(servers: readonly ServerProcess[], below: (bound: number) => number) {
  const call = async (method: string, path: string, body?: unknown) => {
    let answered: { status: number; body: Body } | undefined;
    await expect
      .poll(
        async () => {
          const server = servers[below(servers.length)];
          answered = await server?.call(method, path, body).catch(() => undefined);
          return answered !== undefined && answered.status !== 503;
        },
        { timeout: PATIENCE_MS, interval: 50 },
      )
      .toBe(true);
    if (answered === undefined) throw new Error('Nobody has answered');
    return answered;
  };
  const ask: Ask = async <Answer>(path: string) => {
    const { status, body } = await call('GET', path);
    if (status !== 200) throw new Error(`${path} was answered with ${status}: ${JSON.stringify(body)}`);
    return body as Answer;
  };
  return { call, ask };
}

async function listenFor(
  server: ServerProcess,
  companyId: string,
  onMessage: (event: { eventType: string; payload: Body }) => void,
): Promise<void> {
  consumer.on('request', (request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      onMessage(JSON.parse(text) as { eventType: string; payload: Body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => consumer.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(consumer.address() as AddressInfo).port}/`;
  const eventTypes = ['read.completed', ...TYPES.map((dataType) => `${dataType}.write.successful`)];
  const answer = await server.call('POST', '/webhooks', { url, companyId, eventTypes });
  expect(answer.status).toBe(201);
}
