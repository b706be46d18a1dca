/** What is asked of the pushes from outside the engine: taking them in, showing one, listing them, their attempts. */
import type { Change, WriteKind } from '../connectors/contract.ts';
import type { Database } from '../db/pool.ts';
import type { ErrorCode } from '../errors.ts';
import type { WritableDataType } from '../models/data-types.ts';
import type { ValidationItem } from '../models/validation.ts';
import type {
  AttemptStep,
  Push,
  PushAttempt,
  RecordedRequest,
  RecordedResponse,
  WaitingOn,
  WaitingReason,
} from './push.ts';
import { estimateStart } from './outlook.ts';
import type { AttachedFile, NewPush } from './request.ts';
import { hasEnded, type PushState } from './state.ts';

/**
 * Stores pushes of connections that are there and linked, and gives each one's time of request by the database's clock.
 * A push that is missing from the answer was not stored. An idempotency key and its push are stored together or not at
 * all: of two requests with one key, at whatever processes, the unique index lets one through.
 */
export async function acceptPushes(db: Database, pushes: readonly NewPush[]): Promise<Map<string, Date>> {
  const column = <T>(of: (push: NewPush) => T | undefined) => pushes.map((push) => of(push) ?? null);
  const rows = await db.query<{ id: string; requested_at: Date }>(
    'push_accept',
    `WITH input AS MATERIALIZED (
       SELECT i.*, clock_timestamp() AS requested_at
       FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
         $9::int[], $10::bool[], $11::bool[], $12::text[], $13::bytea[], $14::bytea[], $15::text[],
         $16::bool[], $17::text[], $18::text[], $19::bytea[]) AS i (id, company_id, connection_id, data_type, kind,
         record_id, parent_id, body, timeout_minutes, allow_sync, force_update, correlation_id, key_id, fingerprint,
         expected_stamp, strict, file_name, file_type, file_bytes)
       WHERE EXISTS (
         SELECT 1 FROM connections c
         WHERE c.id = i.connection_id AND c.company_id = i.company_id AND c.status = 'Linked' AND c.deleted_at IS NULL)
     ), keyed AS (
       INSERT INTO idempotency_keys (id, fingerprint, push_id)
       SELECT key_id, fingerprint, id FROM input WHERE key_id IS NOT NULL
       ON CONFLICT (id) DO NOTHING
       RETURNING push_id
     ), accepted AS (
       INSERT INTO pushes (id, company_id, connection_id, data_type, kind, record_id, parent_id, record_key, body,
         timeout_minutes, allow_sync, force_update, correlation_id, expected_stamp, strict, requested_at, deadline_at,
         state, not_before)
       SELECT i.id, i.company_id, i.connection_id, i.data_type, i.kind, i.record_id, i.parent_id,
         i.data_type || '/' || i.record_id, i.body, i.timeout_minutes, i.allow_sync, i.force_update,
         i.correlation_id, i.expected_stamp, i.strict, i.requested_at,
         i.requested_at + i.timeout_minutes * interval '1 minute', 'queued',
         i.requested_at
       FROM input i
       WHERE i.key_id IS NULL OR i.id IN (SELECT push_id FROM keyed)
       RETURNING id, requested_at, connection_id, company_id
     ), opened AS (
       INSERT INTO lanes (connection_id, company_id)
       SELECT DISTINCT connection_id, company_id FROM accepted
       ON CONFLICT (connection_id) DO NOTHING
     ), counted AS (
       INSERT INTO push_intakes (company_id, id, pushes)
       SELECT company_id, gen_random_uuid(), count(*) FROM accepted GROUP BY company_id
     ), filed AS (
       INSERT INTO push_files (push_id, name, content_type, bytes)
       SELECT i.id, i.file_name, i.file_type, i.file_bytes FROM input i JOIN accepted ON accepted.id = i.id
       WHERE i.file_bytes IS NOT NULL
     )
     SELECT id, requested_at FROM accepted`,
    [
      column((push) => push.id),
      column((push) => push.companyId),
      column((push) => push.connectionId),
      column((push) => push.dataType),
      column((push) => push.kind),
      column((push) => push.recordId),
      column((push) => push.parentId),
      column((push) => push.bodyText),
      column((push) => push.timeoutMinutes),
      column((push) => push.allowSync),
      column((push) => push.forceUpdate),
      column((push) => push.correlationId),
      column((push) => push.idempotency?.id),
      column((push) => push.idempotency?.fingerprint),
      column((push) => push.expectedStamp),
      column((push) => push.strict ?? false),
      column((push) => push.file?.name),
      column((push) => push.file?.contentType),
      column((push) => push.file?.bytes),
    ],
  );
  return new Map(rows.map((row) => [row.id, row.requested_at]));
}

