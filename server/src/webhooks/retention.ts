/**
 * Removes events that were told long ago, with their messages and delivery attempts, in small batches and at any number
 * of processes. An event of which a consumer is still to hear stays, whatever its age.
 */
import type { Database, Queryable } from '../db/pool.ts';
import { startWorkLoop, type WorkLoop } from '../db/work-loop.ts';
import type { Log } from '../lib/log.ts';
import { removeOldRecoveries } from './recovery-queries.ts';

const EVENTS_A_BATCH_MAX = 500;
const BATCH_PAUSE_MS = 250;
const POLL_MS = 60_000;

export function startEventRetention(deps: {
  readonly db: Database;
  readonly log: Log;
  readonly eventRetentionDays: number;
}): WorkLoop {
  const runOnce = async () => {
    await removeOldRecoveries(deps.db, deps.eventRetentionDays);
    const removed = await removeOldEvents(deps.db, deps.eventRetentionDays, EVENTS_A_BATCH_MAX);
    return { didWork: false, nextDueInMs: removed === EVENTS_A_BATCH_MAX ? BATCH_PAUSE_MS : POLL_MS };
  };
  return startWorkLoop({ name: 'event retention', runOnce, pollMs: POLL_MS, log: deps.log });
}

/** Answers how many events it removed. */
export async function removeOldEvents(db: Queryable, days: number, eventsMax: number): Promise<number> {
  const [row] = await db.query<{ removed: number }>(
    'events_remove_old',
    `WITH old AS MATERIALIZED (
       SELECT e.id FROM events e
       WHERE e.position IS NOT NULL AND e.generated_at < now() - $1 * interval '1 day'
         AND NOT EXISTS (
           SELECT 1 FROM webhook_messages m JOIN webhook_consumers c ON c.id = m.consumer_id
           WHERE m.event_id = e.id AND (m.state = 'delivering' OR (m.completed_at IS NULL AND NOT c.disabled)
             OR m.completed_at >= now() - $1 * interval '1 day'))
       ORDER BY e.generated_at, e.id LIMIT $2 FOR UPDATE SKIP LOCKED
     ), messages AS (
       DELETE FROM webhook_messages m USING old WHERE m.event_id = old.id RETURNING m.id
     ), attempts AS (
       DELETE FROM webhook_attempts a USING messages WHERE a.message_id = messages.id
     ), gone AS (
       DELETE FROM events e USING old WHERE e.id = old.id RETURNING e.id
     )
     SELECT count(*) AS removed FROM gone`,
    [days, eventsMax],
  );
  return row?.removed ?? 0;
}
