/**
 * Lets callers wait for the end of a push, whichever process carries it out: one statement looks for all of them, at once
 * when something ended in this process and otherwise every quarter of a second.
 */
import type { Database } from '../db/pool.ts';
import { startWorkLoop } from '../db/work-loop.ts';
import type { Log } from '../lib/log.ts';

export interface PushEndings {
  /** Resolves when the push has ended, after `waitMs`, when the signal fires, or when we stop: the caller reads on. */
  readonly until: (pushId: string, waitMs: number, signal: AbortSignal) => Promise<void>;
  /** Some push of this process has ended. */
  readonly look: () => void;
  readonly stop: () => Promise<void>;
}

const POLL_MS = 250;
/** Whoever comes when so many wait is answered without a wait, and asks again. */
const WAITING_MAX = 10_000;

export function makePushEndings({ db, log }: { readonly db: Database; readonly log: Log }): PushEndings {
  const waiting = new Map<string, Set<() => void>>();
  let waitingCount = 0;
  let isStopped = false;
  const loop = startWorkLoop({ name: 'Waiting for pushes to end', runOnce: releaseEnded, pollMs: POLL_MS, log });
  return {
    until: (pushId, waitMs, signal) => {
      if (isStopped || signal.aborted || waitingCount >= WAITING_MAX) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(release, waitMs);
        signal.addEventListener('abort', release, { once: true });
        waiting.set(pushId, (waiting.get(pushId) ?? new Set()).add(release));
        waitingCount += 1;
        loop.wake();

        function release(): void {
          clearTimeout(timer);
          signal.removeEventListener('abort', release);
          const beside = waiting.get(pushId);
          if (beside?.delete(release) === true) waitingCount -= 1;
          if (beside?.size === 0) waiting.delete(pushId);
          resolve();
        }
      });
    },
    look: () => {
      if (waitingCount > 0) loop.wake();
    },
    stop: async () => {
      isStopped = true;
      for (const pushId of waiting.keys()) releaseAll(pushId);
      await loop.stop();
    },
  };

  async function releaseEnded() {
    if (waitingCount === 0) return { didWork: false };
    const ended = await db.query<{ id: string }>(
      'push_endings',
      'SELECT id FROM pushes WHERE id = ANY ($1::uuid[]) AND completed_at IS NOT NULL',
      [[...waiting.keys()]],
    );
    for (const { id } of ended) releaseAll(id);
    return { didWork: false };
  }

  function releaseAll(pushId: string): void {
    for (const release of waiting.get(pushId) ?? []) release();
  }
}
