/** What is known of a set of records besides the records: whether it was ever read in full, and of which platform it is. */
import type { Queryable } from '../db/pool.ts';
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

export async function platformKeyOf(db: Queryable, connectionId: string): Promise<string | undefined> {
  const [row] = await db.query<{ platform_key: string }>(
    'record_platform',
    'SELECT platform_key FROM connections WHERE id = $1 AND deleted_at IS NULL',
    [connectionId],
  );
  return row?.platform_key;
}
