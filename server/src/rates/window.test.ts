/** How many calls a moving window lets through. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EMPTY, freeIn, movedTo, waitMsFor, withCalls, type Rate, type Window } from './window.ts';

const RATE: Rate = { calls: 5, windowMs: 1_000 };

/** Tries a call at each of the times; gives those at which it was let through. */
function letThrough(rate: Rate, times: readonly number[]): number[] {
  let window: Window = EMPTY;
  return times.filter((nowMs) => {
    window = movedTo(window, rate, nowMs);
    if (freeIn(window, rate) < 1) return false;
    window = withCalls(window, 1);
    return true;
  });
}

test('no stretch of time as long as the window holds more calls than are allowed, wherever it begins', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 10, max: 5_000 }),
      fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 }),
      (calls, windowMs, pauses) => {
        let nowMs = 1_000_000;
        const passed = letThrough(
          { calls, windowMs },
          pauses.map((pause) => (nowMs += pause)),
        );
        for (const begin of passed) {
          expect(passed.filter((at) => at >= begin && at < begin + windowMs).length).toBeLessThanOrEqual(calls);
        }
      },
    ),
  );
});

test('who waits as long as was said gets through', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 5, maxLength: 60 }), (pauses) => {
      let nowMs = 1_000_000;
      let window: Window = EMPTY;
      for (const pause of pauses) {
        nowMs += pause;
        window = movedTo(window, RATE, nowMs);
        if (freeIn(window, RATE) === 0) {
          nowMs += waitMsFor(window, RATE, nowMs, 1);
          window = movedTo(window, RATE, nowMs);
          expect(freeIn(window, RATE)).toBeGreaterThan(0);
        }
        window = withCalls(window, 1);
      }
    }),
  );
});

test('a window is used up to the last call, and is whole again when it and a little more has passed', () => {
  expect(letThrough(RATE, [0, 1, 2, 3, 4, 5, 1_100, 1_250])).toEqual([0, 1, 2, 3, 4, 1_250]);
});

test('a clock that goes back lets nothing more through', () => {
  const full = [1, 2, 3, 4, 5].reduce((window) => withCalls(window, 1), movedTo(EMPTY, RATE, 50_000));
  expect(freeIn(movedTo(full, RATE, 10_000), RATE)).toBe(0);
});
