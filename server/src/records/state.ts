/** What is known of a set of records besides the records: whether it was ever read in full, and of which platform it is. */
import type { Queryable } from '../db/pool.ts';
import { feedTimeSql, type Feed } from './feed.ts';
import type { StoredDataType } from './stored-types.ts';

export interface RecordSet {
  readonly companyId: string;
  readonly connectionId: string;
  readonly dataType: StoredDataType;
}

/** Whether all of it has been read at least once. */
export async function isSynced(db: Queryable, set: Omit<RecordSet, 'companyId'>): Promise<boolean> {
  const rows = await db.query(
    'record_set_find',
    'SELECT 1 FROM record_sets WHERE connection_id = $1 AND data_type = $2',
    [set.connectionId, set.dataType],
  );
  return rows.length > 0;
}

/** From now on the type can be listed: all of it has been read once. */
export async function markSynced(tx: Queryable, set: RecordSet): Promise<void> {
  await tx.execute(
    'record_set_mark',
    `INSERT INTO record_sets (company_id, connection_id, data_type, first_synced_at)
     VALUES ($1, $2, $3, clock_timestamp()) ON CONFLICT DO NOTHING`,
    [set.companyId, set.connectionId, set.dataType],
  );
}

export interface SetState {
  readonly isSynced: boolean;
  /** Whether anything in it, or the one record, is known to be out of date. */
  readonly hasStale: boolean;
  readonly feed: Feed | undefined;
}

/** All that a read has to know before it looks at records. */
export async function findSetState(db: Queryable, set: RecordSet, recordId?: string): Promise<SetState> {
  const [row] = await db.query<{ is_synced: boolean; has_stale: boolean; id: string | null; at: number | null }>(
    'record_set_state',
    `SELECT f.id, f.at,
       EXISTS (SELECT 1 FROM record_sets WHERE connection_id = $2 AND data_type = $3) AS is_synced,
       EXISTS (SELECT 1 FROM stale_records WHERE connection_id = $2 AND data_type = $3
         AND ($4::text IS NULL OR record_id = $4)) AS has_stale
     FROM (SELECT 1) one
     LEFT JOIN (SELECT id, ${feedTimeSql('modified_at')} AS at FROM record_feeds WHERE company_id = $1) f ON true`,
    [set.companyId, set.connectionId, set.dataType, recordId ?? null],
  );
  const feed = row === undefined || row.id === null || row.at === null ? undefined : { id: row.id, at: row.at };
  return { isSynced: row?.is_synced ?? false, hasStale: row?.has_stale ?? false, feed };
}

export async function platformKeyOf(db: Queryable, connectionId: string): Promise<string | undefined> {
  const [row] = await db.query<{ platform_key: string }>(
    'record_platform',
    'SELECT platform_key FROM connections WHERE id = $1 AND deleted_at IS NULL',
    [connectionId],
  );
  return row?.platform_key;
}
