/**
 * One turn of a reader: page by page through the connector, each page stored together with the place to go on from. A turn
 * that ends early, by trouble, by a stop or by a kill, is gone on with from there; what was not read to its end never
 * deletes anything.
 */
import type { CompaniesContext } from '../companies/context.ts';
import { getLink } from '../companies/link.ts';
import type { Connector, Read, ReadOutcome, ReadTrouble } from '../connectors/contract.ts';
import { isConnectionLost, type Queryable } from '../db/pool.ts';
import { monotonicMs, type Clock } from '../lib/clock.ts';
import { describeError, type Log } from '../lib/log.ts';
import { makeRecordedFetch, type RecordedFetch } from '../lib/recorded-fetch.ts';
import type { CallGates } from '../rates/gate.ts';
import { feedPosition } from '../records/feed.ts';
import { modelKeyOf } from '../records/model-key.ts';
import { isSynced } from '../records/state.ts';
import { markAbsent, noteSeen, storeRecords } from '../records/store.ts';
import { COMPANY_RECORD_ID, type RecordContent, type StoredDataType } from '../records/stored-types.ts';
import { findConfig } from '../supplemental/config.ts';
import { propertiesOf, pulledBy, withPulled, type Pulled } from '../supplemental/pulled.ts';
import type { DatasetEnd } from './dataset.ts';
import { endDataset } from './end.ts';
import * as moves from './moves.ts';
import { LeaseLostError, type ClaimedDataset, type Pass, type Place } from './moves.ts';
import { fromDateOf, syncSettings } from './settings.ts';
import { requestDatasets, unfinishedDataset } from './request.ts';
import { warningsOf } from './warnings.ts';

export interface RunDeps {
  readonly companies: CompaniesContext;
  readonly clock: Clock;
  readonly log: Log;
  /** The platform's limits on calls, shared with writes and with other processes. */
  readonly gateFor: CallGates['gateFor'];
  /** Resolves when the connection's writes have had their turn; in any case before long. */
  readonly writesFirst: (connectionId: string) => Promise<void>;
  /** Told when the platform no longer accepts a connection's link. */
  readonly onUnlinked: (connectionId: string, reason: string) => Promise<void>;
  /** Told what was read, once it is stored. */
  readonly onRead: (read: ReadRecords) => Promise<void>;
  readonly turnMs: number;
}

export interface ReadRecords {
  readonly connectionId: string;
  readonly dataType: StoredDataType;
  readonly isComplete: boolean;
}

const PAGE_SIZE_MAX = 500;
const IDS_A_PAGE = 5_000;
const ANSWER_BYTES_MAX = 8_000_000;
/** Everything is read again after so long, whatever is known of changes: stamps are the platform's word, not ours. */
const FULL_EVERY_MS = 24 * 3_600_000;
/** A platform shows a change a little after the moment with which it stamps it. */
const OVERLAP_MIN_MS = 30_000;
const SETBACKS_MAX = 4;
const SETBACK_PAUSE_MS = 500;
const PAUSE_MAX_MS = 60_000;
const PARENT_PAUSE_MS = 500;
/** So often a set that belongs to another one waits for that to be read. */
const PARENT_WAITS_MAX = 240;

interface Reader {
  readonly deps: RunDeps;
  readonly dataset: ClaimedDataset;
  readonly connector: Connector;
  readonly session: unknown;
  readonly network: RecordedFetch;
  readonly pulled: Pulled | undefined;
}

/** `signal` says that the process is being stopped. */
export async function runDataset(dataset: ClaimedDataset, deps: RunDeps, signal: AbortSignal): Promise<void> {
  try {
    await readOn(dataset, deps, signal);
  } catch (error) {
    if (error instanceof LeaseLostError) return;
    deps.log.error('A reading was interrupted', {
      dataset: dataset.id,
      dataType: dataset.dataType,
      error: describeError(error),
    });
    // A database that is away ends nothing; the lease runs out, and the reading is gone on with.
    if (isConnectionLost(error)) return;
    await setBack(dataset, deps, { status: 'InternalError', reason: 'An unexpected error occurred.' });
  }
}

