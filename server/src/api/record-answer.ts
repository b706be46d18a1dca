/** Kept records as the wire shows them. */
import type { Queryable } from '../db/pool.ts';
import type { StoredRecord } from '../records/list.ts';
import { withNames } from '../records/names.ts';
import { isCustom } from '../models/data-types.ts';
import type { RecordContent, StoredDataType } from '../records/stored-types.ts';

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

/** A record of a type that callers have configured: its content is theirs, and nothing of ours is put into it. */
export function customAnswer({ id, content, modifiedDate, isDeleted }: StoredRecord) {
  const { sourceModifiedDate, content: values } = content;
  return {
    id,
    content: typeof values === 'object' && values !== null ? values : {},
    modifiedDate: { modifiedDate },
    ...(typeof sourceModifiedDate === 'string' ? { sourceModifiedDate } : {}),
    metadata: { isDeleted },
  };
}

interface Shown {
  readonly connectionId: string;
  readonly dataType: StoredDataType;
  readonly record: StoredRecord;
}

/** The same of records of several connections and types, in their order. */
export async function answersOf(db: Queryable, all: readonly Shown[]): Promise<readonly RecordContent[]> {
  const answers = new Map<StoredRecord, RecordContent>();
  for (const { dataType, record } of all) if (isCustom(dataType)) answers.set(record, customAnswer(record));
  const items = all.filter(({ dataType }) => !isCustom(dataType));
  for (const [connectionId, own] of Map.groupBy(items, (item) => item.connectionId)) {
    const records = own.map(({ record }) => record);
    const shown = await recordAnswers(db, connectionId, records);
    records.forEach((record, index) => answers.set(record, shown[index] ?? record.content));
  }
  return all.map(({ record }) => answers.get(record) ?? record.content);
}
