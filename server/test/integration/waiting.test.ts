/** What a pending push says of itself: why it waits, for how long, and when it will probably be sent. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WaitReason } from '../../src/connectors/contract.ts';
import type { Push } from '../../src/push/push.ts';
import { accountBody, makeTestEngine } from '../support/engine.ts';

let engine: Awaited<ReturnType<typeof makeTestEngine>>;
beforeEach(async () => {
  engine = await makeTestEngine();
});
afterEach(() => engine.close());

const sql = (statement: string, values: readonly unknown[] = []) => engine.db.execute('', statement, values);
const reasonOf = async (push: Push) => (await engine.get(push)).waitingOn?.reason;

test.each(['platform-offline', 'rate-limit', 'platform-error'] as const satisfies readonly WaitReason[])(
  'a push that the platform does not take says %s, and when it is tried again',
  async (waitingFor) => {
    engine.platform.answer = () => ({ kind: 'not-sent', waitingFor, reason: 'away', retryAfterMs: 60_000 });
    engine.start();
    const push = await engine.request();
    await expect.poll(() => reasonOf(push)).toBe(waitingFor);
    const { waitingOn, requestedAt } = await engine.get(push);
    expect(Number(waitingOn?.since)).toBeGreaterThanOrEqual(Number(requestedAt));
    const waitMs = Number(waitingOn?.notBefore) - Number(waitingOn?.since);
    expect(waitMs).toBeGreaterThan(59_000);
    // There is nothing before it, so it goes as soon as it may.
    expect(waitingOn?.estimatedStart).toEqual(waitingOn?.notBefore);
  },
);

test('a push that was sent says so, and one whose answer was lost asks for proof', async () => {
  const answer = Promise.withResolvers<void>();
  engine.platform.answer = async () => {
    await answer.promise;
    return { kind: 'unknown', reason: 'the connection broke' };
  };
  engine.platform.find = () => ({ kind: 'unreachable', waitingFor: 'platform-error', reason: '503' });
  engine.start();
  const push = await engine.request();
  await expect.poll(() => reasonOf(push)).toBe('platform-answer');
  expect((await engine.get(push)).waitingOn).not.toHaveProperty('estimatedStart');
  await sql(`UPDATE lanes SET paused_until = now() + interval '1 hour'`);
  answer.resolve();
  await expect.poll(() => reasonOf(push)).toBe('proof');
});

test('a push of a connection that is not linked says that, whatever it waited for before', async () => {
  const push = await engine.request();
  expect(await reasonOf(push)).toBe('turn');
  await sql(`UPDATE pushes SET waiting_reason = 'platform-offline', waiting_since = now(), not_before = now()`);
  await sql(`UPDATE connections SET status = 'Deauthorized'`);
  expect((await engine.get(push)).waitingOn).toEqual({ reason: 'connection-not-linked', since: push.requestedAt });
  await sql(`UPDATE connections SET status = 'Linked'`);
  // What it waited for is over: by now it waits for its turn and nothing else.
  expect(await reasonOf(push)).toBe('turn');
});

test('a push that was never tried waits for what its connection waits for', async () => {
  const push = await engine.request();
  await sql(
    `UPDATE lanes SET pause_reason = 'platform-offline', paused_since = now(), paused_until = now() + interval '3 seconds'`,
  );
  const { waitingOn } = await engine.get(push);
  expect(waitingOn).toMatchObject({ reason: 'platform-offline', notBefore: expect.any(Date) as unknown });
  expect(waitingOn?.estimatedStart).toEqual(waitingOn?.notBefore);
});

/** `ended` pushes that all came together and ended one after the other, `paceMs` apart, the latest just now. */
async function haveEnded(ended: number, paceMs: number): Promise<void> {
  await sql(
    `INSERT INTO pushes (id, company_id, connection_id, data_type, kind, body, allow_sync, force_update, correlation_id,
       requested_at, state, not_before, completed_at, status_code, changes)
     SELECT gen_random_uuid(), $1, $2, 'chartOfAccounts', 'create', '{}', true, false, 'c0ffee',
       now() - interval '1 hour', 'succeeded', now(), now() - ($3::int - n) * $4::int * interval '1 millisecond', 200, '[]'
     FROM generate_series(1, $3::int) n`,
    [engine.company.id, engine.company.connectionId, ended, paceMs],
  );
}

async function queueBefore(pushes: number): Promise<void> {
  await sql(
    `INSERT INTO pushes (id, company_id, connection_id, data_type, kind, body, allow_sync, force_update, correlation_id,
       requested_at, state, not_before)
     SELECT gen_random_uuid(), $1, $2, 'chartOfAccounts', 'create', $3, true, false, 'c0ffee',
       now() - interval '1 minute', 'queued', now() FROM generate_series(1, $4::int)`,
    [engine.company.id, engine.company.connectionId, JSON.stringify(accountBody), pushes],
  );
}

async function startsInMs(push: Push): Promise<number> {
  const [clock] = await engine.db.query<{ now: Date }>('', 'SELECT clock_timestamp() AS now');
  return Number((await engine.get(push)).waitingOn?.estimatedStart) - Number(clock?.now);
}

test('the estimate is the place in the queue times the pace of the connection', async () => {
  await queueBefore(1_200);
  const push = await engine.request();
  // Nothing to go by yet.
  expect((await engine.get(push)).waitingOn).toEqual({ reason: 'turn', since: push.requestedAt });
  await haveEnded(100, 500);
  const wanted = 1_200 * 500;
  // Rounded down to whole milliseconds, and asked for some moments later.
  expect(await startsInMs(push)).toBeGreaterThan(wanted - 1_000);
  expect(await startsInMs(push)).toBeLessThan(wanted + 60_000);
});