async function readOn(dataset: ClaimedDataset, deps: RunDeps, signal: AbortSignal): Promise<void> {
  const { db } = deps.companies;
  const connector = deps.companies.connectorFor(dataset.platformKey);
  const link = dataset.isLinked ? await getLink(deps.companies, dataset.connectionId) : undefined;
  if (link === undefined) return end(dataset, deps, 'Cancelled', 'The connection is not linked.');
  const { dataType } = dataset;
  if (connector === undefined || !isReadBy(connector, dataType)) {
    return end(dataset, deps, 'NotSupported', `${dataType} cannot be read on platform ${dataset.platformKey}.`);
  }
  const pulled = pulledBy(await findConfig(db, { platformKey: dataset.platformKey, dataType }));
  const network = makeRecordedFetch({
    timeoutMs: connector.limits.callTimeoutMs,
    secrets: [],
    clock: deps.clock,
    answerBytesMax: ANSWER_BYTES_MAX,
    gate: deps.gateFor(connector, { connectionId: dataset.connectionId, link }, 'read'),
  });
  // Not kept: a reading may make thousands of calls.
  const session = connector.open(link, { fetch: network.ask, ask: network.ask, now: () => deps.clock.now() });
  const reader: Reader = { deps, dataset, connector, session, network, pulled };
  if (dataType === 'company') return readCompany(reader);
  const read = connector.reads[dataType];
  if (read === undefined) return;
  if (read.below !== undefined && !(await isParentReady(reader, read.below))) return;
  const pass = dataset.pass ?? (await beginPass(reader, read));
  await readPages(reader, read, pass, signal);
}

export function isReadBy(connector: Connector, dataType: StoredDataType): boolean {
  return dataType === 'company' ? 'companyInfo' in connector : connector.reads[dataType] !== undefined;
}

/** Decides how the set is read: what has changed, or all of it. */
async function beginPass(
  { deps, dataset, pulled }: Reader,
  read: Read<unknown>,
  asked: { readonly isFull?: boolean } = {},
): Promise<Pass> {
  const { db } = deps.companies;
  const { known, dataType, companyId } = dataset;
  const { settings } = await syncSettings(db, companyId);
  const fromDate = fromDateOf(
    settings.find((setting) => setting.dataType === dataType),
    deps.clock.now(),
  );
  const modelKey = modelKeyOf(dataType, pulled);
  const isFull =
    asked.isFull === true ||
    read.changesUnstamped === true ||
    known.knownUntil === undefined ||
    known.fullAt === undefined ||
    known.modelKey !== modelKey ||
    reachesFurtherBack(fromDate, known.fromDate) ||
    deps.clock.now().getTime() - known.fullAt.getTime() > FULL_EVERY_MS;
  const pass: Pass = {
    isFull,
    changedAfter: isFull ? fromDate : known.knownUntil,
    fromDate,
    modelKey,
    asOf: await feedPosition(db, companyId),
  };
  await moves.beginPass(db, dataset, pass);
  return pass;
}

function reachesFurtherBack(fromDate: Date | undefined, before: Date | undefined): boolean {
  if (before === undefined) return false;
  return fromDate === undefined || fromDate.getTime() < before.getTime();
}

async function readPages(reader: Reader, read: Read<unknown>, first: Pass, signal: AbortSignal): Promise<void> {
  const { deps, dataset } = reader;
  const { db } = deps.companies;
  const untilMs = monotonicMs() + deps.turnMs;
  let pass = first;
  let place = dataset.place;
  while (place.phase !== 'absent') {
    if (signal.aborted || monotonicMs() > untilMs) return moves.release(db, dataset, { waitMs: 0 });
    await deps.writesFirst(dataset.connectionId);
    const waitMs = await reader.network.reserve();
    if (waitMs !== undefined) return moves.release(db, dataset, { waitMs });
    const step =
      place.phase === 'records' ? await readRecords(reader, read, pass, place) : await readIds(reader, read, place);
    if (step.kind === 'trouble') return troubled(reader, step.outcome, place);
    place = step.place;
    if (place.phase === 'absent' && mustReadAll(dataset, read, pass, place)) {
      pass = await beginPass(reader, read, { isFull: true });
      place = { ...atStart(place, 'records'), recordsRead: 0 };
    }
  }
  if (pass.isFull || read.ids !== undefined) await markDeleted(reader, read, pass);
  await end(dataset, deps, 'Complete', undefined, reader.connector);
}

