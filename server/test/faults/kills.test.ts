/** kill -9 in the middle: what was accepted is finished by the next start, in the books once, and told once or more. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { control, recordsIn, requestsTo, resetControl } from '../support/books.ts';
import { distinctStepsOf, getPush, pushAccount, untilAllEnded } from '../support/pushes.ts';
import { freePort } from '../support/ports.ts';
import { descendants, killAll } from '../support/processes.ts';
import {
  makeDataDir,
  makeLinkedCompany,
  removeDataDir,
  startServer,
  type LinkedCompany,
  type ServerProcess,
} from '../support/server.ts';

let servers: ServerProcess[] = [];
let consumers: Server[] = [];

afterEach(async () => {
  for (const server of servers) await server.stop();
  for (const dataDir of new Set(servers.map((server) => server.dataDir))) await removeDataDir(dataDir);
  for (const consumer of consumers) consumer.close().closeAllConnections();
  servers = [];
  consumers = [];
});

async function start(options: Parameters<typeof startServer>[0]): Promise<ServerProcess> {
  const server = await startServer(options);
  servers.push(server);
  return server;
}

/** A consumer that counts deliveries by the push that they tell of. */
async function countingConsumer(server: ServerProcess): Promise<Map<string, number>> {
  const told = new Map<string, number>();
  const consumer = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { payload } = JSON.parse(body) as { payload: { id: string } };
      told.set(payload.id, (told.get(payload.id) ?? 0) + 1);
      response.end();
    });
  });
  await new Promise<void>((resolve) => consumer.listen(0, '127.0.0.1', resolve));
  consumers.push(consumer);
  const url = `http://127.0.0.1:${(consumer.address() as AddressInfo).port}/`;
  const eventTypes = ['chartOfAccounts.write.successful', 'chartOfAccounts.write.unsuccessful'];
  const answer = await server.call('POST', '/webhooks', { url, eventTypes });
  expect(answer.status).toBe(201);
  return told;
}

const codes = Array.from({ length: 200 }, (_, index) => `8${String(index).padStart(3, '0')}`);

async function codesInBooks(server: ServerProcess, company: LinkedCompany): Promise<string[]> {
  const accounts = await recordsIn(server.sandboxUrl, company, 'accounts');
  return accounts.flatMap(({ code = '' }) => (codes.includes(code) ? [code] : [])).toSorted();
}

test.each([
  ['the server alone', false],
  ['everything: server, database and sandbox', true],
])('kill -9 of %s in the middle of 200 pushes loses none and doubles none', async (_name, everything) => {
  const dataDir = await makeDataDir();
  const first = await start({ dataDir });
  const told = await countingConsumer(first);
  const company = await makeLinkedCompany(first);
  // Slow enough that the kill falls among pushes that are queued, being sent, and written but not yet settled.
  await control(first.sandboxUrl, { latencyMs: 20 });
  const accepted = await Promise.all(codes.map((code) => pushAccount(first, company, code)));
  await expect.poll(async () => (await codesInBooks(first, company)).length, { interval: 25 }).toBeGreaterThan(30);
  const processes = await descendants(first.child.pid ?? 0);
  await first.kill();
  if (everything) killAll(processes);

  const second = await start({ dataDir });
  const ended = await untilAllEnded(second, company);
  expect(ended).toHaveLength(200);
  expect(ended.filter((push) => push.status !== 'Success')).toEqual([]);
  expect(await codesInBooks(second, company)).toEqual(codes);
  const keys = accepted.map((push) => push.pushOperationKey).toSorted();
  await expect.poll(() => [...told.keys()].toSorted(), { timeout: 90_000 }).toEqual(keys);
});

test('a worker killed after its request reached the books is followed by one that finds the record', async () => {
  const dataDir = await makeDataDir();
  const env = { LEDGERPOST_SANDBOX_PORT: String(await freePort()) };
  const first = await start({ dataDir, env });
  const company = await makeLinkedCompany(first);
  await control(first.sandboxUrl, { faults: [{ kind: 'stall-after', method: 'POST', path: company.books }] });
  const { pushOperationKey } = await pushAccount(first, company, '8000');
  // At once: its call is over after ten seconds, and then it has time to say so.
  const killed = async () => {
    const there = await codesInBooks(first, company);
    if (there.length === 1) await first.kill();
    return there;
  };
  await expect.poll(killed).toEqual(['8000']);

  const second = await start({ dataDir, env });
  await untilAllEnded(second, company);
  expect((await getPush(second, company, pushOperationKey)).status).toBe('Success');
  expect(await distinctStepsOf(second, company, pushOperationKey)).toEqual(['rescue lease-lost', 'find found']);
  expect(await codesInBooks(second, company)).toEqual(['8000']);
  expect(await requestsTo(second.sandboxUrl, 'POST', `${company.books}/accounts`)).toBe(0);
});

test('a database that is killed and comes back costs no push', async () => {
  const server = await start({});
  const company = await makeLinkedCompany(server);
  await control(server.sandboxUrl, { latencyMs: 20 });
  await Promise.all(codes.slice(0, 100).map((code) => pushAccount(server, company, code)));
  const postgres = (await descendants(server.child.pid ?? 0)).filter((each) => each.command.includes('postgres'));
  expect(postgres).not.toEqual([]);
  killAll(postgres);
  await resetControl(server.sandboxUrl);
  await expect.poll(async () => (await server.call('GET', '/companies')).status, { timeout: 90_000 }).toBe(200);
  const ended = await untilAllEnded(server, company);
  expect(ended.map((push) => push.status)).toEqual(Array.from({ length: 100 }, () => 'Success'));
  expect(await codesInBooks(server, company)).toEqual(codes.slice(0, 100));
});
