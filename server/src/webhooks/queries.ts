/** All SQL about the delivery of messages: claiming, leases, and what an attempt came to. */
import type { Queryable } from '../db/pool.ts';

export interface ClaimedMessage {
  readonly id: string;
  readonly leaseToken: string;
  /** Of a consumer with a rate limit: not before. */
  readonly sendAt: Date | undefined;
  readonly createdAt: Date;
  /** When it was due. */
  readonly dueAt: Date;
  /** Places of the schedule that were used before. */
  readonly tries: number;
  readonly isResend: boolean;
  readonly resumeAt: Date | undefined;
  readonly deliveredAt: Date | undefined;
  readonly consumer: ClaimedConsumer;
  readonly event: ClaimedEvent;
}

/** The consumer as it is now, with what its deliveries need. */
export interface ClaimedConsumer {
  readonly id: string;
  readonly url: string;
  readonly ruleType: string | undefined;
  readonly secretSealed: Buffer;
  readonly previousSecretSealed: Buffer | undefined;
  readonly previousSecretUntil: Date | undefined;
  readonly headersSealed: Buffer | undefined;
  readonly certificateSealed: Buffer | undefined;
  readonly enabledAt: Date | undefined;
  readonly failingSince: Date | undefined;
}

export interface ClaimedEvent {
  readonly id: string;
  readonly companyId: string | undefined;
  readonly eventType: string;
  readonly generatedAt: Date;
  /** As stored: JSON text. */
  readonly payloadText: string;
  readonly isTest: boolean;
}

interface ClaimedRow {
  readonly id: string;
  readonly lease_token: string;
  readonly send_at: Date | null;
  readonly created_at: Date;
  readonly due_at: Date;
  readonly tries: number;
  readonly is_resend: boolean;
  readonly resume_at: Date | null;
  readonly delivered_at: Date | null;
  readonly consumer_id: string;
  readonly url: string;
  readonly rule_type: string | null;
  readonly secret_sealed: Buffer;
  readonly previous_secret_sealed: Buffer | null;
  readonly previous_secret_until: Date | null;
  readonly headers_sealed: Buffer | null;
  readonly certificate_sealed: Buffer | null;
  readonly enabled_at: Date | null;
  readonly failing_since: Date | null;
  readonly event_id: string;
  readonly company_id: string | null;
  readonly event_type: string;
  readonly generated_at: Date;
  readonly payload: string;
  readonly is_test: boolean;
}

const CLAIMED_COLUMNS = `message.id, message.lease_token, message.created_at, message.next_attempt_at AS due_at,
  message.tries, message.is_resend, message.resume_at, message.delivered_at,
  message.consumer_id, consumer.url, consumer.rule_type, consumer.secret_sealed, consumer.previous_secret_sealed,
  consumer.previous_secret_until, consumer.headers_sealed, consumer.certificate_sealed, consumer.enabled_at,
  consumer.failing_since,
  message.event_id, event.company_id, event.event_type, event.generated_at, event.payload::text AS payload, event.is_test`;

function claimedMessage(row: ClaimedRow): ClaimedMessage {
  return {
    id: row.id,
    leaseToken: row.lease_token,
    sendAt: row.send_at ?? undefined,
    createdAt: row.created_at,
    dueAt: row.due_at,
    tries: row.tries,
    isResend: row.is_resend,
    resumeAt: row.resume_at ?? undefined,
    deliveredAt: row.delivered_at ?? undefined,
    consumer: {
      id: row.consumer_id,
      url: row.url,
      ruleType: row.rule_type ?? undefined,
      secretSealed: row.secret_sealed,
      previousSecretSealed: row.previous_secret_sealed ?? undefined,
      previousSecretUntil: row.previous_secret_until ?? undefined,
      headersSealed: row.headers_sealed ?? undefined,
      certificateSealed: row.certificate_sealed ?? undefined,
      enabledAt: row.enabled_at ?? undefined,
      failingSince: row.failing_since ?? undefined,
    },
    event: {
      id: row.event_id,
      companyId: row.company_id ?? undefined,
      eventType: row.event_type,
      generatedAt: row.generated_at,
      payloadText: row.payload,
      isTest: row.is_test,
    },
  };
}

