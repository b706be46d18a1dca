/** Reads Tryton's answers as the facts that the engine works with. Every doubt ends as `unknown`. */
import type { FindOutcome, PreviewVerdict, ReadOutcome, ReadTrouble, WriteOutcome } from '../contract.ts';
import type { Failure } from './session.ts';
import { NoResult } from './session.ts';

/** Of a call that was to change something, with nothing changed before it. A refusal is worded by refusals.ts. */
export function notWritten(failure: Exclude<Failure, Refused>): WriteOutcome {
  switch (failure.kind) {
    case 'not-sent':
      return { kind: 'not-sent', waitingFor: 'platform-offline', reason: failure.reason };
    case 'throttled':
      return { kind: 'not-sent', waitingFor: 'rate-limit', reason: 'Tryton asks for a pause.', ...pause(failure) };
    case 'transient-lock':
      return { kind: 'not-sent', waitingFor: 'platform-error', reason: `Tryton rolled back: ${failure.message}` };
    // Said at the door, as it also is while its PostgreSQL restarts.
    case 'unknown-database':
      return { kind: 'not-sent', waitingFor: 'platform-error', reason: UNKNOWN_DATABASE };
    case 'unauthorized':
    case 'wrong-password':
      return { kind: 'unlinked', reason: NO_LOGIN };
    case 'unknown':
      return { kind: 'unknown', reason: failure.reason };
  }
}

/** The failures after which Tryton has looked and refuses. */
export type Refused = Extract<
  Failure,
  { kind: 'user-error' | 'user-warning' | 'concurrency' | 'platform-bug' | 'forbidden' }
>;

export function isRefusal(failure: Failure): failure is Refused {
  return ['user-error', 'user-warning', 'concurrency', 'platform-bug', 'forbidden'].includes(failure.kind);
}

const UNKNOWN_DATABASE = 'Tryton does not know the database.';
const NO_LOGIN = 'Tryton no longer accepts the user and the password.';

/** Of a look-up or a read: nothing was to be changed by it. */
export function unreachable(failure: Failure): Extract<FindOutcome, { kind: 'unreachable' }> {
  const waitingFor =
    failure.kind === 'throttled' ? 'rate-limit' : failure.kind === 'not-sent' ? 'platform-offline' : 'platform-error';
  return { kind: 'unreachable', waitingFor, reason: troubleText(failure), ...pause(failure) };
}

function notRead(failure: Failure): Exclude<ReadOutcome<never>, { kind: 'read' }> {
  if (failure.kind === 'wrong-password' || failure.kind === 'unauthorized')
    return { kind: 'unlinked', reason: NO_LOGIN };
  return { kind: 'unreachable', why: whyNotRead(failure), reason: troubleText(failure), ...pause(failure) };
}

function whyNotRead(failure: Failure): ReadTrouble {
  // Nothing is checked on reading but whether the user may: what Tryton tells a user then is that it may not.
  if (failure.kind === 'forbidden' || failure.kind === 'user-error') return 'no-permission';
  return unreachable(failure).waitingFor;
}

export function cannotTell(failure: Failure): PreviewVerdict {
  if (failure.kind === 'wrong-password' || failure.kind === 'unauthorized')
    return { kind: 'unlinked', reason: NO_LOGIN };
  return { kind: 'cannot-tell', reason: troubleText(failure), ...pause(failure) };
}

/** Why a call gave no result, in words. */
export function troubleText(failure: Failure): string {
  switch (failure.kind) {
    case 'user-error':
    case 'user-warning':
    case 'concurrency':
    case 'transient-lock':
      return `Tryton says: ${failure.message}`;
    case 'platform-bug':
      return `Tryton failed: ${failure.message}`;
    case 'unauthorized':
    case 'wrong-password':
      return NO_LOGIN;
    case 'throttled':
      return 'Tryton asks for a pause.';
    case 'unknown-database':
      return UNKNOWN_DATABASE;
    case 'forbidden':
      return 'Tryton does not open this method to callers.';
    case 'not-sent':
    case 'unknown':
      return failure.reason;
  }
}

function pause(failure: Failure): { readonly retryAfterMs?: number } {
  return failure.kind === 'throttled' && failure.retryAfterMs !== undefined
    ? { retryAfterMs: failure.retryAfterMs }
    : {};
}

/** Runs a read, and tells of the call in it that failed. */
export async function reading<T>(read: () => Promise<T>): Promise<ReadOutcome<T>> {
  try {
    return { kind: 'read', value: await read() };
  } catch (error) {
    if (error instanceof NoResult) return notRead(error.answer);
    throw error;
  }
}
