/**
 * A connection to the platform that takes its time: the name, the connection and the handshake all come after the permit
 * to send, and the deadline holds for the first byte that is written.
 */
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { recordsIn } from '../support/books.ts';
import { pushAccount, stepsOf, untilEnded, type WirePush } from '../support/pushes.ts';
import { makeLinkedCompany, type LinkedCompany, type ServerProcess } from '../support/server.ts';
import { prepareServers, type SeveralServers } from '../support/several-servers.ts';
import { startSlowTls } from '../support/slow-tls.ts';

/** A start of a server, and what the test waits for, on a machine that has other things to do. */
const TEST_MS_MAX = 240_000;
vi.setConfig({ testTimeout: TEST_MS_MAX, hookTimeout: TEST_MS_MAX });

const HELD_NAMES = path.join(import.meta.dirname, '../support/preloads/held-names.ts');

let place: SeveralServers;
let company: LinkedCompany;
let gate: string;

beforeAll(async () => {
  place = await prepareServers();
  const first = await place.start();
  company = await makeLinkedCompany(first);
  await first.stop();
  await endDeadlinesAfterPermits();
  gate = path.join(first.dataDir, 'names-are-held');
});
afterAll(() => place.close());

/** However slow the machine is, the permit is given in time and is over soon after. */
async function endDeadlinesAfterPermits(): Promise<void> {
  await rows(`CREATE FUNCTION end_soon() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.deadline_at := clock_timestamp() + interval '1 second';
      RETURN NEW;
    END $$`);
  await rows(`CREATE TRIGGER soon BEFORE UPDATE ON pushes FOR EACH ROW
    WHEN (OLD.sent_at IS NULL AND NEW.sent_at IS NOT NULL AND NEW.timeout_minutes IS NOT NULL)
    EXECUTE FUNCTION end_soon()`);
}

/** A server that has no connection to the platform yet, and cannot resolve its name until the gate is opened. */
async function startWithoutNames(): Promise<ServerProcess> {
  await writeFile(gate, '');
  const { port } = new URL(place.proxy.url);
  return place.start({
    LEDGERPOST_SANDBOX_URL: `http://localhost:${port}`,
    NODE_OPTIONS: `--import=${HELD_NAMES}`,
    HELD_NAMES: gate,
  });
}

const openGate = () => rm(gate);
const sendsOf = (key: string) =>
  place.proxy.passages.filter((passage) => passage.method === 'POST' && passage.key === key);
const rows = (statement: string) => place.database.database.query('', statement);

async function pushWithADeadline(server: ServerProcess, code: string): Promise<string> {
  const body = { nominalCode: code, name: code, fullyQualifiedCategory: 'Asset.Current' };
  const answer = await server.call<WirePush>('POST', `${company.push}/accounts?timeoutInMinutes=60`, body);
  return answer.body.pushOperationKey;
}

/** The permit is stored, and whatever leaves from now on would be too late. */
async function untilPermittedAndPassed(key: string): Promise<void> {
  const passed = `SELECT 1 FROM pushes WHERE id = '${key}' AND sent_at IS NOT NULL AND deadline_at <= clock_timestamp()`;
  await expect.poll(async () => (await rows(passed)).length).toBe(1);
}

async function expectNothingSent(server: ServerProcess, key: string, code: string): Promise<void> {
  expect((await untilEnded(server, company, key)).status).toBe('TimedOut');
  expect(await stepsOf(server, company, key)).toEqual(['send never-left', 'expire deadline-passed']);
  expect(sendsOf(key)).toEqual([]);
  const accounts = await recordsIn(place.sandboxUrl, company, 'accounts');
  expect(accounts.filter((account) => account.code === code)).toEqual([]);
}

test('a name that is resolved only after the deadline: nothing is sent', async () => {
  const server = await startWithoutNames();
  const key = await pushWithADeadline(server, '7001');
  await untilPermittedAndPassed(key);
  await openGate();
  await expectNothingSent(server, key, '7001');
  await server.stop();
});

test('a handshake that is done only after the deadline: nothing is sent', async () => {
  const slow = await startSlowTls(new URL(place.proxy.url));
  const server = await place.start({ LEDGERPOST_SANDBOX_URL: slow.url, NODE_TLS_REJECT_UNAUTHORIZED: '0' });
  const key = await pushWithADeadline(server, '7002');
  await expect.poll(slow.held).toBeGreaterThan(0);
  await untilPermittedAndPassed(key);
  slow.release();
  await expectNothingSent(server, key, '7002');
  const { pushOperationKey } = await pushAccount(server, company, '7003');
  expect((await untilEnded(server, company, pushOperationKey)).status).toBe('Success');
  await server.stop();
  await slow.close();
});

test('a connection that takes longer than the first lease is waited for, and what it carries is sent once', async () => {
  const server = await startWithoutNames();
  const { pushOperationKey } = await pushAccount(server, company, '7004');
  const outlived = `SELECT 1 FROM pushes
    WHERE state = 'sending' AND sent_at < clock_timestamp() - interval '6.5 seconds'`;
  await expect.poll(async () => (await rows(outlived)).length, { timeout: 90_000 }).toBe(1);
  await openGate();
  expect((await untilEnded(server, company, pushOperationKey)).status).toBe('Success');
  expect(sendsOf(pushOperationKey)).toHaveLength(1);
  await server.stop();
});
