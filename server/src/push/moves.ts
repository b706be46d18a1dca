/**
 * The statements that move pushes, each guarded by the state it leaves and, where there is one, the lease. Many pushes
 * share a statement and its commit. Times are the database's: it is the one clock that all processes share.
 *
 * `p.id = ANY (…)` beside the join says nothing new: it keeps the planner on the primary key. A plan made while the table
 * was new and small, and kept for the prepared statement, read the whole table for every batch from then on.
 */
import { randomUUID } from 'node:crypto';
import type { WriteKind } from '../connectors/contract.ts';
import type { Database } from '../db/pool.ts';
import type { ReferenceCompanyFacts } from '../events/wire.ts';
import { monotonicMs } from '../lib/clock.ts';
import type { WritableDataType } from '../models/data-types.ts';
import { LANE_SETBACKS_MAX } from './backoff.ts';
import type { RecordContent } from '../records/stored-types.ts';
import type { SupplementalConfig } from '../supplemental/config.ts';
import { MOVES } from './state.ts';

/** A push that this process holds, or that no process holds and that is about to be ended. */
export interface HeldPush {
  readonly id: string;
  readonly companyId: string;
  readonly connectionId: string;
  readonly dataType: WritableDataType;
  readonly kind: WriteKind;
  readonly recordId: string | undefined;
  readonly state: 'queued' | 'sending' | 'in_doubt' | 'unknown';
  readonly leaseToken: string | undefined;
  readonly correlationId: string;
  readonly requestedAt: Date;
  /** A send whose answer was lost may have landed, and is to be repeated. */
  readonly mayBeWritten: boolean;
  readonly company: ReferenceCompanyFacts;
  /** The database's clock when it was taken, and our stopwatch then. */
  readonly takenAt: Date;
  readonly takenAtMs: number;
}

/** With all that it takes to speak to the platform about it. */
export interface TakenPush extends HeldPush {
  readonly platformKey: string;
  readonly linkSealed: Buffer;
  readonly parentId: string | undefined;
  readonly bodyText: string | undefined;
  readonly forceUpdate: boolean;
  readonly strict: boolean;
  /** The platform's stamp of the record that an update expects: as the caller said, else as we saw it last. */
  readonly expectedStamp: string | undefined;
  /** The record that an update or a deletion is about, as we have it. */
  readonly lastContent: RecordContent | undefined;
  /** Whether what is written may be shown before the next sync. */
  readonly allowSync: boolean;
  readonly supplementalConfig: SupplementalConfig | undefined;
  readonly isExpired: boolean;
  readonly attempts: number;
  readonly turns: number;
  /** How long the push has been in doubt. */
  readonly inDoubtMs: number | undefined;
}

export interface ClaimedPush extends TakenPush {
  readonly state: 'sending' | 'in_doubt';
  readonly leaseToken: string;
}

export const HELD_COLUMNS = `p.id, p.company_id, p.connection_id, p.data_type, p.kind, p.record_id, p.state, p.lease_token,
  p.correlation_id, p.requested_at, p.may_be_written, co.name AS company_name, co.description AS company_description,
  co.tags AS company_tags, clock_timestamp() AS taken_at`;

/** Beside HELD_COLUMNS, and the platform's key and sealed link. */
export const TAKEN_COLUMNS = `p.parent_id, p.body, p.force_update, p.strict, p.allow_sync,
  coalesce(p.expected_stamp, CASE p.kind WHEN 'update' THEN seen.stamp END) AS expected_stamp,
  seen.content AS last_content, named.config AS supplemental_config, p.attempts, p.turns,
  coalesce(p.deadline_at <= clock_timestamp(), false) AS is_expired,
  (extract(epoch FROM clock_timestamp() - p.in_doubt_since) * 1000)::float8 AS in_doubt_ms`;

export const TAKEN_JOINS = `JOIN companies co ON co.id = p.company_id
  LEFT JOIN records seen ON p.kind IN ('update', 'delete') AND seen.connection_id = p.connection_id
    AND seen.data_type = p.data_type AND seen.record_id = p.record_id
  LEFT JOIN supplemental_data_configs named ON named.platform_key = p.platform_key AND named.data_type = p.data_type`;

