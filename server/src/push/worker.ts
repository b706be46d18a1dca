/**
 * The write engine of one process: claims due pushes lane by lane, runs them side by side, and keeps house (leases,
 * deadlines, forgotten lanes). Any number of processes may run one on the same database.
 */
import type { Connector } from '../connectors/contract.ts';
import type { Database } from '../db/pool.ts';
import { startWorkLoop, type WorkLoop } from '../db/work-loop.ts';
import { makeBatcher } from '../lib/batcher.ts';
import { monotonicMs } from '../lib/clock.ts';
import { describeError, type Log } from '../lib/log.ts';
import { writableTypes } from '../models/data-types.ts';
import { makeCallGates } from '../rates/gate.ts';
import { rollUpIntakes } from './counts.ts';
import { makeLaneHints } from './lanes.ts';
import * as due from './due.ts';
import * as moves from './moves.ts';
import type { ClaimedPush, HeldPush, SendPermit } from './moves.ts';
import { runPush, type RunDeps } from './run.ts';
import { lookAgain } from './second-looks.ts';
import type { Settle, Turn } from './settle.ts';
import { outcomeUnknown, refusedByUs, timedOut, type Circumstances } from './verdict.ts';

export interface Engine {
  /** A hint that the connection has a push that is due. */
  readonly wake: (connectionId: string) => void;
  /** Takes on nothing new and waits for what is under way, within bounds. */
  readonly stop: () => Promise<void>;
  /** `reason` says what it waits for, while it is not ready. */
  readonly health: () => { readonly ready: boolean; readonly reason?: string };
}

export interface EngineDeps extends Omit<RunDeps, 'permitSend' | 'holdsLease' | 'gateFor'> {
  readonly db: Database;
  readonly log: Log;
  readonly connectors: readonly Connector[];
  readonly bounds?: Partial<EngineBounds>;
}

export interface EngineBounds {
  readonly pushesAtOnceMax: number;
  readonly leaseMs: number;
  readonly housekeepingMs: number;
  readonly stopMs: number;
}

const BOUNDS: EngineBounds = { pushesAtOnceMax: 128, leaseMs: 6_000, housekeepingMs: 1_000, stopMs: 9_000 };
const LANES_A_CLAIM_MAX = 32;
const LANES_A_SWEEP_MAX = 500;
const ROWS_A_HOUSEKEEPING_MAX = 500;
/** Rows of two ids and a number each: many fit into a short statement. */
const INTAKES_A_HOUSEKEEPING_MAX = 5_000;
/** Connections deleted while no engine ran are looked at once, after the start; later only the latest ones. */
const ORPHANED_EVER_HOURS = 1_000_000;
const ORPHANED_LATELY_HOURS = 1;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

