import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeLog } from '../lib/log.ts';
import { startWorkLoop, type WorkDone, type WorkLoop } from './work-loop.ts';

const IDLE: WorkDone = { didWork: false };
let lines: string[];
let loop: WorkLoop;
/** Each run waits here for the test to say how it ends. */
let runs: {
  readonly end: (done: WorkDone) => void;
  readonly fail: (error: Error) => void;
  readonly signal: AbortSignal;
}[];

beforeEach(() => {
  vi.useFakeTimers();
  lines = [];
  runs = [];
  const log = makeLog('debug', { now: () => new Date(0) }, (line) => lines.push(line) > 0);
  const runOnce = (signal: AbortSignal) =>
    new Promise<WorkDone>((end, fail) => {
      runs.push({ end, fail, signal });
    });
  loop = startWorkLoop({ name: 'test', runOnce, pollMs: 1_000, log });
});
afterEach(async () => {
  const stopped = loop.stop();
  runs.at(-1)?.end(IDLE);
  await stopped;
  vi.useRealTimers();
});

async function endRun(done: WorkDone): Promise<void> {
  runs.at(-1)?.end(done);
  await vi.advanceTimersByTimeAsync(0);
}

async function failRun(): Promise<void> {
  runs.at(-1)?.fail(new Error('away'));
  await vi.advanceTimersByTimeAsync(0);
}

describe('the work loop', () => {
  test('runs at once when started, and again at once while there is work', async () => {
    expect(runs).toHaveLength(1);
    await endRun({ didWork: true });
    expect(runs).toHaveLength(2);
    await endRun(IDLE);
    expect(runs).toHaveLength(2);
  });

  test('finds work of which no wake told, by the poll', async () => {
    await endRun(IDLE);
    await vi.advanceTimersByTimeAsync(999);
    expect(runs).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(runs).toHaveLength(2);
  });

  test('runs when the next work falls due, if that is before the poll', async () => {
    await endRun({ didWork: false, nextDueInMs: 40 });
    await vi.advanceTimersByTimeAsync(40);
    expect(runs).toHaveLength(2);
    await endRun({ didWork: false, nextDueInMs: 5_000 });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(runs).toHaveLength(3);
  });

  test('does not spin on work that is overdue by our clock and not yet by the one that counts', async () => {
    await endRun({ didWork: false, nextDueInMs: -5 });
    expect(runs).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(runs).toHaveLength(2);
  });

  test('a wake ends the wait', async () => {
    await endRun(IDLE);
    loop.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(runs).toHaveLength(2);
  });

  test('wakes during a run mean one more run, so that work stored behind its back is not left to the poll', async () => {
    loop.wake();
    loop.wake();
    await endRun(IDLE);
    expect(runs).toHaveLength(2);
    await endRun(IDLE);
    expect(runs).toHaveLength(2);
  });

  test('an error is logged, pauses the loop longer and longer up to a bound, and a success ends that', async () => {
    for (const pauseMs of [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]) {
      await failRun();
      const before = runs.length;
      await vi.advanceTimersByTimeAsync(pauseMs - 1);
      expect(runs).toHaveLength(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(runs).toHaveLength(before + 1);
    }
    expect(lines.map((line) => (JSON.parse(line) as { errorsInRow: number }).errorsInRow)).toEqual([1, 2, 4, 8]);
    await endRun({ didWork: true });
    const before = runs.length;
    await failRun();
    await vi.advanceTimersByTimeAsync(100);
    expect(runs).toHaveLength(before + 1);
  });

  test('a wake does not shorten the pause after an error', async () => {
    await failRun();
    loop.wake();
    await vi.advanceTimersByTimeAsync(99);
    expect(runs).toHaveLength(1);
  });

  test('stop tells the run, waits for it, and nothing runs afterwards', async () => {
    let isStopped = false;
    const stopped = loop.stop().then(() => (isStopped = true));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(isStopped).toBe(false);
    expect(runs[0]?.signal.aborted).toBe(true);
    await endRun({ didWork: true });
    await stopped;
    loop.wake();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(runs).toHaveLength(1);
  });

  test('stop ends the pause after an error', async () => {
    await failRun();
    await loop.stop();
    expect(runs).toHaveLength(1);
  });
});
