/** The change feed of a company: what was stored or deleted after a watermark, in the order of commits. */
import type { Queryable } from '../db/pool.ts';
import { fromFeedTime, type Feed, type FeedTime } from './feed.ts';
import { RECORD_ROW, storedRecord, type RecordRow, type StoredRecord } from './list.ts';
import type { StoredDataType } from './stored-types.ts';

export interface RecordChange {
  readonly connectionId: string;
  readonly dataType: StoredDataType;
  readonly record: StoredRecord;
}

export interface Changes {
  readonly changes: readonly RecordChange[];
  /** How far the reader has read with these. */
  readonly readTo: FeedTime;
  readonly hasMore: boolean;
}

/**
 * `feed` is as it was found before: whatever it counts is visible to this look, and what comes later is newer. Each set of
 * records is a range of one index, so that types that are not asked for cost nothing.
 */
export async function listChanges(
  db: Queryable,
  asked: {
    readonly companyId: string;
    readonly feed: Feed;
    readonly dataTypes: readonly StoredDataType[];
    readonly after: FeedTime;
    readonly changesMax: number;
  },
): Promise<Changes> {
  const rows = await db.query<RecordRow & { connection_id: string; data_type: StoredDataType }>(
    'changes_list',
    `SELECT r.connection_id, r.data_type, ${RECORD_ROW}
     FROM (
       SELECT c.id AS connection_id, t.data_type, ranged.record_id
       FROM connections c CROSS JOIN unnest($2::text[]) AS t (data_type)
       CROSS JOIN LATERAL (
         SELECT r.record_id, r.modified_at FROM records r
         WHERE r.connection_id = c.id AND r.data_type = t.data_type AND r.modified_at > ${fromFeedTime('$3')}
         ORDER BY r.modified_at LIMIT $4) ranged
       WHERE c.company_id = $1 AND c.deleted_at IS NULL
       ORDER BY ranged.modified_at LIMIT $4
     ) page
     JOIN records r ON r.connection_id = page.connection_id AND r.data_type = page.data_type AND r.record_id = page.record_id
     ORDER BY r.modified_at`,
    [asked.companyId, asked.dataTypes, asked.after, asked.changesMax + 1],
  );
  const shown = rows.slice(0, asked.changesMax);
  const hasMore = rows.length > shown.length;
  const lastAt = shown.at(-1)?.at ?? asked.after;
  return {
    changes: shown.map((row) => ({
      connectionId: row.connection_id,
      dataType: row.data_type,
      record: storedRecord(row),
    })),
    // Read to the end, all that the feed had handed out is read, of other types too.
    readTo: hasMore ? lastAt : Math.max(lastAt, asked.feed.at),
    hasMore,
  };
}
