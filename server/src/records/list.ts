/**
 * The records of one data type of a connection, page by page, with the exact number of all that match. In the order of
 * their changes unless asked otherwise; totals come from kept counts where the filter allows (0012_records.sql).
 */
import type { Queryable } from '../db/pool.ts';
import { feedTimeSql, fromFeedTime, type FeedTime } from './feed.ts';
import type { RecordContent, StoredDataType } from './stored-types.ts';
import { makeWalks, type Walks } from './walks.ts';

/** SQL; its placeholders begin at `$1`. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly unknown[];
}

export interface RecordFilter {
  /** Over `r.status` and `r.is_deleted` alone, which the kept counts have too. */
  readonly kept?: Condition | undefined;
  /** Changed after this moment, or from it on; as text, since moments have more digits than JavaScript's dates. */
  readonly since?: { readonly moment: string; readonly operator: '>' | '>=' } | undefined;
  /** Whatever else, over the columns of `r`. */
  readonly rest?: Condition | undefined;
}

/** By time of change, which has an index; any other order has to sort all that match. */
export type RecordOrder = 'oldest-change' | 'newest-change' | { readonly sql: string };

export interface RecordListRequest {
  readonly connectionId: string;
  readonly dataType: StoredDataType;
  readonly parentId?: string | undefined;
  readonly filter: RecordFilter;
  readonly order: RecordOrder;
  readonly page: number;
  readonly pageSize: number;
  /** Begins after this change, wherever the page of that number begins by now. Only by time of change. */
  readonly after?: FeedTime | undefined;
}

export interface StoredRecord {
  readonly id: string;
  readonly content: RecordContent;
  /** As the wire shows it. */
  readonly modifiedDate: string;
  readonly isDeleted: boolean;
}

export interface RecordPage {
  readonly records: readonly StoredRecord[];
  readonly totalResults: number;
  readonly hasMore: boolean;
  readonly nextAfter: FeedTime | undefined;
}

export type ListRecords = (request: RecordListRequest) => Promise<RecordPage>;

/** Seven digits of a second, as the wire's dates have them. */
const MODIFIED_DATE = `to_char(r.modified_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"0Z"')`;

export interface RecordRow {
  readonly record_id: string;
  readonly content: RecordContent;
  readonly modified_date: string;
  readonly is_deleted: boolean;
  readonly at: FeedTime;
}

export const RECORD_ROW = `r.record_id, r.content, ${MODIFIED_DATE} AS modified_date, r.is_deleted,
  ${feedTimeSql('r.modified_at')} AS at`;

export function storedRecord(row: RecordRow): StoredRecord {
  return { id: row.record_id, content: row.content, modifiedDate: row.modified_date, isDeleted: row.is_deleted };
}

export function makeListRecords(db: Queryable): ListRecords {
  const walks = { 'oldest-change': makeWalks(1), 'newest-change': makeWalks(-1) };
  return async (request) => {
    const walk = typeof request.order === 'string' ? walks[request.order] : undefined;
    const [totalResults, rows] = await Promise.all([countRecords(db, request), pageRows(db, request, walk)]);
    const shown = rows.slice(0, request.pageSize);
    const hasMore = rows.length > shown.length;
    const last = shown.at(-1);
    if (walk !== undefined && last !== undefined && request.after === undefined) {
      walk.note(listKey(request), request.page, last.at);
    }
    const nextAfter = hasMore && walk !== undefined ? last?.at : undefined;
    return { records: shown.map(storedRecord), totalResults, hasMore, nextAfter };
  };
}

export async function findRecord(
  db: Queryable,
  place: { readonly connectionId: string; readonly dataType: StoredDataType; readonly recordId: string },
): Promise<StoredRecord | undefined> {
  const [row] = await db.query<RecordRow>(
    'record_find',
    `SELECT ${RECORD_ROW} FROM records r
     WHERE r.connection_id = $1 AND r.data_type = $2 AND r.record_id = $3 AND r.content IS NOT NULL`,
    [place.connectionId, place.dataType, place.recordId],
  );
  return row && storedRecord(row);
}

function listKey({ connectionId, dataType, parentId, filter, order, pageSize }: RecordListRequest): string {
  return JSON.stringify([connectionId, dataType, parentId, filter, order, pageSize]);
}

