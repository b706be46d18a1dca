/** The end of a dataset: what it came to, what is known of its set from now on, and its event, in one transaction. */
import type { CompaniesContext } from '../companies/context.ts';
import { requireCompany } from '../companies/change-connection.ts';
import type { Connector } from '../connectors/contract.ts';
import type { Queryable } from '../db/pool.ts';
import { insertEvents } from '../events/queries.ts';
import { readEvent, type EndedRead } from '../events/read-completed.ts';
import { markSynced } from '../records/state.ts';
import type { StoredDataType } from '../records/stored-types.ts';
import type { DatasetEnd, DatasetFinding } from './dataset.ts';
import { LeaseLostError, type ClaimedDataset } from './moves.ts';
import { syncSettings } from './settings.ts';

export interface Ending {
  readonly status: DatasetEnd;
  readonly errorMessage?: string;
  /** How much longer than its call a change may take to show at the platform: so far the next reading goes back. */
  readonly overlapMs: number;
}

/** A platform shows a change a little after the moment with which it stamps it. */
const OVERLAP_MIN_MS = 30_000;

/** A change that the platform was still carrying out when it was asked is met by the next reading. */
export function overlapMsOf({ lateCommitMs }: Connector['limits']): number {
  return Math.max(OVERLAP_MIN_MS, 2 * lateCommitMs);
}

/** A set that could not be read is tried again within this time, if it is read by a schedule at all. */
const RETRY_HOURS_MAX = 1;

/** Ends that wait for somebody to do something: a new authorisation, a connector that can. */
const NO_RETRY: ReadonlySet<DatasetEnd> = new Set(['AuthError', 'Cancelled', 'NotSupported']);

/** In a transaction of the caller's, who tells of the events once it is committed. */
export async function endDataset(
  tx: Queryable,
  companies: CompaniesContext,
  dataset: ClaimedDataset,
  ending: Ending,
): Promise<void> {
  const row = await closeDataset(tx, dataset, ending);
  // A record that can never be kept must not hide all others.
  if (ending.status === 'Complete' || ending.status === 'ValidationError') await markSynced(tx, dataset);
  await tellOf(companies, tx, dataset, ending, row);
}

interface EndedRow {
  readonly records_changed: number;
  readonly changed_after: Date | null;
  readonly warnings: readonly DatasetFinding[] | null;
}

/** The dataset, what is known of its set from now on, and when its connection was last read, in one statement. */
async function closeDataset(tx: Queryable, dataset: ClaimedDataset, ending: Ending): Promise<EndedRow> {
  const { settings } = await syncSettings(tx, dataset.companyId);
  const hours = settings.find(({ dataType }) => dataType === dataset.dataType)?.syncSchedule ?? 0;
  const isComplete = ending.status === 'Complete';
  const dueInHours = isComplete ? hours : Math.min(hours, RETRY_HOURS_MAX);
  // The platform's clock stood no earlier than known_until when the pass began. Ahead of ours it is not believed: a record
  // that is stamped in the future would hide all changes until then. Where nothing was read, nothing is known of that clock.
  const [row] = await tx.query<EndedRow>(
    'dataset_end',
    `WITH ended AS (
       UPDATE datasets SET status = $3, error_message = $4, completed_at = clock_timestamp(), lease_token = NULL,
         lease_until = NULL, progress = 100
       WHERE id = $1 AND lease_token = $2 AND lease_until > clock_timestamp() AND completed_at IS NULL
       RETURNING *, $6::boolean AS is_complete, $6 AND is_full IS TRUE AS all_is_read,
         CASE WHEN records_read > 0
           THEN started_at + (least(clock_ahead_ms, 0) - $5) * interval '1 millisecond' END AS known_until
     ), noted AS (
       UPDATE sync_sets s SET
         latest_success_id = CASE WHEN is_complete THEN e.id ELSE s.latest_success_id END,
         last_success_at = CASE WHEN is_complete THEN clock_timestamp() ELSE s.last_success_at END,
         known_until = CASE WHEN is_complete THEN greatest(s.known_until, e.known_until) ELSE s.known_until END,
         full_at = CASE WHEN all_is_read THEN clock_timestamp() ELSE s.full_at END,
         full_records = CASE WHEN all_is_read THEN e.records_read ELSE s.full_records END,
         model_key = CASE WHEN all_is_read THEN e.model_key ELSE s.model_key END,
         from_date = CASE WHEN all_is_read THEN e.from_date ELSE s.from_date END,
         due_at = clock_timestamp() + $7 * interval '1 hour'
       FROM ended e WHERE s.connection_id = e.connection_id AND s.data_type = e.data_type
     ), synced AS (
       UPDATE connections c SET last_sync_at = greatest(c.last_sync_at, clock_timestamp())
       FROM ended e WHERE c.id = e.connection_id AND is_complete
     )
     SELECT records_changed, changed_after, warnings FROM ended`,
    [
      dataset.id,
      dataset.leaseToken,
      ending.status,
      ending.errorMessage ?? null,
      ending.overlapMs,
      isComplete,
      hours > 0 && !NO_RETRY.has(ending.status) ? dueInHours : null,
    ],
  );
  if (row === undefined) throw new LeaseLostError('The dataset was ended by somebody else');
  return row;
}

