/** Kept records as the wire shows them. */
import type { Queryable } from '../db/pool.ts';
import type { StoredRecord } from '../records/list.ts';
import { withNames } from '../records/names.ts';
import type { RecordContent } from '../records/stored-types.ts';

/** The place in the company's feed up to which an answer shows everything. */
export const WATERMARK_HEADER = 'ledgerpost-watermark';

export async function recordAnswers(
  db: Queryable,
  connectionId: string,
  records: readonly StoredRecord[],
): Promise<readonly RecordContent[]> {
  const contents = await withNames(
    db,
    connectionId,
    records.map(({ content }) => content),
  );
  return records.map(({ content, modifiedDate, isDeleted }, index) => ({
    ...(contents[index] ?? content),
    modifiedDate,
    metadata: { isDeleted },
  }));
}

/** The same of records of several connections, in their order. */
export async function answersOf<Item extends { readonly connectionId: string; readonly record: StoredRecord }>(
  db: Queryable,
  items: readonly Item[],
): Promise<readonly RecordContent[]> {
  const answers = new Map<StoredRecord, RecordContent>();
  for (const [connectionId, own] of Map.groupBy(items, (item) => item.connectionId)) {
    const records = own.map(({ record }) => record);
    const shown = await recordAnswers(db, connectionId, records);
    records.forEach((record, index) => answers.set(record, shown[index] ?? record.content));
  }
  return items.map(({ record }) => answers.get(record) ?? record.content);
}
