/**
 * When a queued push will probably be sent: how many of its connection go before it, and how long each of them has taken
 * lately. An estimate, asked for one push at a time; the work that it causes is bounded.
 */
import type { Database } from '../db/pool.ts';
import type { Push } from './push.ts';

/** Beyond that the place is not counted, and nothing is promised. */
const PLACES_MAX = 100_000;
/** How many of the latest successes the pace is taken from. */
const PACE_PUSHES_MAX = 50;

export async function estimateStart(db: Database, { id, companyId, waitingOn }: Push): Promise<Date | undefined> {
  const [row] = await db.query<{ now: Date; place: number; pace_ms: number | null }>('push_outlook', OUTLOOK, [
    id,
    companyId,
  ]);
  if (row === undefined || row.place >= PLACES_MAX) return undefined;
  const fromMs = Math.max(row.now.getTime(), waitingOn?.notBefore?.getTime() ?? 0);
  if (row.place === 0) return new Date(fromMs);
  return row.pace_ms === null ? undefined : new Date(fromMs + row.place * row.pace_ms);
}

/**
 * A push that was waiting when the one before it ended took the time between both ends, however many were under way at
 * once; one that came later took the time since it came.
 */
const OUTLOOK = `
  SELECT clock_timestamp() AS now,
    (SELECT count(*)::int FROM (
       SELECT 1 FROM pushes earlier
       WHERE earlier.connection_id = p.connection_id AND earlier.state IN ('queued', 'in_doubt')
         AND earlier.lease_token IS NULL AND (earlier.requested_at, earlier.id) < (p.requested_at, p.id)
       LIMIT ${PLACES_MAX}) places) AS place,
    (SELECT (avg(extract(epoch FROM took)) * 1000)::float8 FROM (
       SELECT completed_at - greatest(requested_at, before) AS took FROM (
         SELECT requested_at, completed_at, lag(completed_at) OVER (ORDER BY completed_at) AS before FROM (
           SELECT connection_id, requested_at, completed_at FROM pushes
           WHERE company_id = p.company_id AND state = 'succeeded'
           ORDER BY requested_at DESC, id DESC LIMIT ${4 * PACE_PUSHES_MAX}) latest
         WHERE connection_id = p.connection_id ORDER BY requested_at DESC LIMIT ${PACE_PUSHES_MAX}) ended
       WHERE before IS NOT NULL) taken) AS pace_ms
  FROM pushes p WHERE p.id = $1 AND p.company_id = $2`;