/** How far ahead of its sending a message of a consumer with a rate limit is claimed. */
const PACE_AHEAD = `interval '1 second'`;

// One look into the index for each consumer, so that the longest backlog costs the others nothing. Messages of deleted
// and disabled consumers are never claimed. A consumer with a rate limit has its next free moment in webhook_paces: each
// claimed message is given a moment of its own, and whoever else claims meanwhile passes that consumer over.
const CLAIM_MESSAGES = `
  WITH pace AS MATERIALIZED (
    SELECT consumer_id, next_at FROM webhook_paces ORDER BY consumer_id FOR UPDATE SKIP LOCKED
  ), ready AS MATERIALIZED (
    SELECT consumer.id, consumer.rate_limit, greatest(pace.next_at, $1::timestamptz) AS free_at,
      CASE WHEN consumer.rate_limit IS NULL THEN $2::int
        ELSE least($2::int, floor(extract(epoch FROM $1::timestamptz + ${PACE_AHEAD} - greatest(pace.next_at, $1::timestamptz))
          * consumer.rate_limit)::int) END AS room
    FROM webhook_consumers consumer LEFT JOIN pace ON pace.consumer_id = consumer.id
    WHERE consumer.deleted_at IS NULL AND NOT consumer.disabled AND consumer.id <> ALL ($3::uuid[])
      AND (consumer.rate_limit IS NULL OR pace.consumer_id IS NOT NULL)
  ), due AS MATERIALIZED (
    SELECT message.id, message.next_attempt_at, ready.id AS consumer_id, ready.rate_limit, ready.free_at
    FROM ready CROSS JOIN LATERAL (
      SELECT id, next_attempt_at FROM webhook_messages
      WHERE consumer_id = ready.id AND state = 'waiting' AND next_attempt_at <= $1
      ORDER BY next_attempt_at, id LIMIT greatest(ready.room, 0) FOR UPDATE SKIP LOCKED
    ) message
  ), timed AS (
    SELECT id, CASE WHEN rate_limit IS NOT NULL THEN free_at
      + (row_number() OVER (PARTITION BY consumer_id ORDER BY next_attempt_at, id) - 1) * interval '1 second' / rate_limit
      END AS send_at
    FROM due
  ), paced AS (
    UPDATE webhook_paces SET next_at = taken.free_at + taken.messages * interval '1 second' / taken.rate_limit
    FROM (SELECT consumer_id, free_at, rate_limit, count(*) AS messages FROM due WHERE rate_limit IS NOT NULL
          GROUP BY consumer_id, free_at, rate_limit) taken
    WHERE webhook_paces.consumer_id = taken.consumer_id
  )
  UPDATE webhook_messages message SET state = 'delivering', lease_token = $4, lease_until = $5
  FROM timed, events event, webhook_consumers consumer
  WHERE message.id = timed.id AND message.state = 'waiting'
    AND event.id = message.event_id AND consumer.id = message.consumer_id
  RETURNING ${CLAIMED_COLUMNS}, timed.send_at`;

export interface Claim {
  readonly now: Date;
  readonly perConsumerMax: number;
  /** Consumers that have enough to do already. */
  readonly except: readonly string[];
  readonly leaseToken: string;
  readonly leaseUntil: Date;
}

/** In the order in which they were due. */
export async function claimMessages(db: Queryable, claim: Claim): Promise<ClaimedMessage[]> {
  const { now, perConsumerMax, except, leaseToken, leaseUntil } = claim;
  const values = [now, perConsumerMax, except, leaseToken, leaseUntil];
  return inOrder(await db.query<ClaimedRow>('messages_claim', CLAIM_MESSAGES, values));
}

function inOrder(rows: readonly ClaimedRow[]): ClaimedMessage[] {
  const when = (message: ClaimedMessage) => (message.sendAt ?? message.dueAt).getTime();
  return rows.map(claimedMessage).toSorted((a, b) => when(a) - when(b) || (a.id < b.id ? -1 : 1));
}

