/** What an attempt came to: the message's move, its attempt, and whether its consumer is failing, in one statement. */
import type { Queryable } from '../db/pool.ts';
import { isDelivered, type PostAnswer } from './post.ts';
import type { ClaimedMessage, Lease } from './queries.ts';
import { nextAttemptAt, type RetrySchedule } from './retry.ts';
import { nextAlertAt } from './rule.ts';

export interface Settlement extends Lease {
  readonly consumerId: string;
  /** Waiting once more, delivered, or the schedule is used up. */
  readonly state: 'waiting' | 'delivered' | 'exhausted';
  readonly isDelivered: boolean;
  readonly isResend: boolean;
  /** Present exactly when it waits once more. */
  readonly nextAttemptAt: Date | undefined;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly request: { readonly url: string; readonly headers: Readonly<Record<string, string>> };
  readonly answer: PostAnswer;
}

export interface Attempt extends Pick<Settlement, 'startedAt' | 'endedAt' | 'request' | 'answer'> {
  readonly message: ClaimedMessage;
}

export function settlementOf({ message, ...attempt }: Attempt, schedule: RetrySchedule): Settlement {
  const { id, leaseToken, isResend, consumer } = message;
  const delivered = isDelivered(attempt.answer);
  const base = { ...attempt, id, leaseToken, isResend, isDelivered: delivered, consumerId: consumer.id };
  if (delivered) return { ...base, state: 'delivered', nextAttemptAt: undefined };
  const next = nextAfterFailure(message, attempt, schedule);
  if (next !== undefined) return { ...base, state: 'waiting', nextAttemptAt: next };
  // What was delivered once stays delivered, whatever became of the attempt that was asked for since.
  return { ...base, state: message.deliveredAt === undefined ? 'exhausted' : 'delivered', nextAttemptAt: undefined };
}

function nextAfterFailure(
  message: ClaimedMessage,
  { endedAt, answer }: Pick<Attempt, 'endedAt' | 'answer'>,
  schedule: RetrySchedule,
): Date | undefined {
  if (message.isResend) return message.resumeAt;
  const failure = { tries: message.tries + 1, failedAt: endedAt, retryAfter: answer.retryAfter };
  if (message.consumer.ruleType === undefined) return nextAttemptAt(schedule, failure);
  return nextAlertAt({ ...failure, firstAt: message.createdAt, statusCode: answer.statusCode });
}

// A consumer that answers well is not written to again and again: only a change of its health is stored.
const SETTLE_MESSAGES = `
  WITH outcome AS MATERIALIZED (
    SELECT * FROM unnest(
      $1::uuid[], $2::uuid[], $3::text[], $4::bool[], $5::bool[], $6::timestamptz[], $7::timestamptz[],
      $8::timestamptz[], $9::integer[], $10::integer[], $11::text[], $12::text[], $13::text[], $14::json[], $15::json[]
    ) AS outcome (id, lease_token, state, is_delivered, is_resend, next_attempt_at, started_at, ended_at, duration_ms,
      status_code, response_body, error, request_url, request_headers, response_headers)
  ), settled AS (
    UPDATE webhook_messages message
    SET state = outcome.state, attempts = message.attempts + 1, lease_token = NULL, lease_until = NULL,
      tries = message.tries + CASE WHEN outcome.is_resend THEN 0 ELSE 1 END,
      is_resend = false, resume_at = NULL,
      delivered_at = coalesce(message.delivered_at, CASE WHEN outcome.is_delivered THEN outcome.ended_at END),
      next_attempt_at = coalesce(outcome.next_attempt_at, message.next_attempt_at),
      completed_at = CASE WHEN outcome.state = 'waiting' THEN NULL ELSE outcome.ended_at END
    FROM outcome
    WHERE message.id = outcome.id AND message.state = 'delivering' AND message.lease_token = outcome.lease_token
    RETURNING message.id, message.attempts, message.consumer_id
  ), health AS (
    UPDATE webhook_consumers consumer
    SET failing_since = CASE WHEN heard.is_well THEN NULL ELSE heard.failed_at END
    FROM (
      SELECT settled.consumer_id, bool_or(is_delivered) AS is_well, min(ended_at) AS failed_at
      FROM settled JOIN outcome USING (id) GROUP BY settled.consumer_id ORDER BY settled.consumer_id
    ) heard
    WHERE consumer.id = heard.consumer_id AND (consumer.failing_since IS NULL) <> heard.is_well
  )
  INSERT INTO webhook_attempts (message_id, number, consumer_id, started_at, duration_ms, status_code, response_body,
    error, is_resend, request_url, request_headers, response_headers)
  SELECT id, settled.attempts, settled.consumer_id, started_at, duration_ms, status_code, response_body, error, is_resend,
    request_url, request_headers, response_headers
  FROM settled JOIN outcome USING (id)
  RETURNING message_id`;

/** Answers the ids of those that were still ours; the move and its attempt are stored together. */
export async function settleMessages(db: Queryable, settlements: readonly Settlement[]): Promise<ReadonlySet<string>> {
  const column = <T>(value: (each: Settlement) => T | undefined) => settlements.map((each) => value(each) ?? null);
  const rows = await db.query<{ message_id: string }>('messages_settle', SETTLE_MESSAGES, [
    column((each) => each.id),
    column((each) => each.leaseToken),
    column((each) => each.state),
    column((each) => each.isDelivered),
    column((each) => each.isResend),
    column((each) => each.nextAttemptAt?.toISOString()),
    column((each) => each.startedAt.toISOString()),
    column((each) => each.endedAt.toISOString()),
    column((each) => each.answer.durationMs),
    column((each) => each.answer.statusCode),
    column((each) => each.answer.responseBody),
    column((each) => each.answer.error),
    column((each) => each.request.url),
    column((each) => JSON.stringify(each.request.headers)),
    column((each) => each.answer.responseHeaders && JSON.stringify(each.answer.responseHeaders)),
  ]);
  return new Set(rows.map((row) => row.message_id));
}
