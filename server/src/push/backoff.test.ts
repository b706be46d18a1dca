/** Pauses between turns. */
import { expect, test } from 'vitest';
import { pushPauseMs } from './backoff.ts';

const longest = () => 1;
const shortest = () => 0;

test('pauses double from a quarter of a second and stay at a few seconds however long the trouble lasts', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 1_000].map((turns) => pushPauseMs(turns, longest))).toEqual([
    250, 500, 1_000, 2_000, 3_000, 3_000, 3_000, 3_000,
  ]);
});

test('pushes that failed together come back spread over half the pause', () => {
  expect(pushPauseMs(3, shortest)).toBe(500);
  expect(pushPauseMs(3, longest)).toBe(1_000);
});

test('a platform that asks for a longer pause gets it, up to a quarter of an hour', () => {
  expect(pushPauseMs(1, longest, 60_000)).toBe(60_000);
  expect(pushPauseMs(1, longest, 100)).toBe(250);
  expect(pushPauseMs(1, longest, 86_400_000)).toBe(900_000);
});
