/** The retry schedule as a table of cases. */
import { describe, expect, it } from 'vitest';
import { nextAttemptAt } from './retry.ts';

const SCHEDULE = [5, 300, 1800, 7200, 18_000, 36_000, 36_000];
const failedAt = new Date('2026-03-01T12:00:00.000Z');

describe('the retry schedule', () => {
  it.each([
    [1, '2026-03-01T12:00:05.000Z'],
    [2, '2026-03-01T12:05:00.000Z'],
    [3, '2026-03-01T12:30:00.000Z'],
    [4, '2026-03-01T14:00:00.000Z'],
    [5, '2026-03-01T17:00:00.000Z'],
    [6, '2026-03-01T22:00:00.000Z'],
    [7, '2026-03-01T22:00:00.000Z'],
  ])('counts the pause after failure %i from that failure', (attempts, expected) => {
    expect(nextAttemptAt(SCHEDULE, { attempts, failedAt })?.toISOString()).toBe(expected);
  });

  it('ends after one attempt more than it has pauses', () => {
    expect(nextAttemptAt(SCHEDULE, { attempts: 8, failedAt })).toBeUndefined();
    expect(nextAttemptAt([], { attempts: 1, failedAt })).toBeUndefined();
  });

  it('takes fractions of a second and immediate repeats', () => {
    expect(nextAttemptAt([0, 0.25], { attempts: 1, failedAt })).toEqual(failedAt);
    expect(nextAttemptAt([0, 0.25], { attempts: 2, failedAt })?.toISOString()).toBe('2026-03-01T12:00:00.250Z');
  });
});
