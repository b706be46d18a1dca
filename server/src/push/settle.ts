/**
 * Ends a turn: stores what it came to together with its attempt, its event and the lane's counters. Many turns share one
 * statement and one commit.
 */
import { isConnectionLost, type Database } from '../db/pool.ts';
import { writeEvent, type EndedWrite } from '../events/event.ts';
import { makeBatcher } from '../lib/batcher.ts';
import type { Clock } from '../lib/clock.ts';
import { monotonicMs } from '../lib/clock.ts';
import { uuidv7 } from '../lib/ids.ts';
import type { RecordedCall } from '../lib/recorded-fetch.ts';
import type { KeptWrites } from './kept.ts';
import type { HeldPush } from './moves.ts';
import type { AttemptStep } from './push.ts';
import { settlePushes, type NewAttempt, type Settlement } from './settle-pushes.ts';
import { MOVES, type PushState } from './state.ts';
import type { Verdict } from './verdict.ts';

export interface Turn {
  readonly push: HeldPush;
  readonly step: AttemptStep;
  readonly verdict: Verdict;
  /** The call to the platform, where one was made. */
  readonly call: RecordedCall | undefined;
  /** Left out of the timeline: one of very many like it. */
  readonly isRoutine: boolean;
  /** What it has taught us about records. */
  readonly kept?: KeptWrites | undefined;
}

/**
 * Answers false when the push was no longer ours to move: another worker has taken it over, and whatever we believe about
 * it is out of date.
 */
export type Settle = (turn: Turn) => Promise<boolean>;

const TURNS_A_BATCH_MAX = 128;
/** One at a time: two settles that touch the same lanes would only wait for each other. */
const BATCHES_AT_ONCE_MAX = 1;
const ATTEMPTS_WHILE_DATABASE_AWAY_MAX = 5;

export interface SettleDeps {
  readonly db: Database;
  readonly clock: Clock;
  /** Where the addresses in events begin; known once the server listens. */
  readonly publicUrl: () => string;
  /** Told after events were stored, so that they are delivered at once. */
  readonly onEvents: () => void;
}

export function makeSettle(deps: SettleDeps): Settle {
  const batcher = makeBatcher<Settlement, boolean>({
    itemsMax: TURNS_A_BATCH_MAX,
    flushesMax: BATCHES_AT_ONCE_MAX,
    flush: async (settlements) => {
      const moved = await settleWhenReachable(deps.db, settlements);
      if (settlements.some((settlement, index) => settlement.event !== undefined && moved[index])) deps.onEvents();
      return moved;
    },
    mayBeOneItem: (error) => !isConnectionLost(error),
  });
  return (turn) => batcher.add(settlementOf(turn, deps));
}

/**
 * A settle whose answer was lost may have been done: then its rows have moved on, the repeat touches nothing, and false is
 * the right answer for a turn that is over.
 */
async function settleWhenReachable(db: Database, settlements: readonly Settlement[]): Promise<boolean[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await settlePushes(db, settlements);
    } catch (error) {
      if (attempt >= ATTEMPTS_WHILE_DATABASE_AWAY_MAX || !isConnectionLost(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt));
    }
  }
}

function settlementOf(
  { push, step, verdict, call, isRoutine, kept }: Turn,
  { clock, publicUrl }: SettleDeps,
): Settlement {
  const { from }: { from: readonly PushState[] } = MOVES[verdict.move];
  if (!from.includes(push.state)) throw new Error(`${verdict.move} does not leave ${push.state}`);
  const completedAt = databaseTime(push);
  return {
    push,
    verdict,
    completedAt,
    attempt: isRoutine ? undefined : attemptOf(push, step, call, clock),
    event: verdict.ends
      ? writeEvent(endedWrite(push, verdict, completedAt), { publicUrl: publicUrl(), now: completedAt })
      : undefined,
    kept,
  };
}

function attemptOf(push: HeldPush, step: AttemptStep, call: RecordedCall | undefined, clock: Clock): NewAttempt {
  return {
    id: uuidv7(clock.now().getTime()),
    step,
    startedAt: call?.startedAt ?? push.takenAt,
    durationMs: call?.durationMs ?? Math.round(monotonicMs() - push.takenAtMs),
    request: call?.request,
    response: call?.response,
  };
}

/** The database's clock now, as far as our stopwatch can tell: requested and completed must be of one clock. */
function databaseTime(push: HeldPush): Date {
  return new Date(push.takenAt.getTime() + (monotonicMs() - push.takenAtMs));
}

function endedWrite(push: HeldPush, verdict: Verdict, completedAt: Date): EndedWrite {
  const change = verdict.changes?.[0];
  return {
    pushId: push.id,
    dataType: push.dataType,
    kind: push.kind,
    company: push.company,
    connectionId: push.connectionId,
    requestedAt: push.requestedAt,
    completedAt,
    status: TOLD_AS[MOVES[verdict.move].to] ?? 'Failed',
    recordId: change?.recordRef.id ?? push.recordId,
    attachmentId: change?.attachmentId,
  };
}

/** An event knows three endings; whatever is neither a success nor out of time is told as a failure. */
const TOLD_AS: { readonly [S in PushState]?: EndedWrite['status'] } = { succeeded: 'Success', timed_out: 'TimedOut' };
