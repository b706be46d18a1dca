/** Servers whose clocks are ten minutes wrong: leases, deadlines and order go by the database's clock, which all share. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Clock } from '../../src/lib/clock.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { makeTestEngine } from '../support/engine.ts';

const TEN_MINUTES_MS = 600_000;
const skewed = (ms: number): Clock => ({ now: () => new Date(systemClock.now().getTime() + ms) });
const clocks = [skewed(TEN_MINUTES_MS), skewed(-TEN_MINUTES_MS)] as const;

let engine: Awaited<ReturnType<typeof makeTestEngine>>;
beforeEach(async () => {
  engine = await makeTestEngine();
});
afterEach(() => engine.close());

const start = () => clocks.forEach((clock) => engine.start({}, clock));

test('two servers twenty minutes apart write each push once and agree on when things happened', async () => {
  const pushes = await Promise.all(Array.from({ length: 60 }, () => engine.request({ timeoutMinutes: 5 })));
  start();
  const ended = await Promise.all(pushes.map((push) => engine.until(push, 'succeeded')));
  expect(engine.platform.books.toSorted()).toEqual(pushes.map(({ id }) => id).toSorted());
  const now = systemClock.now().getTime();
  for (const { requestedAt, completedAt } of ended) {
    expect(completedAt?.getTime()).toBeGreaterThanOrEqual(requestedAt.getTime());
    expect(Math.abs(now - (completedAt?.getTime() ?? 0))).toBeLessThan(TEN_MINUTES_MS / 2);
  }
});

test('a deadline of five minutes neither passes early nor is overlooked by a clock that is ten minutes wrong', async () => {
  const open = await engine.request({ timeoutMinutes: 5 });
  const passed = await engine.request({ timeoutMinutes: 5 });
  await engine.db.execute('', `UPDATE pushes SET deadline_at = now() - interval '1 second' WHERE id = $1`, [passed.id]);
  start();
  await engine.until(open, 'succeeded');
  await engine.until(passed, 'timed_out');
  expect(engine.platform.books).toEqual([open.id]);
});

test('a send that outlives the first lease is not taken over by a server whose clock is ahead', async () => {
  const release = Promise.withResolvers<void>();
  engine.platform.answer = async (_request, write) => {
    await release.promise;
    return write();
  };
  clocks.forEach((clock) => engine.start({ leaseMs: 600 }, clock));
  const push = await engine.request();
  const outlived = `SELECT 1 FROM pushes WHERE sent_at < clock_timestamp() - interval '1.5 seconds' AND state = 'sending'`;
  await expect.poll(async () => (await engine.db.query('', outlived)).length).toBe(1);
  release.resolve();
  await engine.until(push, 'succeeded');
  expect(engine.platform.requests).toHaveLength(1);
});
