/**
 * The statements that move datasets. Each that speaks for a reader names its lease: a reader that was away for too long
 * finds that somebody else goes on, and stores nothing. Times are the database's.
 */
import { randomUUID } from 'node:crypto';
import type { Database, Queryable } from '../db/pool.ts';
import type { FeedTime } from '../records/feed.ts';
import type { StoredDataType } from '../records/stored-types.ts';
import type { DatasetCause, DatasetStatus, DatasetFinding } from './dataset.ts';

export type Phase = 'records' | 'ids' | 'absent';

/** How a dataset is read. */
export interface Pass {
  readonly isFull: boolean;
  readonly changedAfter: Date | undefined;
  readonly fromDate: Date | undefined;
  readonly modelKey: string;
  readonly asOf: FeedTime;
}

/** Where a reader has come to. */
export interface Place {
  readonly phase: Phase;
  readonly pageAfter: string | undefined;
  /** Of those that are read below others: whose records come next. */
  readonly parentId: string | undefined;
  readonly pages: number;
  readonly pageSize: number | undefined;
  readonly recordsRead: number;
  readonly recordsChanged: number;
  readonly deletionsTold: boolean;
  readonly findings: readonly DatasetFinding[];
}

export interface ClaimedDataset {
  readonly id: string;
  readonly leaseToken: string;
  readonly companyId: string;
  readonly connectionId: string;
  readonly dataType: StoredDataType;
  readonly cause: DatasetCause;
  readonly tellsDeletions: boolean;
  readonly requestedAt: Date;
  readonly startedAt: Date;
  readonly setbacks: number;
  readonly platformKey: string;
  readonly isLinked: boolean;
  /** Undefined until it is first taken up. */
  readonly pass: Pass | undefined;
  readonly place: Place;
  readonly known: Known;
}

/** What earlier readings of the set have left. */
export interface Known {
  readonly knownUntil: Date | undefined;
  readonly fullAt: Date | undefined;
  readonly fullRecords: number | undefined;
  readonly modelKey: string | undefined;
  readonly fromDate: Date | undefined;
}

interface ClaimedRow {
  readonly id: string;
  readonly company_id: string;
  readonly connection_id: string;
  readonly data_type: StoredDataType;
  readonly cause: DatasetCause;
  readonly tells_deletions: boolean;
  readonly requested_at: Date;
  readonly started_at: Date;
  readonly setbacks: number;
  readonly platform_key: string;
  readonly is_linked: boolean;
  readonly is_full: boolean | null;
  readonly changed_after: Date | null;
  readonly from_date: Date | null;
  readonly model_key: string | null;
  readonly as_of: number | null;
  readonly phase: Phase;
  readonly page_after: string | null;
  readonly parent_id: string | null;
  readonly pages: number;
  readonly page_size: number | null;
  readonly records_read: number;
  readonly records_changed: number;
  readonly deletions_told: boolean;
  readonly warnings: readonly DatasetFinding[] | null;
  readonly known_until: Date | null;
  readonly full_at: Date | null;
  readonly full_records: number | null;
  readonly known_model_key: string | null;
  readonly known_from_date: Date | null;
}

/** How many that wait are looked at for those that may begin: enough for many connections that wait for their turn. */
const LOOKED_AT_MAX = 2_000;

