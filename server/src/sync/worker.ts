/**
 * The readers of one process: they take up datasets that are due, side by side, and keep house (leases, first readings,
 * schedules, what has ended). Any number of processes may run them on the same database.
 */
import type { Connector } from '../connectors/contract.ts';
import { startWorkLoop, type WorkLoop } from '../db/work-loop.ts';
import { monotonicMs } from '../lib/clock.ts';
import { describeError } from '../lib/log.ts';
import { readDataTypes } from '../models/data-types.ts';
import { forgetPass } from '../records/store.ts';
import type { ModelledDataType, StoredDataType } from '../records/stored-types.ts';
import { countDatasets, endedWithSightings, noteTidied, removeOldDatasets, type DatasetCounts } from './history.ts';
import { claimDatasets, release, renewLeases, rescueDatasets, type ClaimedDataset } from './moves.ts';
import { requestFirstReads, requestScheduled } from './request.ts';
import { runDataset } from './run.ts';
import { isReadBy } from './source.ts';
import type { RunDeps } from './reader.ts';

export interface Sync {
  /** A hint that something is to be read. */
  readonly wake: () => void;
  /** Takes up nothing new; what is being read is left after the page that is under way, for others to go on with. */
  readonly stop: () => Promise<void>;
  /** `reason` says what it waits for, while it is not ready. */
  readonly health: () => { readonly ready: boolean; readonly reason?: string };
  readonly counts: () => Promise<DatasetCounts>;
}

export interface SyncDeps extends Omit<RunDeps, 'turnMs'> {
  readonly retentionDays: number;
  readonly bounds?: Partial<SyncBounds>;
}

export interface SyncBounds {
  readonly datasetsAtOnceMax: number;
  /** Of one connection: its writes must find room beside them. */
  readonly ofConnectionMax: number;
  readonly leaseMs: number;
  readonly housekeepingMs: number;
  /** After so long a reading lets others have their turn. */
  readonly turnMs: number;
  readonly stopMs: number;
}

const BOUNDS: SyncBounds = {
  datasetsAtOnceMax: 8,
  ofConnectionMax: 2,
  leaseMs: 15_000,
  housekeepingMs: 1_000,
  turnMs: 20_000,
  stopMs: 9_000,
};
const ROWS_A_HOUSEKEEPING_MAX = 200;
const TIDYING_POLL_MS = 5_000;
const RETENTION_POLL_MS = 60_000;
const RETENTION_PAUSE_MS = 250;

