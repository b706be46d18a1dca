/**
 * Removes pushes that ended long ago, with their attempts and idempotency keys, in small batches and at any number of
 * processes. What has not ended stays, and so does what is unknown. The kept numbers go down in the same statement.
 */
import type { Database, Queryable } from '../db/pool.ts';
import { startWorkLoop, type WorkLoop } from '../db/work-loop.ts';
import type { Log } from '../lib/log.ts';
import { KEPT_CHANGES, KEPT_UPDATES } from './counts.ts';

const PUSHES_A_BATCH_MAX = 500;
/** Between full batches, so that writes come first: still some millions a day. */
const BATCH_PAUSE_MS = 250;
const POLL_MS = 60_000;

export function startPushRetention(deps: {
  readonly db: Database;
  readonly log: Log;
  readonly retentionDays: number;
}): WorkLoop {
  const runOnce = async () => {
    const removed = await removeOldPushes(deps.db, deps.retentionDays, PUSHES_A_BATCH_MAX);
    return { didWork: false, nextDueInMs: removed === PUSHES_A_BATCH_MAX ? BATCH_PAUSE_MS : POLL_MS };
  };
  return startWorkLoop({ name: 'push retention', runOnce, pollMs: POLL_MS, log: deps.log });
}

/** Answers how many it removed. Attempts, keys and files go with their push by the database's own rule. */
export async function removeOldPushes(db: Queryable, days: number, pushesMax: number): Promise<number> {
  // now() and not clock_timestamp(): only what stays the same for a statement can end the walk along the index.
  const [row] = await db.query<{ removed: number }>(
    'push_remove_old',
    `WITH old AS MATERIALIZED (
       SELECT id, connection_id FROM pushes
       WHERE state IN ('succeeded', 'failed', 'timed_out') AND completed_at < now() - $1 * interval '1 day'
       ORDER BY completed_at LIMIT $2 FOR UPDATE SKIP LOCKED
     ), lane AS MATERIALIZED (
       SELECT connection_id FROM lanes WHERE connection_id IN (SELECT connection_id FROM old)
       ORDER BY connection_id FOR UPDATE
     ), gone AS (
       DELETE FROM pushes p USING old JOIN lane ON lane.connection_id = old.connection_id
       WHERE p.id = old.id AND p.id = ANY (ARRAY(SELECT id FROM old))
       RETURNING p.company_id, p.connection_id, p.state AS from_state, NULL::text AS to_state
     ), laned AS (
       UPDATE lanes l SET ${KEPT_UPDATES}
       FROM (SELECT connection_id, ${KEPT_CHANGES} FROM gone GROUP BY connection_id) ended
       WHERE l.connection_id = ended.connection_id
     ), counted AS (
       INSERT INTO push_totals AS t (company_id, accepted)
       SELECT company_id, -count(*) FROM gone GROUP BY company_id ORDER BY company_id
       ON CONFLICT (company_id) DO UPDATE SET accepted = t.accepted + excluded.accepted
     )
     SELECT count(*) AS removed FROM gone`,
    [days, pushesMax],
  );
  return row?.removed ?? 0;
}
