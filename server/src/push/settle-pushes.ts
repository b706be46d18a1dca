/**
 * The statement that ends turns: the move, its attempt, its event, the lane's counters, and what the write has taught us
 * about records, all in one. Many turns share it and its commit.
 */
import type { Database } from '../db/pool.ts';
import { lowered } from '../db/text-rules.ts';
import type { LedgerpostEvent } from '../events/event.ts';
import { storableJson, storableText } from '../lib/storable-json.ts';
import { MARK_STALE, WHOLE_SET } from '../records/stale.ts';
import { feedTime, RECORD_COLUMNS, takeFeeds, UPSERT_RECORD } from '../records/upsert.ts';
import { LANE_PAUSE_MAX_MS, LANE_PAUSE_MIN_MS, LANE_SETBACKS_MAX } from './backoff.ts';
import { KEPT_CHANGES, KEPT_UPDATES } from './counts.ts';
import { columnsOf, type KeptWrites } from './kept.ts';
import type { HeldPush } from './moves.ts';
import type { AttemptStep, RecordedRequest, RecordedResponse } from './push.ts';
import { MOVES } from './state.ts';
import type { Verdict } from './verdict.ts';

export interface Settlement {
  readonly push: HeldPush;
  readonly verdict: Verdict;
  readonly completedAt: Date;
  readonly attempt: NewAttempt | undefined;
  readonly event: LedgerpostEvent | undefined;
  readonly kept: KeptWrites | undefined;
}

export interface NewAttempt {
  readonly id: string;
  readonly step: AttemptStep;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly request: RecordedRequest | undefined;
  readonly response: RecordedResponse | undefined;
}

/**
 * Ends turns: the move, its attempt, its event and the lane's counters in one statement. Answers for each whether it was
 * still ours to move; an attempt of a lost turn is kept all the same, without a move. Of several for one push one holds,
 * which is why rows are known by their number and not by their push.
 */