export function startSync(deps: SyncDeps): Sync {
  const { db, connectorFor } = deps.companies;
  const bounds: SyncBounds = { ...BOUNDS, ...deps.bounds };
  const stopping = new AbortController();
  const running = new Set<ClaimedDataset>();
  let trouble: string | undefined = 'not run yet';
  let hasWorkedThrough = Promise.withResolvers<void>();

  const loop = (name: string, runOnce: WorkOnce, pollMs = bounds.housekeepingMs): WorkLoop =>
    startWorkLoop({ name: `sync ${name}`, runOnce, pollMs, log: deps.log });
  const claiming = loop('claim', claim);
  const others = [
    loop('first reads', async () => woken(await requestFirstReads(db, readableOn, deps.clock.now()))),
    loop('schedule', async () => woken(await requestScheduled(db, deps.clock.now()))),
    loop('rescue', async () => woken(await rescueDatasets(db, ROWS_A_HOUSEKEEPING_MAX))),
    loop('tidying', tidy, TIDYING_POLL_MS),
    loop('retention', removeOld, RETENTION_POLL_MS),
  ];
  const renewing = loop('lease', renew, bounds.leaseMs / 3);

  return {
    wake: () => {
      others[0]?.wake();
      claiming.wake();
    },
    stop: async () => {
      stopping.abort();
      await Promise.all([claiming.stop(), ...others.map((each) => each.stop())]);
      await withinMs(allEnded(), bounds.stopMs);
      await renewing.stop();
    },
    health: () => (trouble === undefined ? { ready: true } : { ready: false, reason: trouble }),
    counts: () => countDatasets(db),
  };

  async function claim() {
    const datasetsMax = bounds.datasetsAtOnceMax - running.size;
    if (datasetsMax <= 0) return { didWork: false };
    const { ofConnectionMax, leaseMs } = bounds;
    const claimed = await claimDatasets(db, { datasetsMax, ofConnectionMax, leaseMs }).catch((error: unknown) => {
      trouble = 'the database does not answer';
      throw error;
    });
    trouble = undefined;
    for (const dataset of claimed) void runToEnd(dataset);
    return { didWork: claimed.length > 0 };
  }

  async function runToEnd(dataset: ClaimedDataset): Promise<void> {
    running.add(dataset);
    try {
      await runDataset(dataset, { ...deps, turnMs: bounds.turnMs }, stopping.signal);
    } catch (error) {
      // The lease runs out by itself, and the reading is gone on with.
      deps.log.error('A reading could not be brought to the end of its turn', {
        dataset: dataset.id,
        error: describeError(error),
      });
      await release(db, dataset, { waitMs: bounds.housekeepingMs }).catch(() => undefined);
    } finally {
      running.delete(dataset);
      claiming.wake();
      if (running.size === 0) hasWorkedThrough.resolve();
    }
  }

  function woken(found: number) {
    if (found > 0) claiming.wake();
    return { didWork: found >= ROWS_A_HOUSEKEEPING_MAX };
  }

  async function renew() {
    if (running.size > 0) await renewLeases(db, [...running], bounds.leaseMs);
    return { didWork: false };
  }

  /** What a pass has met is of no use once its dataset has ended, whatever came of it. */
  async function tidy() {
    const ended = await endedWithSightings(db, ROWS_A_HOUSEKEEPING_MAX);
    for (const id of ended) {
      await forgetPass(db, id);
      await noteTidied(db, id);
    }
    return { didWork: ended.length === ROWS_A_HOUSEKEEPING_MAX };
  }

  async function removeOld() {
    const removed = await removeOldDatasets(db, deps.retentionDays, ROWS_A_HOUSEKEEPING_MAX);
    return {
      didWork: false,
      nextDueInMs: removed === ROWS_A_HOUSEKEEPING_MAX ? RETENTION_PAUSE_MS : RETENTION_POLL_MS,
    };
  }

  function readableOn(platformKey: string): ReadonlySet<StoredDataType> {
    const connector = connectorFor(platformKey);
    return connector === undefined ? new Set() : readableTypes(connector);
  }

  function allEnded(): Promise<void> {
    if (running.size === 0) return Promise.resolve();
    hasWorkedThrough = Promise.withResolvers();
    return hasWorkedThrough.promise;
  }
}

type WorkOnce = () => Promise<{ readonly didWork: boolean; readonly nextDueInMs?: number }>;

export function readableTypes(connector: Connector): ReadonlySet<StoredDataType> {
  const all: readonly ModelledDataType[] = [...readDataTypes, 'company'];
  return new Set(all.filter((dataType) => isReadBy(connector, dataType)));
}

/** For those who wait for a turn of the connection's writes: until there are none due, and never for long. */
export function makeWritesFirst(hasDueWrites: (connectionId: string) => Promise<boolean>) {
  return async (connectionId: string): Promise<void> => {
    const untilMs = monotonicMs() + WRITES_FIRST_MS_MAX;
    while ((await hasDueWrites(connectionId)) && monotonicMs() < untilMs) {
      await new Promise((resolve) => setTimeout(resolve, WRITES_PAUSE_MS));
    }
  };
}

/** A page waits no longer than this, so that reading goes on beside a queue of writes that never ends. */
const WRITES_FIRST_MS_MAX = 2_000;
const WRITES_PAUSE_MS = 50;

async function withinMs(work: Promise<unknown>, boundMs: number): Promise<void> {
  const timer = Promise.withResolvers<void>();
  const timeout = setTimeout(timer.resolve, boundMs);
  await Promise.race([work, timer.promise]);
  clearTimeout(timeout);
}
