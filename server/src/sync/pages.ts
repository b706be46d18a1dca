/**
 * The pages of a reading. While one is being stored the next is fetched, one ahead and no more; each is stored in one
 * transaction with the place to go on from, and the last one together with the end of the dataset, where nothing is to be
 * found absent.
 */
import type { IdPage, ReadOutcome, RecordPage } from '../connectors/contract.ts';
import type { Queryable } from '../db/pool.ts';
import { monotonicMs } from '../lib/clock.ts';
import { isCustom } from '../models/data-types.ts';
import { feedPosition, type FeedTime } from '../records/feed.ts';
import { metBefore, noteSeen, storeRecords } from '../records/store.ts';
import type { RecordContent } from '../records/stored-types.ts';
import { propertiesOf, withPulled } from '../supplemental/pulled.ts';
import { findingsIn, withRepeats } from './findings.ts';
import * as moves from './moves.ts';
import type { ClaimedDataset, Pass, Place } from './moves.ts';
import { inFull, mustReadAll } from './pass.ts';
import { mapping, storing, type PagedRead, type Reader } from './reader.ts';

export const PAGE_SIZE_MAX = 500;
const IDS_A_PAGE = 5_000;

export type PagesRead =
  | { readonly kind: 'all'; readonly pass: Pass; readonly place: Place }
  /** Together with the last page. */
  | { readonly kind: 'ended'; readonly place: Place }
  /** Its turn is over, or the platform's limits leave no room. */
  | { readonly kind: 'paused'; readonly waitMs: number }
  | { readonly kind: 'trouble'; readonly outcome: Trouble; readonly place: Place };

export type Trouble = Exclude<ReadOutcome<never>, { kind: 'read' }>;

/** Ends the dataset in the transaction that stores its last page. */
export type EndWithin = (tx: Queryable, place: Place) => Promise<void>;

export async function readPages(
  reader: Reader,
  read: PagedRead,
  first: Pass,
  turn: { readonly signal: AbortSignal; readonly untilMs: number; readonly endWithin: EndWithin },
): Promise<PagesRead> {
  let pass = first;
  let { place } = reader.dataset;
  if (place.phase === 'absent') return { kind: 'all', pass, place };
  let ahead = fetchPage(reader, read, pass, place, turn);
  for (;;) {
    const fetched = await ahead;
    if (fetched.kind === 'paused') return fetched;
    if (fetched.kind === 'trouble') return { ...fetched, place };
    let next = placeAfter(reader, read, pass, place, fetched);
    const storedBy = pass;
    if (next.phase === 'absent' && mustReadAll(reader.dataset, read, pass, next)) {
      pass = await inFull(reader, pass);
      next = { ...atStart(next, 'records'), recordsRead: 0 };
    }
    const isLast = next.phase === 'absent';
    if (!isLast) {
      ahead = fetchPage(reader, read, pass, next, turn);
      // Should storing fail, nobody asks any more what came of it.
      ahead.catch(() => undefined);
    }
    const end = isLast && !mayBeAbsent(read, pass) ? turn.endWithin : undefined;
    place = await store(reader, fetched, { storedBy, pass, next, end });
    if (isLast) return { kind: end === undefined ? 'all' : 'ended', pass, place };
  }
}

/** Whether what was not met may be gone from the platform. */
export function mayBeAbsent(read: PagedRead, pass: Pass): boolean {
  return pass.isFull || read.ids !== undefined;
}

type Fetched =
  | {
      readonly kind: 'records';
      readonly page: RecordPage;
      readonly records: readonly RecordContent[];
      readonly parentId: string | undefined;
      readonly asOf: FeedTime;
      readonly pageSize: number;
    }
  | { readonly kind: 'ids'; readonly page: IdPage; readonly parentId: string | undefined }
  /** There is no further record below which to read, or nothing to read ids of. */
  | { readonly kind: 'none' };

type NotFetched =
  { readonly kind: 'paused'; readonly waitMs: number } | { readonly kind: 'trouble'; readonly outcome: Trouble };