export interface HeldRow {
  id: string;
  company_id: string;
  connection_id: string;
  data_type: WritableDataType;
  kind: WriteKind;
  record_id: string | null;
  state: HeldPush['state'];
  lease_token: string | null;
  correlation_id: string;
  requested_at: Date;
  may_be_written: boolean;
  company_name: string;
  company_description: string | null;
  company_tags: Record<string, string>;
  taken_at: Date;
}

export interface TakenRow extends HeldRow {
  platform_key: string;
  link_sealed: Buffer;
  parent_id: string | null;
  body: string | null;
  force_update: boolean;
  strict: boolean;
  expected_stamp: string | null;
  last_content: RecordContent | null;
  allow_sync: boolean;
  supplemental_config: SupplementalConfig | null;
  is_expired: boolean;
  attempts: number;
  turns: number;
  in_doubt_ms: number | null;
}

interface ClaimedRow extends TakenRow {
  state: ClaimedPush['state'];
  lease_token: string;
}

export function heldPush(row: HeldRow): HeldPush {
  return {
    id: row.id,
    companyId: row.company_id,
    connectionId: row.connection_id,
    dataType: row.data_type,
    kind: row.kind,
    recordId: row.record_id ?? undefined,
    state: row.state,
    leaseToken: row.lease_token ?? undefined,
    correlationId: row.correlation_id,
    requestedAt: row.requested_at,
    mayBeWritten: row.may_be_written,
    company: {
      id: row.company_id,
      name: row.company_name,
      description: row.company_description ?? undefined,
      tags: row.company_tags,
    },
    takenAt: row.taken_at,
    takenAtMs: monotonicMs(),
  };
}

export function takenPush(row: TakenRow): TakenPush {
  return {
    ...heldPush(row),
    platformKey: row.platform_key,
    linkSealed: row.link_sealed,
    parentId: row.parent_id ?? undefined,
    bodyText: row.body ?? undefined,
    forceUpdate: row.force_update,
    strict: row.strict,
    expectedStamp: row.expected_stamp ?? undefined,
    lastContent: row.last_content ?? undefined,
    allowSync: row.allow_sync,
    supplementalConfig: row.supplemental_config ?? undefined,
    isExpired: row.is_expired,
    attempts: row.attempts,
    turns: row.turns,
    inDoubtMs: row.in_doubt_ms ?? undefined,
  };
}

/**
 * Claims due pushes of the given connections: at most `callsInFlight` of a connection at a time, oldest first, and never
 * one that an earlier unfinished push of the same record precedes. On a connection that is not linked nothing is sent, but
 * what is in doubt is still looked up while its link is there. A lane that another process is busy with is passed
 * over; its own end of work, or the sweep, brings it back. A lane in trouble lets one push try.
 */
