/** Two servers as processes, one clock ten minutes fast and one ten minutes slow: nothing lost, doubled, late or early. */
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { control, recordsIn, resetControl } from '../support/books.ts';
import { pushAccount, untilAllEnded, untilEnded, type WirePush } from '../support/pushes.ts';
import { makeLinkedCompany, type LinkedCompany, type ServerProcess } from '../support/server.ts';
import { prepareServers, type SeveralServers } from '../support/several-servers.ts';

const SHIFTED_CLOCK = path.join(import.meta.dirname, '../support/preloads/shifted-clock.ts');
const TEN_MINUTES_MS = 600_000;
/** Two servers and a sandbox, one after the other, on a machine that has other things to do. */
const STARTS_MS_MAX = 240_000;

let place: SeveralServers;
let fast: ServerProcess;
let slow: ServerProcess;
let company: LinkedCompany;
beforeAll(async () => {
  place = await prepareServers();
  const start = (shiftMs: number) =>
    place.start({ NODE_OPTIONS: `--import=${SHIFTED_CLOCK}`, CLOCK_SHIFT_MS: String(shiftMs) });
  fast = await start(TEN_MINUTES_MS);
  slow = await start(-TEN_MINUTES_MS);
  company = await makeLinkedCompany(fast);
}, STARTS_MS_MAX);
afterAll(() => place.close());

const rows = <Row extends object>(statement: string) => place.database.database.query<Row>('', statement);

async function pushWithin(server: ServerProcess, minutes: number, code: string): Promise<string> {
  const body = { nominalCode: code, name: code, fullyQualifiedCategory: 'Asset.Current' };
  const answer = await server.call<WirePush>('POST', `${company.push}/accounts?timeoutInMinutes=${minutes}`, body);
  expect(answer.status).toBe(200);
  return answer.body.pushOperationKey;
}

/** A UUIDv7 begins with its time. */
const madeAtMs = (key: string) => Number.parseInt(key.replaceAll('-', '').slice(0, 12), 16);

async function codesInBooks(prefix: string): Promise<string[]> {
  const accounts = await recordsIn(place.sandboxUrl, company, 'accounts');
  return accounts.flatMap(({ code = '' }) => (code.startsWith(prefix) ? [code] : [])).toSorted();
}

test('under faults, and with one of them killed, each push is written once and told once', async () => {
  const faults = ['cut-after', 'cut-before', 'status-after'].map((kind) => ({
    kind,
    method: 'POST',
    path: company.books,
    probability: 0.1,
  }));
  await control(place.sandboxUrl, { idempotency: 'ignore', seed: 5, latencyMs: 10, faults });
  const codes = Array.from({ length: 80 }, (_, index) => `75${String(index).padStart(2, '0')}`);
  const accepted = await Promise.all(
    codes.map((code, index) => pushAccount(index % 2 === 0 ? fast : slow, company, code)),
  );
  // The keys tell when their servers believe that it was: their clocks really are twenty minutes apart.
  const [byFast = 0, bySlow = 0] = accepted.map(({ pushOperationKey: key }) => madeAtMs(key));
  expect(byFast - bySlow).toBeGreaterThan(TEN_MINUTES_MS);
  await expect.poll(async () => (await codesInBooks('75')).length).toBeGreaterThan(5);
  await fast.kill();
  const ended = await untilAllEnded(slow, company);
  await resetControl(place.sandboxUrl);
  expect(ended.filter(({ status }) => status !== 'Success')).toEqual([]);
  expect(await codesInBooks('75')).toEqual(codes);
  const told = await rows<{ id: string }>(
    `SELECT payload ->> 'id' AS id FROM events WHERE event_type LIKE '%.write.%'`,
  );
  expect(told.map(({ id }) => id).toSorted()).toEqual(accepted.map((push) => push.pushOperationKey).toSorted());
  // Requested and ended by one clock, whoever did it: nothing ended before it began or took twenty minutes.
  const odd = `SELECT 1 FROM pushes WHERE completed_at < requested_at OR completed_at > clock_timestamp()`;
  expect(await rows(odd)).toEqual([]);
});

test('a deadline of five minutes holds by the clock that all share', async () => {
  const open = await pushWithin(slow, 5, '7601');
  expect((await untilEnded(slow, company, open)).status).toBe('Success');
  // Over by the database's clock alone, and already when it is stored: what was sent before could not time out.
  await rows(`CREATE FUNCTION end_at_once() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN NEW.deadline_at := clock_timestamp(); RETURN NEW; END $$`);
  await rows('CREATE TRIGGER end_at_once BEFORE INSERT ON pushes FOR EACH ROW EXECUTE FUNCTION end_at_once()');
  const passed = await pushWithin(slow, 5, '7602');
  expect((await untilEnded(slow, company, passed)).status).toBe('TimedOut');
  expect(await codesInBooks('76')).toEqual(['7601']);
});