export async function settlePushes(db: Database, settlements: readonly Settlement[]): Promise<boolean[]> {
  const rows = await db.query<{ n: number }>(
    'push_settle',
    `WITH input AS MATERIALIZED (
       SELECT * FROM json_to_recordset($1::json) AS i (
         n int, id uuid, connection_id uuid, company_id uuid, data_type text, kind text, lease_token uuid, from_state text, to_state text, wait_ms float8,
         waiting_reason text, completed_at timestamptz, status_code int, error_message text, errors json, warnings json,
         changes json, record json, lane text,
         attempt_id uuid, step text, outcome text, detail text, started_at timestamptz, duration_ms int, request json,
         response json, event_id uuid, event_type text, generated_at timestamptz, payload json,
         may_be_written bool)
     ), lane AS MATERIALIZED (
       SELECT connection_id FROM lanes WHERE connection_id IN (SELECT connection_id FROM input)
       ORDER BY connection_id FOR UPDATE
     ), moved AS (
       UPDATE pushes p
       SET state = i.to_state,
         not_before = clock_timestamp() + coalesce(i.wait_ms, 0) * interval '1 millisecond',
         waiting_reason = i.waiting_reason,
         waiting_since = CASE WHEN i.waiting_reason IS NULL THEN NULL
           WHEN i.waiting_reason = p.waiting_reason THEN p.waiting_since ELSE clock_timestamp() END,
         turns = p.turns + 1, may_be_written = coalesce(i.may_be_written, p.may_be_written),
         lease_token = NULL, lease_until = NULL,
         sent_at = CASE WHEN i.to_state = 'queued' THEN NULL ELSE p.sent_at END,
         in_doubt_since = CASE i.to_state WHEN 'queued' THEN NULL
           WHEN 'in_doubt' THEN coalesce(p.in_doubt_since, clock_timestamp()) ELSE p.in_doubt_since END,
         completed_at = i.completed_at, status_code = i.status_code, error_message = i.error_message,
         errors = i.errors, warnings = i.warnings, changes = i.changes, record = i.record
       FROM input i
       WHERE p.id = i.id AND p.id = ANY (ARRAY(SELECT id FROM input)) AND p.state = i.from_state AND p.lease_token IS NOT DISTINCT FROM i.lease_token
       RETURNING p.id, i.n, p.connection_id, i.lane, i.lease_token, i.waiting_reason, i.from_state, i.to_state
     ), laned AS (
       UPDATE lanes l
       SET in_flight = l.in_flight - ended.leased,
         setbacks = CASE WHEN ended.taken THEN 0 ELSE l.setbacks + ended.setbacks END,
         paused_until = CASE WHEN ended.taken THEN NULL
           WHEN ended.setbacks > 0 AND l.setbacks + ended.setbacks > ${LANE_SETBACKS_MAX} THEN clock_timestamp() + least(
             ${LANE_PAUSE_MIN_MS} * power(2, least(l.setbacks + ended.setbacks - ${LANE_SETBACKS_MAX + 1}, 10)),
             ${LANE_PAUSE_MAX_MS}) * interval '1 millisecond'
           ELSE l.paused_until END,
         pause_reason = CASE WHEN ended.taken THEN NULL ELSE coalesce(ended.reason, l.pause_reason) END,
         paused_since = CASE WHEN ended.taken THEN NULL
           WHEN ended.setbacks > 0 THEN coalesce(l.paused_since, clock_timestamp()) ELSE l.paused_since END,
         ${KEPT_UPDATES}
       FROM (
         SELECT moved.connection_id, count(moved.lease_token)::int AS leased, bool_or(moved.lane = 'taken') AS taken,
           (count(*) FILTER (WHERE moved.lane = 'setback'))::int AS setbacks,
           max(moved.waiting_reason) FILTER (WHERE moved.lane = 'setback') AS reason,
           ${KEPT_CHANGES}
         FROM moved JOIN lane ON lane.connection_id = moved.connection_id GROUP BY moved.connection_id
       ) ended
       WHERE l.connection_id = ended.connection_id
     ), attempted AS (
       INSERT INTO push_attempts
         (push_id, id, company_id, step, outcome, detail, moved_to, started_at, duration_ms, request, response)
       SELECT i.id, i.attempt_id, i.company_id, i.step, i.outcome, i.detail,
         CASE WHEN moved.id IS NOT NULL THEN i.to_state END, i.started_at, i.duration_ms, i.request, i.response
       FROM input i LEFT JOIN moved ON moved.n = i.n
       WHERE i.attempt_id IS NOT NULL
       -- A settle that is repeated because its answer was lost has noted its attempts already.
       ON CONFLICT (push_id, id) DO NOTHING
     ), told AS (
       INSERT INTO events (id, company_id, event_type, generated_at, payload)
       SELECT i.event_id, i.company_id, i.event_type, i.generated_at, i.payload
       FROM input i JOIN moved ON moved.n = i.n
       WHERE i.event_id IS NOT NULL
     ), kept AS MATERIALIZED (
       SELECT *, row_number() OVER (PARTITION BY company_id, in_feed ORDER BY n, record_id) AS place,
         count(*) OVER (PARTITION BY company_id, in_feed) AS records
       FROM (
         SELECT DISTINCT ON (i.connection_id, k.data_type, k.record_id) i.company_id, i.connection_id, k.n, k.data_type,
           k.record_id, k.parent_id, k.status, k.first_ref, k.second_ref, k.model_key, k.stamp, k.is_deleted, k.in_feed,
           CASE WHEN k.is_answer THEN i.record::jsonb ELSE k.content END AS content
         FROM json_to_recordset($2::json) AS k (n int, data_type text, record_id text, parent_id text, content jsonb,
           is_answer bool, status text, first_ref text, second_ref text, model_key text, stamp text, is_deleted bool,
           in_feed bool)
         JOIN moved ON moved.n = k.n JOIN input i ON i.n = k.n
         ORDER BY i.connection_id, k.data_type, k.record_id, k.n DESC
       ) newest
     ), feed AS (
       ${takeFeeds('SELECT company_id, count(*) AS records FROM kept WHERE in_feed GROUP BY company_id ORDER BY company_id')}
     ), stored AS (
       INSERT INTO records AS r (${RECORD_COLUMNS})
       SELECT kept.company_id, connection_id, data_type, record_id, parent_id, content, ${lowered('status')},
         ${lowered('first_ref')}, ${lowered('second_ref')}, model_key, is_deleted, stamp, CASE WHEN content IS NOT NULL THEN ${PLACED.at} END,
         coalesce(${PLACED.bucket}, 0), coalesce(${PLACED.at}, '-infinity')
       FROM kept LEFT JOIN feed ON kept.in_feed AND feed.company_id = kept.company_id
       ORDER BY connection_id, data_type, record_id
       ${UPSERT_RECORD}
     ), outdated AS (
       INSERT INTO stale_records (company_id, connection_id, data_type, record_id, mark, due_at)
       SELECT DISTINCT ON (i.connection_id, s.data_type, s.record_id)
         i.company_id, i.connection_id, s.data_type, s.record_id, i.id,
         clock_timestamp() + CASE WHEN s.record_id = '${WHOLE_SET}' THEN ${SET_PAUSE}
           WHEN s.only_if_kept THEN ${TOUCHED_PAUSE} ELSE interval '0' END
       FROM json_to_recordset($3::json) AS s (n int, data_type text, record_id text, only_if_kept bool)
       JOIN moved ON moved.n = s.n JOIN input i ON i.n = s.n
       WHERE NOT s.only_if_kept OR EXISTS (
         SELECT 1 FROM records r WHERE r.connection_id = i.connection_id AND r.data_type = s.data_type
           AND r.record_id = s.record_id AND r.content IS NOT NULL)
       ORDER BY i.connection_id, s.data_type, s.record_id, s.only_if_kept
       ${MARK_STALE}
     ), unfiled AS (
       DELETE FROM push_files f USING input i JOIN moved ON moved.n = i.n
       WHERE f.push_id = moved.id AND i.kind = 'attach' AND i.completed_at IS NOT NULL
     )
     SELECT n FROM moved`,
    [
      storableJson(settlements.map((each, n) => ({ n, ...settlementRow(each) }))),
      storableJson(settlements.flatMap(keptRows)),
      storableJson(settlements.flatMap(staleRows)),
    ],
  );
  const moved = new Set(rows.map((row) => row.n));
  return settlements.map((_, n) => moved.has(n));
}

