import { expect, test } from 'vitest';
import { reading } from './outcomes.ts';
import { NoResult, type Failure } from './session.ts';

const failing = (failure: Failure) => reading(() => Promise.reject(new NoResult(failure)));

const troubles: readonly (readonly [Failure, string])[] = [
  [
    { kind: 'user-error', message: 'You are not allowed to access "Party".', description: '', domain: null },
    'no-permission',
  ],
  [{ kind: 'forbidden' }, 'no-permission'],
  [{ kind: 'throttled', retryAfterMs: undefined }, 'rate-limit'],
  [{ kind: 'not-sent', reason: 'connection refused' }, 'platform-offline'],
  [{ kind: 'platform-bug', message: 'KeyError' }, 'platform-error'],
];

test.each(troubles)('a read that Tryton answers with %o is told as %s', async (failure, why) => {
  expect(await failing(failure)).toMatchObject({ kind: 'unreachable', why });
});

test('a read without a valid log-in ends the link', async () => {
  expect(await failing({ kind: 'wrong-password' })).toMatchObject({ kind: 'unlinked' });
});
