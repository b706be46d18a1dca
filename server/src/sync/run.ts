/**
 * One turn of a reader: page by page through the connector, each page stored together with the place to go on from. A turn
 * that ends early, by trouble, by a stop or by a kill, is gone on with from there; what was not read to its end never
 * deletes anything.
 */
import { getLink } from '../companies/link.ts';
import type { Connector, ReadTrouble } from '../connectors/contract.ts';
import { isConnectionLost, type Queryable } from '../db/pool.ts';
import { monotonicMs } from '../lib/clock.ts';
import { describeError } from '../lib/log.ts';
import { makeRecordedFetch } from '../lib/recorded-fetch.ts';
import { feedPosition } from '../records/feed.ts';
import { isSynced } from '../records/state.ts';
import { markAbsent, storeRecords } from '../records/store.ts';
import { COMPANY_RECORD_ID, type StoredDataType } from '../records/stored-types.ts';
import { propertiesOf, withPulled } from '../supplemental/pulled.ts';
import type { DatasetEnd } from './dataset.ts';
import { errorsIn } from './findings.ts';
import { endDataset, overlapMsOf, type Ending } from './end.ts';
import * as moves from './moves.ts';
import { LeaseLostError, type ClaimedDataset, type Pass, type Place } from './moves.ts';
import { mayBeAbsent, PAGE_SIZE_MAX, readPages, type Trouble } from './pages.ts';
import { decidePass } from './pass.ts';
import {
  ANSWER_BYTES_MAX,
  mapping,
  StepFailedError,
  storing,
  type PagedRead,
  type Reader,
  type RunDeps,
} from './reader.ts';
import { requestDatasets, unfinishedDataset } from './request.ts';
import { findSource } from './source.ts';

const SETBACKS_MAX = 4;
const SETBACK_PAUSE_MS = 500;
const PAUSE_MAX_MS = 60_000;
const PARENT_PAUSE_MS = 500;
/** So often a set that belongs to another one waits for that to be read. */
const PARENT_WAITS_MAX = 240;

const UNEXPECTED = { status: 'InternalError', message: 'An unexpected error occurred.' } as const;

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
    const { status, message: reason } = error instanceof StepFailedError ? error : UNEXPECTED;
    await setBack(dataset, deps, { status, reason });
  }
}

async function readOn(dataset: ClaimedDataset, deps: RunDeps, signal: AbortSignal): Promise<void> {
  const { dataType, platformKey } = dataset;
  const connector = deps.companies.connectorFor(platformKey);
  const [link, source] = await Promise.all([
    dataset.isLinked ? getLink(deps.companies, dataset.connectionId) : undefined,
    connector && findSource(deps.companies.db, connector, dataType),
  ]);
  if (link === undefined) return end(dataset, deps, endOf('Cancelled', 'The connection is not linked.'));
  if (connector === undefined || source === undefined) {
    return end(dataset, deps, endOf('NotSupported', `${dataType} cannot be read on platform ${platformKey}.`));
  }
  const network = makeRecordedFetch({
    timeoutMs: connector.limits.callTimeoutMs,
    secrets: [],
    clock: deps.clock,
    answerBytesMax: ANSWER_BYTES_MAX,
    gate: deps.gateFor(connector, { connectionId: dataset.connectionId, link }, 'read'),
  });
  // Not kept: a reading may make thousands of calls.
  const session = connector.open(link, { fetch: network.ask, ask: network.ask, now: () => deps.clock.now() });
  const { read, pulled, modelKey } = source;
  const reader: Reader = { deps, dataset, connector, session, network, pulled, modelKey };
  if (read === 'company') return readCompany(reader);
  if (read.below !== undefined && !(await isParentReady(reader, read.below))) return;
  await readSet(reader, read, signal);
}

async function readSet(reader: Reader, read: PagedRead, signal: AbortSignal): Promise<void> {
  const { deps, dataset, connector } = reader;
  const untilMs = monotonicMs() + deps.turnMs;
  const pass = dataset.pass ?? (await decidePass(reader, read));
  const endWithin = (tx: Queryable, place: Place) =>
    endDataset(tx, deps.companies, dataset, soundEnd(connector, place));
  const outcome = await readPages(reader, read, pass, { signal, untilMs, endWithin });
  switch (outcome.kind) {
    case 'paused':
      return moves.release(deps.companies.db, dataset, { waitMs: outcome.waitMs });
    case 'trouble':
      return troubled(reader, outcome.outcome, outcome.place);
    case 'all':
      // A record without an id stands in the books and was met by none: nothing may be called absent then.
      if (mayBeAbsent(read, outcome.pass) && errorsIn(outcome.place.findings).length === 0) {
        await storing(() => markDeleted(reader, read, outcome.pass));
      }
      return end(dataset, deps, soundEnd(connector, outcome.place));
    case 'ended':
      return tellEnded(dataset, deps, soundEnd(connector, outcome.place).status);
  }
}

