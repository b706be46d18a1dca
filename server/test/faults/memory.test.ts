/**
 * Platforms with the three kinds of memory, against the real sandbox in the mode that fits: what can be searched, what
 * de-duplicates by key and cannot be searched, and what does neither. Nothing is lost, doubled or guessed.
 */
import { afterEach, expect, test } from 'vitest';
import { control, recordsIn, requestsTo, resetControl } from '../support/books.ts';
import { createTestDatabase } from '../support/database.ts';
import { distinctStepsOf, getPush, pushAccount, stepsOf, untilAllEnded, untilEnded } from '../support/pushes.ts';
import { freePort } from '../support/ports.ts';
import {
  makeDataDir,
  makeLinkedCompany,
  removeDataDir,
  startServer,
  type LinkedCompany,
  type ServerProcess,
} from '../support/server.ts';

const MEMORIES = {
  searchable: { idempotency: 'ignore', auditTrail: 'on' },
  deduplicates: { idempotency: 'honour', auditTrail: 'off' },
  none: { idempotency: 'ignore', auditTrail: 'off' },
} as const;
type Memory = keyof typeof MEMORIES;

let servers: ServerProcess[] = [];
afterEach(async () => {
  for (const server of servers) await server.stop();
  for (const dataDir of new Set(servers.map((server) => server.dataDir))) await removeDataDir(dataDir);
  servers = [];
});

async function start(options: Parameters<typeof startServer>[0] = {}): Promise<ServerProcess> {
  const server = await startServer(options);
  servers.push(server);
  return server;
}

/** Linked to books of its own, at a sandbox in the mode that fits the memory. */
async function companyAt(server: ServerProcess, memory: Memory): Promise<LinkedCompany> {
  const company = await makeLinkedCompany(server, memory, { memory });
  await control(server.sandboxUrl, MEMORIES[memory]);
  return company;
}

const inBooks = async (server: ServerProcess, company: LinkedCompany, code: string) =>
  (await recordsIn(server.sandboxUrl, company, 'accounts')).filter((account) => account.code === code).length;
const sends = (server: ServerProcess, company: LinkedCompany) =>
  requestsTo(server.sandboxUrl, 'POST', `${company.books}/accounts`);

const KNOWN = { status: 'Success', inBooks: 1 } as const;
/** One of the two, and nobody can tell which: so neither is said. */
const untold = (landed: number) => ({ status: 'Failed', statusCode: 504, inBooks: landed }) as const;

test('each kind of memory: an answer lost before or after the write ends in one record, or plainly as unknown', async () => {
  const server = await start();
  for (const memory of ['searchable', 'deduplicates', 'none'] as const) {
    const company = await companyAt(server, memory);
    for (const [code, kind, landed] of [
      ['7001', 'cut-after', 1],
      ['7002', 'cut-before', 0],
      ['7003', 'status-after', 1],
    ] as const) {
      await control(server.sandboxUrl, { faults: [{ kind, method: 'POST', path: company.books }] });
      const accepted = await pushAccount(server, company, code);
      const push = await untilEnded(server, company, accepted.pushOperationKey);
      const said = { status: push.status, inBooks: await inBooks(server, company, code) };
      const about = `${memory} ${kind}`;
      if (memory !== 'none') {
        expect(said, about).toEqual(KNOWN);
        continue;
      }
      expect({ ...said, statusCode: push.statusCode }, about).toEqual(untold(landed));
      expect(push.errorMessage, about).toMatch(/^Outcome unknown\. .*neither de-duplicates nor can be searched/);
      expect(await stepsOf(server, company, push.pushOperationKey)).toEqual(['send unknown', 'find cannot-tell']);
    }
    // What landed was found or replayed; what did not was sent once more; and without any memory nothing is sent twice.
    expect(await sends(server, company), memory).toBe({ searchable: 4, deduplicates: 6, none: 3 }[memory]);
    await resetControl(server.sandboxUrl);
  }
});