async function fetchPage(
  reader: Reader,
  read: PagedRead,
  pass: Pass,
  place: Place,
  { signal, untilMs }: { readonly signal: AbortSignal; readonly untilMs: number },
): Promise<Fetched | NotFetched> {
  const { deps, dataset, network } = reader;
  if (signal.aborted || monotonicMs() > untilMs) return { kind: 'paused', waitMs: 0 };
  await deps.writesFirst(dataset.connectionId);
  const [parentId, asOf] = await Promise.all([
    parentOf(reader, read, place),
    feedPosition(deps.companies.db, dataset.companyId),
  ]);
  if (read.below !== undefined && parentId === undefined) return { kind: 'none' };
  if (place.phase === 'ids' && read.ids === undefined) return { kind: 'none' };
  const waitMs = await network.reserve();
  if (waitMs !== undefined) return { kind: 'paused', waitMs };
  return place.phase === 'ids'
    ? fetchIds(reader, read, place, parentId)
    : fetchRecords(reader, read, { pass, place, parentId, asOf });
}

const SAME_PAGE: Trouble = { kind: 'unreachable', why: 'platform-error', reason: 'The next page is the same again.' };

/** One page of records, as the platform has them now. */
export async function fetchRecords(
  { session, pulled }: Pick<Reader, 'session' | 'pulled'>,
  read: PagedRead,
  at: {
    readonly pass: Pick<Pass, 'changedAfter'>;
    readonly place: Pick<Place, 'pageAfter' | 'pageSize'>;
    readonly parentId: string | undefined;
    readonly asOf: FeedTime;
  },
): Promise<Fetched | NotFetched> {
  const { pass, place, parentId, asOf } = at;
  const pageSize = place.pageSize ?? PAGE_SIZE_MAX;
  const platformProperties = propertiesOf(pulled);
  const outcome = await mapping(() =>
    read.page(session, {
      pageSize,
      ...(place.pageAfter === undefined ? {} : { after: place.pageAfter }),
      ...(parentId === undefined ? {} : { parentId }),
      ...(pass.changedAfter === undefined ? {} : { changedAfter: pass.changedAfter }),
      ...(platformProperties === undefined ? {} : { platformProperties }),
    }),
  );
  if (outcome.kind !== 'read') return { kind: 'trouble', outcome };
  const { value: page } = outcome;
  if (page.next !== undefined && page.next === place.pageAfter) return { kind: 'trouble', outcome: SAME_PAGE };
  const records = page.records.map((record) => withPulled(record, pulled));
  return { kind: 'records', page, records, parentId, asOf, pageSize };
}

async function fetchIds(
  { session }: Reader,
  read: PagedRead,
  place: Place,
  parentId: string | undefined,
): Promise<Fetched | NotFetched> {
  const outcome = await mapping(async () =>
    read.ids?.(session, {
      pageSize: IDS_A_PAGE,
      ...(place.pageAfter === undefined ? {} : { after: place.pageAfter }),
      ...(parentId === undefined ? {} : { parentId }),
    }),
  );
  if (outcome === undefined) return { kind: 'none' };
  return outcome.kind === 'read' ? { kind: 'ids', page: outcome.value, parentId } : { kind: 'trouble', outcome };
}

/** Whose records are read: those of the place, or of the next record once theirs are done. */
async function parentOf({ deps, dataset }: Reader, read: PagedRead, place: Place): Promise<string | undefined> {
  if (read.below === undefined) return undefined;
  if (place.parentId !== undefined && place.pageAfter !== undefined) return place.parentId;
  return moves.nextParent(deps.companies.db, {
    connectionId: dataset.connectionId,
    dataType: read.below,
    after: place.parentId,
  });
}

