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
  await shortenMinutes();
});
afterEach(async () => {
  await permits?.release();
  await place.close();
});

/** What a busy machine may need from the check of the deadline to our noting of the first byte. Delays here are longer. */
const NOTED_LATE_MS_MAX = 700;

const sends = () => place.proxy.passages.filter(({ method, path }) => method === 'POST' && path.endsWith('/accounts'));
const rows = <Row extends object>(statement: string) => place.database.database.query<Row>('', statement);

/** In this database a minute of a deadline lasts ten milliseconds, or the tests would take as long as deadlines do. */
async function shortenMinutes(): Promise<void> {
  await rows(`CREATE FUNCTION shorten_minutes() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.deadline_at := NEW.requested_at + NEW.timeout_minutes * interval '10 milliseconds';
      RETURN NEW;
    END $$`);
  await rows(`CREATE TRIGGER short_minutes BEFORE INSERT ON pushes FOR EACH ROW EXECUTE FUNCTION shorten_minutes()`);
}

async function pushWithin(minutes: number, code: string): Promise<string> {
  const body = { nominalCode: code, name: code, fullyQualifiedCategory: 'Asset.Current' };
  const path = `${company.push}/accounts?timeoutInMinutes=${minutes}`;
  const answer = await server.call<WirePush>('POST', path, body);
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
  permits = await holdPermits(place.database);
  const key = await pushWithin(60, '7001');
  await permits.untilHeld(1);
  await untilDeadlinesPassed();
  await permits.release();
  expect((await untilEnded(server, company, key)).status).toBe('TimedOut');
  expect(await stepsOf(server, company, key)).toContain('send never-left');
  expect(sends()).toEqual([]);
  expect(await codesInBooks(['7001'])).toEqual([]);
});

test('a process frozen with its permit in hand does not send when it wakes after the deadline', async () => {
  permits = await holdPermits(place.database);
  const key = await pushWithin(150, '7001');
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
  // No wait of the test's own: this is how slow the platform is, so that deadlines fall into the work.
  const slow = () => new Promise((resolve) => setTimeout(resolve, 150));
  place.proxy.treat = ({ method }) => (method === 'POST' ? { after: slow() } : undefined);
  const faults = [{ kind: 'status-before', status: 429, probability: 0.1, path: company.books }];
  await control(place.sandboxUrl, { faults });
  const codes = Array.from({ length: 120 }, (_, index) => `7${String(index + 100)}`);
  const keys = await Promise.all(codes.map((code, index) => pushWithin(1 + index * 2, code)));
  const ended = await untilAllEnded(server, company);
  // The count of the books below must not meet the faults.
  await resetControl(place.sandboxUrl);
  const written = ended.filter(({ status }) => status === 'Success').map(({ pushOperationKey }) => pushOperationKey);
  const expired = ended.filter(({ status }) => status === 'TimedOut').map(({ pushOperationKey }) => pushOperationKey);
  expect([...written, ...expired].toSorted()).toEqual(keys.toSorted());
  // Else the deadlines did not fall into the work.
  expect(Math.min(written.length, expired.length)).toBeGreaterThan(10);
  const codesWritten = codes.filter((_, index) => written.includes(keys[index] ?? ''));
  expect(await codesInBooks(codes)).toEqual(codesWritten);
  const deadlines = new Map(
    (await rows<{ id: string; deadline_at: Date }>('SELECT id, deadline_at FROM pushes')).map((row) => [
      row.id,
      row.deadline_at.getTime(),
    ]),
  );
  const late = sends().filter(
    ({ key = '', arrivedAtMs }) => arrivedAtMs > (deadlines.get(key) ?? 0) + NOTED_LATE_MS_MAX,
  );
  expect(late).toEqual([]);
});
