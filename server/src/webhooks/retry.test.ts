/** The retry schedule as a table of cases. */
import { describe, expect, it } from 'vitest';
import { nextAttemptAt, placeOnceEnabled } from './retry.ts';

const PAUSES = [5, 300, 1800, 7200, 18_000, 36_000, 36_000];
const SCHEDULE = { pausesSeconds: PAUSES, random: () => 0 };
const failedAt = new Date('2026-03-01T12:00:00.000Z');
const at = (time: string) => new Date(`2026-03-01T${time}Z`);

describe('the retry schedule', () => {
  it.each([
    [1, '2026-03-01T12:00:05.000Z'],
    [2, '2026-03-01T12:05:00.000Z'],
    [3, '2026-03-01T12:30:00.000Z'],
    [4, '2026-03-01T14:00:00.000Z'],
    [5, '2026-03-01T17:00:00.000Z'],
    [6, '2026-03-01T22:00:00.000Z'],
    [7, '2026-03-01T22:00:00.000Z'],
  ])('counts the pause after failure %i from that failure', (tries, expected) => {
    expect(nextAttemptAt(SCHEDULE, { tries, failedAt })?.toISOString()).toBe(expected);
  });

  it('ends after one attempt more than it has pauses', () => {
    expect(nextAttemptAt(SCHEDULE, { tries: 8, failedAt })).toBeUndefined();
    expect(nextAttemptAt({ ...SCHEDULE, pausesSeconds: [] }, { tries: 1, failedAt })).toBeUndefined();
  });

  it('takes fractions of a second and immediate repeats', () => {
    const schedule = { ...SCHEDULE, pausesSeconds: [0, 0.25] };
    expect(nextAttemptAt(schedule, { tries: 1, failedAt })).toEqual(failedAt);
    expect(nextAttemptAt(schedule, { tries: 2, failedAt })?.toISOString()).toBe('2026-03-01T12:00:00.250Z');
  });

  it('is spread by up to a tenth, and never shortened', () => {
    const spread = (random: number) => nextAttemptAt({ ...SCHEDULE, random: () => random }, { tries: 2, failedAt });
    expect(spread(0)).toEqual(at('12:05:00.000'));
    expect(spread(0.5)).toEqual(at('12:05:15.000'));
    expect(spread(0.999)).toEqual(at('12:05:29.970'));
  });
});

describe('a consumer that says when to come back', () => {
  it.each([
    ['later, in seconds', '60', '12:01:00.000'],
    ['later, as a date', 'Sun, 01 Mar 2026 12:02:00 GMT', '12:02:00.000'],
    ['sooner than the schedule', '1', '12:00:05.000'],
    ['in the past', 'Sun, 01 Mar 2026 11:00:00 GMT', '12:00:05.000'],
    ['in words', 'soon', '12:00:05.000'],
    ['in numbers beside the rules', '-3', '12:00:05.000'],
  ])('%s', (_, retryAfter, expected) => {
    expect(nextAttemptAt(SCHEDULE, { tries: 1, failedAt, retryAfter })).toEqual(at(expected));
  });

  it('is believed for a day at most', () => {
    const next = nextAttemptAt(SCHEDULE, { tries: 1, failedAt, retryAfter: '99999999' });
    expect(next?.toISOString()).toBe('2026-03-02T12:00:00.000Z');
  });
});

describe('what waited while its consumer was disabled', () => {
  it('goes on with what is left of the schedule: disabled after the third attempt, enabled three hours later', () => {
    const place = placeOnceEnabled(PAUSES, { tries: 3, dueAt: at('12:35:05'), enabledAt: at('15:05:05') });
    // The attempts after half an hour and two hours are over; those after 5, 10 and 10 hours are left.
    expect(place).toEqual({ tries: 5, dueAt: at('19:35:05') });
  });

  it('is where it was, when its time has not come', () => {
    const place = { tries: 3, dueAt: at('12:35:05') };
    expect(placeOnceEnabled(PAUSES, { ...place, enabledAt: at('12:30:00') })).toEqual(place);
  });

  it('has its last attempt at once, when the whole schedule is over', () => {
    const enabledAt = new Date('2026-03-09T12:00:00Z');
    expect(placeOnceEnabled(PAUSES, { tries: 3, dueAt: at('12:35:05'), enabledAt })).toMatchObject({ tries: 7 });
  });
});