/** But for how many records have changed, which storing them tells. */
function placeAfter({ dataset }: Reader, read: PagedRead, pass: Pass, place: Place, fetched: Fetched): Place {
  const following = place.phase === 'records' ? phaseAfter(read, pass) : 'absent';
  if (fetched.kind === 'none') return atStart(place, following);
  const { page, parentId } = fetched;
  const isDone = page.next === undefined && read.below === undefined;
  const moved = isDone ? atStart(place, following) : { ...place, pageAfter: page.next, parentId };
  const pages = place.pages + 1;
  if (fetched.kind === 'ids') return { ...moved, pages };
  return {
    ...moved,
    pages,
    pageSize: Math.min(fetched.pageSize * 2, PAGE_SIZE_MAX),
    recordsRead: place.recordsRead + fetched.records.length,
    deletionsTold: place.deletionsTold || fetched.page.deletedIds !== undefined,
    findings: findingsIn(dataset.dataType, fetched.records, place.findings),
  };
}

/** After the records come the ids, where they tell what is gone and the records themselves did not. */
function phaseAfter(read: PagedRead, pass: Pass): Place['phase'] {
  return read.ids !== undefined && !(pass.isFull && pass.fromDate === undefined) ? 'ids' : 'absent';
}

function atStart(place: Place, phase: Place['phase']): Place {
  return { ...place, phase, pageAfter: undefined, parentId: undefined };
}

const NONE: ReadonlySet<RecordContent> = new Set();

/** Answers the place that is stored with it. */
function store(
  { deps, dataset, connector }: Reader,
  fetched: Fetched,
  to: {
    readonly storedBy: Pass;
    readonly pass: Pass;
    readonly next: Place;
    readonly end: EndWithin | undefined;
  },
): Promise<Place> {
  const { companyId, connectionId, dataType } = dataset;
  const { storedBy, pass, end } = to;
  return storing(() =>
    deps.companies.db.transaction(async (tx) => {
      let next = to.next;
      if (fetched.kind === 'ids') await noteSeen(tx, dataset.id, fetched.page.ids);
      if (fetched.kind === 'records') {
        // A key that a caller has chosen may be no key: of two records it would be chance which one is kept.
        const repeated = isCustom(dataType) ? await metBefore(tx, dataset.id, fetched.records) : NONE;
        const ids = [...repeated].map(({ id }) => String(id));
        next = { ...next, findings: withRepeats(dataType, ids, next.findings) };
        const { changed } = await storeRecords(tx, {
          companyId,
          connectionId,
          dataType,
          records: repeated.size === 0 ? fetched.records : fetched.records.filter((each) => !repeated.has(each)),
          parentId: fetched.parentId,
          modelKey: storedBy.modelKey,
          stampOf: (record) => connector.stampOf?.(record),
          pass: storedBy.isFull ? dataset.id : undefined,
          deletedIds: fetched.page.deletedIds,
          asOf: fetched.asOf,
        });
        next = { ...next, recordsChanged: next.recordsChanged + changed };
      }
      await moves.advance(
        tx,
        dataset,
        { pass, place: next },
        {
          status: next.phase === 'absent' ? 'Processing' : 'Fetching',
          progress: progressOf(dataset, next),
          newestStamp: fetched.kind === 'records' ? newestStamp(fetched.records) : undefined,
        },
      );
      await end?.(tx, next);
      return next;
    }),
  );
}

/** Nobody knows how much there is; what was there the last time is the best guess. */
function progressOf({ known }: ClaimedDataset, place: Place): number {
  if (place.phase !== 'records') return 95;
  const expected = Math.max(known.fullRecords ?? 0, place.recordsRead + PAGE_SIZE_MAX);
  return Math.floor((90 * place.recordsRead) / expected);
}

/** The newest of the platform’s stamps in these records. */
export function newestStamp(records: readonly RecordContent[]): Date | undefined {
  let newest: number | undefined;
  for (const { sourceModifiedDate } of records) {
    if (typeof sourceModifiedDate !== 'string') continue;
    const hasZone = /(?:Z|[+-]\d\d:?\d\d)$/.test(sourceModifiedDate);
    const at = Date.parse(hasZone ? sourceModifiedDate : `${sourceModifiedDate}Z`);
    if (!Number.isNaN(at) && at > (newest ?? -Infinity)) newest = at;
  }
  return newest === undefined ? undefined : new Date(newest);
}
