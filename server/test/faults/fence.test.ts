/** The deadline is a fence: whatever delays a push on its way, nothing of it comes to the platform after the deadline. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { control, recordsIn, resetControl } from '../support/books.ts';
import { holdPermits, type HeldPermits } from '../support/held-permits.ts';
import { stepsOf, untilAllEnded, untilEnded, type WirePush } from '../support/pushes.ts';
import { makeLinkedCompany, type LinkedCompany, type ServerProcess } from '../support/server.ts';
import { prepareServers, type SeveralServers } from '../support/several-servers.ts';

let place: SeveralServers;
let server: ServerProcess;
let company: LinkedCompany;
let permits: HeldPermits | undefined;

beforeEach(async () => {
  place = await prepareServers();
  server = await place.start();
  company = await makeLinkedCompany(server);
});
afterEach(async () => {
  await permits?.release();
  await place.close();
});

/** How many calls to the sandbox may be under way for one connection (connectors/sandbox/connector.ts). */
const CALLS_IN_FLIGHT = 8;

const sends = () => place.proxy.passages.filter(({ method, path }) => method === 'POST' && path.endsWith('/accounts'));
const rows = <Row extends object>(statement: string) => place.database.database.query<Row>('', statement);

/** The gate's name stands between the two: triggers go by their names. */
const BEFORE_THE_GATE = 'a_deadline';
const AFTER_THE_GATE = 'z_deadline';

/** However slow the machine is, a permit is asked for in time, and its deadline comes so long after. */
async function endDeadlinesAt(trigger: string, afterMs: number): Promise<void> {
  await rows(`CREATE FUNCTION end_soon() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.deadline_at := clock_timestamp() + interval '${afterMs} milliseconds';
      RETURN NEW;
    END $$`);
  await rows(`CREATE TRIGGER ${trigger} BEFORE UPDATE ON pushes FOR EACH ROW
    WHEN (OLD.sent_at IS NULL AND NEW.sent_at IS NOT NULL) EXECUTE FUNCTION end_soon()`);
}

async function pushWithADeadline(code: string): Promise<string> {
  const body = { nominalCode: code, name: code, fullyQualifiedCategory: 'Asset.Current' };
  const answer = await server.call<WirePush>('POST', `${company.push}/accounts?timeoutInMinutes=60`, body);
  expect(answer.status).toBe(200);
  return answer.body.pushOperationKey;
}

async function untilDeadlinesPassed(): Promise<void> {
  const open = () => rows('SELECT id FROM pushes WHERE deadline_at > clock_timestamp()');
  await expect.poll(open).toEqual([]);
}

async function codesInBooks(codes: readonly string[]): Promise<string[]> {
  const accounts = await recordsIn(place.sandboxUrl, company, 'accounts');
  return accounts.flatMap(({ code = '' }) => (codes.includes(code) ? [code] : [])).toSorted();
}

test('a push whose permit is stored too late is not sent and times out', async () => {
  await endDeadlinesAt(BEFORE_THE_GATE, 0);
  permits = await holdPermits(place.database);
  const key = await pushWithADeadline('7001');
  await permits.untilHeld(1);
  await permits.release();
  expect((await untilEnded(server, company, key)).status).toBe('TimedOut');
  expect(await stepsOf(server, company, key)).toContain('send never-left');
  expect(sends()).toEqual([]);
  expect(await codesInBooks(['7001'])).toEqual([]);
});

test('a process frozen with its permit in hand does not send when it wakes after the deadline', async () => {
  await endDeadlinesAt(AFTER_THE_GATE, 1_000);
  permits = await holdPermits(place.database);
  const key = await pushWithADeadline('7001');
  await permits.untilHeld(1);
  server.child.kill('SIGSTOP');
  await permits.release();
  await expect.poll(() => rows('SELECT attempts FROM pushes')).toEqual([{ attempts: 1 }]);
  await untilDeadlinesPassed();
  server.child.kill('SIGCONT');
  expect((await untilEnded(server, company, key)).status).toBe('TimedOut');
  expect(sends()).toEqual([]);
  expect(await codesInBooks(['7001'])).toEqual([]);
});

test('of many pushes at a slow platform that limits rates, none arrives after its deadline', async () => {
  const codes = Array.from({ length: 120 }, (_, index) => `7${String(index + 100)}`);
  // The platform answers until a quarter of the work is done, and then no more, until all places are taken.
  const answers = Promise.withResolvers<void>();
  let held = 0;
  place.proxy.treat = ({ method }) => {
    if (method !== 'POST' || sends().length <= codes.length / 4) return undefined;
    held += 1;
    return { after: answers.promise };
  };
  const faults = [{ kind: 'status-before', status: 429, probability: 0.1, path: company.books }];
  await control(place.sandboxUrl, { faults });
  const keys = await Promise.all(codes.map(pushWithADeadline));
  await expect.poll(() => held).toBe(CALLS_IN_FLIGHT);
  // Nothing can be sent now. Of what waits, every other deadline passes.
  const expired = await rows<{ id: string }>(
    `UPDATE pushes SET deadline_at = clock_timestamp() WHERE id IN
       (SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM pushes WHERE state = 'queued') AS waiting
        WHERE place % 2 = 0) RETURNING id`,
  );
  const before = sends().length;
  answers.resolve();
  const ended = await untilAllEnded(server, company);
  // The count of the books below must not meet the faults.
  await resetControl(place.sandboxUrl);
  const keysOf = (wanted: string) =>
    ended.flatMap(({ status, pushOperationKey }) => (status === wanted ? [pushOperationKey] : []));
  const [written, timedOut] = [keysOf('Success'), keysOf('TimedOut')];
  expect([...written, ...timedOut].toSorted()).toEqual(keys.toSorted());
  expect(timedOut.toSorted()).toEqual(expired.map(({ id }) => id).toSorted());
  // Else the deadlines did not fall into the work.
  expect(Math.min(written.length, timedOut.length)).toBeGreaterThan(10);
  const codesWritten = codes.filter((_, index) => written.includes(keys[index] ?? ''));
  expect(await codesInBooks(codes)).toEqual(codesWritten);
  const late = sends().slice(before);
  expect(late.length).toBeGreaterThan(10);
  expect(late.filter(({ key = '' }) => timedOut.includes(key))).toEqual([]);
});
