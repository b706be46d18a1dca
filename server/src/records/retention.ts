/**
 * Removes what was kept of connections that are gone, in small batches and at any number of processes. Not at once: a
 * write that was under way when its connection was deleted may still be stored. And what is remembered for some time only.
 */
import type { Database, Queryable } from '../db/pool.ts';
import { startWorkLoop, type WorkLoop } from '../db/work-loop.ts';
import type { Log } from '../lib/log.ts';
import { removeOldWalks } from './walks.ts';

const ROWS_A_BATCH_MAX = 1_000;
/** Between full batches, so that writes come first. */
const BATCH_PAUSE_MS = 250;
const POLL_MS = 60_000;
const KEPT_MINUTES = 10;
/** Passes end within hours, or were given up. */
const SIGHTINGS_DAYS = 7;

export function startRecordRetention(deps: { readonly db: Database; readonly log: Log }): WorkLoop {
  const runOnce = async () => {
    const removed = await removeOfDeleted(deps.db, KEPT_MINUTES, ROWS_A_BATCH_MAX);
    const forgotten = await removeOldWalks(deps.db, ROWS_A_BATCH_MAX);
    if (removed === undefined) await removeOldSightings(deps.db);
    const hasMore = removed !== undefined || forgotten === ROWS_A_BATCH_MAX;
    return { didWork: false, nextDueInMs: hasMore ? BATCH_PAUSE_MS : POLL_MS };
  };
  return startWorkLoop({ name: 'record retention', runOnce, pollMs: POLL_MS, log: deps.log });
}

/** One batch of one connection. Answers how many records it removed; undefined when there was no such connection. */
export async function removeOfDeleted(db: Database, minutes: number, recordsMax: number): Promise<number | undefined> {
  return db.transaction(async (tx) => {
    const [gone] = await tx.query<{ id: string; company_id: string }>(
      'records_of_deleted',
      `SELECT id, company_id FROM connections
       WHERE deleted_at < now() - $1 * interval '1 minute' AND records_removed_at IS NULL
       ORDER BY deleted_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
      [minutes],
    );
    if (gone === undefined) return undefined;
    const removed = await tx.execute(
      'records_remove',
      `DELETE FROM records WHERE connection_id = $1 AND (data_type, record_id) IN (
         SELECT data_type, record_id FROM records WHERE connection_id = $1 ORDER BY data_type, record_id LIMIT $2)`,
      [gone.id, recordsMax],
    );
    if (removed < recordsMax) await removeRest(tx, gone.id, gone.company_id);
    return removed;
  });
}

async function removeRest(tx: Queryable, connectionId: string, companyId: string): Promise<void> {
  for (const table of ['record_counts', 'record_sets', 'stale_records']) {
    await tx.execute(`${table}_remove`, `DELETE FROM ${table} WHERE connection_id = $1`, [connectionId]);
  }
  await tx.execute(
    'record_feed_remove',
    `DELETE FROM record_feeds f USING companies c WHERE f.company_id = $1 AND c.id = $1 AND c.deleted_at IS NOT NULL`,
    [companyId],
  );
  await tx.execute('records_removed', 'UPDATE connections SET records_removed_at = clock_timestamp() WHERE id = $1', [
    connectionId,
  ]);
}

async function removeOldSightings(db: Queryable): Promise<void> {
  await db.execute(
    'sightings_remove_old',
    `DELETE FROM record_sightings WHERE seen_at < now() - ${SIGHTINGS_DAYS} * interval '1 day'`,
  );
}
