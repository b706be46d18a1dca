/** Records that are known to be out of date, until they have been read again. */
import { randomUUID } from 'node:crypto';
import type { Queryable } from '../db/pool.ts';
import { storableText } from '../lib/storable-json.ts';
import type { StoredDataType } from './stored-types.ts';

/** In the place of a record: whatever the set holds may be out of date, or there may be more by now. No record has this id. */
export const WHOLE_SET = '';

export interface RecordPlace {
  readonly companyId: string;
  readonly connectionId: string;
  readonly dataType: StoredDataType;
  readonly recordId: string;
  readonly parentId?: string | undefined;
}

export interface StaleRecord extends RecordPlace {
  /** Names the reason that a look has dealt with: a newer one has another. */
  readonly mark: string;
}

export const MARK_STALE = `ON CONFLICT (connection_id, data_type, record_id)
  DO UPDATE SET mark = excluded.mark, due_at = least(stale_records.due_at, excluded.due_at), attempts = 0`;

export async function markStale(tx: Queryable, places: readonly RecordPlace[]): Promise<void> {
  if (places.length === 0) return;
  const sorted = places.toSorted((a, b) => (a.recordId < b.recordId ? -1 : 1));
  await tx.execute(
    'stale_mark',
    `INSERT INTO stale_records (company_id, connection_id, data_type, record_id, parent_id, mark, due_at)
     SELECT *, $6::uuid, clock_timestamp()
     FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[])
     ${MARK_STALE}`,
    [
      sorted.map((place) => place.companyId),
      sorted.map((place) => place.connectionId),
      sorted.map((place) => place.dataType),
      sorted.map((place) => storableText(place.recordId)),
      sorted.map((place) => place.parentId ?? null),
      randomUUID(),
    ],
  );
}

interface StaleRow {
  readonly company_id: string;
  readonly connection_id: string;
  readonly data_type: StoredDataType;
  readonly record_id: string;
  readonly parent_id: string | null;
  readonly mark: string;
}

const STALE_COLUMNS = 'company_id, connection_id, data_type, record_id, parent_id, mark';

function staleRecord(row: StaleRow): StaleRecord {
  return {
    companyId: row.company_id,
    connectionId: row.connection_id,
    dataType: row.data_type,
    recordId: row.record_id,
    parentId: row.parent_id ?? undefined,
    mark: row.mark,
  };
}

export interface StaleScope {
  readonly companyId: string;
  readonly dataTypes: readonly StoredDataType[];
  readonly recordId?: string | undefined;
}

/** What would have to be read again before the scope is shown. */
export async function findStale(db: Queryable, scope: StaleScope, recordsMax: number): Promise<StaleRecord[]> {
  const rows = await db.query<StaleRow>(
    'stale_find',
    `SELECT ${STALE_COLUMNS} FROM stale_records
     WHERE company_id = $1 AND data_type = ANY ($2::text[]) AND ($3::text IS NULL OR record_id IN ($3, '${WHOLE_SET}'))
     ORDER BY due_at LIMIT $4`,
    [scope.companyId, scope.dataTypes, scope.recordId ?? null, recordsMax],
  );
  return rows.map(staleRecord);
}

/** Takes some that are due; nobody else takes them within the time of a look. */
export async function takeStale(db: Queryable, recordsMax: number, lookMs: number): Promise<StaleRecord[]> {
  const rows = await db.query<StaleRow>(
    'stale_take',
    `WITH due AS MATERIALIZED (
       SELECT connection_id, data_type, record_id FROM stale_records WHERE due_at <= now()
       ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
     )
     UPDATE stale_records s
     SET attempts = s.attempts + 1, due_at = clock_timestamp() + $2 * interval '1 millisecond' * (s.attempts + 1)
     FROM due
     WHERE s.connection_id = due.connection_id AND s.data_type = due.data_type AND s.record_id = due.record_id
     RETURNING ${STALE_COLUMNS.split(', ')
       .map((column) => `s.${column}`)
       .join(', ')}`,
    [recordsMax, lookMs],
  );
  return rows.map(staleRecord);
}

/** Read again, or not to be had; unless something new has happened to it meanwhile. */
export async function forgetStale(db: Queryable, stale: StaleRecord): Promise<void> {
  await db.execute(
    'stale_forget',
    'DELETE FROM stale_records WHERE connection_id = $1 AND data_type = $2 AND record_id = $3 AND mark = $4',
    [stale.connectionId, stale.dataType, stale.recordId, stale.mark],
  );
}

/** After so many looks without an answer the next sync has to tell. */
export async function dropHopeless(db: Queryable, attemptsMax: number): Promise<void> {
  await db.execute('stale_drop', 'DELETE FROM stale_records WHERE attempts > $1 AND due_at <= now()', [attemptsMax]);
}