async function markDeleted({ deps, dataset }: Reader, read: Read<unknown>, pass: Pass): Promise<void> {
  const { db } = deps.companies;
  const { companyId, connectionId, dataType, id } = dataset;
  // A reader that was frozen here must not judge by sightings that somebody else has tidied away meanwhile.
  const asHolder = {
    transaction: <T>(work: (tx: Queryable) => Promise<T>) =>
      db.transaction(async (tx) => {
        await moves.requireLease(tx, dataset);
        return work(tx);
      }),
  };
  if (pass.fromDate !== undefined && read.ids === undefined) {
    const { fromDate } = pass;
    await asHolder.transaction((tx) => moves.notePassedOver(tx, { connectionId, dataType, pass: id, fromDate }));
  }
  await markAbsent(asHolder, { companyId, connectionId, dataType, pass: id, asOf: pass.asOf });
}

/** A caller who asks for a reading wants to hear of deletions, however the platform tells them. */
function mustReadAll({ tellsDeletions }: ClaimedDataset, read: Read<unknown>, pass: Pass, place: Place): boolean {
  return tellsDeletions && !pass.isFull && read.ids === undefined && !place.deletionsTold;
}

type Step =
  | { readonly kind: 'read'; readonly place: Place }
  | { readonly kind: 'trouble'; readonly outcome: Exclude<ReadOutcome<never>, { kind: 'read' }> };

async function readRecords(reader: Reader, read: Read<unknown>, pass: Pass, place: Place): Promise<Step> {
  const { deps, dataset, session, connector, pulled } = reader;
  const { db } = deps.companies;
  const { companyId, connectionId, dataType } = dataset;
  const parentId = await parentOf(reader, read, place);
  if (read.below !== undefined && parentId === undefined) {
    return moveOn(reader, atStart(place, phaseAfter(read, pass)));
  }
  const asOf = await feedPosition(db, companyId);
  const pageSize = place.pageSize ?? PAGE_SIZE_MAX;
  const platformProperties = propertiesOf(pulled);
  const outcome = await read.page(session, {
    pageSize,
    ...(place.pageAfter === undefined ? {} : { after: place.pageAfter }),
    ...(parentId === undefined ? {} : { parentId }),
    ...(pass.changedAfter === undefined ? {} : { changedAfter: pass.changedAfter }),
    ...(platformProperties === undefined ? {} : { platformProperties }),
  });
  if (outcome.kind !== 'read') return { kind: 'trouble', outcome };
  const { deletedIds, next: pageAfter } = outcome.value;
  if (pageAfter !== undefined && pageAfter === place.pageAfter) throw new Error('The next page is the same page again');
  const records = outcome.value.records.map((record) => withPulled(record, pulled));
  const isDone = pageAfter === undefined && read.below === undefined;
  const after = {
    ...(isDone ? atStart(place, phaseAfter(read, pass)) : { ...place, pageAfter, parentId }),
    pages: place.pages + 1,
    pageSize: Math.min(pageSize * 2, PAGE_SIZE_MAX),
    recordsRead: place.recordsRead + records.length,
    deletionsTold: place.deletionsTold || deletedIds !== undefined,
    warnings: warningsOf(dataType, records, place.warnings),
  } satisfies Place;
  return db.transaction(async (tx) => {
    const { changed } = await storeRecords(tx, {
      companyId,
      connectionId,
      dataType,
      records,
      parentId,
      modelKey: pass.modelKey,
      stampOf: (record) => connector.stampOf?.(record),
      pass: pass.isFull ? dataset.id : undefined,
      deletedIds,
      asOf,
    });
    const stored = { ...after, recordsChanged: place.recordsChanged + changed };
    return moveOn(reader, stored, { tx, newestStamp: newestStamp(records) });
  });
}

/** After the records come the ids, where they tell what is gone and the records themselves did not. */
function phaseAfter(read: Read<unknown>, pass: Pass): Place['phase'] {
  return read.ids !== undefined && !(pass.isFull && pass.fromDate === undefined) ? 'ids' : 'absent';
}

function atStart(place: Place, phase: Place['phase']): Place {
  return { ...place, phase, pageAfter: undefined, parentId: undefined };
}

