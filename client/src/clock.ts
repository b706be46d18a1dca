/** The clock, as something that is handed in: tests move it, everything else uses the system's. */

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after so many milliseconds; what it gives cancels that. */
  after(milliseconds: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** Resolves after so many milliseconds; rejects with the signal's reason as soon as that fires. */
export function pause(clock: Clock, milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      cancel();
      reject(reasonOf(signal));
    };
    const cancel = clock.after(milliseconds, () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
    if (signal?.aborted === true) return abort();
    signal?.addEventListener('abort', abort, { once: true });
  });
}

/** What an aborted call rejects with: the caller's own reason, as `fetch` does it. */
export function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('Aborted', { cause: reason });
}

/**
 * A signal that fires with the given one, or with a reason of ours after so many milliseconds. `done` must be called, or
 * timer and listener stay.
 */
export function endingSignal(
  clock: Clock,
  milliseconds: number,
  reason: () => Error,
  signal: AbortSignal | undefined,
): { readonly signal: AbortSignal; readonly done: () => void } {
  const ending = new AbortController();
  const abort = () => ending.abort(reasonOf(signal));
  if (signal?.aborted === true) abort();
  signal?.addEventListener('abort', abort);
  const cancel = clock.after(milliseconds, () => ending.abort(reason()));
  return {
    signal: ending.signal,
    done: () => {
      cancel();
      signal?.removeEventListener('abort', abort);
    },
  };
}
