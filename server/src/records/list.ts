/**
 * The records of one data type of a connection, page by page, with the exact number of all that match. In the order of
 * their changes unless asked otherwise; totals come from kept counts where the filter allows (0012_records.sql).
 */
import { createHash } from 'node:crypto';
import type { Queryable } from '../db/pool.ts';
import { feedTimeSql, fromFeedTime, momentOf, type FeedTime } from './feed.ts';
import { setState, setStateSql, type SetState, type SetStateRow } from './state.ts';
import type { RecordContent, StoredDataType } from './stored-types.ts';
import { BUCKET_SIZE } from './upsert.ts';
import { findPlace, type Direction, type PlaceOnWalk, type ShownPage, type WalkedList } from './walks.ts';

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
  readonly companyId: string;
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
  /** Of the same moment as the records. */
  readonly state: SetState;
  /** To be noted once this is what the caller is shown, if he may ask for the next page by its number. */
  readonly step: ShownPage | undefined;
}

export type ListRecords = (request: RecordListRequest) => Promise<RecordPage>;

export interface RecordRow {
  readonly record_id: string;
  readonly content: RecordContent;
  readonly is_deleted: boolean;
  readonly at: FeedTime;
}

export const RECORD_ROW = `r.record_id, r.content, r.is_deleted, ${feedTimeSql('r.modified_at')} AS at`;

export function storedRecord({ record_id: id, content, is_deleted: isDeleted, at }: RecordRow): StoredRecord {
  return { id, content, modifiedDate: momentOf(at), isDeleted };
}

/** One of a page that comes as one text: to take a hundred rows apart, each column by itself, costs twice as much. */
type PageItem = readonly [id: string, content: RecordContent, isDeleted: boolean, at: FeedTime];

const PAGE_TEXT = `string_agg('[' || to_json(r.record_id) || ',' || r.content::text || ',' || r.is_deleted::text || ','
  || ${feedTimeSql('r.modified_at')} || ']', ',')`;

export function makeListRecords(db: Queryable): ListRecords {
  const nameOf = makeStatementNames();
  return async (request) => {
    const { order, after } = request;
    const direction = typeof order === 'string' ? DIRECTIONS[order] : undefined;
    const walked = direction === undefined || after !== undefined ? undefined : walkedList(request, direction);
    const place = after === undefined ? await placeOn(db, walked) : { after, pagesOn: 0 };
    const page = pageStatement(request, direction === undefined ? undefined : place);
    const [[row], counted] = await Promise.all([
      db.query<PageRow>(page.mayBePrepared ? nameOf(page.text) : '', page.text, page.values),
      request.filter.rest === undefined ? undefined : countRecords(db, request),
    ]);
    const items = JSON.parse(`[${row?.items ?? ''}]`) as readonly PageItem[];
    const shown = items.slice(0, request.pageSize);
    const hasMore = items.length > shown.length;
    const lastAt = shown.at(-1)?.[3];
    return {
      records: shown.map(([id, content, isDeleted, at]) => ({ id, content, modifiedDate: momentOf(at), isDeleted })),
      totalResults: counted ?? row?.total ?? 0,
      hasMore,
      nextAfter: hasMore && direction !== undefined ? lastAt : undefined,
      state: setState(row),
      step: walked && stepOn(walked, { place, lastAt, hasMore }),
    };
  };
}

const DIRECTIONS = { 'oldest-change': 1, 'newest-change': -1 } as const;

function walkedList(request: RecordListRequest, direction: Direction): WalkedList {
  const { connectionId, dataType, parentId, filter, order, pageSize, page } = request;
  const key = JSON.stringify([connectionId, dataType, parentId, filter, order, pageSize]);
  // As many digits as a UUID has, which is what the database keeps and compares best.
  return { list: createHash('sha256').update(key).digest('hex').slice(0, 32), direction, page };
}

async function placeOn(db: Queryable, walked: WalkedList | undefined): Promise<PlaceOnWalk | undefined> {
  return walked === undefined || walked.page === 1 ? undefined : findPlace(db, walked);
}

/** Nothing to note of a list that is shown whole, and of a page that was asked for out of turn. */
function stepOn(
  walked: WalkedList,
  at: { readonly place: PlaceOnWalk | undefined; readonly lastAt: FeedTime | undefined; readonly hasMore: boolean },
): ShownPage | undefined {
  const { place, lastAt, hasMore } = at;
  const began = place?.after;
  const ended = lastAt ?? began;
  if (ended === undefined || (place === undefined ? !hasMore : place.pagesOn > 0)) return undefined;
  return { ...walked, began, ended, isLast: !hasMore };
}

/** So many forms of filters are prepared; there is no end to those that callers may think of. */
const PREPARED_MAX = 100;