/** Every push of a busy hour may touch the same account, which is then still read no more than once in this time. */
const TOUCHED_PAUSE = `interval '1 second'`;
/** The same for a whole set, of which a look may take several pages. Whoever asks for it is not kept waiting by this. */
const SET_PAUSE = `interval '5 seconds'`;

const PLACED = feedTime('feed', 'kept.records - kept.place');

function keptRows({ verdict, kept }: Settlement, n: number) {
  return (kept?.records ?? []).map((record) => {
    // The answer is in the statement already, beside its push.
    const isAnswer = record.content !== undefined && record.content === verdict.record;
    return {
      n,
      data_type: record.dataType,
      record_id: storableText(record.recordId),
      parent_id: record.parentId,
      content: isAnswer ? undefined : record.content,
      is_answer: isAnswer,
      model_key: record.modelKey,
      stamp: record.stamp,
      is_deleted: record.isDeleted,
      in_feed: record.isDeleted || record.content !== undefined,
      ...columnsOf(record),
    };
  });
}

function staleRows({ kept }: Settlement, n: number) {
  return (kept?.stale ?? []).map(({ dataType, recordId, onlyIfKept }) => ({
    n,
    data_type: dataType,
    record_id: storableText(recordId),
    only_if_kept: onlyIfKept,
  }));
}

function settlementRow({ push, verdict, completedAt, attempt, event }: Settlement) {
  const { to } = MOVES[verdict.move];
  return {
    id: push.id,
    connection_id: push.connectionId,
    company_id: push.companyId,
    data_type: push.dataType,
    kind: push.kind,
    lease_token: push.leaseToken,
    from_state: push.state,
    to_state: to,
    wait_ms: verdict.waitMs,
    waiting_reason: verdict.waitingReason,
    completed_at: verdict.ends ? completedAt.toISOString() : undefined,
    status_code: verdict.statusCode,
    error_message: verdict.errorMessage,
    errors: verdict.errors,
    warnings: verdict.warnings,
    changes: verdict.changes,
    record: verdict.record,
    lane: verdict.lane,
    attempt_id: attempt?.id,
    step: attempt?.step,
    outcome: verdict.outcome,
    detail: verdict.detail,
    started_at: attempt?.startedAt.toISOString(),
    duration_ms: attempt?.durationMs,
    request: attempt?.request,
    response: attempt?.response,
    event_id: event?.id,
    event_type: event?.eventType,
    generated_at: event?.generatedAt.toISOString(),
    payload: event?.payload,
    may_be_written: verdict.mayBeWritten,
  };
}
