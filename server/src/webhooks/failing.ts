/** Disables consumers of which every attempt has failed for days, and tells the others of it. */
import type { Database } from '../db/pool.ts';
import { consumerDisabledEvent } from '../events/event.ts';
import { insertEvents } from '../events/queries.ts';
import type { Log } from '../lib/log.ts';
import { disableFailing } from './consumer-queries.ts';
import type { ClaimedConsumer } from './queries.ts';

const FAILING_DAYS_MAX = 5;
const DAY_MS = 86_400_000;

/** To be asked after each failed attempt; says whether the consumer was disabled now. */
export function makeDisableFailing({
  db,
  log,
  onEvent,
}: {
  readonly db: Database;
  readonly log: Log;
  readonly onEvent: () => void;
}) {
  return async ({ id, failingSince }: ClaimedConsumer, failedAt: Date): Promise<boolean> => {
    const failingBefore = new Date(failedAt.getTime() - FAILING_DAYS_MAX * DAY_MS);
    // As it stood at the claim. A consumer that has failed since only then cannot have failed for long.
    if (failingSince === undefined || failingSince > failingBefore) return false;
    const disabled = await db.transaction(async (tx) => {
      const consumer = await disableFailing(tx, { id, failingBefore, now: failedAt });
      if (consumer?.failingSince === undefined) return undefined;
      const told = consumerDisabledEvent(consumer, { failingSince: consumer.failingSince, now: failedAt });
      await insertEvents(tx, [told]);
      return consumer;
    });
    if (disabled === undefined) return false;
    log.warn('A webhook consumer is disabled: every attempt has failed for days', { consumer: id });
    onEvent();
    return true;
  };
}
