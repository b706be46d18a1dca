/**
 * Reads again a set that follows from other records, as account transactions do from payments: what has changed in it since
 * it was last read, page by page as a reading does. It is none: it has no dataset and no event. Begun anew after a crash, and
 * what takes more than a moment is left to a reading.
 */
import type { CompaniesContext } from '../companies/context.ts';
import type { Connector } from '../connectors/contract.ts';
import type { Queryable } from '../db/pool.ts';
import { monotonicMs } from '../lib/clock.ts';
import { feedPosition } from '../records/feed.ts';
import { forgetStale, WHOLE_SET, type StaleRecord } from '../records/stale.ts';
import { storeRecords } from '../records/store.ts';
import { overlapMsOf } from './end.ts';
import { fetchRecords, newestStamp } from './pages.ts';
import type { PagedRead } from './reader.ts';
import { requestDatasets } from './request.ts';
import { findSource, type Source } from './source.ts';

const PAGES_MAX = 40;
const WALK_MS_MAX = 30_000;

interface Platform {
  readonly connector: Connector;
  readonly session: unknown;
}

/**
 * By the marks that they deal with, so that of many who ask after one write only one asks the platform. Each was begun after
 * its mark was set; without this, all of them would do the same, and store it once.
 */
const underWay = new Map<string, Promise<boolean>>();

/** Answers whether the platform did, where it was asked. */
export function refreshSet(companies: CompaniesContext, platform: Platform, stale: StaleRecord): Promise<boolean> {
  const joined = underWay.get(stale.mark);
  if (joined !== undefined) return joined;
  const begun = refreshNow(companies, platform, stale).finally(() => underWay.delete(stale.mark));
  underWay.set(stale.mark, begun);
  return begun;
}

async function refreshNow(companies: CompaniesContext, platform: Platform, stale: StaleRecord): Promise<boolean> {
  const { db } = companies;
  const [source, known] = await Promise.all([
    findSource(db, platform.connector, stale.dataType),
    whatIsKnown(db, stale),
  ]);
  // Others may have dealt with it since it was found.
  if (!known.isMarked) return true;
  const isPaged = source !== undefined && source.read !== 'company' && source.read.below === undefined;
  if (!isPaged || !(known.isSynced || known.isBeingRead)) {
    await forgetStale(db, stale);
    return true;
  }
  // Its first reading may have passed by what was written meanwhile, so that the mark waits for the end.
  if (!known.isSynced) return true;
  const { knownUntil, at } = known;
  const outcome = await walkChanges(companies, platform, { stale, source, read: source.read, knownUntil, at });
  if (outcome === 'left') await leaveToReading(companies, stale);
  return outcome !== 'unanswered';
}

interface Walk {
  readonly stale: StaleRecord;
  readonly source: Pick<Source, 'pulled' | 'modelKey'>;
  readonly read: PagedRead;
  /** Absent where that is not known, as of a set that was empty: all of it is read. */
  readonly knownUntil: Date | undefined;
  /** When it was begun, by the database. */
  readonly at: Date;
}

type Walked = 'all' | 'unanswered' | 'left';

async function walkChanges(
  { db }: CompaniesContext,
  { connector, session }: Platform,
  { stale, source, read, knownUntil, at }: Walk,
): Promise<Walked> {
  const begunMs = monotonicMs();
  const pass = { changedAfter: knownUntil };
  let pageAfter: string | undefined;
  let newest: Date | undefined;
  let areDeletionsTold = false;
  for (let pages = 0; pages < PAGES_MAX && monotonicMs() - begunMs < WALK_MS_MAX; pages++) {
    const asOf = await feedPosition(db, stale.companyId);
    const place = { pageAfter, pageSize: undefined };
    const fetched = await fetchRecords({ session, pulled: source.pulled }, read, {
      pass,
      place,
      parentId: undefined,
      asOf,
    });
    if (fetched.kind !== 'records') return 'unanswered';
    const { records, page } = fetched;
    newest = latest(newest, newestStamp(records));
    areDeletionsTold ||= page.deletedIds !== undefined;
    const isDone = page.next === undefined && areDeletionsTold;
    // The platform's clock stood no earlier than this when the walk began; ahead of ours it is not believed.
    const stoodMs = newest && Math.min(at.getTime(), newest.getTime() - (monotonicMs() - begunMs));
    await db.transaction(async (tx) => {
      if (isDone) await forgetStale(tx, stale);
      await storeRecords(tx, {
        ...stale,
        records,
        deletedIds: page.deletedIds,
        modelKey: source.modelKey,
        stampOf: (record) => connector.stampOf?.(record),
        asOf,
      });
      if (isDone && stoodMs !== undefined)
        await noteKnown(tx, stale, new Date(stoodMs - overlapMsOf(connector.limits)));
    });
    if (isDone) return 'all';
    if (page.next === undefined) return 'left';
    pageAfter = page.next;
  }
  return 'left';
}

function latest(a: Date | undefined, b: Date | undefined): Date | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? b : a;
}

/** It bears as many pages as there are, and hears of deletions in any case. */
async function leaveToReading({ db, clock }: CompaniesContext, stale: StaleRecord): Promise<void> {
  const { companyId, connectionId, dataType } = stale;
  await db.transaction(async (tx) => {
    const wanted = { companyId, connectionId, dataType, cause: 'retry' as const, syncOrder: 0 };
    const asked = await requestDatasets(tx, [wanted], clock.now());
    // One that is under way may have passed by what was written: then it is looked at again after it.
    if (asked.length > 0) await forgetStale(tx, stale);
  });
}

interface KnownRow {
  readonly is_marked: boolean;
  readonly is_synced: boolean;
  readonly is_being_read: boolean;
  readonly known_until: Date | null;
  readonly at: Date;
}

async function whatIsKnown(db: Queryable, { connectionId, dataType }: StaleRecord) {
  const [row] = await db.query<KnownRow>(
    'set_known',
    `SELECT EXISTS (SELECT 1 FROM stale_records WHERE connection_id = $1 AND data_type = $2 AND record_id = '${WHOLE_SET}')
         AS is_marked,
       EXISTS (SELECT 1 FROM record_sets WHERE connection_id = $1 AND data_type = $2) AS is_synced,
       EXISTS (SELECT 1 FROM datasets WHERE connection_id = $1 AND data_type = $2 AND completed_at IS NULL) AS is_being_read,
       (SELECT known_until FROM sync_sets WHERE connection_id = $1 AND data_type = $2) AS known_until,
       clock_timestamp() AS at`,
    [connectionId, dataType],
  );
  return {
    isMarked: row?.is_marked === true,
    isSynced: row?.is_synced === true,
    isBeingRead: row?.is_being_read === true,
    knownUntil: row?.known_until ?? undefined,
    at: row?.at ?? new Date(0),
  };
}

/** The next look, and the next reading of changes, need go back no further; unless the connection was linked anew meanwhile. */
async function noteKnown(tx: Queryable, { connectionId, dataType }: StaleRecord, until: Date): Promise<void> {
  await tx.execute(
    'set_note_known',
    `UPDATE sync_sets SET known_until = greatest(known_until, $3)
     WHERE connection_id = $1 AND data_type = $2 AND known_until IS NOT NULL`,
    [connectionId, dataType, until.toISOString()],
  );
}
