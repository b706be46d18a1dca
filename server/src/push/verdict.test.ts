/** The retry policy: what each fact comes to. */
import { describe, expect, test } from 'vitest';
import {
  DOUBT_MAX_MS,
  judgeFind,
  judgeSend,
  judgeUnsearchable,
  refusedByUs,
  timedOut,
  type Circumstances,
} from './verdict.ts';

const at: Circumstances = {
  modelName: 'Account',
  correlationId: 'c0ffee',
  turns: 1,
  isExpired: false,
  mayBeWritten: false,
  inDoubtMs: 5_000,
  lateCommitMs: 2_000,
  random: () => 1,
};
const changes = [{ type: 'Created', recordRef: { id: 'a1', dataType: 'chartOfAccounts' } }] as const;

describe('a send', () => {
  test('that was confirmed succeeds, with the warnings of model and platform', () => {
    const verdict = judgeSend({ kind: 'written', changes, warnings: [{ message: 'b' }] }, at, [{ message: 'a' }]);
    expect(verdict).toMatchObject({ move: 'succeed', ends: true, warnings: [{ message: 'a' }, { message: 'b' }] });
  });

  test('that was refused fails with the platform’s own words and the correlation id', () => {
    const refused = { kind: 'rejected', statusCode: 404, message: 'no such customer', errors: [] } as const;
    expect(judgeSend(refused, at, [])).toMatchObject({
      move: 'fail',
      statusCode: 404,
      errorMessage: 'An error occurred in a downstream service. Correlation ID: c0ffee. Message: no such customer',
    });
  });

  test('that did not leave waits and says on what', () => {
    const outcome = { kind: 'not-sent', waitingFor: 'rate-limit', reason: '429', retryAfterMs: 30_000 } as const;
    expect(judgeSend(outcome, at, [])).toMatchObject({
      move: 'retry',
      waitMs: 30_000,
      waitingReason: 'rate-limit',
      lane: 'setback',
    });
  });

  test('whose answer was lost is in doubt and is looked up at once', () => {
    expect(judgeSend({ kind: 'unknown', reason: 'reset' }, at, [])).toMatchObject({ move: 'lose', waitMs: 0 });
  });

  test('over a link that the platform took back waits for a new link', () => {
    expect(judgeSend({ kind: 'unlinked', reason: '401' }, at, [])).toMatchObject({
      move: 'retry',
      waitingReason: 'connection-not-linked',
    });
  });
});

describe('a look-up', () => {
  test('that finds the record succeeds, also after the deadline', () => {
    const found = { kind: 'found', changes, evidence: 'entry 17' } as const;
    expect(judgeFind(found, { ...at, isExpired: true })).toMatchObject({ move: 'succeed', detail: 'entry 17' });
  });

  test('that finds half of a write lets the next send go on, and tells of it as it stands once the deadline has passed', () => {
    const half = { kind: 'half-done', changes, evidence: 'invoice 5', missing: 'It was not posted.' } as const;
    expect(judgeFind(half, at)).toMatchObject({ move: 'retry', ends: false, waitMs: 0, mayBeWritten: true });
    expect(judgeFind(half, { ...at, isExpired: true })).toMatchObject({
      move: 'succeed',
      changes,
      warnings: [{ message: 'It was not posted.' }],
    });
  });

  test('that finds nothing proves nothing while the platform may still be at work on the lost request', () => {
    const absent = { kind: 'absent', evidence: 'no entry' } as const;
    expect(judgeFind(absent, { ...at, inDoubtMs: 500 })).toMatchObject({ move: 'doubtStays', waitMs: 1_500 });
    expect(judgeFind(absent, at)).toMatchObject({ move: 'retry' });
  });

  test('that proves absence after the deadline times the push out instead of sending it again', () => {
    expect(judgeFind({ kind: 'absent', evidence: 'no entry' }, { ...at, isExpired: true })).toMatchObject({
      move: 'expire',
      statusCode: 408,
    });
  });

  test('without an answer is repeated for a day, and only then is the outcome unknown', () => {
    const away = { kind: 'unreachable', waitingFor: 'platform-offline', reason: 'refused' } as const;
    expect(judgeFind(away, { ...at, inDoubtMs: DOUBT_MAX_MS - 1 })).toMatchObject({ move: 'doubtStays' });
    expect(judgeFind(away, { ...at, inDoubtMs: DOUBT_MAX_MS })).toMatchObject({ move: 'giveUp', statusCode: 504 });
  });
});

test('a platform without search is sent to again only if it de-duplicates and the deadline allows', () => {
  expect(judgeUnsearchable('platform-deduplicates', at).move).toBe('retry');
  expect(judgeUnsearchable('platform-deduplicates', { ...at, isExpired: true }).move).toBe('giveUp');
  expect(judgeUnsearchable('never-resend', at).move).toBe('giveUp');
});

test('a timed-out push says that it is not in the books', () => {
  expect(timedOut(at).errorMessage).toContain('It is not in the books');
});

describe('a push whose earlier send may have landed', () => {
  const inDoubt = { ...at, mayBeWritten: true };

  test.each([
    ['its deadline', timedOut(inDoubt)],
    ['a reason of our own', refusedByUs(409, 'The connection was deleted.', inDoubt)],
  ])('is ended by %s as unknown, never as not in the books', (_name, verdict) => {
    expect(verdict).toMatchObject({ move: 'giveUp', statusCode: 504 });
    expect(verdict.errorMessage).toMatch(/^Outcome unknown\..* sent again/);
  });

  test('is remembered as such from the moment that it is to be repeated, until the platform says that it is absent', () => {
    expect(judgeUnsearchable('platform-deduplicates', at)).toMatchObject({ move: 'retry', mayBeWritten: true });
    const absent = judgeFind({ kind: 'absent', evidence: 'not there' }, inDoubt);
    expect(absent).toMatchObject({ move: 'retry', mayBeWritten: false });
    const late = judgeFind({ kind: 'absent', evidence: 'not there' }, { ...inDoubt, isExpired: true });
    expect(late).toMatchObject({ move: 'expire', mayBeWritten: false });
  });
});