/** Which of these pushes are stored, for a caller that lost the answer to storing them. */
export async function findAccepted(db: Database, pushes: readonly NewPush[]): Promise<Map<string, Date>> {
  const rows = await db.query<{ id: string; requested_at: Date }>(
    'push_find_accepted',
    'SELECT id, requested_at FROM pushes WHERE id = ANY ($1::uuid[])',
    [pushes.map((push) => push.id)],
  );
  return new Map(rows.map((row) => [row.id, row.requested_at]));
}

export async function loadFile(db: Database, pushId: string): Promise<AttachedFile | undefined> {
  const [row] = await db.query<{ name: string; content_type: string; bytes: Buffer }>(
    'push_file',
    'SELECT name, content_type, bytes FROM push_files WHERE push_id = $1',
    [pushId],
  );
  return row && { name: row.name, contentType: row.content_type, bytes: row.bytes };
}

export async function findKeyedPush(
  db: Database,
  keyId: Buffer,
): Promise<{ readonly fingerprint: Buffer; readonly pushId: string; readonly requestedAt: Date } | undefined> {
  const [row] = await db.query<{ fingerprint: Buffer; push_id: string; requested_at: Date }>(
    'push_keyed',
    `SELECT k.fingerprint, k.push_id, p.requested_at
     FROM idempotency_keys k JOIN pushes p ON p.id = k.push_id WHERE k.id = $1`,
    [keyId],
  );
  return row && { fingerprint: row.fingerprint, pushId: row.push_id, requestedAt: row.requested_at };
}

export async function whyNotAccepted(
  db: Database,
  request: { readonly companyId: string; readonly connectionId: string },
): Promise<{ readonly code: ErrorCode; readonly about: string }> {
  const [row] = await db.query<{ has_company: boolean; has_connection: boolean }>(
    'push_why_not_accepted',
    `SELECT EXISTS (SELECT 1 FROM companies WHERE id = $1 AND deleted_at IS NULL) AS has_company,
       EXISTS (SELECT 1 FROM connections WHERE id = $2 AND company_id = $1 AND deleted_at IS NULL) AS has_connection`,
    [request.companyId, request.connectionId],
  );
  if (row?.has_company !== true) return { code: 'company_not_found', about: request.companyId };
  if (!row.has_connection) return { code: 'connection_not_found', about: request.connectionId };
  return { code: 'connection_not_linked', about: request.connectionId };
}

export interface PushRow {
  id: string;
  company_id: string;
  connection_id: string;
  data_type: WritableDataType;
  kind: WriteKind;
  record_id: string | null;
  state: PushState;
  requested_at: Date;
  completed_at: Date | null;
  timeout_minutes: number | null;
  status_code: number | null;
  error_message: string | null;
  errors: ValidationItem[] | null;
  warnings: ValidationItem[] | null;
  changes: Change[] | null;
  record: Record<string, unknown> | null;
  attempts: number;
  not_before: Date;
  /** That time has not come yet. */
  is_held: boolean;
  waiting_reason: WaitingReason | null;
  waiting_since: Date | null;
  sent_at: Date | null;
  is_linked: boolean | null;
  pause_reason: WaitingReason | null;
  paused_since: Date | null;
  paused_until: Date | null;
}

/** What is shown of a push, from `p`, its connection `c` and its lane `l`. */
export const SHOWN = `p.id, p.company_id, p.connection_id, p.data_type, p.kind, p.record_id, p.state, p.requested_at,
  p.completed_at, p.timeout_minutes, p.status_code, p.error_message, p.errors, p.warnings, p.changes, p.record,
  p.attempts, p.not_before, p.not_before > now() AS is_held, p.waiting_reason, p.waiting_since, p.sent_at,
  c.status = 'Linked' AND c.deleted_at IS NULL AS is_linked, l.pause_reason, l.paused_since, l.paused_until`;

export const SHOWN_JOINS = `LEFT JOIN connections c ON c.id = p.connection_id
  LEFT JOIN lanes l ON l.connection_id = p.connection_id`;

export async function getPush(
  db: Database,
  { companyId, pushId }: { readonly companyId: string; readonly pushId: string },
): Promise<Push | undefined> {
  const [row] = await db.query<PushRow>(
    'push_get',
    `SELECT ${SHOWN} FROM pushes p ${SHOWN_JOINS} WHERE p.id = $1 AND p.company_id = $2`,
    [pushId, companyId],
  );
  if (row === undefined) return undefined;
  const push = pushOf(row);
  if (push.state !== 'queued' || push.waitingOn === undefined || row.is_linked !== true) return push;
  const estimatedStart = await estimateStart(db, push);
  return estimatedStart === undefined ? push : { ...push, waitingOn: { ...push.waitingOn, estimatedStart } };
}

