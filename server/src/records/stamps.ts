/**
 * What the platform's stamp of a record was when we last saw it. An update is checked against it, so that nothing that
 * somebody else wrote since then is overwritten unseen.
 */
import type { Queryable } from '../db/pool.ts';
import type { DataType } from '../models/data-types.ts';

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