/** Whose records are read: those of the place, or of the next record once theirs are done. */
async function parentOf({ deps, dataset }: Reader, read: Read<unknown>, place: Place): Promise<string | undefined> {
  if (read.below === undefined) return undefined;
  if (place.parentId !== undefined && place.pageAfter !== undefined) return place.parentId;
  return moves.nextParent(deps.companies.db, {
    connectionId: dataset.connectionId,
    dataType: read.below,
    after: place.parentId,
  });
}

async function readIds(reader: Reader, read: Read<unknown>, place: Place): Promise<Step> {
  const { deps, dataset, session } = reader;
  const { db } = deps.companies;
  if (read.ids === undefined) return moveOn(reader, atStart(place, 'absent'));
  const parentId = await parentOf(reader, read, place);
  if (read.below !== undefined && parentId === undefined) return moveOn(reader, atStart(place, 'absent'));
  const outcome = await read.ids(session, {
    pageSize: IDS_A_PAGE,
    ...(place.pageAfter === undefined ? {} : { after: place.pageAfter }),
    ...(parentId === undefined ? {} : { parentId }),
  });
  if (outcome.kind !== 'read') return { kind: 'trouble', outcome };
  const { ids, next: pageAfter } = outcome.value;
  const isDone = pageAfter === undefined && read.below === undefined;
  return db.transaction(async (tx) => {
    await noteSeen(tx, dataset.id, ids);
    const after = isDone ? atStart(place, 'absent') : { ...place, pageAfter, parentId };
    return moveOn(reader, { ...after, pages: place.pages + 1 }, { tx });
  });
}

/** Stores the place to go on from. */
async function moveOn(
  { deps, dataset }: Reader,
  place: Place,
  stored: { readonly tx?: Queryable; readonly newestStamp?: Date | undefined } = {},
): Promise<Step> {
  await moves.advance(stored.tx ?? deps.companies.db, dataset, place, {
    status: place.phase === 'absent' ? 'Processing' : 'Fetching',
    progress: progressOf(dataset, place),
    newestStamp: stored.newestStamp,
  });
  return { kind: 'read', place };
}

/** Nobody knows how much there is; what was there the last time is the best guess. */
function progressOf({ known }: ClaimedDataset, place: Place): number {
  if (place.phase !== 'records') return 95;
  const expected = Math.max(known.fullRecords ?? 0, place.recordsRead + PAGE_SIZE_MAX);
  return Math.floor((90 * place.recordsRead) / expected);
}

function newestStamp(records: readonly RecordContent[]): Date | undefined {
  let newest: number | undefined;
  for (const { sourceModifiedDate } of records) {
    if (typeof sourceModifiedDate !== 'string') continue;
    const hasZone = /(?:Z|[+-]\d\d:?\d\d)$/.test(sourceModifiedDate);
    const at = Date.parse(hasZone ? sourceModifiedDate : `${sourceModifiedDate}Z`);
    if (!Number.isNaN(at) && at > (newest ?? -Infinity)) newest = at;
  }
  return newest === undefined ? undefined : new Date(newest);
}

async function readCompany(reader: Reader): Promise<void> {
  const { deps, dataset, connector, session, pulled } = reader;
  const { db } = deps.companies;
  const { companyId, connectionId } = dataset;
  const asOf = await feedPosition(db, companyId);
  const outcome = await connector.companyInfo?.(session);
  if (outcome === undefined) return;
  if (outcome.kind !== 'read') return troubled(reader, outcome, dataset.place);
  const record = { ...withPulled(outcome.value, pulled), id: COMPANY_RECORD_ID };
  const modelKey = modelKeyOf('company', pulled);
  await db.transaction(async (tx) => {
    await moves.beginPass(tx, dataset, { isFull: true, changedAfter: undefined, fromDate: undefined, modelKey, asOf });
    const set = { companyId, connectionId, dataType: 'company' as const };
    const { changed } = await storeRecords(tx, { ...set, records: [record], modelKey, asOf });
    const place: Place = { ...dataset.place, phase: 'absent', pages: 1, recordsRead: 1, recordsChanged: changed };
    await moves.advance(tx, dataset, place, { status: 'Processing', progress: 95 });
  });
  await end(dataset, deps, 'Complete', undefined, connector);
}

