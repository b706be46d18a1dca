/**
 * The feed: events in the order of their places, from a cursor on. A place is given after an event is committed, under
 * the lock of one row (placeEvents), so places become visible in their order: who reads on from the last one it saw
 * misses nothing, however long the transaction of some event took. Neither times nor sequences would promise that: both
 * are drawn before the commit, and a slow transaction would appear behind a reader who has passed its number.
 */
import type { Queryable } from '../db/pool.ts';

export interface FedEvent {
  readonly id: string;
  readonly companyId: string | undefined;
  readonly eventType: string;
  readonly generatedAt: Date;
  /** As stored: JSON text. */
  readonly payloadText: string;
  readonly isTest: boolean;
}

export interface FeedPage {
  readonly events: readonly FedEvent[];
  /** Where the next page begins: after this place. */
  readonly last: number;
  readonly hasMore: boolean;
}

export interface FeedQuery {
  readonly after: number;
  readonly limit: number;
  /** Names; absent for all. */
  readonly eventTypes: readonly string[] | undefined;
  readonly companyId: string | undefined;
}

/** How many places one page looks through at most, however few of them fit. */
const PLACES_A_PAGE_MAX = 5_000;

export async function readFeed(db: Queryable, { after, limit, eventTypes, companyId }: FeedQuery): Promise<FeedPage> {
  const [looked] = await db.query<{ places: number; last: number | null; hits: number[] | null }>(
    'feed_look',
    `WITH window_of AS MATERIALIZED (
       SELECT position, event_type, company_id, for_consumer_id FROM events
       WHERE position > $1 ORDER BY position LIMIT ${PLACES_A_PAGE_MAX}
     ), fitting AS (
       SELECT position FROM window_of
       WHERE for_consumer_id IS NULL
         AND ($2::text[] IS NULL OR event_type = ANY ($2)) AND ($3::uuid IS NULL OR company_id = $3)
       ORDER BY position LIMIT $4
     )
     SELECT (SELECT count(*) FROM window_of) AS places, (SELECT max(position) FROM window_of) AS last,
       (SELECT array_agg(position ORDER BY position) FROM fitting) AS hits`,
    [after, eventTypes ?? null, companyId ?? null, limit],
  );
  const hits = looked?.hits ?? [];
  const lookedTo = looked?.last ?? after;
  const last = hits.length === limit ? (hits.at(-1) ?? lookedTo) : lookedTo;
  return {
    events: hits.length === 0 ? [] : await eventsAt(db, hits),
    last,
    hasMore: last < lookedTo || looked?.places === PLACES_A_PAGE_MAX,
  };
}

async function eventsAt(db: Queryable, positions: readonly number[]): Promise<FedEvent[]> {
  const rows = await db.query<EventRow>(
    'feed_events',
    `SELECT id, company_id, event_type, generated_at, payload::text AS payload, is_test
     FROM events WHERE position = ANY ($1::bigint[]) ORDER BY position`,
    [positions],
  );
  return rows.map(fedEvent);
}

interface EventRow {
  readonly id: string;
  readonly company_id: string | null;
  readonly event_type: string;
  readonly generated_at: Date;
  readonly payload: string;
  readonly is_test: boolean;
}

function fedEvent(row: EventRow): FedEvent {
  return {
    id: row.id,
    companyId: row.company_id ?? undefined,
    eventType: row.event_type,
    generatedAt: row.generated_at,
    payloadText: row.payload,
    isTest: row.is_test,
  };
}

export async function findEvent(db: Queryable, id: string): Promise<FedEvent | undefined> {
  const [row] = await db.query<EventRow>(
    'event_find',
    `SELECT id, company_id, event_type, generated_at, payload::text AS payload, is_test FROM events WHERE id = $1`,
    [id],
  );
  return row && fedEvent(row);
}

/** The place of the newest event that has one. */
export async function endOfFeed(db: Queryable): Promise<number> {
  const [row] = await db.query<{ last_position: number }>('feed_end', 'SELECT last_position FROM event_feed');
  return row?.last_position ?? 0;
}

/** Gives the events their places, in this order. Whoever does so next waits for the end of this transaction. */
export async function placeEvents(tx: Queryable, eventIds: readonly string[], now: Date): Promise<void> {
  const [feed] = await tx.query<{ last_position: number }>(
    'feed_grow',
    'UPDATE event_feed SET last_position = last_position + $1 RETURNING last_position',
    [eventIds.length],
  );
  if (feed === undefined) throw new Error('The row of event_feed is missing');
  await tx.execute(
    'events_place',
    `UPDATE events SET position = placed.position, dispatched_at = $3
     FROM unnest($1::uuid[], $2::bigint[]) AS placed (id, position)
     WHERE events.id = placed.id AND events.position IS NULL`,
    [eventIds, eventIds.map((_, index) => feed.last_position - eventIds.length + index + 1), now],
  );
}