/** A name for each form of a statement, while there is room: made from its text, since lists share connections. */
function makeStatementNames(): (text: string) => string {
  const names = new Map<string, string>();
  return (text) => {
    let name = names.get(text);
    if (name === undefined && names.size < PREPARED_MAX) {
      name = `records_list_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
      names.set(text, name);
    }
    return name ?? '';
  };
}

interface RecordPlace {
  readonly connectionId: string;
  readonly dataType: StoredDataType;
  readonly recordId: string;
}

/**
 * Whether there is or was such a record, for all that we have heard: deleted ones count, and those of which a push of ours
 * has left no more than a stamp, or a note that they are to be read.
 */
export async function isRecordKnown(db: Queryable, place: RecordPlace): Promise<boolean> {
  const here = 'connection_id = $1 AND data_type = $2 AND record_id = $3';
  const [row] = await db.query<{ is_known: boolean }>(
    'record_known',
    `SELECT EXISTS (SELECT 1 FROM records WHERE ${here}) OR EXISTS (SELECT 1 FROM stale_records WHERE ${here}) AS is_known`,
    [place.connectionId, place.dataType, place.recordId],
  );
  return row?.is_known ?? false;
}

export async function findRecord(db: Queryable, place: RecordPlace): Promise<StoredRecord | undefined> {
  const [row] = await db.query<RecordRow>(
    'record_find',
    `SELECT ${RECORD_ROW} FROM records r
     WHERE r.connection_id = $1 AND r.data_type = $2 AND r.record_id = $3 AND r.content IS NOT NULL`,
    [place.connectionId, place.dataType, place.recordId],
  );
  return row && storedRecord(row);
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
  return { values, bind, connection, type, place, where, changed, kept };
}

type Statement = ReturnType<typeof statement>;

/** Of filters that the kept counts cannot tell of. Each distinct one is its own text: they go unnamed. */
async function countRecords(db: Queryable, request: RecordListRequest): Promise<number> {
  const { values, place, where, changed, kept = 'TRUE' } = statement(request);
  const { rest } = request.filter;
  const conditions = [...where('r'), changed, kept, ...(rest === undefined ? [] : [place(rest)])];
  const [row] = await db.query<{ total: number }>(
    '',
    `SELECT count(*) AS total FROM records r WHERE ${conditions.join(' AND ')}`,
    values,
  );
  return row?.total ?? 0;
}

/** From the kept counts. */
function totalSql({ where, changed, kept = 'TRUE' }: Statement, { since }: RecordFilter): string {
  const counted = `FROM record_counts c WHERE ${where('c').join(' AND ')} AND ${ofCounts(kept)}`;
  if (since === undefined) return `SELECT coalesce(sum(c.records), 0)::bigint ${counted}`;
  // Whole buckets are counted already; of the one that the moment falls into, its rows are, which come first.
  const following = (columns: string, limit: number) =>
    `SELECT ${columns} FROM records r WHERE ${[...where('r'), changed].join(' AND ')} ORDER BY r.modified_at LIMIT ${limit}`;
  return `WITH edge AS MATERIALIZED (${following('r.bucket', 1)})
    SELECT (SELECT count(*) FROM (${following('r.bucket, r.status, r.is_deleted', BUCKET_SIZE)}) r
        WHERE r.bucket = (SELECT bucket FROM edge) AND ${kept})
      + (SELECT coalesce(sum(c.records), 0)::bigint ${counted} AND c.bucket > (SELECT bucket FROM edge))`;
}

/** The condition over the columns of counts, where no status is an empty text. */
function ofCounts(kept: string): string {
  return kept.replaceAll('r.status', `nullif(c.status, '')`).replaceAll('r.is_deleted', 'c.is_deleted');
}

interface PageRow extends SetStateRow {
  readonly items: string | null;
  readonly total: number | null;
}

/**
 * The page, one record more where there is one, and what is known of the set, all of one moment; and the total, unless
 * that has to be counted apart.
 */
function pageStatement(request: RecordListRequest, place: PlaceOnWalk | undefined) {
  const made = statement(request);
  const { values, bind, connection, type, where, changed, kept } = made;
  const { filter, order, page, pageSize } = request;
  const conditions = [...where('r'), changed, ...(kept === undefined ? [] : [kept])];
  if (filter.rest !== undefined) conditions.push(made.place(filter.rest));
  const skip = (place?.pagesOn ?? page - 1) * pageSize;
  if (place !== undefined) {
    conditions.push(`r.modified_at ${order === 'newest-change' ? '<' : '>'} ${fromFeedTime(bind(place.after))}`);
  }
  const orderBy = orderSql(order);
  // Numbers of our own stand in the text: of a limit that it does not know a plan assumes the worst.
  const found = (columns: string) =>
    `SELECT ${columns} FROM records r WHERE ${conditions.join(' AND ')} ORDER BY ${orderBy} LIMIT ${pageSize + 1}`;
  const shown =
    skip === 0
      ? found('r.*')
      : // Only ids are skipped and sorted; contents, which may be long, are fetched for the page alone.
        `SELECT r.* FROM (${found('r.connection_id, r.data_type, r.record_id')} OFFSET ${bind(skip)}::bigint) page
         JOIN records r ON r.connection_id = page.connection_id AND r.data_type = page.data_type
           AND r.record_id = page.record_id
         ORDER BY ${orderBy}`;
  const text = `SELECT state.*, (SELECT ${PAGE_TEXT} FROM (${shown}) r) AS items,
      ${filter.rest === undefined ? `(${totalSql(made, filter)})` : 'NULL::bigint'} AS total
    FROM (${setStateSql({ company: bind(request.companyId), connection, type })}) state`;
  return { text, values, mayBePrepared: skip === 0 };
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