export async function claimPushes(
  db: Database,
  options: {
    readonly connectionIds: readonly string[];
    readonly callsInFlight: ReadonlyMap<string, number>;
    readonly pushesMax: number;
    readonly leaseMs: number;
  },
): Promise<ClaimedPush[]> {
  const rows = await db.query<ClaimedRow>(
    'push_claim',
    `WITH lane AS MATERIALIZED (
       SELECT l.connection_id, c.platform_key, c.link_sealed, c.status = 'Linked' AS is_linked,
         CASE WHEN l.setbacks > ${LANE_SETBACKS_MAX} THEN 1 ELSE limits.calls_in_flight END - l.in_flight AS free
       FROM lanes l
       JOIN connections c ON c.id = l.connection_id AND c.link_sealed IS NOT NULL AND c.deleted_at IS NULL
       JOIN unnest($2::text[], $3::int[]) AS limits (platform_key, calls_in_flight) ON limits.platform_key = c.platform_key
       WHERE l.connection_id = ANY ($1::uuid[])
         AND (l.paused_until IS NULL OR l.paused_until <= clock_timestamp())
         AND l.in_flight < limits.calls_in_flight
       FOR UPDATE OF l SKIP LOCKED
     ), picked AS MATERIALIZED (
       SELECT due.id, lane.platform_key, lane.link_sealed
       FROM lane CROSS JOIN LATERAL (
         SELECT p.id, row_number() OVER (ORDER BY p.requested_at, p.id) AS place
         FROM pushes p
         WHERE p.connection_id = lane.connection_id AND p.state IN ('queued', 'in_doubt') AND p.lease_token IS NULL
           AND p.not_before <= clock_timestamp()
           AND (p.state = 'in_doubt' OR lane.is_linked)
           AND (p.state = 'in_doubt' OR p.deadline_at IS NULL OR p.deadline_at > clock_timestamp())
           AND (p.record_key IS NULL OR NOT EXISTS (
             SELECT 1 FROM pushes earlier
             WHERE earlier.connection_id = p.connection_id AND earlier.record_key = p.record_key
               AND earlier.state IN ('queued', 'sending', 'in_doubt')
               AND (earlier.requested_at, earlier.id) < (p.requested_at, p.id)))
         ORDER BY p.requested_at, p.id
         LIMIT $4
       ) due
       WHERE due.place <= lane.free
       LIMIT $4
     ), claimed AS (
       UPDATE pushes p
       SET state = CASE p.state WHEN 'queued' THEN '${MOVES.claim.to}' ELSE p.state END,
         lease_token = $5, lease_until = clock_timestamp() + $6 * interval '1 millisecond'
       FROM picked
       WHERE p.id = picked.id AND p.id = ANY (ARRAY(SELECT id FROM picked)) AND p.state IN ('queued', 'in_doubt') AND p.lease_token IS NULL
       RETURNING p.*, picked.platform_key, picked.link_sealed
     ), counted AS (
       UPDATE lanes l SET in_flight = l.in_flight + taken.pushes
       FROM (SELECT connection_id, count(*)::int AS pushes FROM claimed GROUP BY connection_id) taken
       WHERE l.connection_id = taken.connection_id
     )
     SELECT ${HELD_COLUMNS}, p.platform_key, p.link_sealed, ${TAKEN_COLUMNS}
     FROM claimed p ${TAKEN_JOINS}
     ORDER BY p.requested_at, p.id`,
    [
      options.connectionIds,
      [...options.callsInFlight.keys()],
      [...options.callsInFlight.values()],
      options.pushesMax,
      randomUUID(),
      options.leaseMs,
    ],
  );
  return rows.map((row) => ({ ...takenPush(row), state: row.state, leaseToken: row.lease_token }));
}

export type SendPermit =
  /** The first byte may leave within both times, measured from before the permit was asked for. The lease may be renewed. */
  | { readonly kind: 'granted'; readonly deadlineInMs: number | undefined; readonly leaseInMs: number }
  | { readonly kind: 'deadline-passed' }
  | { readonly kind: 'lease-lost' };

/**
 * Stores that a send begins, unless the deadline has passed or the lease is no longer ours. Asked for by push and lease: a
 * process whose claim was answered too late may have claimed the same push again, and then holds both of its leases.
 */
export async function permitSends(
  db: Database,
  pushes: readonly { readonly id: string; readonly leaseToken: string }[],
): Promise<SendPermit[]> {
  const rows = await db.query<{
    id: string;
    lease_token: string;
    deadline_in_ms: number | null;
    lease_in_ms: number | null;
    is_expired: boolean | null;
  }>(
    'push_permit',
    `WITH input AS (SELECT * FROM unnest($1::uuid[], $2::uuid[]) AS i (id, lease_token)),
     permitted AS (
       UPDATE pushes p SET sent_at = clock_timestamp(), attempts = p.attempts + 1
       FROM input i
       WHERE p.id = i.id AND p.id = ANY ($1) AND p.lease_token = i.lease_token AND p.state = 'sending'
         AND p.lease_until > clock_timestamp()
         AND (p.deadline_at IS NULL OR p.deadline_at > clock_timestamp())
       RETURNING p.id, i.lease_token, p.deadline_at - clock_timestamp() AS deadline_in,
         p.lease_until - clock_timestamp() AS lease_in
     )
     SELECT i.id, i.lease_token, (extract(epoch FROM permitted.deadline_in) * 1000)::float8 AS deadline_in_ms,
       (extract(epoch FROM permitted.lease_in) * 1000)::float8 AS lease_in_ms,
       p.deadline_at <= clock_timestamp() AND p.lease_token = i.lease_token AS is_expired
     FROM input i LEFT JOIN permitted ON permitted.id = i.id AND permitted.lease_token = i.lease_token
     LEFT JOIN pushes p ON p.id = i.id`,
    [pushes.map((push) => push.id), pushes.map((push) => push.leaseToken)],
  );
  const byLease = new Map(rows.map((row) => [`${row.id} ${row.lease_token}`, row]));
  return pushes.map(({ id, leaseToken }) => {
    const row = byLease.get(`${id} ${leaseToken}`);
    if (row !== undefined && row.lease_in_ms !== null) {
      return { kind: 'granted', deadlineInMs: row.deadline_in_ms ?? undefined, leaseInMs: row.lease_in_ms };
    }
    return row?.is_expired === true ? { kind: 'deadline-passed' } : { kind: 'lease-lost' };
  });
}

