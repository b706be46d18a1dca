/**
 * The SQL by which records are stored, wherever that happens: a record that was read, one that a push has written, a
 * deletion, or no more than a stamp. Times of change come from the company's feed, and only what has changed gets one.
 */

/** A unique time of change each, in microseconds: fifty fit into the millisecond to which many clients cut dates. */
const STEP = `interval '20 microseconds'`;
/** So many times of change share a row of counts. */
export const BUCKET_SIZE = 1_000;

/**
 * Takes the feeds of companies, in the order in which the source names them, and hands out `records` times of change each.
 * `source` gives company_id and records, sorted; the rows answered go into `FEED_TIMES`.
 */
export function takeFeeds(source: string): string {
  return `INSERT INTO record_feeds AS f (company_id, modified_at, handed_out)
    SELECT company_id, date_trunc('milliseconds', clock_timestamp()) + (records - 1) * ${STEP}, records FROM (${source}) taking
    ON CONFLICT (company_id) DO UPDATE SET handed_out = f.handed_out + excluded.handed_out,
      modified_at = greatest(date_trunc('milliseconds', clock_timestamp()), f.modified_at + ${STEP})
        + (excluded.handed_out - 1) * ${STEP}
    RETURNING f.company_id, f.modified_at, f.handed_out`;
}

/** Of the record that is `behind` places before the last one of its company: its time of change, and its bucket. */
export function feedTime(feed: string, behind: string): { readonly at: string; readonly bucket: string } {
  return {
    at: `(${feed}.modified_at - (${behind}) * ${STEP})`,
    bucket: `((${feed}.handed_out - (${behind})) / ${BUCKET_SIZE})::int`,
  };
}

export const RECORD_COLUMNS = `company_id, connection_id, data_type, record_id, parent_id, content, status, first_ref,
  second_ref, model_key, is_deleted, stamp, modified_at, bucket, seen_at`;

/** What is proposed has content (a record), or is deleted, or neither (a stamp alone). */
const HAS_CHANGED = `CASE
  WHEN excluded.content IS NOT NULL THEN r.is_deleted OR r.content IS DISTINCT FROM excluded.content
    OR r.model_key IS DISTINCT FROM excluded.model_key
  WHEN excluded.is_deleted THEN r.content IS NOT NULL AND NOT r.is_deleted
  ELSE false END`;

const ofContent = (column: string) =>
  `${column} = CASE WHEN excluded.content IS NULL THEN r.${column} ELSE excluded.${column} END`;

/** Of `INSERT INTO records AS r`. A deleted record keeps its last content. */
export const UPSERT_RECORD = `ON CONFLICT (connection_id, data_type, record_id) DO UPDATE SET
  ${['parent_id', 'content', 'status', 'first_ref', 'second_ref', 'model_key'].map(ofContent).join(', ')},
  is_deleted = CASE WHEN excluded.content IS NULL AND NOT excluded.is_deleted THEN r.is_deleted
    ELSE excluded.is_deleted END,
  stamp = coalesce(excluded.stamp, r.stamp),
  modified_at = CASE WHEN ${HAS_CHANGED} THEN excluded.seen_at ELSE r.modified_at END,
  bucket = CASE WHEN ${HAS_CHANGED} THEN excluded.bucket ELSE r.bucket END,
  seen_at = greatest(r.seen_at, excluded.seen_at)`;