async function tellOf(
  companies: CompaniesContext,
  tx: Queryable,
  dataset: ClaimedDataset,
  ending: Ending,
  row: EndedRow,
): Promise<void> {
  const telling = { publicUrl: companies.publicUrl(), now: companies.clock.now() };
  const company = await requireCompany(tx, dataset.companyId).catch(() => undefined);
  // A company that was deleted meanwhile is told of no more.
  if (company === undefined) return;
  const read: EndedRead = {
    connectionId: dataset.connectionId,
    dataType: dataset.dataType,
    recordsModified: row.records_changed > 0,
    status: ending.status,
    datasetId: dataset.id,
    warnings: warningsToTell(row.warnings),
  };
  const modifiedFrom = row.changed_after ?? undefined;
  const events = [readEvent('read.completed', { company, modifiedFrom, reads: [read] }, telling)];
  const first = await firstReads(tx, dataset);
  if (first.length > 0) {
    events.push(readEvent('read.completed.initial', { company, modifiedFrom: undefined, reads: first }, telling));
  }
  await insertEvents(tx, events);
}

const WARNINGS_TOLD_MAX = 20;

function warningsToTell(warnings: readonly DatasetFinding[] | null): readonly string[] {
  return (warnings ?? []).slice(0, WARNINGS_TOLD_MAX).map(({ itemId, message }) => `${itemId}: ${message}`);
}

interface FirstRow {
  readonly id: string;
  readonly data_type: StoredDataType;
  readonly status: string;
  readonly records_changed: number;
  readonly warnings: readonly DatasetFinding[] | null;
}

/** What was read since the connection was authorised, once all that was asked for has ended, and not told as such yet. */
async function firstReads(tx: Queryable, { connectionId }: ClaimedDataset): Promise<readonly EndedRead[]> {
  // Locked, so that of two that end at once the second one sees the first.
  const [link] = await tx.query<{ authorised_at: Date; is_new: boolean; is_told: boolean }>(
    'sync_link_lock',
    'SELECT authorised_at, is_new, is_told FROM sync_links WHERE connection_id = $1 FOR UPDATE',
    [connectionId],
  );
  if (link === undefined || link.is_new || link.is_told) return [];
  const unfinished = await tx.query(
    'dataset_unfinished',
    'SELECT 1 FROM datasets WHERE connection_id = $1 AND completed_at IS NULL LIMIT 1',
    [connectionId],
  );
  if (unfinished.length > 0) return [];
  await tx.execute('sync_link_told', 'UPDATE sync_links SET is_told = true WHERE connection_id = $1', [connectionId]);
  const rows = await tx.query<FirstRow>(
    'dataset_first_reads',
    `SELECT DISTINCT ON (d.data_type) d.id, d.data_type, d.status, d.records_changed, d.warnings
     FROM sync_sets s JOIN datasets d ON d.id = s.latest_id
     WHERE s.connection_id = $1 AND d.completed_at >= $2 ORDER BY d.data_type`,
    [connectionId, link.authorised_at.toISOString()],
  );
  return rows.map((row) => ({
    connectionId,
    dataType: row.data_type,
    recordsModified: row.records_changed > 0,
    status: row.status,
    datasetId: row.id,
    warnings: warningsToTell(row.warnings),
  }));
}
