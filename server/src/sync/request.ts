/** Asking for readings: by a caller, by a new link, by the schedule. One at a time for each set. */
import type { Database, Queryable } from '../db/pool.ts';
import { uuidv7 } from '../lib/ids.ts';
import type { StoredDataType } from '../records/stored-types.ts';
import type { DatasetCause } from './dataset.ts';
import { syncSettings, type SyncSetting } from './settings.ts';

export interface Wanted {
  readonly companyId: string;
  readonly connectionId: string;
  readonly dataType: StoredDataType;
  readonly cause: DatasetCause;
  readonly syncOrder: number;
}

/** Answers the ids of those that were asked for. One that waits or runs already is missing from the answer. */
export async function requestDatasets(tx: Queryable, wanted: readonly Wanted[], now: Date): Promise<readonly string[]> {
  if (wanted.length === 0) return [];
  const sorted = wanted.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  const rows = await tx.query<{ id: string }>(
    'dataset_request',
    `WITH input AS (
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::int[])
         AS i (id, company_id, connection_id, data_type, cause, sync_order)
     ), asked AS (
       INSERT INTO datasets (id, company_id, connection_id, data_type, cause, status, requested_at, not_before,
         tells_deletions)
       SELECT id, company_id, connection_id, data_type, cause, 'Queued', now(),
         now() + sync_order * interval '10 microseconds', cause <> 'schedule'
       FROM input
       ON CONFLICT (connection_id, data_type) WHERE completed_at IS NULL DO NOTHING
       RETURNING id, company_id, connection_id, data_type
     ), noted AS (
       INSERT INTO sync_sets (connection_id, data_type, company_id, latest_id)
       SELECT connection_id, data_type, company_id, id FROM asked ORDER BY connection_id, data_type
       ON CONFLICT (connection_id, data_type) DO UPDATE SET latest_id = excluded.latest_id, due_at = NULL
     )
     SELECT id FROM asked`,
    [
      sorted.map(() => uuidv7(now.getTime())),
      sorted.map((each) => each.companyId),
      sorted.map((each) => each.connectionId),
      sorted.map((each) => each.dataType),
      sorted.map((each) => each.cause),
      sorted.map((each) => each.syncOrder),
    ],
  );
  return rows.map(({ id }) => id);
}

/** In one order everywhere, so that two who ask for the same sets wait for each other instead of blocking. */
function placeOf({ connectionId, dataType }: Wanted): string {
  return `${connectionId} ${dataType}`;
}

/** The dataset of the set that has not ended. */
export async function unfinishedDataset(
  db: Queryable,
  set: { readonly connectionId: string; readonly dataType: StoredDataType },
): Promise<string | undefined> {
  const [row] = await db.query<{ id: string }>(
    'dataset_in_progress',
    'SELECT id FROM datasets WHERE connection_id = $1 AND data_type = $2 AND completed_at IS NULL',
    [set.connectionId, set.dataType],
  );
  return row?.id;
}

export interface SetPlace {
  readonly companyId: string;
  readonly connectionId: string;
  /** What its connector reads. */
  readonly readable: ReadonlySet<StoredDataType>;
}

/** Asks for every type that is read when a connection is linked. */
export async function requestAll(
  db: Database,
  place: SetPlace,
  cause: DatasetCause,
  now: Date,
): Promise<readonly string[]> {
  return db.transaction(async (tx) => {
    const { settings } = await syncSettings(tx, place.companyId);
    const first = settings.filter(({ fetchOnFirstLink }) => fetchOnFirstLink);
    return requestDatasets(tx, wantedOf(place, first, cause), now);
  });
}

function wantedOf({ readable, ...place }: SetPlace, settings: readonly SyncSetting[], cause: DatasetCause): Wanted[] {
  return settings.flatMap(({ dataType, syncOrder }) =>
    isStored(dataType, readable) ? [{ ...place, dataType, cause, syncOrder }] : [],
  );
}

function isStored(dataType: string, readable: ReadonlySet<StoredDataType>): dataType is StoredDataType {
  return (readable as ReadonlySet<string>).has(dataType);
}

/**
 * In the transaction that links a connection: its first readings are to be asked for. The books may be others than before, so
 * that all is read, by readings under way as well: those begin anew, and whoever holds one stores nothing more.
 */
export async function noteLinked(
  tx: Queryable,
  connection: { readonly id: string; readonly companyId: string },
): Promise<void> {
  await tx.execute(
    'sync_link_note',
    `INSERT INTO sync_links (connection_id, company_id, authorised_at, is_new)
     VALUES ($1, $2, clock_timestamp(), true)
     ON CONFLICT (connection_id) DO UPDATE SET authorised_at = excluded.authorised_at, is_new = true, is_told = false`,
    [connection.id, connection.companyId],
  );
  await tx.execute(
    'sync_link_begin_anew',
    `WITH begun_anew AS (
       UPDATE datasets SET lease_token = NULL, lease_until = NULL, started_at = NULL, not_before = clock_timestamp(),
         phase = 'records', page_after = NULL, parent_id = NULL, records_read = 0, deletions_told = false,
         clock_ahead_ms = NULL, warnings = NULL, setbacks = 0,
         is_full = NULL, changed_after = NULL, from_date = NULL, model_key = NULL, as_of = NULL
       WHERE connection_id = $1 AND completed_at IS NULL
       RETURNING id
     ), unmet AS (
       DELETE FROM record_sightings s USING begun_anew b WHERE s.pass = b.id::text
     )
     UPDATE sync_sets SET known_until = NULL WHERE connection_id = $1`,
    [connection.id],
  );
}

