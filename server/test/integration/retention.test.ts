/** What ended long ago goes, with all that hangs on it; nothing else does, and the numbers that lists say stay exact. */
import { createHash, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { makeLog } from '../../src/lib/log.ts';
import { rollUpIntakes } from '../../src/push/counts.ts';
import { makeListPushes, type ListPushes } from '../../src/push/list.ts';
import type { Push } from '../../src/push/push.ts';
import { removeOldPushes, startPushRetention } from '../../src/push/retention.ts';
import { PUSH_STATES, type PushState } from '../../src/push/state.ts';
import { removeOldEvents } from '../../src/webhooks/retention.ts';
import { endPush } from '../support/ended-pushes.ts';
import { makeCompany, makeTestEngine } from '../support/engine.ts';

let engine: Awaited<ReturnType<typeof makeTestEngine>>;
let listPushes: ListPushes;
beforeEach(async () => {
  engine = await makeTestEngine();
  listPushes = makeListPushes(engine.db);
});
afterEach(() => engine.close());

const MOVES_TO_END = ['succeed', 'fail', 'expire', 'giveUp', undefined] as const;

/** One of each end and one that waits, requested and ended so many days ago. */
async function pushesOf(daysAgo: number, company = engine.company): Promise<Push[]> {
  return Promise.all(
    MOVES_TO_END.map(async (move) => {
      const key = createHash('sha256').update(randomUUID()).digest();
      const request = { companyId: company.id, connectionId: company.connectionId };
      const push = await engine.request({ ...request, idempotency: { id: key, fingerprint: key } });
      if (move !== undefined) await endPush(engine.db, push, { move, changes: [] });
      await noteAttempt(push);
      await backdate(push, daysAgo);
      return push;
    }),
  );
}

const noteAttempt = (push: Push) =>
  engine.db.execute(
    '',
    `INSERT INTO push_attempts (push_id, id, company_id, step, outcome, started_at, duration_ms)
     VALUES ($1, gen_random_uuid(), $2, 'send', 'written', now(), 1)`,
    [push.id, push.companyId],
  );

/** Past the rule that an ended push never changes. */
const backdate = (push: Push, days: number) =>
  engine.db.transaction(async (tx) => {
    await tx.execute('', 'ALTER TABLE pushes DISABLE TRIGGER final_pushes_never_change');
    await tx.execute(
      '',
      `UPDATE pushes SET requested_at = requested_at - $2 * interval '1 day',
         completed_at = completed_at - $2 * interval '1 day' WHERE id = $1`,
      [push.id, days],
    );
    await tx.execute('', 'ALTER TABLE pushes ENABLE TRIGGER final_pushes_never_change');
  });

async function listed(companyId: string, states: readonly PushState[]): Promise<string[]> {
  const found: string[] = [];
  for (let page = 1; ; page++) {
    const part = await listPushes({ companyId, states: new Set(states), order: 'newest', page, pageSize: 2 });
    found.push(...part.pushes.map(({ id }) => id));
    if (part.hasMore) continue;
    expect(part.totalResults, states.join()).toBe(found.length);
    return found.toSorted();
  }
}

async function expectExactLists(companyId: string): Promise<void> {
  for (const states of [PUSH_STATES, ...PUSH_STATES.map((state) => [state])]) await listed(companyId, states);
}

const idsIn = async (table: string, column: string) =>
  (await engine.db.query<{ id: string }>('', `SELECT DISTINCT ${column} AS id FROM ${table}`))
    .map(({ id }) => id)
    .toSorted();

test('only what ended before its time is removed, with attempts and keys, and every list says what it shows', async () => {
  const other = await makeCompany(engine.db);
  const old = [...(await pushesOf(91)), ...(await pushesOf(120, other))];
  const recent = [...(await pushesOf(89)), ...(await pushesOf(0, other))];
  await rollUpIntakes(engine.db, 3);
  // Small batches, several at once, until nothing is left to do.
  const batch = () => removeOldPushes(engine.db, 90, 2);
  const removed = await Promise.all([batch(), batch(), batch(), batch(), batch()]);
  expect(removed.every((count) => count <= 2)).toBe(true);
  for (const { id } of [engine.company, other]) await expectExactLists(id);
  while ((await batch()) > 0) for (const { id } of [engine.company, other]) await expectExactLists(id);

  const staysThoughOld = old.filter((_, index) => [3, 4].includes(index % MOVES_TO_END.length));
  const kept = [...recent, ...staysThoughOld].map(({ id }) => id).toSorted();
  expect(await idsIn('pushes', 'id')).toEqual(kept);
  expect(await idsIn('push_attempts', 'push_id')).toEqual(kept);
  expect(await idsIn('idempotency_keys', 'push_id')).toEqual(kept);
  while ((await rollUpIntakes(engine.db, 100)) > 0);
  for (const { id } of [engine.company, other]) await expectExactLists(id);
});

test('while pushes come in and end, the numbers stay exact under removal at several processes', async () => {
  const old = await Promise.all(Array.from({ length: 6 }, () => pushesOf(100)));
  engine.start();
  const coming = Promise.all(Array.from({ length: 100 }, () => engine.request()));
  const removed = await Promise.all(Array.from({ length: 12 }, () => removeOldPushes(engine.db, 90, 2)));
  const pushes = await coming;
  for (const push of pushes) await engine.until(push, 'succeeded');
  while ((await removeOldPushes(engine.db, 90, 5)) > 0);
  await expectExactLists(engine.company.id);
  expect(Math.max(...removed)).toBeLessThanOrEqual(2);
  expect(await idsIn('pushes', 'id')).toEqual(expect.arrayContaining(pushes.map(({ id }) => id)));
  expect(await listed(engine.company.id, ['failed', 'timed_out'])).toEqual([]);
  expect(await listed(engine.company.id, ['unknown'])).toHaveLength(old.length);
});

test('the loop removes what is due without being asked', async () => {
  const pushes = await pushesOf(2);
  const retention = startPushRetention({ db: engine.db, log: makeLog('error', systemClock), retentionDays: 1 });
  await expect.poll(async () => (await idsIn('pushes', 'id')).length).toBe(2);
  await retention.stop();
  expect(await idsIn('pushes', 'id')).toEqual([pushes[3], pushes[4]].map((push) => String(push?.id)).toSorted());
});

test('told events go with their messages and attempts, and what a consumer is still to hear stays', async () => {
  const consumer = randomUUID();
  await engine.db.execute(
    '',
    `INSERT INTO webhook_consumers (id, url, event_types, secret_sealed, created_at)
     VALUES ($1, 'https://consumer.test', '{*}', '\\x00', now())`,
    [consumer],
  );
  const event = async (
    daysAgo: number,
    isDispatched: boolean,
    message?: { state: string; completedDaysAgo?: number },
  ) => {
    const id = randomUUID();
    await engine.db.execute(
      '',
      `INSERT INTO events (id, event_type, generated_at, payload, position)
       VALUES ($1, 'x', now() - $2 * interval '1 day', '{}', CASE WHEN $3 THEN (SELECT count(*) FROM events) END)`,
      [id, daysAgo, isDispatched],
    );
    if (message === undefined) return id;
    await engine.db.execute(
      '',
      `INSERT INTO webhook_messages (id, event_id, consumer_id, state, next_attempt_at, created_at, completed_at)
       VALUES ($1, $1, $2, $3, now(), now(), now() - $4::float8 * interval '1 day')`,
      [id, consumer, message.state, message.completedDaysAgo ?? null],
    );
    await engine.db.execute(
      '',
      'INSERT INTO webhook_attempts (message_id, number, started_at, duration_ms) VALUES ($1, 1, now(), 1), ($1, 2, now(), 1)',
      [id],
    );
    return id;
  };
  await event(91, true);
  await event(92, true, { state: 'delivered', completedDaysAgo: 91 });
  await event(93, true, { state: 'exhausted', completedDaysAgo: 91 });
  const kept = [
    await event(91, false),
    await event(91, true, { state: 'waiting' }),
    await event(91, true, { state: 'delivered', completedDaysAgo: 89 }),
    await event(89, true, { state: 'delivered', completedDaysAgo: 88 }),
  ];
  const removed = await Promise.all([removeOldEvents(engine.db, 90, 2), removeOldEvents(engine.db, 90, 2)]);
  expect(removed.every((count) => count <= 2)).toBe(true);
  while ((await removeOldEvents(engine.db, 90, 2)) > 0);
  expect(await idsIn('events', 'id')).toEqual(kept.toSorted());
  expect(await idsIn('webhook_messages', 'id')).toEqual(kept.slice(1).toSorted());
  expect(await idsIn('webhook_attempts', 'message_id')).toEqual(kept.slice(1).toSorted());
});
