/**
 * A company's pushes, page by page, with the exact number of all that match. By time of request, a list is a merge of
 * ranges of one index, one for each state that it shows; its total comes from counts that are kept (counts.ts).
 */
import type { Database } from '../db/pool.ts';
import { countSql } from './counts.ts';
import { makePageStarts, type Boundary, type Growth, type PageStarts } from './page-starts.ts';
import type { Push } from './push.ts';
import { pushOf, SHOWN, SHOWN_JOINS, type PushRow } from './queries.ts';
import { hasEnded, PUSH_STATES, type PushState } from './state.ts';

/** SQL over the table alias `p`; its placeholders begin at `$2`, after the company. */
export interface PushFilter {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** - `newest`, `oldest`: by time of request, which has an index; any other order has to sort all that match. */
export type PushOrder = 'newest' | 'oldest' | { readonly sql: string };

export interface PushListRequest {
  readonly companyId: string;
  /** Which states to show; all unless given. */
  readonly states?: ReadonlySet<PushState>;
  /** What else must hold. */
  readonly where?: PushFilter;
  readonly order: PushOrder;
  readonly page: number;
  readonly pageSize: number;
  /** Begins after this row, wherever the page of that number begins by now. Not with an order of its own. */
  readonly after?: Boundary;
}

export interface PushPage {
  readonly pushes: Push[];
  readonly totalResults: number;
  readonly hasMore: boolean;
  /** Where the next page begins, if there is one and the order has an index. */
  readonly nextAfter: Boundary | undefined;
}

export type ListPushes = (request: PushListRequest) => Promise<PushPage>;

const ALL_STATES: ReadonlySet<PushState> = new Set(PUSH_STATES);

export function makeListPushes(db: Database): ListPushes {
  const starts = makePageStarts();
  return async (request) => {
    const states = request.states ?? ALL_STATES;
    if (states.size === 0) return { pushes: [], totalResults: 0, hasMore: false, nextAfter: undefined };
    // Counted first: whether a hint still holds is told by the total.
    const totalResults = await countPushes(db, request, states);
    const rows = await pageRows(db, request, states, placeOf(request, states, totalResults, starts));
    const shown = rows.slice(0, request.pageSize);
    const hasMore = rows.length > shown.length;
    const nextAfter = hasMore && isIndexed(request.order) ? boundaryOf(shown.at(-1)) : undefined;
    if (nextAfter !== undefined && request.after === undefined) {
      const rowsBefore = request.page * request.pageSize;
      starts.note(listKey(request, states), { boundary: nextAfter, rowsBefore, total: totalResults });
    }
    return { pushes: shown.map(pushOf), totalResults, hasMore, nextAfter };
  };
}

async function countPushes(
  db: Database,
  { companyId, where }: PushListRequest,
  states: ReadonlySet<PushState>,
): Promise<number> {
  // Each distinct filter is its own text, and so would be its own prepared statement: they go unnamed.
  const [row] =
    where === undefined
      ? await db.query<{ total: number }>('', `SELECT ${countSql(states)} AS total`, [companyId])
      : await db.query<{ total: number }>(
          '',
          `SELECT count(*) AS total FROM pushes p WHERE p.company_id = $1 AND ${isIn(states)} AND (${where.sql})`,
          [companyId, ...where.values],
        );
  return row?.total ?? 0;
}

interface Place {
  readonly after: Boundary | undefined;
  readonly skip: number;
}

function placeOf(request: PushListRequest, states: ReadonlySet<PushState>, total: number, starts: PageStarts): Place {
  const offset = (request.page - 1) * request.pageSize;
  if (!isIndexed(request.order)) return { after: undefined, skip: offset };
  if (request.after !== undefined) return { after: request.after, skip: 0 };
  const growth = growthOf(request, states);
  const hint = offset === 0 ? undefined : starts.nearest(listKey(request, states), { offset, total, growth });
  return hint ?? { after: undefined, skip: offset };
}

/**
 * Pushes come as queued and go into one state for good, so that a list of ends, or of all there are, only grows; but an
 * unknown one may leave later. What retention removes is the oldest, and leads no walker astray who goes on from a row.
 */
function growthOf({ where, order }: PushListRequest, states: ReadonlySet<PushState>): Growth {
  const onlyGrows =
    states.size === ALL_STATES.size || [...states].every((state) => hasEnded(state) && state !== 'unknown');
  if (where !== undefined || !onlyGrows) return 'anywhere';
  return order === 'oldest' ? 'at-end' : 'at-start';
}

function listKey({ companyId, where, order, pageSize }: PushListRequest, states: ReadonlySet<PushState>): string {
  return JSON.stringify([companyId, [...states].toSorted(), where?.sql, where?.values, order, pageSize]);
}

interface ListRow extends PushRow {
  readonly requested_at_micros: number;
}

/** One row more than the page has, where there is one. */
async function pageRows(
  db: Database,
  request: PushListRequest,
  states: ReadonlySet<PushState>,
  { after, skip }: Place,
): Promise<ListRow[]> {
  const values: unknown[] = [request.companyId, ...(request.where?.values ?? [])];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const { order } = request;
  const orderBy = orderSql(order);
  const conditions = ['p.company_id = $1'];
  if (request.where !== undefined) conditions.push(`(${request.where.sql})`);
  if (after !== undefined) {
    const [micros, id] = [bind(after.requestedAtMicros), bind(after.id)];
    conditions.push(
      `(p.requested_at, p.id) ${order === 'oldest' ? '>' : '<'}
        ('epoch'::timestamptz + ${micros}::float8 * interval '1 microsecond', ${id}::uuid)`,
    );
  }
  const limit = bind(request.pageSize + 1);
  const skipped = bind(skip);
  // Each range is ordered and cut by itself: only so does the planner merge them, instead of sorting all that they hold.
  const matching = isIndexed(order)
    ? [...states].map(
        (state) => `(SELECT p.id, p.requested_at ${matchingSql([...conditions, isIn([state])])}
          ORDER BY ${orderBy} LIMIT ${limit}::bigint + ${skipped}::bigint)`,
      )
    : [`SELECT p.* ${matchingSql([...conditions, isIn(states)])}`];
  // Only ids are skipped and sorted, which the index holds; the rows themselves are fetched for the page alone.
  return db.query<ListRow>(
    '',
    `SELECT ${SHOWN}, (extract(epoch FROM p.requested_at) * 1000000)::bigint AS requested_at_micros
     FROM (
       SELECT p.id FROM (${matching.join(' UNION ALL ')}) p
       ORDER BY ${orderBy} LIMIT ${limit}::bigint OFFSET ${skipped}::bigint
     ) page JOIN pushes p ON p.id = page.id ${SHOWN_JOINS}
     ORDER BY ${orderBy}`,
    values,
  );
}

function matchingSql(conditions: readonly string[]): string {
  return `FROM pushes p WHERE ${conditions.join(' AND ')}`;
}

/** The names are ours, from a closed list. */
function isIn(states: Iterable<PushState>): string {
  const names = [...states].map((state) => `'${state}'`);
  return names.length === 1 ? `p.state = ${names.join()}` : `p.state IN (${names.join(', ')})`;
}

function isIndexed(order: PushOrder): order is 'newest' | 'oldest' {
  return typeof order === 'string';
}

function orderSql(order: PushOrder): string {
  switch (order) {
    case 'newest':
      return 'p.requested_at DESC, p.id DESC';
    case 'oldest':
      return 'p.requested_at ASC, p.id ASC';
    default:
      return `${order.sql}, p.requested_at DESC, p.id DESC`;
  }
}

function boundaryOf(row: ListRow | undefined): Boundary | undefined {
  return row && { requestedAtMicros: row.requested_at_micros, id: row.id };
}