/** Takes up datasets that are due, the longest waiting first, and at most so many of one connection. */
export async function claimDatasets(
  db: Database,
  options: { readonly datasetsMax: number; readonly ofConnectionMax: number; readonly leaseMs: number },
): Promise<ClaimedDataset[]> {
  const leaseToken = randomUUID();
  const rows = await db.query<ClaimedRow>(
    'dataset_claim',
    `WITH due AS MATERIALIZED (
       SELECT id, connection_id, not_before FROM datasets
       WHERE completed_at IS NULL AND lease_token IS NULL AND not_before <= now()
       ORDER BY not_before LIMIT ${LOOKED_AT_MAX}
     ), ranked AS MATERIALIZED (
       SELECT due.id, due.not_before, row_number() OVER (PARTITION BY due.connection_id ORDER BY due.not_before)
         + (SELECT count(*) FROM datasets r WHERE r.connection_id = due.connection_id AND r.lease_token IS NOT NULL) AS rank
       FROM due
     ), picked AS MATERIALIZED (
       SELECT d.id FROM datasets d
       WHERE d.id = ANY (ARRAY(SELECT id FROM ranked WHERE rank <= $2 ORDER BY not_before LIMIT $1))
         AND d.completed_at IS NULL AND d.lease_token IS NULL
       FOR UPDATE OF d SKIP LOCKED
     ), claimed AS (
       UPDATE datasets d
       SET lease_token = $3, lease_until = clock_timestamp() + $4 * interval '1 millisecond',
         started_at = coalesce(d.started_at, clock_timestamp()),
         status = CASE d.status WHEN 'Queued' THEN 'Fetching' ELSE d.status END
       FROM picked WHERE d.id = picked.id AND d.id = ANY (ARRAY(SELECT id FROM picked)) AND d.lease_token IS NULL
       RETURNING d.*
     ), unhurried AS MATERIALIZED (
       -- A claim that a crash of the database undoes was never made: its reader finds that the lease is gone.
       SELECT set_config('synchronous_commit', 'off', true)
     )
     SELECT d.id, d.company_id, d.connection_id, d.data_type, d.cause, d.tells_deletions, d.requested_at, d.started_at,
       d.setbacks, d.is_full, d.changed_after, d.from_date, d.model_key, d.as_of, d.phase, d.page_after, d.parent_id,
       d.pages, d.page_size, d.records_read, d.records_changed, d.deletions_told, d.warnings,
       c.platform_key, c.status = 'Linked' AND c.deleted_at IS NULL AS is_linked,
       s.known_until, s.full_at, s.full_records, s.model_key AS known_model_key, s.from_date AS known_from_date
     FROM unhurried CROSS JOIN claimed d JOIN connections c ON c.id = d.connection_id
     LEFT JOIN sync_sets s ON s.connection_id = d.connection_id AND s.data_type = d.data_type`,
    [options.datasetsMax, options.ofConnectionMax, leaseToken, options.leaseMs],
  );
  return rows.map((row) => claimedDataset(row, leaseToken));
}

function claimedDataset(row: ClaimedRow, leaseToken: string): ClaimedDataset {
  return {
    id: row.id,
    leaseToken,
    companyId: row.company_id,
    connectionId: row.connection_id,
    dataType: row.data_type,
    cause: row.cause,
    tellsDeletions: row.tells_deletions,
    requestedAt: row.requested_at,
    startedAt: row.started_at,
    setbacks: row.setbacks,
    platformKey: row.platform_key,
    isLinked: row.is_linked,
    pass: passOf(row),
    place: {
      phase: row.phase,
      pageAfter: row.page_after ?? undefined,
      parentId: row.parent_id ?? undefined,
      pages: row.pages,
      pageSize: row.page_size ?? undefined,
      recordsRead: row.records_read,
      recordsChanged: row.records_changed,
      deletionsTold: row.deletions_told,
      findings: row.warnings ?? [],
    },
    known: {
      knownUntil: row.known_until ?? undefined,
      fullAt: row.full_at ?? undefined,
      fullRecords: row.full_records ?? undefined,
      modelKey: row.known_model_key ?? undefined,
      fromDate: row.known_from_date ?? undefined,
    },
  };
}

function passOf(row: ClaimedRow): Pass | undefined {
  if (row.is_full === null || row.model_key === null || row.as_of === null) return undefined;
  return {
    isFull: row.is_full,
    changedAfter: row.changed_after ?? undefined,
    fromDate: row.from_date ?? undefined,
    modelKey: row.model_key,
    asOf: row.as_of,
  };
}

export interface Held {
  readonly id: string;
  readonly leaseToken: string;
}

/** The reader is no longer the one who speaks for its dataset. */
export class LeaseLostError extends Error {}

function requireOne(rows: number): void {
  if (rows !== 1) throw new LeaseLostError('The dataset is read by somebody else by now');
}

const HELD = 'id = $1 AND lease_token = $2 AND lease_until > clock_timestamp() AND completed_at IS NULL';

/** For a transaction that speaks for the reader without moving it on. */
export async function requireLease(tx: Queryable, { id, leaseToken }: Held): Promise<void> {
  const rows = await tx.query('dataset_require_lease', `SELECT 1 FROM datasets WHERE ${HELD} FOR UPDATE`, [
    id,
    leaseToken,
  ]);
  requireOne(rows.length);
}