const LINKS_A_LOOK_MAX = 50;

/** Asks for the first readings of connections that were linked. Answers how many connections those were. */
export function requestFirstReads(
  db: Database,
  readableOn: (platformKey: string) => ReadonlySet<StoredDataType>,
  now: Date,
): Promise<number> {
  return db.transaction(async (tx) => {
    const links = await tx.query<{ connection_id: string; company_id: string; platform_key: string }>(
      'sync_links_new',
      `SELECT l.connection_id, l.company_id, c.platform_key
       FROM sync_links l JOIN connections c ON c.id = l.connection_id
       WHERE l.is_new ORDER BY l.authorised_at LIMIT ${LINKS_A_LOOK_MAX} FOR UPDATE OF l SKIP LOCKED`,
    );
    const wanted: Wanted[] = [];
    const later: { readonly place: SetPlace; readonly settings: readonly SyncSetting[] }[] = [];
    for (const link of links) {
      const place = {
        companyId: link.company_id,
        connectionId: link.connection_id,
        readable: readableOn(link.platform_key),
      };
      const { settings } = await syncSettings(tx, link.company_id);
      const first = settings.filter(({ fetchOnFirstLink }) => fetchOnFirstLink);
      wanted.push(...wantedOf(place, first, 'link'));
      later.push({
        place,
        settings: settings.filter(({ fetchOnFirstLink, syncSchedule }) => !fetchOnFirstLink && syncSchedule > 0),
      });
    }
    await requestDatasets(tx, wanted, now);
    for (const { place, settings } of later) await scheduleSets(tx, place, settings);
    await tx.execute('sync_links_seen', 'UPDATE sync_links SET is_new = false WHERE connection_id = ANY ($1::uuid[])', [
      links.map((link) => link.connection_id),
    ]);
    return links.length;
  });
}

/** Those that are read by their schedule alone. */
async function scheduleSets(tx: Queryable, place: SetPlace, settings: readonly SyncSetting[]): Promise<void> {
  const supported = settings.filter(({ dataType }) => isStored(dataType, place.readable));
  if (supported.length === 0) return;
  await tx.execute(
    'sync_sets_schedule',
    `INSERT INTO sync_sets (connection_id, data_type, company_id, due_at)
     SELECT $1, data_type, $2, now() + hours * interval '1 hour'
     FROM unnest($3::text[], $4::float8[]) AS i (data_type, hours) ORDER BY data_type
     ON CONFLICT (connection_id, data_type) DO UPDATE SET due_at = excluded.due_at`,
    [
      place.connectionId,
      place.companyId,
      supported.map(({ dataType }) => dataType),
      supported.map(({ syncSchedule }) => syncSchedule),
    ],
  );
}

const SETS_A_LOOK_MAX = 200;

/** Asks for what is due by its schedule. Answers how many sets were looked at. */
export function requestScheduled(db: Database, now: Date): Promise<number> {
  return db.transaction(async (tx) => {
    const due = await tx.query<{
      connection_id: string;
      company_id: string;
      data_type: StoredDataType;
      is_linked: boolean;
    }>(
      'sync_sets_due',
      `SELECT s.connection_id, s.company_id, s.data_type, c.status = 'Linked' AND c.deleted_at IS NULL AS is_linked
       FROM sync_sets s JOIN connections c ON c.id = s.connection_id
       WHERE s.due_at <= now() ORDER BY s.due_at LIMIT ${SETS_A_LOOK_MAX} FOR UPDATE OF s SKIP LOCKED`,
    );
    // Whatever becomes of it: a set that is read at the moment, or has no link, is due again when that has ended.
    await tx.execute(
      'sync_sets_taken',
      `UPDATE sync_sets s SET due_at = NULL FROM unnest($1::uuid[], $2::text[]) AS i (connection_id, data_type)
       WHERE s.connection_id = i.connection_id AND s.data_type = i.data_type`,
      [due.map((set) => set.connection_id), due.map((set) => set.data_type)],
    );
    const settingsOf = new Map<string, readonly SyncSetting[]>();
    const wanted: Wanted[] = [];
    for (const set of due) {
      if (!set.is_linked) continue;
      const settings = settingsOf.get(set.company_id) ?? (await syncSettings(tx, set.company_id)).settings;
      settingsOf.set(set.company_id, settings);
      const syncOrder = settings.find(({ dataType }) => dataType === set.data_type)?.syncOrder ?? 0;
      const { company_id: companyId, connection_id: connectionId, data_type: dataType } = set;
      wanted.push({ companyId, connectionId, dataType, cause: 'schedule', syncOrder });
    }
    await requestDatasets(tx, wanted, now);
    return due.length;
  });
}