/** Records below others are read below those that we know: they come first. */
async function isParentReady({ deps, dataset }: Reader, parent: StoredDataType): Promise<boolean> {
  const { db } = deps.companies;
  const { companyId, connectionId } = dataset;
  if (await isSynced(db, { connectionId, dataType: parent })) return true;
  const isUnderWay = (await unfinishedDataset(db, { connectionId, dataType: parent })) !== undefined;
  if (!isUnderWay && dataset.setbacks > 0) {
    await end(dataset, deps, 'PrerequisiteNotMet', `${parent} must be read first, and could not be.`);
    return false;
  }
  if (!isUnderWay) {
    const wanted = { companyId, connectionId, dataType: parent, cause: 'retry' as const, syncOrder: 0 };
    await db.transaction((tx) => requestDatasets(tx, [wanted], deps.clock.now()));
  }
  if (dataset.setbacks > PARENT_WAITS_MAX) {
    await end(dataset, deps, 'PrerequisiteNotMet', `${parent} must be read first, and is still being read.`);
    return false;
  }
  await moves.release(db, dataset, { waitMs: PARENT_PAUSE_MS, trouble: `Waits for ${parent}.` });
  return false;
}

interface Trouble {
  readonly status: DatasetEnd;
  readonly reason: string;
  readonly retryAfterMs?: number | undefined;
  readonly pageSize?: number | undefined;
}

const STATUS_OF_TROUBLE = {
  'rate-limit': 'RateLimitError',
  'platform-offline': 'FetchError',
  'platform-error': 'FetchError',
  'no-permission': 'PermissionsError',
  'not-set-up': 'PrerequisiteNotMet',
} as const satisfies Record<ReadTrouble, DatasetEnd>;

async function troubled(
  { deps, dataset, network }: Reader,
  outcome: Extract<Step, { kind: 'trouble' }>['outcome'],
  place: Place,
): Promise<void> {
  if (outcome.kind === 'unlinked') {
    await deps.onUnlinked(dataset.connectionId, outcome.reason);
    return end(dataset, deps, 'AuthError', outcome.reason);
  }
  const waitMs = network.mustWaitMs();
  if (waitMs !== undefined) return moves.release(deps.companies.db, dataset, { waitMs });
  const { why = 'platform-error', reason, retryAfterMs } = outcome;
  const status = STATUS_OF_TROUBLE[why];
  if (why === 'no-permission' || why === 'not-set-up') return end(dataset, deps, status, reason);
  // A page that the platform chokes on may pass in smaller portions.
  const pageSize = why === 'platform-error' ? Math.ceil((place.pageSize ?? PAGE_SIZE_MAX) / 4) : undefined;
  const setbacks = place.pages > dataset.place.pages ? 0 : dataset.setbacks;
  return setBack({ ...dataset, setbacks }, deps, { status, reason, retryAfterMs, pageSize });
}

/** Goes on after a pause, unless that has been tried often enough. */
async function setBack(dataset: ClaimedDataset, deps: RunDeps, trouble: Trouble): Promise<void> {
  if (dataset.setbacks >= SETBACKS_MAX) return end(dataset, deps, trouble.status, trouble.reason);
  const waitMs = Math.min(trouble.retryAfterMs ?? SETBACK_PAUSE_MS * 2 ** dataset.setbacks, PAUSE_MAX_MS);
  await moves.release(deps.companies.db, dataset, {
    waitMs,
    trouble: trouble.reason,
    ...(trouble.pageSize === undefined ? {} : { pageSize: trouble.pageSize }),
  });
}

async function end(
  dataset: ClaimedDataset,
  deps: RunDeps,
  status: DatasetEnd,
  errorMessage?: string,
  connector?: Connector,
): Promise<void> {
  const overlapMs = Math.max(OVERLAP_MIN_MS, 2 * (connector?.limits.lateCommitMs ?? 0));
  await endDataset(deps.companies, dataset, {
    status,
    overlapMs,
    ...(errorMessage === undefined ? {} : { errorMessage }),
  });
  const { connectionId, dataType } = dataset;
  await deps.onRead({ connectionId, dataType, isComplete: status === 'Complete' });
}