export async function findNextDue(db: Queryable, except: readonly string[]): Promise<Date | undefined> {
  const [row] = await db.query<{ next: Date | null }>(
    'messages_next_due',
    `SELECT min(greatest(message.next_attempt_at,
       pace.next_at - ${PACE_AHEAD} + interval '1 second' / consumer.rate_limit)) AS next
     FROM webhook_consumers consumer LEFT JOIN webhook_paces pace ON pace.consumer_id = consumer.id
     CROSS JOIN LATERAL (
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

export interface Postponement extends Lease {
  readonly tries: number;
  readonly dueAt: Date;
}

/** Gives back messages whose time passed while their consumer was disabled, at their next place in the schedule. */
export async function postponeMessages(db: Queryable, postponed: readonly Postponement[]): Promise<void> {
  await db.execute(
    'messages_postpone',
    `UPDATE webhook_messages message
     SET state = 'waiting', lease_token = NULL, lease_until = NULL, tries = held.tries, next_attempt_at = held.due_at
     FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::timestamptz[]) AS held (id, lease_token, tries, due_at)
     WHERE message.id = held.id AND message.state = 'delivering' AND message.lease_token = held.lease_token`,
    [
      postponed.map((each) => each.id),
      postponed.map((each) => each.leaseToken),
      postponed.map((each) => each.tries),
      postponed.map((each) => each.dueAt.toISOString()),
    ],
  );
}

// A consumer that never answers would let its own lost messages wait for a place: so many of each are taken over at once.
// The rest waits its turn. The schedule stays where it was, since no attempt was recorded.
const TAKE_LOST_MESSAGES = `
  WITH lost AS MATERIALIZED (
    SELECT id, consumer_id, next_attempt_at FROM webhook_messages WHERE state = 'delivering' AND lease_until < $1
    ORDER BY lease_until LIMIT $2 FOR UPDATE SKIP LOCKED
  ), placed AS MATERIALIZED (
    SELECT lost.id, NOT consumer.disabled AND consumer.deleted_at IS NULL AND $3 >=
      row_number() OVER (PARTITION BY lost.consumer_id ORDER BY lost.next_attempt_at, lost.id) AS is_taken
    FROM lost JOIN webhook_consumers consumer ON consumer.id = lost.consumer_id
  )
  UPDATE webhook_messages message
  SET state = CASE WHEN placed.is_taken THEN 'delivering' ELSE 'waiting' END,
    lease_token = CASE WHEN placed.is_taken THEN $4::uuid END,
    lease_until = CASE WHEN placed.is_taken THEN $5::timestamptz END
  FROM placed, events event, webhook_consumers consumer
  WHERE message.id = placed.id AND message.state = 'delivering'
    AND event.id = message.event_id AND consumer.id = message.consumer_id
  RETURNING ${CLAIMED_COLUMNS}, NULL::timestamptz AS send_at`;

export interface TakeOver extends Omit<Claim, 'except'> {
  readonly messagesMax: number;
}

/** Leases that ran out: their holder is gone. Answers those that are ours now, and how many wait anew. */
export async function takeLostMessages(
  db: Queryable,
  { now, messagesMax, perConsumerMax, leaseToken, leaseUntil }: TakeOver,
): Promise<{ readonly taken: readonly ClaimedMessage[]; readonly waiting: number }> {
  const values = [now, messagesMax, perConsumerMax, leaseToken, leaseUntil];
  const rows = await db.query<ClaimedRow & { lease_token: string | null }>(
    'messages_take_lost',
    TAKE_LOST_MESSAGES,
    values,
  );
  const taken = rows.filter((row) => row.lease_token !== null);
  return { taken: inOrder(taken), waiting: rows.length - taken.length };
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

/** How many messages wait, counted up to a bound: the exact length of a huge backlog is not worth its scan. */
export async function countWaitingMessages(db: Queryable, countMax: number): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    'messages_count_waiting',
    `SELECT count(*) FROM (SELECT FROM webhook_messages WHERE state = 'waiting' LIMIT $1) AS counted`,
    [countMax],
  );
  return row?.count ?? 0;
}
