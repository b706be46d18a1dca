/** All SQL that turns events into messages. */
import type { Queryable } from '../db/pool.ts';

export interface ToldEvent {
  readonly id: string;
  readonly companyId: string | undefined;
  readonly eventType: string;
  readonly generatedAt: Date;
  /** As they were when the event was told. */
  readonly companyTags: Readonly<Record<string, string>> | undefined;
  /** Of a write, or of the first data type of a read; alerts of rules look at it. */
  readonly status: string | undefined;
  /** Of the first data type of a read. */
  readonly recordsModified: boolean;
  readonly forConsumerId: string | undefined;
  readonly isTest: boolean;
}

interface ToldRow {
  readonly id: string;
  readonly company_id: string | null;
  readonly event_type: string;
  readonly generated_at: Date;
  readonly tags: Readonly<Record<string, string>> | null;
  readonly status: string | null;
  readonly records_modified: boolean;
  readonly for_consumer_id: string | null;
  readonly is_test: boolean;
}

const TOLD_COLUMNS = `id, company_id, event_type, generated_at, for_consumer_id, is_test,
  coalesce(payload ->> 'status', payload -> 'dataTypes' -> 0 ->> 'status') AS status,
  coalesce(payload -> 'dataTypes' -> 0 ->> 'recordsModified', '') = 'true' AS records_modified,
  coalesce(payload -> 'referenceCompany' -> 'tags', payload -> 'tags') AS tags`;

function toldEvent(row: ToldRow): ToldEvent {
  return {
    id: row.id,
    companyId: row.company_id ?? undefined,
    eventType: row.event_type,
    generatedAt: row.generated_at,
    companyTags: row.company_id === null ? undefined : (row.tags ?? {}),
    status: row.status ?? undefined,
    recordsModified: row.records_modified,
    forConsumerId: row.for_consumer_id ?? undefined,
    isTest: row.is_test,
  };
}

/** Held until the transaction ends; another process takes the next ones. */
export async function takeUnplacedEvents(tx: Queryable, eventsMax: number): Promise<ToldEvent[]> {
  const rows = await tx.query<ToldRow>(
    'events_take',
    `SELECT ${TOLD_COLUMNS} FROM events
     WHERE position IS NULL ORDER BY generated_at, id LIMIT $1 FOR UPDATE SKIP LOCKED`,
    [eventsMax],
  );
  return rows.map(toldEvent);
}

export interface EventsWalk {
  readonly afterAt: Date;
  /** Undefined: from the beginning of that moment. */
  readonly afterId: string | undefined;
  readonly until: Date;
  readonly eventsMax: number;
}

/** Events that were told in a stretch of time, oldest first; no examples. */
export async function walkToldEvents(db: Queryable, walk: EventsWalk): Promise<ToldEvent[]> {
  const rows = await db.query<ToldRow>(
    'events_walk',
    `SELECT ${TOLD_COLUMNS} FROM events
     WHERE position IS NOT NULL AND generated_at <= $3
       AND (generated_at, id) > ($1, coalesce($2, '00000000-0000-0000-0000-000000000000'::uuid))
     ORDER BY generated_at, id LIMIT $4`,
    [walk.afterAt, walk.afterId ?? null, walk.until, walk.eventsMax],
  );
  return rows.map(toldEvent);
}

export interface NewMessage {
  readonly id: string;
  readonly eventId: string;
  readonly consumerId: string;
}

/** Answers how many there were not before. */
export function insertMessages(tx: Queryable, messages: readonly NewMessage[], now: Date): Promise<number> {
  return tx.execute(
    'messages_insert',
    `INSERT INTO webhook_messages (id, event_id, consumer_id, state, next_attempt_at, created_at)
     SELECT *, 'waiting', $4::timestamptz, $4::timestamptz FROM unnest($1::uuid[], $2::uuid[], $3::uuid[])
     ON CONFLICT (event_id, consumer_id) DO NOTHING`,
    [
      messages.map((message) => message.id),
      messages.map((message) => message.eventId),
      messages.map((message) => message.consumerId),
      now,
    ],
  );
}