/** Collects the values of a statement that is put together from conditions. */
function statement(request: RecordListRequest) {
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const place = (condition: Condition) => {
    const first = values.length;
    values.push(...condition.values);
    return `(${condition.sql.replace(/\$(\d+)/g, (_, number: string) => `$${first + Number(number)}`)})`;
  };
  const { connectionId, dataType, parentId, filter } = request;
  const [connection, type] = [bind(connectionId), bind(dataType)];
  const parent = parentId === undefined ? undefined : bind(parentId);
  const where = (alias: string) => [
    `${alias}.connection_id = ${connection}`,
    `${alias}.data_type = ${type}`,
    ...(parent === undefined ? [] : [`${alias}.parent_id = ${parent}`]),
  ];
  const { since } = filter;
  const changed =
    since === undefined
      ? 'r.modified_at IS NOT NULL'
      : `r.modified_at ${since.operator} ${bind(since.moment)}::timestamptz`;
  const kept = filter.kept === undefined ? undefined : place(filter.kept);
  return { values, bind, place, where, changed, kept };
}

async function countRecords(db: Queryable, request: RecordListRequest): Promise<number> {
  const { values, place, where, changed, kept = 'TRUE' } = statement(request);
  const { rest, since } = request.filter;
  const counted = `FROM record_counts c WHERE ${where('c').join(' AND ')} AND ${ofCounts(kept)}`;
  const text =
    rest !== undefined
      ? `SELECT count(*) AS total FROM records r
         WHERE ${[...where('r'), changed, kept, place(rest)].join(' AND ')}`
      : since === undefined
        ? `SELECT coalesce(sum(c.records), 0)::bigint AS total ${counted}`
        : // Whole buckets are counted already; of the one that the moment falls into, its rows are.
          `WITH following AS MATERIALIZED (
             SELECT r.bucket, r.status, r.is_deleted FROM records r WHERE ${[...where('r'), changed].join(' AND ')}
             ORDER BY r.modified_at LIMIT 1000
           ), edge AS (SELECT min(bucket) AS bucket FROM following)
           SELECT (SELECT count(*) FROM following r, edge WHERE r.bucket = edge.bucket AND ${kept})
             + (SELECT coalesce(sum(c.records), 0)::bigint ${counted} AND c.bucket > (SELECT bucket FROM edge)) AS total`;
  // Each distinct filter is its own text, and so would be its own prepared statement: they go unnamed.
  const [row] = await db.query<{ total: number }>('', text, values);
  return row?.total ?? 0;
}

/** The condition over the columns of counts, where no status is an empty text. */
function ofCounts(kept: string): string {
  return kept.replaceAll('r.status', `nullif(c.status, '')`).replaceAll('r.is_deleted', 'c.is_deleted');
}

/** One row more than the page has, where there is one. */
async function pageRows(db: Queryable, request: RecordListRequest, walk: Walks | undefined): Promise<RecordRow[]> {
  const { values, bind, place, where, changed, kept } = statement(request);
  const { filter, order, page, pageSize } = request;
  const conditions = [...where('r'), changed, ...(kept === undefined ? [] : [kept])];
  if (filter.rest !== undefined) conditions.push(place(filter.rest));
  let skip = (page - 1) * pageSize;
  const hint = request.after === undefined && page > 1 ? walk?.find(listKey(request), page) : undefined;
  const after = request.after ?? hint?.after;
  if (after !== undefined && walk !== undefined) {
    skip = (hint?.pagesOn ?? 0) * pageSize;
    conditions.push(`r.modified_at ${order === 'newest-change' ? '<' : '>'} ${fromFeedTime(bind(after))}`);
  }
  const orderBy = orderSql(order);
  // Only ids are skipped and sorted; contents, which may be long, are fetched for the page alone.
  return db.query<RecordRow>(
    '',
    `SELECT ${RECORD_ROW} FROM (
       SELECT r.connection_id, r.data_type, r.record_id FROM records r WHERE ${conditions.join(' AND ')}
       ORDER BY ${orderBy} LIMIT ${bind(pageSize + 1)}::bigint OFFSET ${bind(skip)}::bigint
     ) page
     JOIN records r ON r.connection_id = page.connection_id AND r.data_type = page.data_type AND r.record_id = page.record_id
     ORDER BY ${orderBy}`,
    values,
  );
}

function orderSql(order: RecordOrder): string {
  switch (order) {
    case 'oldest-change':
      return 'r.modified_at ASC';
    case 'newest-change':
      return 'r.modified_at DESC';
    default:
      return `${order.sql}, r.modified_at ASC`;
  }
}
