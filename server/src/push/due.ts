/** What is due by the clock: deadlines that have passed, connections that are gone, lanes that have waited long enough. */
import type { Database } from '../db/pool.ts';
import { HELD_COLUMNS, heldPush, type HeldPush, type HeldRow } from './moves.ts';

/**
 * Queued pushes whose deadline has passed, for the caller to expire. By now(): against clock_timestamp(), which may change
 * within a statement, the index is walked to its end.
 */
export async function findExpired(db: Database, pushesMax: number): Promise<HeldPush[]> {
  const rows = await db.query<HeldRow>(
    'push_find_expired',
    `SELECT ${HELD_COLUMNS} FROM pushes p JOIN companies co ON co.id = p.company_id
     WHERE p.state = 'queued' AND p.deadline_at <= now()
     ORDER BY p.deadline_at LIMIT $1`,
    [pushesMax],
  );
  return rows.map(heldPush);
}

/** Pushes that wait on connections deleted since `sinceHours`: they can never be sent any more. */
export async function findOrphaned(db: Database, sinceHours: number, pushesMax: number): Promise<HeldPush[]> {
  const rows = await db.query<HeldRow>(
    'push_find_orphaned',
    `SELECT ${HELD_COLUMNS} FROM connections c
     JOIN pushes p ON p.connection_id = c.id AND p.state IN ('queued', 'in_doubt') AND p.lease_token IS NULL
     JOIN companies co ON co.id = p.company_id
     WHERE c.deleted_at > clock_timestamp() - $2 * interval '1 hour' LIMIT $1`,
    [pushesMax, sinceHours],
  );
  return rows.map(heldPush);
}

/** Whether the connection has a push that is due. */
export async function hasDuePush(db: Database, connectionId: string): Promise<boolean> {
  const rows = await db.query(
    'push_is_due',
    `SELECT 1 FROM pushes
     WHERE connection_id = $1 AND state IN ('queued', 'in_doubt') AND lease_token IS NULL AND not_before <= now() LIMIT 1`,
    [connectionId],
  );
  return rows.length > 0;
}

/**
 * Connections with a push that is due, in the order of their ids after `after`: a skip scan, one index probe for each
 * connection however many pushes it has waiting.
 */
export async function findDueLanes(db: Database, after: string, lanesMax: number): Promise<string[]> {
  const rows = await db.query<{ connection_id: string }>(
    'push_find_due_lanes',
    `WITH RECURSIVE lane AS (
       (SELECT connection_id, not_before FROM pushes
        WHERE connection_id > $1 AND state IN ('queued', 'in_doubt') AND lease_token IS NULL
        ORDER BY connection_id, not_before LIMIT 1)
       UNION ALL
       SELECT following.connection_id, following.not_before FROM lane CROSS JOIN LATERAL (
         SELECT connection_id, not_before FROM pushes
         WHERE connection_id > lane.connection_id AND state IN ('queued', 'in_doubt') AND lease_token IS NULL
         ORDER BY connection_id, not_before LIMIT 1) following
     )
     SELECT connection_id FROM lane WHERE not_before <= clock_timestamp() LIMIT $2`,
    [after, lanesMax],
  );
  return rows.map((row) => row.connection_id);
}