test.each(['searchable', 'deduplicates', 'none'] as const)(
  'memory %s: a server killed after its request reached the books loses nothing, doubles nothing and guesses nothing',
  async (memory) => {
    const dataDir = await makeDataDir();
    const env = { LEDGERPOST_SANDBOX_PORT: String(await freePort()) };
    const first = await start({ dataDir, env });
    const company = await companyAt(first, memory);
    await control(first.sandboxUrl, { faults: [{ kind: 'stall-after', method: 'POST', path: company.books }] });
    const { pushOperationKey } = await pushAccount(first, company, '8000');
    // At once: its call is over after ten seconds, and then it has time to say so.
    const killed = async () => {
      const there = await inBooks(first, company, '8000');
      if (there === 1) await first.kill();
      return there;
    };
    await expect.poll(killed).toBe(1);

    const sandbox = Object.entries(MEMORIES[memory]).map(([name, value]) =>
      name === 'auditTrail' ? ['LEDGERPOST_SANDBOX_AUDIT_TRAIL', value] : ['LEDGERPOST_SANDBOX_IDEMPOTENCY', value],
    );
    const second = await start({
      dataDir,
      env: { ...env, ...(Object.fromEntries(sandbox) as Record<string, string>) },
    });
    await untilAllEnded(second, company);
    const push = await getPush(second, company, pushOperationKey);
    const said = { status: push.status, inBooks: await inBooks(second, company, '8000') };
    const steps = await distinctStepsOf(second, company, pushOperationKey);
    if (memory === 'none') {
      expect({ ...said, statusCode: push.statusCode }).toEqual(untold(1));
      expect(steps).toEqual(['rescue lease-lost', 'find cannot-tell']);
    } else {
      expect(said).toEqual(KNOWN);
      expect(steps[0]).toBe('rescue lease-lost');
    }
    expect(await sends(second, company)).toBe(memory === 'deduplicates' ? 1 : 0);
  },
);

test('a platform whose search was off is searched again, and an operator decides what no search can tell', async () => {
  const database = await createTestDatabase();
  const server = await start({ env: { LEDGERPOST_DATABASE_URL: database.url } });
  const company = await makeLinkedCompany(server);
  await control(server.sandboxUrl, {
    idempotency: 'ignore',
    auditTrail: 'off',
    faults: [{ kind: 'cut-after', method: 'POST', path: company.books, times: 2 }],
  });
  const unknown = async (code: string) => {
    const { pushOperationKey: key } = await pushAccount(server, company, code);
    expect(await untilEnded(server, company, key)).toMatchObject({ status: 'Failed', statusCode: 504 });
    return key;
  };
  const decided = await unknown('9001');
  const found = await unknown('9002');
  const [record] = (await recordsIn(server.sandboxUrl, company, 'accounts')).filter(({ code }) => code === '9001');
  const decision = { outcome: 'Success', reason: 'Account 9001 is there', recordId: record?.id };
  const path = `/companies/${company.companyId}/push/${decided}/resolution`;
  expect(await server.call('POST', path, decision)).toMatchObject({ status: 200, body: { status: 'Success' } });
  expect(await server.call('POST', path, decision)).toMatchObject({ status: 409 });

  await control(server.sandboxUrl, { auditTrail: 'on' });
  await database.database.execute('', `UPDATE pushes SET not_before = now() WHERE state = 'unknown'`);
  await expect.poll(async () => (await getPush(server, company, found)).status, { timeout: 90_000 }).toBe('Success');
  expect(await stepsOf(server, company, found)).toEqual(['send unknown', 'find cannot-tell', 'find found']);
  expect(await stepsOf(server, company, decided)).toEqual(['send unknown', 'find cannot-tell', 'resolve decided']);
  expect(await sends(server, company)).toBe(2);
  await server.stop();
  await database.drop();
});
