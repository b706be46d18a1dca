/** When a delivery that failed is tried again. */

export interface RetrySchedule {
  /** Pauses between attempts; one more attempt than there are pauses. */
  readonly pausesSeconds: readonly number[];
  /** From 0 up to 1: spreads what failed at one moment, so that it does not all come back at one moment. */
  readonly random: () => number;
}

/** A pause is never shorter than the schedule says. */
const JITTER_SHARE = 0.1;
const RETRY_AFTER_SECONDS_MAX = 86_400;

/**
 * `tries`: how many places of the schedule have been used, the failed attempt's included. Each pause counts from the
 * failure, and is longer where the consumer asked for it. Undefined once the schedule is used up.
 */
export function nextAttemptAt(
  { pausesSeconds, random }: RetrySchedule,
  failure: { readonly tries: number; readonly failedAt: Date; readonly retryAfter?: string | undefined },
): Date | undefined {
  const pauseSeconds = pausesSeconds[failure.tries - 1];
  if (pauseSeconds === undefined) return undefined;
  const spreadSeconds = pauseSeconds * (1 + random() * JITTER_SHARE);
  const askedSeconds = Math.min(retryAfterSeconds(failure.retryAfter, failure.failedAt), RETRY_AFTER_SECONDS_MAX);
  return new Date(failure.failedAt.getTime() + Math.max(spreadSeconds, askedSeconds) * 1000);
}

/** The header in both its forms, seconds and a date; 0 for none, for what cannot be read and for the past. */
export function retryAfterSeconds(header: string | undefined, now: Date): number {
  if (header === undefined) return 0;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? 0 : Math.max(0, (at - now.getTime()) / 1000);
}

/**
 * Where a message stands that waited while its consumer was disabled: attempts whose time has passed meanwhile are not
 * made up for, save the last, without which nothing would be tried again at all.
 */
export function placeOnceEnabled(
  pausesSeconds: readonly number[],
  { tries, dueAt, enabledAt }: { readonly tries: number; readonly dueAt: Date; readonly enabledAt: Date },
): { readonly tries: number; readonly dueAt: Date } {
  let place = { tries, dueAt };
  while (place.dueAt < enabledAt) {
    const pauseSeconds = pausesSeconds[place.tries];
    if (pauseSeconds === undefined) return place;
    place = { tries: place.tries + 1, dueAt: new Date(place.dueAt.getTime() + pauseSeconds * 1000) };
  }
  return place;
}
