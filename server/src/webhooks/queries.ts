/** All SQL about webhook consumers, their messages, and the events that become messages. */
import type { Queryable } from '../db/pool.ts';
import type { Consumer } from './consumer.ts';

interface ConsumerRow {
  readonly id: string;
  readonly url: string;
  readonly event_types: string[];
  readonly company_tags: string[];
  readonly disabled: boolean;
  readonly created_at: Date;
}

const CONSUMER_COLUMNS = 'id, url, event_types, company_tags, disabled, created_at';

function consumer(row: ConsumerRow): Consumer {
  return {
    id: row.id,
    url: row.url,
    eventTypes: row.event_types,
    companyTags: row.company_tags,
    disabled: row.disabled,
    createdAt: row.created_at,
  };
}

/** Two that register at once would both see room for one more. Deliveries, which only read consumers, go on. */
export async function lockConsumers(tx: Queryable): Promise<void> {
  await tx.execute('consumers_lock', 'LOCK TABLE webhook_consumers IN SHARE ROW EXCLUSIVE MODE');
}

export async function insertConsumer(tx: Queryable, each: Consumer, secretSealed: Buffer): Promise<void> {
  await tx.execute(
    'consumer_insert',
    `INSERT INTO webhook_consumers (id, url, event_types, company_tags, disabled, secret_sealed, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [each.id, each.url, each.eventTypes, each.companyTags, each.disabled, secretSealed, each.createdAt],
  );
}

export async function selectConsumers(db: Queryable): Promise<Consumer[]> {
  const rows = await db.query<ConsumerRow>(
    'consumers_select',
    `SELECT ${CONSUMER_COLUMNS} FROM webhook_consumers WHERE deleted_at IS NULL ORDER BY created_at, id`,
  );
  return rows.map(consumer);
}

/** Until the transaction ends none of them is deleted, so that no message is made for one that is gone. */
export async function lockConsumersAgainstDeletion(tx: Queryable): Promise<Consumer[]> {
  const rows = await tx.query<ConsumerRow>(
    'consumers_lock_rows',
    `SELECT ${CONSUMER_COLUMNS} FROM webhook_consumers WHERE deleted_at IS NULL ORDER BY id FOR SHARE`,
  );
  return rows.map(consumer);
}

export async function findConsumer(db: Queryable, id: string): Promise<Consumer | undefined> {
  const [row] = await db.query<ConsumerRow>(
    'consumer_find',
    `SELECT ${CONSUMER_COLUMNS} FROM webhook_consumers WHERE id = $1 AND deleted_at IS NULL`,
    [id],
  );
  return row && consumer(row);
}

export async function markConsumerDeleted(db: Queryable, id: string, now: Date): Promise<boolean> {
  const count = await db.execute(
    'consumer_delete',
    'UPDATE webhook_consumers SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL',
    [id, now],
  );
  return count > 0;
}

export async function selectSealedSecret(db: Queryable, id: string): Promise<Buffer | undefined> {
  const [row] = await db.query<{ secret_sealed: Buffer }>(
    'consumer_secret',
    'SELECT secret_sealed FROM webhook_consumers WHERE id = $1 AND deleted_at IS NULL',
    [id],
  );
  return row?.secret_sealed;
}

export interface UndispatchedEvent {
  readonly id: string;
  readonly companyId: string | undefined;
  readonly eventType: string;
  /** As they were when the event was told. */
  readonly companyTags: Readonly<Record<string, string>> | undefined;
}

/** Held until the transaction ends; another process takes the next ones. */
export async function takeUndispatchedEvents(tx: Queryable, eventsMax: number): Promise<UndispatchedEvent[]> {
  const rows = await tx.query<{ id: string; company_id: string | null; event_type: string; tags: object | null }>(
    'events_take',
    `SELECT id, company_id, event_type, coalesce(payload -> 'referenceCompany' -> 'tags', payload -> 'tags') AS tags
     FROM events WHERE dispatched_at IS NULL ORDER BY generated_at, id LIMIT $1 FOR UPDATE SKIP LOCKED`,
    [eventsMax],
  );
  return rows.map((row) => ({
    id: row.id,
    companyId: row.company_id ?? undefined,
    eventType: row.event_type,
    companyTags: row.company_id === null ? undefined : ((row.tags ?? {}) as Record<string, string>),
  }));
}

export async function markDispatched(tx: Queryable, eventIds: readonly string[], now: Date): Promise<void> {
  await tx.execute(
    'events_mark_dispatched',
    'UPDATE events SET dispatched_at = $2 WHERE id = ANY ($1::uuid[]) AND dispatched_at IS NULL',
    [eventIds, now],
  );
}

export interface NewMessage {
  readonly id: string;
  readonly eventId: string;
  readonly consumerId: string;
}

export async function insertMessages(tx: Queryable, messages: readonly NewMessage[], now: Date): Promise<void> {
  await tx.execute(
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

export interface ClaimedMessage {
  readonly id: string;
  readonly leaseToken: string;
  readonly consumerId: string;
  readonly url: string;
  readonly secretSealed: Buffer;
  /** Attempts that were made before. */
  readonly attempts: number;
  readonly eventId: string;
  readonly eventType: string;
  readonly generatedAt: Date;
  readonly payloadText: string;
}

interface ClaimedRow {
  readonly id: string;
  readonly consumer_id: string;
  readonly url: string;
  readonly secret_sealed: Buffer;
  readonly attempts: number;
  readonly event_id: string;
  readonly event_type: string;
  readonly generated_at: Date;
  readonly payload: string;
}

// One look into the index for each consumer, so that the longest backlog costs the others nothing. Messages of deleted
// and disabled consumers are never claimed.
const CLAIM_MESSAGES = `
  WITH due AS (
    SELECT message.id
    FROM webhook_consumers consumer CROSS JOIN LATERAL (
      SELECT id FROM webhook_messages
      WHERE consumer_id = consumer.id AND state = 'waiting' AND next_attempt_at <= $1
      ORDER BY next_attempt_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
    ) message
    WHERE consumer.deleted_at IS NULL AND NOT consumer.disabled AND consumer.id <> ALL ($3::uuid[])
  )
  UPDATE webhook_messages message SET state = 'delivering', lease_token = $4, lease_until = $5
  FROM due, events event, webhook_consumers consumer
  WHERE message.id = due.id AND message.state = 'waiting'
    AND event.id = message.event_id AND consumer.id = message.consumer_id
  RETURNING message.id, message.consumer_id, consumer.url, consumer.secret_sealed, message.attempts,
    message.event_id, event.event_type, event.generated_at, event.payload::text AS payload`;

export interface Claim {
  readonly now: Date;
  readonly perConsumerMax: number;
  /** Consumers that have enough to do already. */
  readonly except: readonly string[];
  readonly leaseToken: string;
  readonly leaseUntil: Date;
}

export async function claimMessages(db: Queryable, claim: Claim): Promise<ClaimedMessage[]> {
  const rows = await db.query<ClaimedRow>('messages_claim', CLAIM_MESSAGES, [
    claim.now,
    claim.perConsumerMax,
    claim.except,
    claim.leaseToken,
    claim.leaseUntil,
  ]);
  return rows.map((row) => ({
    id: row.id,
    leaseToken: claim.leaseToken,
    consumerId: row.consumer_id,
    url: row.url,
    secretSealed: row.secret_sealed,
    attempts: row.attempts,
    eventId: row.event_id,
    eventType: row.event_type,
    generatedAt: row.generated_at,
    payloadText: row.payload,
  }));
}

export async function findNextDue(db: Queryable, except: readonly string[]): Promise<Date | undefined> {
  const [row] = await db.query<{ next: Date | null }>(
    'messages_next_due',
    `SELECT min(message.next_attempt_at) AS next
     FROM webhook_consumers consumer CROSS JOIN LATERAL (
       SELECT next_attempt_at FROM webhook_messages
       WHERE consumer_id = consumer.id AND state = 'waiting' ORDER BY next_attempt_at, id LIMIT 1
     ) message
     WHERE consumer.deleted_at IS NULL AND NOT consumer.disabled AND consumer.id <> ALL ($1::uuid[])`,
    [except],
  );
  return row?.next ?? undefined;
}

export interface Lease {
  readonly id: string;
  readonly leaseToken: string;
}

/** Answers the ids of those that are still ours. */
export async function renewLeases(db: Queryable, leases: readonly Lease[], until: Date): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    'messages_renew',
    `UPDATE webhook_messages message SET lease_until = $3
     FROM unnest($1::uuid[], $2::uuid[]) AS held (id, lease_token)
     WHERE message.id = held.id AND message.state = 'delivering' AND message.lease_token = held.lease_token
     RETURNING message.id`,
    [leases.map((lease) => lease.id), leases.map((lease) => lease.leaseToken), until],
  );
  return rows.map((row) => row.id);
}

/** Gives claimed messages back untouched: nothing was sent, or nobody will know what it came to. */
export async function releaseLeases(db: Queryable, leases: readonly Lease[]): Promise<void> {
  await db.execute(
    'messages_release',
    `UPDATE webhook_messages message SET state = 'waiting', lease_token = NULL, lease_until = NULL
     FROM unnest($1::uuid[], $2::uuid[]) AS held (id, lease_token)
     WHERE message.id = held.id AND message.state = 'delivering' AND message.lease_token = held.lease_token`,
    [leases.map((lease) => lease.id), leases.map((lease) => lease.leaseToken)],
  );
}

/** Leases that ran out: their holder is gone. The schedule stays where it was, since no attempt was recorded. */
export async function reclaimLostMessages(db: Queryable, now: Date, messagesMax: number): Promise<number> {
  return db.execute(
    'messages_reclaim',
    `WITH lost AS (
       SELECT id FROM webhook_messages WHERE state = 'delivering' AND lease_until < $1
       ORDER BY lease_until LIMIT $2 FOR UPDATE SKIP LOCKED
     )
     UPDATE webhook_messages message SET state = 'waiting', lease_token = NULL, lease_until = NULL
     FROM lost WHERE message.id = lost.id AND message.state = 'delivering'`,
    [now, messagesMax],
  );
}

export async function dropMessagesOfDeletedConsumers(db: Queryable, now: Date, messagesMax: number): Promise<number> {
  return db.execute(
    'messages_drop',
    `WITH orphaned AS (
       SELECT message.id
       FROM webhook_consumers consumer CROSS JOIN LATERAL (
         SELECT id FROM webhook_messages WHERE consumer_id = consumer.id AND state = 'waiting'
         ORDER BY next_attempt_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
       ) message
       WHERE consumer.deleted_at IS NOT NULL LIMIT $2
     )
     UPDATE webhook_messages message SET state = 'dropped', completed_at = $1
     FROM orphaned WHERE message.id = orphaned.id AND message.state = 'waiting'`,
    [now, messagesMax],
  );
}

export interface Settlement extends Lease {
  /** Waiting once more, delivered, or the schedule is used up. */
  readonly state: 'waiting' | 'delivered' | 'exhausted';
  /** Present exactly when it waits once more. */
  readonly nextAttemptAt: Date | undefined;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly durationMs: number;
  readonly statusCode: number | undefined;
  readonly responseBody: string | undefined;
  readonly error: string | undefined;
}

const SETTLE_MESSAGES = `
  WITH outcome AS (
    SELECT * FROM unnest(
      $1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::integer[],
      $8::integer[], $9::text[], $10::text[]
    ) AS outcome (id, lease_token, state, next_attempt_at, started_at, ended_at, duration_ms, status_code,
      response_body, error)
  ), settled AS (
    UPDATE webhook_messages message
    SET state = outcome.state, attempts = message.attempts + 1, lease_token = NULL, lease_until = NULL,
      next_attempt_at = coalesce(outcome.next_attempt_at, message.next_attempt_at),
      completed_at = CASE WHEN outcome.state = 'waiting' THEN NULL ELSE outcome.ended_at END
    FROM outcome
    WHERE message.id = outcome.id AND message.state = 'delivering' AND message.lease_token = outcome.lease_token
    RETURNING message.id, message.attempts
  )
  INSERT INTO webhook_attempts (message_id, number, started_at, duration_ms, status_code, response_body, error)
  SELECT id, settled.attempts, started_at, duration_ms, status_code, response_body, error
  FROM settled JOIN outcome USING (id)
  RETURNING message_id`;

/** Answers the ids of those that were still ours; the move and its attempt are stored together. */
export async function settleMessages(db: Queryable, settlements: readonly Settlement[]): Promise<ReadonlySet<string>> {
  const column = <T>(value: (each: Settlement) => T | undefined) => settlements.map((each) => value(each) ?? null);
  const rows = await db.query<{ message_id: string }>('messages_settle', SETTLE_MESSAGES, [
    column((each) => each.id),
    column((each) => each.leaseToken),
    column((each) => each.state),
    column((each) => each.nextAttemptAt?.toISOString()),
    column((each) => each.startedAt.toISOString()),
    column((each) => each.endedAt.toISOString()),
    column((each) => each.durationMs),
    column((each) => each.statusCode),
    column((each) => each.responseBody),
    column((each) => each.error),
  ]);
  return new Set(rows.map((row) => row.message_id));
}

/** How many messages wait, counted up to a bound: the exact length of a huge backlog is not worth its scan. */
export async function countWaitingMessages(db: Queryable, countMax: number): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    'messages_count_waiting',
    `SELECT count(*) FROM (SELECT FROM webhook_messages WHERE state = 'waiting' LIMIT $1) AS counted`,
    [countMax],
  );
  return row?.count ?? 0;
}