/** Moves on, in the transaction that stores what was read. With the first page it is noted how the set is read. */
export async function advance(
  tx: Queryable,
  { id, leaseToken }: Held,
  { pass, place }: { readonly pass: Pass; readonly place: Place },
  shown: {
    readonly status: DatasetStatus;
    readonly progress: number;
    /** The newest of the platform's stamps in what was read: its clock has come so far at least. */
    readonly newestStamp?: Date | undefined;
  },
): Promise<void> {
  requireOne(
    await tx.execute(
      'dataset_advance',
      `UPDATE datasets SET phase = $3, page_after = $4, parent_id = $5, pages = $6, page_size = $7, records_read = $8,
         records_changed = $9, deletions_told = $10,
         clock_ahead_ms = greatest(clock_ahead_ms, extract(epoch FROM $11::timestamptz - clock_timestamp())::float8 * 1000),
         warnings = $12, status = $13, progress = greatest(progress, $14), setbacks = 0, error_message = NULL,
         is_full = $15, changed_after = $16, from_date = $17, model_key = $18, as_of = $19,
         has_sightings = has_sightings OR $15 OR $3 = 'ids'
       WHERE ${HELD}`,
      [
        id,
        leaseToken,
        place.phase,
        place.pageAfter ?? null,
        place.parentId ?? null,
        place.pages,
        place.pageSize ?? null,
        place.recordsRead,
        place.recordsChanged,
        place.deletionsTold,
        shown.newestStamp?.toISOString() ?? null,
        place.findings.length === 0 ? null : JSON.stringify(place.findings),
        shown.status,
        shown.progress,
        pass.isFull,
        pass.changedAfter?.toISOString() ?? null,
        pass.fromDate?.toISOString() ?? null,
        pass.modelKey,
        pass.asOf,
      ],
    ),
  );
}

/** Gives it back: to be gone on with after a while, where there was trouble, or by whoever comes next. */
export async function release(
  db: Queryable,
  { id, leaseToken }: Held,
  after: { readonly waitMs: number; readonly trouble?: string; readonly pageSize?: number },
): Promise<void> {
  await db.execute(
    'dataset_release',
    `UPDATE datasets SET lease_token = NULL, lease_until = NULL,
       not_before = clock_timestamp() + $3 * interval '1 millisecond', page_size = coalesce($5, page_size),
       setbacks = CASE WHEN $4::text IS NULL THEN setbacks ELSE setbacks + 1 END,
       error_message = coalesce($4, error_message)
     WHERE id = $1 AND lease_token = $2`,
    [id, leaseToken, after.waitMs, after.trouble ?? null, after.pageSize ?? null],
  );
}

export async function renewLeases(db: Database, held: readonly Held[], leaseMs: number): Promise<void> {
  await db.execute(
    'dataset_renew',
    `UPDATE datasets d SET lease_until = clock_timestamp() + $3 * interval '1 millisecond'
     FROM unnest($1::uuid[], $2::uuid[]) AS i (id, lease_token)
     WHERE d.id = i.id AND d.lease_token = i.lease_token AND d.lease_until > clock_timestamp()`,
    [held.map(({ id }) => id), held.map(({ leaseToken }) => leaseToken), leaseMs],
  );
}

/** Takes back what a process that died or froze was reading; it goes on from the last page that was stored. */
export function rescueDatasets(db: Database, datasetsMax: number): Promise<number> {
  return db.execute(
    'dataset_rescue',
    `UPDATE datasets SET lease_token = NULL, lease_until = NULL, not_before = clock_timestamp()
     WHERE id = ANY (ARRAY(SELECT id FROM datasets WHERE lease_token IS NOT NULL AND lease_until <= clock_timestamp()
       ORDER BY lease_until LIMIT $1 FOR UPDATE SKIP LOCKED))`,
    [datasetsMax],
  );
}

/** The record below which reading goes on: the first one after `after`, by their ids. */
export async function nextParent(
  db: Queryable,
  of: { readonly connectionId: string; readonly dataType: StoredDataType; readonly after: string | undefined },
): Promise<string | undefined> {
  const [row] = await db.query<{ record_id: string }>(
    'dataset_next_parent',
    `SELECT record_id FROM records
     WHERE connection_id = $1 AND data_type = $2 AND record_id > $3 AND content IS NOT NULL AND NOT is_deleted
     ORDER BY record_id LIMIT 1`,
    [of.connectionId, of.dataType, of.after ?? ''],
  );
  return row?.record_id;
}

/** What lies before the from-date is not asked for, so that its absence tells nothing: it counts as met. */
export async function notePassedOver(
  tx: Queryable,
  of: {
    readonly connectionId: string;
    readonly dataType: StoredDataType;
    readonly pass: string;
    readonly fromDate: Date;
  },
): Promise<void> {
  await tx.execute(
    'dataset_passed_over',
    `INSERT INTO record_sightings (pass, record_id)
     SELECT $3, record_id FROM records
     WHERE connection_id = $1 AND data_type = $2 AND content IS NOT NULL AND NOT is_deleted
       AND coalesce(content ->> 'sourceModifiedDate', '') < $4
     ON CONFLICT DO NOTHING`,
    [of.connectionId, of.dataType, of.pass, of.fromDate.toISOString().slice(0, 19)],
  );
}