/** Keeps long turns ours. Only leases that were ours and have not ended are renewed; answers for each whether it was. */
export async function renewLeases(
  db: Database,
  pushes: readonly { readonly id: string; readonly leaseToken: string }[],
  leaseMs: number,
): Promise<boolean[]> {
  const rows = await db.query<{ id: string; lease_token: string }>(
    'push_renew',
    `UPDATE pushes p SET lease_until = clock_timestamp() + $3 * interval '1 millisecond'
     FROM unnest($1::uuid[], $2::uuid[]) AS i (id, lease_token)
     WHERE p.id = i.id AND p.id = ANY ($1) AND p.lease_token = i.lease_token AND p.lease_until > clock_timestamp()
     RETURNING p.id, p.lease_token`,
    [pushes.map((push) => push.id), pushes.map((push) => push.leaseToken), leaseMs],
  );
  const renewed = new Set(rows.map((row) => `${row.id} ${row.lease_token}`));
  return pushes.map(({ id, leaseToken }) => renewed.has(`${id} ${leaseToken}`));
}

/**
 * Takes back what a process that died or froze was holding: nothing sent goes back to the queue, anything sent is in
 * doubt. A frozen process still holds its connection open, and the platform may still be at work on it: the doubt counts
 * from when the call must be over at the latest, `callMsMax` after it was sent. Answers the connections concerned.
 */
export async function rescuePushes(db: Database, pushesMax: number, callMsMax: number): Promise<string[]> {
  const rows = await db.query<{ connection_id: string }>(
    'push_rescue',
    `WITH lost AS MATERIALIZED (
       SELECT id, connection_id FROM pushes WHERE lease_token IS NOT NULL AND lease_until <= clock_timestamp()
       ORDER BY lease_until LIMIT $1 FOR UPDATE SKIP LOCKED
     ), lane AS MATERIALIZED (
       SELECT connection_id FROM lanes WHERE connection_id IN (SELECT connection_id FROM lost)
       ORDER BY connection_id FOR UPDATE
     ), rescued AS (
       UPDATE pushes p
       SET state = CASE WHEN p.state = 'sending' AND p.sent_at IS NULL THEN '${MOVES.retry.to}' ELSE '${MOVES.lose.to}' END,
         in_doubt_since = CASE WHEN p.state = 'sending' AND p.sent_at IS NULL THEN NULL
           ELSE coalesce(p.in_doubt_since,
             greatest(clock_timestamp(), p.sent_at + $2 * interval '1 millisecond')) END,
         lease_token = NULL, lease_until = NULL, not_before = clock_timestamp(), turns = p.turns + 1
       FROM lost
       WHERE p.id = lost.id AND p.lease_token IS NOT NULL AND p.lease_until <= clock_timestamp()
       RETURNING p.id, p.connection_id, p.company_id, p.state
     ), laned AS (
       UPDATE lanes l SET in_flight = l.in_flight - freed.pushes
       FROM (SELECT rescued.connection_id, count(*)::int AS pushes FROM rescued
             JOIN lane ON lane.connection_id = rescued.connection_id GROUP BY rescued.connection_id) freed
       WHERE l.connection_id = freed.connection_id
     ), noted AS (
       INSERT INTO push_attempts (push_id, id, company_id, step, outcome, detail, moved_to, started_at, duration_ms)
       SELECT id, gen_random_uuid(), company_id, 'rescue', 'lease-lost',
         'The process that worked on this push stopped or froze before it could say what came of it.',
         state, clock_timestamp(), 0
       FROM rescued
     )
     SELECT DISTINCT connection_id FROM rescued`,
    [pushesMax, callMsMax],
  );
  return rows.map((row) => row.connection_id);
}
