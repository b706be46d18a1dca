/** The webhooks role of one process: dispatches events, delivers messages, and keeps house. */
import type { Database } from '../db/pool.ts';
import { startWorkLoop, type WorkDone } from '../db/work-loop.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Sealer } from '../lib/seal.ts';
import { makeDelivery, type DeliveryCounts } from './deliver.ts';
import { dispatchEvents } from './dispatch.ts';
import { makePoster } from './post.ts';
import { countWaitingMessages } from './queries.ts';
import { advanceRecoveries } from './recovery.ts';

export interface WebhooksOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly log: Log;
  readonly allowPrivateWebhooks: boolean;
  readonly webhookHttpsOnly: boolean;
  readonly webhookRetrySeconds: readonly number[];
  /** Spreads retries. */
  readonly random: () => number;
  /** Called after events got their places in the feed. */
  readonly onPlaced?: () => void;
}

export interface Webhooks {
  /** Events were stored: look now. */
  readonly wake: () => void;
  /** Waits some seconds for deliveries under way; what is left is delivered by another process or after the start. */
  readonly stop: () => Promise<void>;
  /** `reason` says what it waits for, while it is not ready. */
  readonly health: () => { readonly ready: boolean; readonly reason?: string };
  readonly counts: () => DeliveryCounts;
  /** Messages that wait for an attempt, counted up to 100,000. */
  readonly countWaiting: () => Promise<number>;
}

const POLL_MS = 1_000;
const HOUSEKEEPING_MS = 2_000;
/** Between two batches of what is recovered, so that a consumer that just came back is not overrun. */
const RECOVERY_MS = 500;
const STOP_WAIT_MS = 8_000;
const WAITING_COUNT_MAX = 100_000;

export function startWebhooks(options: WebhooksOptions): Webhooks {
  const { db, clock, log } = options;
  const trouble = new Map<string, string | undefined>([
    ['webhook dispatch', 'not run yet'],
    ['webhook delivery', 'not run yet'],
  ]);
  const delivery = makeDelivery({
    ...options,
    schedule: { pausesSeconds: options.webhookRetrySeconds, random: options.random },
    poster: makePoster({ allowPrivate: options.allowPrivateWebhooks, httpsOnly: options.webhookHttpsOnly }),
    onRoom: () => delivering.wake(),
    onEvent: () => dispatching.wake(),
  });

  const dispatching = loop('webhook dispatch', dispatch, POLL_MS);
  const delivering = loop('webhook delivery', delivery.claimDue, POLL_MS);
  const housekeeping = loop('webhook housekeeping', delivery.keepHouse, HOUSEKEEPING_MS);
  const recovering = loop('webhook recovery', recover, RECOVERY_MS);

  async function dispatch(): Promise<WorkDone> {
    const { events, messages } = await dispatchEvents(db, clock);
    if (messages > 0) delivering.wake();
    if (events > 0) options.onPlaced?.();
    return { didWork: events > 0 };
  }

  async function recover(): Promise<WorkDone> {
    if ((await advanceRecoveries(db, clock)) > 0) delivering.wake();
    return { didWork: false };
  }

  function loop(name: string, run: () => Promise<WorkDone>, pollMs: number) {
    return startWorkLoop({ name, runOnce: () => noted(name, run), pollMs, log });
  }

  async function noted(name: string, run: () => Promise<WorkDone>): Promise<WorkDone> {
    try {
      const done = await run();
      trouble.set(name, undefined);
      return done;
    } catch (error) {
      trouble.set(name, 'the last run failed');
      throw error;
    }
  }

  return {
    wake: () => {
      dispatching.wake();
      delivering.wake();
    },
    stop: async () => {
      await Promise.all([dispatching.stop(), delivering.stop(), housekeeping.stop(), recovering.stop()]);
      await delivery.finish(STOP_WAIT_MS);
    },
    health: () => {
      const [name, reason] = [...trouble].find(([, each]) => each !== undefined) ?? [];
      return reason === undefined ? { ready: true } : { ready: false, reason: `${name}: ${reason}` };
    },
    counts: delivery.counts,
    countWaiting: () => countWaitingMessages(db, WAITING_COUNT_MAX),
  };
}
