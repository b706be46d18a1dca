/**
 * What the platform's stamp of a record was when we last saw it. An update is checked against it, so that nothing that
 * somebody else wrote since then is overwritten unseen.
 */
import type { Queryable } from '../db/pool.ts';
import type { DataType } from '../models/data-types.ts';

export interface SeenRecord {
  readonly recordId: string;
  readonly stamp: string;
}

/** Remembers the stamps of records that were just read. */
export async function rememberStamps(
  db: Queryable,
  from: { readonly companyId: string; readonly connectionId: string; readonly dataType: DataType },
  seen: readonly SeenRecord[],
): Promise<void> {
  if (seen.length === 0) return;
  const byId = new Map(seen.map((record) => [record.recordId, record.stamp]));
  await db.execute(
    'stamps_remember',
    `INSERT INTO records AS r (company_id, connection_id, data_type, record_id, stamp, bucket, seen_at)
     SELECT $5, $1, $2, i.record_id, i.stamp, 0, timestamptz '-infinity'
     FROM unnest($3::text[], $4::text[]) AS i (record_id, stamp) ORDER BY i.record_id
     ON CONFLICT (connection_id, data_type, record_id) DO UPDATE SET stamp = excluded.stamp
     WHERE r.stamp IS DISTINCT FROM excluded.stamp`,
    [from.connectionId, from.dataType, [...byId.keys()], [...byId.values()], from.companyId],
  );
}

export async function findStamp(
  db: Queryable,
  of: { readonly connectionId: string; readonly dataType: DataType; readonly recordId: string },
): Promise<string | undefined> {
  const [row] = await db.query<{ stamp: string }>(
    'stamps_find',
    'SELECT stamp FROM records WHERE connection_id = $1 AND data_type = $2 AND record_id = $3',
    [of.connectionId, of.dataType, of.recordId],
  );
  return row?.stamp;
}