export function startEngine(deps: EngineDeps): Engine {
  const { db, log } = deps;
  const bounds: EngineBounds = { ...BOUNDS, ...deps.bounds };
  /** By turn and not by push: a turn that lost its lease may still run when the push is taken up again here. */
  const running = new Set<ClaimedPush>();
  /** Until when, by the stopwatch, a turn's lease is surely ours. */
  const leaseEndsMs = new WeakMap<ClaimedPush, number>();
  const callsInFlight = new Map(deps.connectors.map(({ platform, limits }) => [platform.key, limits.callsInFlight]));
  const permits = makeBatcher<ClaimedPush, SendPermit>({
    itemsMax: 128,
    flushesMax: 2,
    flush: permit,
    mayBeOneItem: () => false,
  });
  const callMsMax = Math.max(0, ...deps.connectors.map(({ limits }) => limits.callTimeoutMs));
  const hints = makeLaneHints(() => claiming.wake());
  const settle: Settle = async (turn) => {
    const isOurs = await deps.settle(turn);
    hintAfter(turn);
    return isOurs;
  };
  const holdsLease = (push: ClaimedPush) => monotonicMs() < (leaseEndsMs.get(push) ?? 0);
  const runDeps: RunDeps = { ...deps, ...makeCallGates(db), settle, holdsLease, permitSend: permits.add };
  let sweepAfter = FIRST_ID;
  let orphanedSinceHours = ORPHANED_EVER_HOURS;
  /** The sweep runs every second whatever else happens, so it speaks for the engine's hold on the database. */
  let trouble: string | undefined = 'not run yet';
  let hasWorkedThrough = Promise.withResolvers<void>();

  const claiming = startWorkLoop({ name: 'push claim', runOnce: claim, pollMs: bounds.housekeepingMs, log });
  const secondLooks = everySecond('push second looks', lookForUnknown);
  const others = [
    everySecond('push sweep', sweep),
    everySecond('push expire', expire),
    everySecond('push rescue', rescue),
    everySecond('push lease', renew, bounds.leaseMs / 3),
    everySecond('push counts', addUp),
  ];

  return {
    wake: (connectionId) => {
      hints.add(connectionId);
      claiming.wake();
    },
    stop: async () => {
      await claiming.stop();
      hints.close();
      // Second looks may be left where they are: they only read.
      await withinMs(Promise.all([allRunsEnded(), secondLooks.stop()]), bounds.stopMs);
      await Promise.all(others.map((loop) => loop.stop()));
    },
    health: () => (trouble === undefined ? { ready: true } : { ready: false, reason: trouble }),
  };

  async function claim() {
    const pushesMax = bounds.pushesAtOnceMax - running.size;
    if (pushesMax <= 0 || hints.size() === 0) return { didWork: false };
    const connectionIds = hints.take(LANES_A_CLAIM_MAX);
    const claimed = await claimOrRestore(connectionIds, pushesMax);
    for (const push of claimed) void runToEnd(push);
    // A lane that gave something may have more; one that gave nothing is full, paused, empty or busy, and comes back by
    // the end of its pushes, its timer or the sweep.
    for (const connectionId of new Set(claimed.map((push) => push.connectionId))) hints.add(connectionId);
    return { didWork: hints.size() > 0 };
  }

  async function claimOrRestore(connectionIds: readonly string[], pushesMax: number): Promise<ClaimedPush[]> {
    try {
      return await moves.claimPushes(db, { connectionIds, callsInFlight, pushesMax, leaseMs: bounds.leaseMs });
    } catch (error) {
      connectionIds.forEach(hints.add);
      throw error;
    }
  }

  async function runToEnd(push: ClaimedPush): Promise<void> {
    running.add(push);
    try {
      await runPush(push, runDeps);
    } catch (error) {
      // The lease runs out by itself and the push is taken up again; what was sent is then in doubt, as it should be.
      log.error('A push could not be brought to the end of its turn', { push: push.id, error: describeError(error) });
    } finally {
      running.delete(push);
      hints.add(push.connectionId);
      claiming.wake();
      if (running.size === 0) hasWorkedThrough.resolve();
    }
  }

  async function permit(pushes: readonly ClaimedPush[]): Promise<SendPermit[]> {
    const askedMs = monotonicMs();
    const granted = await moves.permitSends(db, pushes);
    pushes.forEach((push, index) => {
      const each = granted[index];
      if (each?.kind === 'granted') leaseEndsMs.set(push, askedMs + each.leaseInMs);
    });
    return granted;
  }

  function hintAfter({ push, verdict }: Turn): void {
    if (!verdict.ends) hints.addAfter(push.connectionId, verdict.waitMs ?? 0);
  }

  async function sweep() {
    const found = await due.findDueLanes(db, sweepAfter, LANES_A_SWEEP_MAX).catch((error: unknown) => {
      trouble = 'the database does not answer';
      throw error;
    });
    trouble = undefined;
    sweepAfter = found.length < LANES_A_SWEEP_MAX ? FIRST_ID : (found.at(-1) ?? FIRST_ID);
    found.forEach(hints.add);
    if (found.length > 0) claiming.wake();
    return { didWork: false };
  }

  async function expire() {
    const expired = await due.findExpired(db, ROWS_A_HOUSEKEEPING_MAX);
    await Promise.all(expired.map((push) => endWaiting(push, timedOut(circumstancesOf(push)))));
    const orphaned = await due.findOrphaned(db, orphanedSinceHours, ROWS_A_HOUSEKEEPING_MAX);
    await Promise.all(orphaned.map((push) => endWaiting(push, orphanVerdict(push))));
    if (orphaned.length < ROWS_A_HOUSEKEEPING_MAX) orphanedSinceHours = ORPHANED_LATELY_HOURS;
    return { didWork: expired.length === ROWS_A_HOUSEKEEPING_MAX || orphaned.length === ROWS_A_HOUSEKEEPING_MAX };
  }

  function endWaiting(push: HeldPush, verdict: Turn['verdict']): Promise<boolean> {
    return settle({ push, step: 'expire', verdict, call: undefined, isRoutine: false });
  }

  async function rescue() {
    const connectionIds = await moves.rescuePushes(db, ROWS_A_HOUSEKEEPING_MAX, callMsMax);
    connectionIds.forEach(hints.add);
    if (connectionIds.length > 0) claiming.wake();
    return { didWork: connectionIds.length === ROWS_A_HOUSEKEEPING_MAX };
  }

  async function lookForUnknown() {
    await lookAgain({ ...runDeps, db, log });
    return { didWork: false };
  }

  async function addUp() {
    return { didWork: (await rollUpIntakes(db, INTAKES_A_HOUSEKEEPING_MAX)) === INTAKES_A_HOUSEKEEPING_MAX };
  }

  async function renew() {
    const held = [...running];
    if (held.length === 0) return { didWork: false };
    const askedMs = monotonicMs();
    const renewed = await moves.renewLeases(db, held, bounds.leaseMs);
    held.forEach((push, index) => {
      if (renewed[index] === true) leaseEndsMs.set(push, askedMs + bounds.leaseMs);
    });
    return { didWork: false };
  }

  function everySecond(
    name: string,
    runOnce: () => Promise<{ didWork: boolean }>,
    pollMs = bounds.housekeepingMs,
  ): WorkLoop {
    return startWorkLoop({ name, runOnce, pollMs, log });
  }

  function allRunsEnded(): Promise<void> {
    if (running.size === 0) return Promise.resolve();
    hasWorkedThrough = Promise.withResolvers();
    return hasWorkedThrough.promise;
  }

  function circumstancesOf(push: HeldPush): Circumstances {
    return {
      modelName: writableTypes[push.dataType].name,
      correlationId: push.correlationId,
      turns: 0,
      isExpired: true,
      mayBeWritten: push.mayBeWritten,
      inDoubtMs: 0,
      lateCommitMs: 0,
      random: deps.random,
    };
  }

  function orphanVerdict(push: HeldPush): Turn['verdict'] {
    const reason = 'The connection was deleted before the operation was sent.';
    if (push.state === 'queued') return refusedByUs(409, reason, circumstancesOf(push));
    return outcomeUnknown(circumstancesOf(push), 'The connection was deleted before it could be looked up.');
  }
}

async function withinMs(work: Promise<unknown>, boundMs: number): Promise<void> {
  const timer = Promise.withResolvers<void>();
  const timeout = setTimeout(timer.resolve, boundMs);
  await Promise.race([work, timer.promise]);
  clearTimeout(timeout);
}
