/** What was sent to a consumer: its messages, their attempts, and what each attempt sent and got. Newest first. */
import type { Queryable } from '../db/pool.ts';

/** In the words of the wire: not begun, under way, delivered once, given up. */
export const MESSAGE_STATUSES = ['Sending', 'Attempting', 'Success', 'Failure'] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/** What was delivered once stays so, also while it is sent again. */
const STATUS = `CASE WHEN m.delivered_at IS NOT NULL THEN 'Success'
  WHEN m.state IN ('exhausted', 'dropped') THEN 'Failure'
  WHEN m.attempts > 0 THEN 'Attempting' ELSE 'Sending' END`;

export interface Message {
  readonly id: string;
  readonly consumerId: string;
  readonly status: MessageStatus;
  readonly attempts: number;
  /** While another attempt is to come. */
  readonly nextAttemptAt: Date | undefined;
  readonly createdAt: Date;
  readonly completedAt: Date | undefined;
  readonly eventId: string;
  readonly eventType: string;
  readonly companyId: string | undefined;
  readonly generatedAt: Date;
  readonly payloadText: string;
  readonly isTest: boolean;
}

interface MessageRow {
  readonly id: string;
  readonly consumer_id: string;
  readonly status: MessageStatus;
  readonly attempts: number;
  readonly next_attempt_at: Date | null;
  readonly created_at: Date;
  readonly completed_at: Date | null;
  readonly event_id: string;
  readonly event_type: string;
  readonly company_id: string | null;
  readonly generated_at: Date;
  readonly payload: string;
  readonly is_test: boolean;
}

const MESSAGE_COLUMNS = `m.id, m.consumer_id, ${STATUS} AS status, m.attempts,
  CASE WHEN m.state IN ('waiting', 'delivering') THEN m.next_attempt_at END AS next_attempt_at,
  m.created_at, m.completed_at, m.event_id, e.event_type, e.company_id, e.generated_at, e.payload::text AS payload, e.is_test`;

function message(row: MessageRow): Message {
  return {
    id: row.id,
    consumerId: row.consumer_id,
    status: row.status,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at ?? undefined,
    createdAt: row.created_at,
    completedAt: row.completed_at ?? undefined,
    eventId: row.event_id,
    eventType: row.event_type,
    companyId: row.company_id ?? undefined,
    generatedAt: row.generated_at,
    payloadText: row.payload,
    isTest: row.is_test,
  };
}

export interface HistoryQuery {
  readonly consumerId: string;
  readonly status?: MessageStatus | undefined;
  /** Names; absent for all. */
  readonly eventTypes?: readonly string[] | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  readonly page: number;
  readonly pageSize: number;
}

export interface Found<Item> {
  readonly items: readonly Item[];
  /** Counted up to a bound: the exact number of very many is not worth its scan. */
  readonly total: number;
  readonly hasMore: boolean;
}

const COUNTED_MAX = 10_000;

/** The same as STATUS, in words for which there are indexes. */
const HAS_STATUS = {
  Success: 'm.delivered_at IS NOT NULL',
  Failure: `m.delivered_at IS NULL AND (m.state = 'exhausted' OR m.state = 'dropped')`,
  Attempting: `m.delivered_at IS NULL AND (m.state = 'waiting' OR m.state = 'delivering') AND m.attempts > 0`,
  Sending: `m.delivered_at IS NULL AND (m.state = 'waiting' OR m.state = 'delivering') AND m.attempts = 0`,
} as const satisfies Record<MessageStatus, string>;

function messagesFitting(status: MessageStatus | undefined): string {
  return `webhook_messages m JOIN events e ON e.id = m.event_id
    WHERE m.consumer_id = $1 AND ${status === undefined ? 'true' : HAS_STATUS[status]}
      AND ($2::text[] IS NULL OR e.event_type = ANY ($2))
      AND ($3::timestamptz IS NULL OR m.created_at >= $3) AND ($4::timestamptz IS NULL OR m.created_at <= $4)`;
}

export async function listMessages(db: Queryable, query: HistoryQuery): Promise<Found<Message>> {
  const { status, consumerId, eventTypes, since, until } = query;
  const values = [consumerId, eventTypes ?? null, since ?? null, until ?? null];
  const rows = await db.query<MessageRow>(
    `messages_list_${status}`,
    `SELECT ${MESSAGE_COLUMNS} FROM ${messagesFitting(status)} ORDER BY m.id DESC LIMIT $5 OFFSET $6`,
    [...values, query.pageSize + 1, (query.page - 1) * query.pageSize],
  );
  const [counted] = await db.query<{ count: number }>(
    `messages_list_count_${status}`,
    `SELECT count(*) FROM (SELECT FROM ${messagesFitting(status)} LIMIT ${COUNTED_MAX}) AS counted`,
    values,
  );
  return found(rows.map(message), query, counted?.count ?? 0);
}

function found<Item>(items: readonly Item[], { pageSize }: { readonly pageSize: number }, total: number): Found<Item> {
  return { items: items.slice(0, pageSize), total, hasMore: items.length > pageSize };
}

