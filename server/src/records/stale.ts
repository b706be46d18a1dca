/** Records that are known to be out of date, until they have been read again. */
import { randomUUID } from 'node:crypto';
import type { Queryable } from '../db/pool.ts';
import { storableText } from '../lib/storable-json.ts';
import type { StoredDataType } from './stored-types.ts';

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
  DO UPDATE SET mark = excluded.mark, due_at = excluded.due_at, attempts = 0`;

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
