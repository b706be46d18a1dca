/** All SQL that stores events. Reading them stands in feed.ts, and for delivery in webhooks/. */
import type { Queryable } from '../db/pool.ts';
import type { LedgerpostEvent } from './event.ts';

const INSERT_EVENTS = `
  INSERT INTO events (id, company_id, event_type, generated_at, payload, is_test, for_consumer_id)
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::json[], $6::bool[], $7::uuid[])`;

/** `tx` is the transaction of the cause: no event without its fact, no fact without its event. */
export async function insertEvents(tx: Queryable, events: readonly LedgerpostEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.execute('events_insert', INSERT_EVENTS, [
    events.map((event) => event.id),
    events.map((event) => event.companyId ?? null),
    events.map((event) => event.eventType),
    events.map((event) => event.generatedAt.toISOString()),
    events.map((event) => JSON.stringify(event.payload)),
    events.map((event) => event.isTest === true),
    events.map((event) => event.forConsumerId ?? null),
  ]);
}
