/** What is known of a set of records besides the records: whether it was ever read in full, and of which platform it is. */
import type { Queryable } from '../db/pool.ts';
import { feedTimeSql, type Feed } from './feed.ts';
import { WHOLE_SET } from './stale.ts';
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

export interface SetStateRow {
  readonly feed_id: string | null;
  readonly feed_at: number | null;
  readonly is_synced: boolean;
  readonly has_stale: boolean;
}

/** All that a read has to know beside the records, in one row. Of what stands for the ids in a statement. */
export function setStateSql(
  { company, connection, type }: { readonly company: string; readonly connection: string; readonly type: string },
  onlyStale = 'TRUE',
): string {
  return `SELECT f.id AS feed_id, f.at AS feed_at,
      EXISTS (SELECT 1 FROM record_sets WHERE connection_id = ${connection} AND data_type = ${type}) AS is_synced,
      EXISTS (SELECT 1 FROM stale_records WHERE connection_id = ${connection} AND data_type = ${type}
        AND ${onlyStale}) AS has_stale
    FROM (SELECT 1) one
    LEFT JOIN (SELECT id, ${feedTimeSql('modified_at')} AS at FROM record_feeds WHERE company_id = ${company}) f ON true`;
}

export function setState(row: SetStateRow | undefined): SetState {
  const { feed_id: id, feed_at: at, is_synced: isSynced, has_stale: hasStale } = row ?? NOTHING;
  return { isSynced, hasStale, feed: id === null || at === null ? undefined : { id, at } };
}

const NOTHING: SetStateRow = { feed_id: null, feed_at: null, is_synced: false, has_stale: false };

export async function findSetState(db: Queryable, set: RecordSet, recordId?: string): Promise<SetState> {
  const [row] = await db.query<SetStateRow>(
    'record_set_state',
    setStateSql(
      { company: '$1', connection: '$2', type: '$3' },
      `($4::text IS NULL OR record_id IN ($4, '${WHOLE_SET}'))`,
    ),
    [set.companyId, set.connectionId, set.dataType, recordId ?? null],
  );
  return setState(row);
}

export async function platformKeyOf(db: Queryable, connectionId: string): Promise<string | undefined> {
  const [row] = await db.query<{ platform_key: string }>(
    'record_platform',
    'SELECT platform_key FROM connections WHERE id = $1 AND deleted_at IS NULL',
    [connectionId],
  );
  return row?.platform_key;
}
