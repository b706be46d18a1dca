/** What is asked of datasets from outside the readers: showing, listing and counting them, and removing old ones. */
import type { Database, Queryable } from '../db/pool.ts';
import type { Where } from '../query/to-sql.ts';
import type { StoredDataType } from '../records/stored-types.ts';
import type { Dataset, DatasetStatus, DatasetFinding } from './dataset.ts';

interface DatasetRow {
  readonly id: string;
  readonly company_id: string;
  readonly connection_id: string;
  readonly data_type: StoredDataType;
  readonly status: DatasetStatus;
  readonly error_message: string | null;
  readonly requested_at: Date;
  readonly completed_at: Date | null;
  readonly progress: number;
}

const SHOWN = `d.id, d.company_id, d.connection_id, d.data_type, d.status, d.error_message, d.requested_at, d.completed_at,
  d.progress`;

function datasetOf(row: DatasetRow): Dataset {
  return {
    id: row.id,
    companyId: row.company_id,
    connectionId: row.connection_id,
    dataType: row.data_type,
    status: row.status,
    errorMessage: row.error_message ?? undefined,
    requestedAt: row.requested_at,
    completedAt: row.completed_at ?? undefined,
    progress: row.progress,
  };
}

export async function getDataset(
  db: Queryable,
  of: { readonly companyId: string; readonly datasetId: string },
): Promise<Dataset | undefined> {
  const [row] = await db.query<DatasetRow>(
    'dataset_get',
    `SELECT ${SHOWN} FROM datasets d WHERE d.id = $1 AND d.company_id = $2`,
    [of.datasetId, of.companyId],
  );
  return row && datasetOf(row);
}

/** What its records lack; undefined when the company has no such dataset. */
export async function findingsOfDataset(
  db: Queryable,
  of: { readonly companyId: string; readonly datasetId: string },
): Promise<readonly DatasetFinding[] | undefined> {
  const [row] = await db.query<{ warnings: readonly DatasetFinding[] | null }>(
    'dataset_warnings',
    'SELECT warnings FROM datasets WHERE id = $1 AND company_id = $2',
    [of.datasetId, of.companyId],
  );
  return row && (row.warnings ?? []);
}

/** Newest first, unless it is said otherwise. The text differs with every query, so it is not prepared under a name. */
export async function listDatasets(
  db: Queryable,
  asked: {
    readonly companyId: string;
    readonly page: number;
    readonly pageSize: number;
    /** Its values are numbered from 2 on. */
    readonly where?: Where | undefined;
    readonly orderBy?: string | undefined;
  },
): Promise<{ readonly datasets: readonly Dataset[]; readonly totalResults: number }> {
  const { companyId, page, pageSize, where, orderBy = 'd.requested_at DESC' } = asked;
  const condition = `d.company_id = $1${where === undefined ? '' : ` AND (${where.sql})`}`;
  const values = [companyId, ...(where?.values ?? [])];
  const rows = await db.query<DatasetRow>(
    '',
    `SELECT ${SHOWN} FROM datasets d WHERE ${condition} ORDER BY ${orderBy}, d.id DESC
     LIMIT $${values.length + 1} OFFSET $${values.length + 2}`,
    [...values, pageSize, (page - 1) * pageSize],
  );
  const [counted] = await db.query<{ total: number }>(
    '',
    `SELECT count(*) AS total FROM datasets d WHERE ${condition}`,
    values,
  );
  return { datasets: rows.map(datasetOf), totalResults: counted?.total ?? 0 };
}

/** How a set stands. */
export interface SetStatus {
  readonly connectionId: string;
  readonly dataType: StoredDataType;
  readonly currentStatus: DatasetStatus;
  readonly lastSuccessfulSync: Date | undefined;
  readonly latestSyncId: string | undefined;
  readonly latestSuccessfulSyncId: string | undefined;
}

/** Of all sets of a connection that were ever asked for. */
export async function setStatuses(db: Queryable, connectionId: string): Promise<readonly SetStatus[]> {
  const rows = await db.query<{
    connection_id: string;
    data_type: StoredDataType;
    status: DatasetStatus | null;
    last_success_at: Date | null;
    latest_id: string | null;
    latest_success_id: string | null;
  }>(
    'sync_sets_of_connection',
    `SELECT s.connection_id, s.data_type, d.status, s.last_success_at, s.latest_id, s.latest_success_id
     FROM sync_sets s LEFT JOIN datasets d ON d.id = s.latest_id WHERE s.connection_id = $1`,
    [connectionId],
  );
  return rows.map((row) => ({
    connectionId: row.connection_id,
    dataType: row.data_type,
    currentStatus: row.status ?? 'Initial',
    lastSuccessfulSync: row.last_success_at ?? undefined,
    latestSyncId: row.latest_id ?? undefined,
    latestSuccessfulSyncId: row.latest_success_id ?? undefined,
  }));
}

export interface DatasetCounts {
  readonly waiting: number;
  readonly running: number;
  /** How long the longest waiting one has been due. */
  readonly oldestDueSeconds: number;
  /** How long ago the set that is furthest behind its schedule should have been read. */
  readonly lagSeconds: number;
}

/** Bounded work: the indexes hold what has not ended. */
export async function countDatasets(db: Queryable): Promise<DatasetCounts> {
  const [row] = await db.query<{ waiting: number; running: number; oldest: number | null; lag: number | null }>(
    'dataset_counts',
    `SELECT (SELECT count(*) FROM datasets WHERE completed_at IS NULL AND lease_token IS NULL) AS waiting,
       (SELECT count(*) FROM datasets WHERE lease_token IS NOT NULL) AS running,
       (SELECT extract(epoch FROM now() - min(not_before))::float8 FROM datasets
        WHERE completed_at IS NULL AND lease_token IS NULL) AS oldest,
       (SELECT extract(epoch FROM now() - min(due_at))::float8 FROM sync_sets WHERE due_at IS NOT NULL) AS lag`,
  );
  return {
    waiting: row?.waiting ?? 0,
    running: row?.running ?? 0,
    oldestDueSeconds: Math.max(0, row?.oldest ?? 0),
    lagSeconds: Math.max(0, row?.lag ?? 0),
  };
}

export async function endedWithSightings(db: Queryable, datasetsMax: number): Promise<readonly string[]> {
  const rows = await db.query<{ id: string }>(
    'dataset_to_tidy',
    `SELECT id FROM datasets WHERE completed_at IS NOT NULL AND has_sightings ORDER BY completed_at LIMIT $1`,
    [datasetsMax],
  );
  return rows.map(({ id }) => id);
}

export async function noteTidied(db: Queryable, id: string): Promise<void> {
  await db.execute('dataset_tidied', 'UPDATE datasets SET has_sightings = false WHERE id = $1', [id]);
}

/** Those that a set still refers to stay. Answers how many were removed. */
export function removeOldDatasets(db: Database, days: number, datasetsMax: number): Promise<number> {
  return db.execute(
    'dataset_remove_old',
    `DELETE FROM datasets WHERE id = ANY (ARRAY(
       SELECT d.id FROM datasets d
       WHERE d.completed_at < now() - $1 * interval '1 day' AND NOT d.has_sightings
         AND NOT EXISTS (SELECT 1 FROM sync_sets s WHERE s.connection_id = d.connection_id
           AND s.data_type = d.data_type AND d.id IN (s.latest_id, s.latest_success_id))
       ORDER BY d.completed_at LIMIT $2 FOR UPDATE OF d SKIP LOCKED))`,
    [days, datasetsMax],
  );
}