/** A push as it was answered when it was accepted, whatever has become of it. */
export async function getPushAsAccepted(db: Database, pushId: string): Promise<Push | undefined> {
  const [row] = await db.query<PushRow>(
    'push_as_accepted',
    `SELECT ${SHOWN} FROM pushes p ${SHOWN_JOINS} WHERE p.id = $1`,
    [pushId],
  );
  return (
    row && {
      ...pushOf(row),
      state: 'queued',
      completedAt: undefined,
      statusCode: undefined,
      errorMessage: undefined,
      errors: [],
      warnings: [],
      changes: [],
      record: undefined,
      attempts: 0,
      waitingOn: { reason: 'turn', since: row.requested_at },
    }
  );
}

export function pushOf(row: PushRow): Push {
  return {
    id: row.id,
    companyId: row.company_id,
    connectionId: row.connection_id,
    dataType: row.data_type,
    kind: row.kind,
    recordId: row.record_id ?? undefined,
    state: row.state,
    requestedAt: row.requested_at,
    completedAt: row.completed_at ?? undefined,
    timeoutMinutes: row.timeout_minutes ?? undefined,
    statusCode: row.status_code ?? undefined,
    errorMessage: row.error_message ?? undefined,
    errors: row.errors ?? [],
    warnings: row.warnings ?? [],
    changes: row.changes ?? [],
    record: row.record ?? undefined,
    attempts: row.attempts,
    waitingOn: hasEnded(row.state) ? undefined : waitingOn(row),
  };
}

function waitingOn(row: PushRow): WaitingOn {
  const { state, sent_at: sentAt, requested_at: requestedAt, waiting_reason: reason, waiting_since: since } = row;
  if (state === 'sending') {
    return sentAt === null ? { reason: 'turn', since: requestedAt } : { reason: 'platform-answer', since: sentAt };
  }
  const own = reason === null || since === null ? undefined : { reason, since, notBefore: row.not_before };
  if (state === 'in_doubt') return own ?? { reason: 'proof', since: sentAt ?? requestedAt };
  if (row.is_linked !== true) {
    return {
      reason: 'connection-not-linked',
      since: own?.reason === 'connection-not-linked' ? own.since : requestedAt,
    };
  }
  // What it waited for is over once its time has come: then it waits for its turn, or with the others of its connection.
  if (own !== undefined && own.reason !== 'connection-not-linked' && row.is_held) return own;
  if (row.pause_reason !== null && row.paused_since !== null) {
    const notBefore = row.paused_until ?? own?.notBefore;
    return { reason: row.pause_reason, since: row.paused_since, ...(notBefore && { notBefore }) };
  }
  return { reason: 'turn', since: requestedAt };
}

interface AttemptRow {
  id: string;
  step: AttemptStep;
  outcome: string;
  detail: string | null;
  moved_to: PushState | null;
  started_at: Date;
  duration_ms: number;
  request: RecordedRequest | null;
  response: RecordedResponse | null;
}

const ATTEMPTS_SHOWN_MAX = 1_000;

/** What was tried for a push, oldest first. */
export async function listAttempts(
  db: Database,
  { companyId, pushId }: { readonly companyId: string; readonly pushId: string },
): Promise<PushAttempt[]> {
  const rows = await db.query<AttemptRow>(
    'push_attempts',
    `SELECT id, step, outcome, detail, moved_to, started_at, duration_ms, request, response FROM push_attempts
     WHERE push_id = $1 AND company_id = $2 ORDER BY started_at, id LIMIT ${ATTEMPTS_SHOWN_MAX}`,
    [pushId, companyId],
  );
  return rows.map((row) => ({
    id: row.id,
    step: row.step,
    outcome: row.outcome,
    detail: row.detail ?? undefined,
    movedTo: row.moved_to ?? undefined,
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    request: row.request ?? undefined,
    response: row.response ?? undefined,
  }));
}

/** How many pushes stand in each state that has not ended, for the metrics. Bounded work: those indexes are small. */
export async function countUnfinished(db: Database): Promise<Map<PushState, number>> {
  const rows = await db.query<{ state: PushState; pushes: number }>(
    'push_count_unfinished',
    `SELECT state, count(*) AS pushes FROM pushes WHERE state IN ('queued', 'sending', 'in_doubt') GROUP BY state`,
  );
  return new Map(rows.map((row) => [row.state, row.pushes]));
}