async function markDeleted({ deps, dataset }: Reader, read: PagedRead, pass: Pass): Promise<void> {
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

async function readCompany(reader: Reader): Promise<void> {
  const { deps, dataset, connector, session, pulled, modelKey } = reader;
  const { db } = deps.companies;
  const { companyId, connectionId } = dataset;
  const asOf = await feedPosition(db, companyId);
  const outcome = await mapping(async () => connector.companyInfo?.(session, propertiesOf(pulled)));
  if (outcome === undefined) return;
  if (outcome.kind !== 'read') return troubled(reader, outcome, dataset.place);
  const record = { ...withPulled(outcome.value, pulled), id: COMPANY_RECORD_ID };
  await db.transaction(async (tx) => {
    const pass: Pass = { isFull: true, changedAfter: undefined, fromDate: undefined, modelKey, asOf };
    const set = { companyId, connectionId, dataType: 'company' as const };
    const { changed } = await storeRecords(tx, { ...set, records: [record], modelKey, asOf });
    const place: Place = { ...dataset.place, phase: 'absent', pages: 1, recordsRead: 1, recordsChanged: changed };
    await moves.advance(tx, dataset, { pass, place }, { status: 'Processing', progress: 95 });
  });
  await end(dataset, deps, soundEnd(connector, dataset.place));
}

/** Records below others are read below those that we know: they come first. */
async function isParentReady({ deps, dataset }: Reader, parent: StoredDataType): Promise<boolean> {
  const { db } = deps.companies;
  const { companyId, connectionId } = dataset;
  if (await isSynced(db, { connectionId, dataType: parent })) return true;
  const isUnderWay = (await unfinishedDataset(db, { connectionId, dataType: parent })) !== undefined;
  if (!isUnderWay && dataset.setbacks > 0) {
    await end(dataset, deps, endOf('PrerequisiteNotMet', `${parent} must be read first, and could not be.`));
    return false;
  }
  if (!isUnderWay) {
    const wanted = { companyId, connectionId, dataType: parent, cause: 'retry' as const, syncOrder: 0 };
    await db.transaction((tx) => requestDatasets(tx, [wanted], deps.clock.now()));
  }
  if (dataset.setbacks > PARENT_WAITS_MAX) {
    await end(dataset, deps, endOf('PrerequisiteNotMet', `${parent} must be read first, and is still being read.`));
    return false;
  }
  await moves.release(db, dataset, { waitMs: PARENT_PAUSE_MS, trouble: `Waits for ${parent}.` });
  return false;
}

interface Setback {
  readonly status: DatasetEnd;
  readonly reason: string;
  readonly retryAfterMs?: number | undefined;
  readonly pageSize?: number | undefined;
}

const STATUS_OF_TROUBLE = {
  'rate-limit': 'RateLimitError',
  'platform-offline': 'FetchError',
  'platform-error': 'FetchError',
  unreadable: 'MapError',
  'no-permission': 'PermissionsError',
  'not-set-up': 'PrerequisiteNotMet',
} as const satisfies Record<ReadTrouble, DatasetEnd>;

async function troubled({ deps, dataset, network }: Reader, outcome: Trouble, place: Place): Promise<void> {
  if (outcome.kind === 'unlinked') {
    await deps.onUnlinked(dataset.connectionId, outcome.reason);
    return end(dataset, deps, endOf('AuthError', outcome.reason));
  }
  const waitMs = network.mustWaitMs();
  if (waitMs !== undefined) return moves.release(deps.companies.db, dataset, { waitMs });
  const { why = 'platform-error', reason, retryAfterMs } = outcome;
  const status = STATUS_OF_TROUBLE[why];
  if (why === 'no-permission' || why === 'not-set-up') return end(dataset, deps, endOf(status, reason));
  // A page that the platform chokes on may pass in smaller portions.
  const pageSize = why === 'platform-error' ? Math.ceil((place.pageSize ?? PAGE_SIZE_MAX) / 4) : undefined;
  const setbacks = place.pages > dataset.place.pages ? 0 : dataset.setbacks;
  return setBack({ ...dataset, setbacks }, deps, { status, reason, retryAfterMs, pageSize });
}

/** Goes on after a pause, unless that has been tried often enough. */
async function setBack(dataset: ClaimedDataset, deps: RunDeps, trouble: Setback): Promise<void> {
  if (dataset.setbacks >= SETBACKS_MAX) return end(dataset, deps, endOf(trouble.status, trouble.reason));
  const waitMs = Math.min(trouble.retryAfterMs ?? SETBACK_PAUSE_MS * 2 ** dataset.setbacks, PAUSE_MAX_MS);
  await moves.release(deps.companies.db, dataset, {
    waitMs,
    trouble: trouble.reason,
    ...(trouble.pageSize === undefined ? {} : { pageSize: trouble.pageSize }),
  });
}

/** Of a set that was read to its end. */
function soundEnd({ limits }: Connector, { findings }: Place): Ending {
  const [error] = errorsIn(findings);
  if (error !== undefined) return endOf('ValidationError', error.message);
  return { status: 'Complete', overlapMs: overlapMsOf(limits) };
}

function endOf(status: DatasetEnd, errorMessage: string): Ending {
  return { status, errorMessage, overlapMs: 0 };
}

async function end(dataset: ClaimedDataset, deps: RunDeps, ending: Ending): Promise<void> {
  await deps.companies.db.transaction((tx) => endDataset(tx, deps.companies, dataset, ending));
  await tellEnded(dataset, deps, ending.status);
}

/** Once the end is stored. */
async function tellEnded({ connectionId, dataType }: ClaimedDataset, deps: RunDeps, status: DatasetEnd): Promise<void> {
  deps.companies.eventsStored();
  await deps.onRead({ connectionId, dataType, isComplete: status === 'Complete' });
}
