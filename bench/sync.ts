/**
 * `node bench/sync.ts`: what an incremental reading of 100,000 records costs, of which 1 % have changed, beside the time that
 * the platform itself needs to answer the same pages. Both over HTTP, taking turns.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { sandboxToken } from './gateways.ts';
import { startEmbeddedPostgres } from '../server/src/db/embedded.ts';
import { systemClock } from '../server/src/lib/clock.ts';
import { makeLog } from '../server/src/lib/log.ts';
import { startSandbox, startServer } from './programs.ts';

const RECORDS = Number(process.argv[2] ?? '100000');
const CHANGED = Math.floor(RECORDS / 100);
const ROUNDS = 3;
const RATIO_MAX = 2;
const WRITERS = 16;
const PAGE_SIZE = 500;
/** Beyond the half minute that a reading goes back for safety. */
const BETWEEN_ROUNDS_MS = 32_000;
/** More often, and the looks would take the time of what is measured; it is counted with the reading. */
const LOOK_MS = 20;
const DAY_MS = 86_400_000;
const apiKey = 'bench_sync';

async function run(): Promise<void> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ledgerpost-sync-'));
  const log = makeLog('warn', systemClock);
  const postgres = await startEmbeddedPostgres({ dataDir: dir, log, connectionsMax: 50 });
  const { connection } = postgres;
  if ('url' in connection) throw new Error('the embedded database is reached by its socket');
  const url = `postgres://${connection.user}@localhost:${connection.port}/${connection.database}?host=${encodeURIComponent(connection.host)}`;
  const sandbox = await startSandbox(path.join(dir, 'sandbox'));
  const server = await startServer({
    LEDGERPOST_ROLES: 'api,sync',
    LEDGERPOST_DATABASE_URL: url,
    LEDGERPOST_DATA_DIR: path.join(dir, 'server'),
    LEDGERPOST_API_KEY: apiKey,
    LEDGERPOST_SANDBOX_URL: sandbox.url,
    LEDGERPOST_SANDBOX_TOKEN: sandboxToken,
  });
  try {
    await measure(server.url, sandbox.url);
  } finally {
    await server.stop();
    await sandbox.stop();
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function measure(serverUrl: string, sandboxUrl: string): Promise<void> {
  const ours = caller(serverUrl, `Basic ${btoa(apiKey)}`);
  const theirs = caller(sandboxUrl, `Bearer ${sandboxToken}`);
  const { id: companyId } = await ours<{ id: string }>('POST', '/companies', { name: 'Bench' });
  const connections = `/companies/${companyId}/connections`;
  const { id: connectionId } = await ours<{ id: string }>('POST', connections, { platformKey: 'mqjo' });
  const books = `/books/${connectionId}`;
  await theirs('POST', '/books', { id: connectionId, name: 'Bench', template: 'empty' });
  const ids: string[] = [];
  // The books were filled a day ago, and are still worked in when they are first read.
  await setClock(sandboxUrl, { clock: { offsetMs: -DAY_MS } });
  let began = performance.now();
  await each(RECORDS, async (n) => {
    ids.push((await theirs<{ id: string }>('POST', `${books}/customers`, { name: `Customer ${n}` })).id);
  });
  console.log(`${RECORDS} records made in ${seconds(began)}`);
  await setClock(sandboxUrl, { clock: null });
  await theirs('PUT', `${books}/customers/${ids[0]}`, { phone: 'today' });
  began = performance.now();
  await ours('PUT', `${connections}/${connectionId}/authorization`, { books: connectionId });
  await until(async () => {
    const statuses = await ours<Record<string, { currentStatus: string }>>('GET', `/companies/${companyId}/dataStatus`);
    return statuses['customers']?.currentStatus === 'Complete';
  });
  console.log(`read in full in ${seconds(began)}`);

  const reading: number[] = [];
  const answering: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    // A reading of books that were at rest but for one fresh stamp, which tells it the platform's time, goes before each that
    // counts: else that would meet the changes of the last round again.
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_ROUNDS_MS));
    await theirs('PUT', `${books}/customers/${ids[0]}`, { phone: `at rest ${round}` });
    await readOnce(ours, companyId);
    const { now } = await clockOf(sandboxUrl);
    await each(CHANGED, (n) =>
      theirs('PUT', `${books}/customers/${ids[(n * 100 + round) % ids.length]}`, { phone: `${round}-${n}` }),
    );
    answering.push(await pagesSince(theirs, books, now));
    reading.push(await readOnce(ours, companyId));
  }
  const ratio = median(reading) / median(answering);
  console.log(
    `the platform answers the pages of ${CHANGED} changes in ${median(answering).toFixed(0)} ms (median of ${ROUNDS})`,
  );
  console.log(
    `an incremental reading of ${RECORDS} records takes ${median(reading).toFixed(0)} ms (median of ${ROUNDS})`,
  );
  console.log(`ratio ${ratio.toFixed(2)} (at most ${RATIO_MAX}) ${ratio <= RATIO_MAX ? 'ok' : 'MISSED'}`);
}

type Call = <Answer>(method: string, target: string, body?: object) => Promise<Answer>;

function caller(url: string, auth: string): Call {
  return async <Answer>(method: string, target: string, body?: object) => {
    const answer = await fetch(url + target, {
      method,
      headers: { authorization: auth, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${target}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  };
}

/** All calls of a reading, made by a client that does nothing with the answers. */
async function pagesSince(theirs: Call, books: string, since: string): Promise<number> {
  const began = performance.now();
  for (let after = ''; ;) {
    const query = `pageSize=${PAGE_SIZE}&modifiedSince=${since}${after === '' ? '' : `&after=${after}`}`;
    const { items } = await theirs<{ items: { id: string }[] }>('GET', `${books}/customers?${query}`);
    if (items.length < PAGE_SIZE) break;
    after = items.at(-1)?.id ?? '';
  }
  return performance.now() - began;
}

/** From the request until the server says that it is complete. */
async function readOnce(ours: Call, companyId: string): Promise<number> {
  const began = performance.now();
  const { id } = await ours<{ id: string }>('POST', `/companies/${companyId}/data/queue/customers`);
  await until(async () => {
    const { status } = await ours<{ status: string }>('GET', `/companies/${companyId}/data/history/${id}`);
    return status === 'Complete';
  });
  return performance.now() - began;
}

async function setClock(sandboxUrl: string, change: object): Promise<void> {
  await fetch(`${sandboxUrl}/control`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(change),
  });
}

async function clockOf(sandboxUrl: string): Promise<{ now: string }> {
  const books = await fetch(`${sandboxUrl}/books`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sandboxToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Clock', template: 'empty' }),
  });
  const { updatedAt } = (await books.json()) as { updatedAt: string };
  return { now: updatedAt };
}

async function each(count: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      while (next < count) await work(next++);
    }),
  );
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}

const seconds = (began: number) => `${((performance.now() - began) / 1_000).toFixed(1)} s`;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

await run();
