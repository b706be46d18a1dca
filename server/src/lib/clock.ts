/** The only place that reads the machine's clock. Everything else is handed a Clock, so that tests can move time. */
export interface Clock {
  readonly now: () => Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** Milliseconds since an arbitrary point, for measuring durations; unaffected by changes of the wall clock. */
export function monotonicMs(): number {
  return performance.now();
}