export async function findMessage(db: Queryable, consumerId: string, id: string): Promise<Message | undefined> {
  const [row] = await db.query<MessageRow>(
    'message_find',
    `SELECT ${MESSAGE_COLUMNS} FROM webhook_messages m JOIN events e ON e.id = m.event_id
     WHERE m.consumer_id = $1 AND m.id = $2`,
    [consumerId, id],
  );
  return row && message(row);
}

export interface MessageAttempt {
  readonly messageId: string;
  readonly number: number;
  readonly isSuccess: boolean;
  readonly isResend: boolean;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly url: string | undefined;
  readonly requestHeaders: Readonly<Record<string, string>> | undefined;
  readonly statusCode: number | undefined;
  readonly responseHeaders: Readonly<Record<string, string>> | undefined;
  readonly responseBody: string | undefined;
  readonly error: string | undefined;
  readonly event: Pick<Message, 'eventId' | 'eventType' | 'generatedAt' | 'payloadText' | 'isTest'>;
}

interface AttemptRow extends Pick<MessageRow, 'event_id' | 'event_type' | 'generated_at' | 'payload' | 'is_test'> {
  readonly message_id: string;
  readonly number: number;
  readonly is_success: boolean;
  readonly is_resend: boolean;
  readonly started_at: Date;
  readonly duration_ms: number;
  readonly request_url: string | null;
  readonly request_headers: Readonly<Record<string, string>> | null;
  readonly status_code: number | null;
  readonly response_headers: Readonly<Record<string, string>> | null;
  readonly response_body: string | null;
  readonly error: string | null;
}

const IS_SUCCESS = `(a.error IS NULL AND a.status_code BETWEEN 200 AND 299) IS TRUE`;
const ATTEMPT_COLUMNS = `a.message_id, a.number, ${IS_SUCCESS} AS is_success, a.is_resend, a.started_at, a.duration_ms,
  a.request_url, a.request_headers, a.status_code, a.response_headers, a.response_body, a.error,
  e.id AS event_id, e.event_type, e.generated_at, e.payload::text AS payload, e.is_test`;
const ATTEMPT_JOINS = `webhook_attempts a JOIN webhook_messages m ON m.id = a.message_id
  JOIN events e ON e.id = m.event_id`;

function attempt(row: AttemptRow): MessageAttempt {
  return {
    messageId: row.message_id,
    number: row.number,
    isSuccess: row.is_success,
    isResend: row.is_resend,
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    url: row.request_url ?? undefined,
    requestHeaders: row.request_headers ?? undefined,
    statusCode: row.status_code ?? undefined,
    responseHeaders: row.response_headers ?? undefined,
    responseBody: row.response_body ?? undefined,
    error: row.error ?? undefined,
    event: {
      eventId: row.event_id,
      eventType: row.event_type,
      generatedAt: row.generated_at,
      payloadText: row.payload,
      isTest: row.is_test,
    },
  };
}

/** In their order. A message has few more attempts than its schedule has places. */
export async function attemptsOfMessage(db: Queryable, messageId: string): Promise<MessageAttempt[]> {
  const rows = await db.query<AttemptRow>(
    'attempts_of_message',
    `SELECT ${ATTEMPT_COLUMNS} FROM ${ATTEMPT_JOINS} WHERE a.message_id = $1 ORDER BY a.number LIMIT 1000`,
    [messageId],
  );
  return rows.map(attempt);
}

const ATTEMPTS_FITTING = `${ATTEMPT_JOINS}
  WHERE a.consumer_id = $1 AND ($2::text IS NULL OR ${IS_SUCCESS} = ($2 = 'Success'))
    AND ($3::text[] IS NULL OR e.event_type = ANY ($3))
    AND ($4::timestamptz IS NULL OR a.started_at >= $4) AND ($5::timestamptz IS NULL OR a.started_at <= $5)`;

/** Of an attempt there are two statuses: Success and Failure. */
export async function listAttempts(
  db: Queryable,
  query: HistoryQuery & { readonly status?: 'Success' | 'Failure' | undefined },
): Promise<Found<MessageAttempt>> {
  const values = [
    query.consumerId,
    query.status ?? null,
    query.eventTypes ?? null,
    query.since ?? null,
    query.until ?? null,
  ];
  const rows = await db.query<AttemptRow>(
    'attempts_list',
    `SELECT ${ATTEMPT_COLUMNS} FROM ${ATTEMPTS_FITTING}
     ORDER BY a.started_at DESC, a.message_id DESC, a.number DESC LIMIT $6 OFFSET $7`,
    [...values, query.pageSize + 1, (query.page - 1) * query.pageSize],
  );
  const [counted] = await db.query<{ count: number }>(
    'attempts_list_count',
    `SELECT count(*) FROM (SELECT FROM ${ATTEMPTS_FITTING} LIMIT ${COUNTED_MAX}) AS counted`,
    values,
  );
  return found(rows.map(attempt), query, counted?.count ?? 0);
}
