/** When an alert of a rule is tried again, and which names of rules are known. */
import { describe, expect, it } from 'vitest';
import { checkedRuleType, nextAlertAt } from './rule.ts';

const firstAt = new Date('2026-03-01T12:00:00.000Z');
const after = (seconds: number) => new Date(firstAt.getTime() + seconds * 1000);

/** The seconds after the first attempt at which the others come, when each attempt fails at once. */
function attemptsAfter(statusCode: number | undefined, retryAfter?: string): number[] {
  const seconds: number[] = [];
  for (let tries = 1, failedAt = firstAt; tries < 20; tries += 1) {
    const next = nextAlertAt({ tries, firstAt, failedAt, statusCode, retryAfter });
    if (next === undefined) break;
    seconds.push((next.getTime() - firstAt.getTime()) / 1000);
    failedAt = next;
  }
  return seconds;
}

describe('an alert that failed', () => {
  it.each([408, 420, 429, 460, 502, 503, 504, 522, 524, undefined])(
    'with %s is tried three times more within two minutes, at most a minute apart',
    (statusCode) => {
      const seconds = attemptsAfter(statusCode);
      expect(seconds).toHaveLength(3);
      expect(Math.max(...seconds)).toBeLessThanOrEqual(120);
      expect(seconds.every((at, index) => at - (seconds[index - 1] ?? 0) <= 60)).toBe(true);
    },
  );

  it.each([400, 401, 404, 410, 500, 501])('with %i is not tried again', (statusCode) => {
    expect(attemptsAfter(statusCode)).toEqual([]);
  });

  it('waits as long as it is asked to, a minute at most, and never beyond the two minutes', () => {
    expect(attemptsAfter(429, '30')).toEqual([30, 60, 120]);
    expect(attemptsAfter(429, '3600')).toEqual([60, 120]);
    expect(nextAlertAt({ tries: 1, firstAt, failedAt: after(90), statusCode: 429, retryAfter: '45' })).toBeUndefined();
  });
});

describe('the type of a rule', () => {
  it.each([
    'Push Operation Status Changed',
    'Push Operation Status Changed()',
    'PushOperationStatusChanged',
    'Push status changed',
    'Push Operation Timed Out',
    'New company synchronized',
  ])('%s is known, and stays as it was written', (type) => {
    expect(checkedRuleType(type)).toBe(type);
  });

  it.each(['', 'Push', 'x'.repeat(1000)])('"%s" is not', (type) => {
    expect(() => checkedRuleType(type)).toThrow(/^type: /);
  });
});
