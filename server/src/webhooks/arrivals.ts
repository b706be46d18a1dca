/**
 * Lets readers of the feed wait for events, whichever process gives them their places: one statement looks for all of
 * them, at once when events were placed in this process and otherwise every quarter of a second.
 */
import type { Database } from '../db/pool.ts';
import { startWorkLoop } from '../db/work-loop.ts';
import { endOfFeed } from '../events/feed.ts';
import type { Log } from '../lib/log.ts';

export interface Arrivals {
  /** Resolves once there is something after this place, after `waitMs`, when the signal fires, or when we stop. */
  readonly after: (position: number, waitMs: number, signal: AbortSignal) => Promise<void>;
  /** Events were placed by this process. */
  readonly look: () => void;
  readonly stop: () => Promise<void>;
}

const POLL_MS = 250;
/** Whoever comes when so many wait is answered without a wait, and asks again. */
const WAITING_MAX = 1_000;

export function makeArrivals({ db, log }: { readonly db: Database; readonly log: Log }): Arrivals {
  const waiting = new Map<() => void, number>();
  let isStopped = false;
  const loop = startWorkLoop({ name: 'Waiting for events', runOnce: releaseServed, pollMs: POLL_MS, log });
  return {
    after: (position, waitMs, signal) => {
      if (isStopped || signal.aborted || waiting.size >= WAITING_MAX) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(release, waitMs);
        signal.addEventListener('abort', release, { once: true });
        waiting.set(release, position);
        loop.wake();

        function release(): void {
          clearTimeout(timer);
          signal.removeEventListener('abort', release);
          waiting.delete(release);
          resolve();
        }
      });
    },
    look: () => {
      if (waiting.size > 0) loop.wake();
    },
    stop: async () => {
      isStopped = true;
      for (const release of waiting.keys()) release();
      await loop.stop();
    },
  };

  async function releaseServed() {
    if (waiting.size === 0) return { didWork: false };
    const end = await endOfFeed(db);
    for (const [release, position] of waiting) if (position < end) release();
    return { didWork: false };
  }
}
