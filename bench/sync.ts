/**
 * `node bench/sync.ts`: what an incremental reading of 100,000 records costs, of which 1 % have changed, beside the time that
 * the platform itself needs to answer the same pages. Both over HTTP, taking turns. The platform is the sandbox, which answers
 * from memory and an index; `bench/sync-tryton.ts` asks the same of a real one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type pg from 'pg';
import { sandboxToken } from './gateways.ts';
import { median } from './measure.ts';
import { withOwnServer } from './own-server.ts';
import { startSandbox } from './programs.ts';
import { caller, linkBooks, readOnce, untilFirstRead, type Call } from './readings.ts';

const RECORDS = Number(process.argv[2] ?? '100000');
const CHANGED = Math.floor(RECORDS / 100);
const ROUNDS = 5;
const RATIO_MAX = 2;
const WRITERS = 16;
const PAGE_SIZE = 500;
/** Beyond the half minute that a reading goes back for safety. */
const BETWEEN_ROUNDS_MS = 32_000;
const DAY_MS = 86_400_000;
const apiKey = 'bench_sync';

async function run(): Promise<void> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ledgerpost-sync-'));
  const sandbox = await startSandbox(dir);
  const settings = { LEDGERPOST_SANDBOX_URL: sandbox.url, LEDGERPOST_SANDBOX_TOKEN: sandboxToken };
  try {
    await withOwnServer({ name: 'sync', roles: 'api,sync', apiKey, settings }, ({ server, client }) =>
      measure(server.url, sandbox.url, client),
    );
  } finally {
    await sandbox.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function measure(serverUrl: string, sandboxUrl: string, client: pg.Client): Promise<void> {
  const ours = caller(serverUrl, `Basic ${btoa(apiKey)}`);
  const theirs = caller(sandboxUrl, `Bearer ${sandboxToken}`);
  const ids: string[] = [];
  let began = performance.now();
  const company = await linkBooks(ours, 'mqjo', async (books) => {
    await theirs('POST', '/books', { id: books, name: 'Bench', template: 'empty' });
    // The books were filled a day ago, and are still worked in when they are first read.
    await theirs('PUT', '/control', { clock: { offsetMs: -DAY_MS } });
    await each(RECORDS, async (n) => {
      ids.push((await theirs<{ id: string }>('POST', `/books/${books}/customers`, { name: `Customer ${n}` })).id);
    });
    await theirs('PUT', '/control', { clock: null });
    await theirs('PUT', `/books/${books}/customers/${ids[0]}`, { phone: 'today' });
    console.log(`${RECORDS} records made in ${seconds(began)}`);
    began = performance.now();
    return { books };
  });
  await untilFirstRead(ours, company);
  console.log(`read in full in ${seconds(began)}`);

  const books = `/books/${company.connectionId}`;
  const reading: number[] = [];
  const answering: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    // A reading of books that were at rest but for one fresh stamp, which tells it the platform's time, goes before each that
    // counts: else that would meet the changes of the last round again.
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_ROUNDS_MS));
    await theirs('PUT', `${books}/customers/${ids[0]}`, { phone: `at rest ${round}` });
    await readOnce(ours, company, { client, dataType: 'customers' });
    const now = await timeAt(theirs);
    await each(CHANGED, (n) =>
      theirs('PUT', `${books}/customers/${ids[(n * 100 + round) % ids.length]}`, { phone: `${round}-${n}` }),
    );
    answering.push(await pagesSince(theirs, books, now));
    reading.push(await readOnce(ours, company, { client, dataType: 'customers' }));
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

/** The platform's own, from a stamp of its. */
async function timeAt(theirs: Call): Promise<string> {
  return (await theirs<{ updatedAt: string }>('POST', '/books', { name: 'Clock', template: 'empty' })).updatedAt;
}

async function each(count: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      while (next < count) await work(next++);
    }),
  );
}

const seconds = (began: number) => `${((performance.now() - began) / 1_000).toFixed(1)} s`;

await run();
