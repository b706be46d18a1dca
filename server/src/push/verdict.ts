/**
 * What a turn comes to: facts from the connector in, one move out. The whole retry policy stands here and in backoff.ts;
 * nothing here touches the database, the network or the clock.
 */
import type { Change, FindOutcome, WaitReason, WriteOutcome } from '../connectors/contract.ts';
import type { Validation, ValidationItem } from '../models/validation.ts';
import { pushPauseMs } from './backoff.ts';
import type { Move } from './state.ts';

export interface Verdict {
  readonly move: Move;
  /** Whether the push has ended. */
  readonly ends: boolean;
  /** The kind of outcome and, in words, what it rests on: for the timeline. */
  readonly outcome: string;
  readonly detail?: string | undefined;
  /** What the turn says about the platform: it took our call, it did not, or the platform was not concerned. */
  readonly lane: 'taken' | 'setback' | 'untouched';
  readonly waitMs?: number;
  readonly waitingReason?: WaitReason | 'connection-not-linked' | 'proof';
  readonly statusCode?: number;
  readonly errorMessage?: string;
  readonly errors?: readonly ValidationItem[];
  readonly warnings?: readonly ValidationItem[];
  readonly changes?: readonly Change[];
  readonly record?: Readonly<Record<string, unknown>>;
  /** What is known by now of an earlier send; as it was before, unless given. */
  readonly mayBeWritten?: boolean;
}

/** What the policy needs to know of the push and its connector. */
export interface Circumstances {
  /** `Account`, `Invoice`, … */
  readonly modelName: string;
  readonly correlationId: string;
  /** Turns taken, this one included. */
  readonly turns: number;
  readonly isExpired: boolean;
  /** An earlier send may have landed: this one is the repeat that the platform de-duplicates. */
  readonly mayBeWritten: boolean;
  /** How long it has been in doubt, and for how long the platform may still carry out a request that we lost. */
  readonly inDoubtMs: number;
  readonly lateCommitMs: number;
  readonly timeoutMinutes?: number;
  readonly random: () => number;
}

/** Sends of one push, each of which proved not to have landed, after which the platform's refusal is taken as final. */
export const SENDS_MAX = 1_000;
/** Between two looks for the write of a push whose outcome is unknown. */
export const SECOND_LOOK_PAUSE_MS = 10 * 60_000;
/** For how long a platform that gives no answer is asked whether a lost request landed. */
export const DOUBT_MAX_MS = 24 * 3_600_000;

export function judgeSend(outcome: WriteOutcome, at: Circumstances, warnings: readonly ValidationItem[]): Verdict {
  switch (outcome.kind) {
    case 'written':
      return {
        ...succeeded(outcome.changes, outcome.record),
        outcome: 'written',
        warnings: [...warnings, ...(outcome.warnings ?? [])],
      };
    case 'rejected':
      return {
        ...failed(outcome.statusCode, failureText(at, rejectionText(outcome, at)), outcome.errors, warnings),
        outcome: 'rejected',
        detail: outcome.message,
        lane: 'taken',
      };
    case 'not-sent':
      return {
        move: 'retry',
        ends: false,
        outcome: 'not-sent',
        detail: outcome.reason,
        lane: 'setback',
        waitMs: pushPauseMs(at.turns, at.random, outcome.retryAfterMs),
        waitingReason: outcome.waitingFor,
      };
    case 'unknown':
      // Looked up at once: most lost answers are found on the first look.
      return { move: 'lose', ends: false, outcome: 'unknown', detail: outcome.reason, lane: 'setback', waitMs: 0 };
    case 'unlinked':
      return notLinked(outcome.reason);
  }
}

function notLinked(reason: string): Verdict {
  return {
    move: 'retry',
    ends: false,
    outcome: 'unlinked',
    detail: reason,
    lane: 'untouched',
    waitMs: 0,
    waitingReason: 'connection-not-linked',
  };
}

export function judgeFind(outcome: FindOutcome, at: Circumstances): Verdict {
  switch (outcome.kind) {
    case 'found':
      return { ...succeeded(outcome.changes, outcome.record), outcome: 'found', detail: outcome.evidence };
    case 'half-done':
      return judgeHalfDone(outcome, at);
    case 'absent':
      return judgeAbsent(outcome.evidence, at);
    case 'cannot-tell':
      return { ...outcomeUnknown(at, outcome.evidence), outcome: 'cannot-tell' };
    case 'unreachable':
      if (at.inDoubtMs >= DOUBT_MAX_MS) return { ...outcomeUnknown(at, outcome.reason), outcome: 'unreachable' };
      return {
        move: 'doubtStays',
        ends: false,
        outcome: 'unreachable',
        detail: outcome.reason,
        lane: 'setback',
        waitMs: pushPauseMs(at.turns, at.random, outcome.retryAfterMs),
        waitingReason: outcome.waitingFor,
      };
  }
}

/** The next send goes on from there. Once the deadline has passed none follows, and what stands is told as it stands. */
function judgeHalfDone(outcome: FindOutcome & { kind: 'half-done' }, at: Circumstances): Verdict {
  const { changes, record, evidence, missing } = outcome;
  const detail = `${evidence} ${missing}`;
  if (at.isExpired) {
    const warnings = [{ message: missing, validatorName: at.modelName }];
    return { ...succeeded(changes, record), outcome: 'half-done', detail, warnings };
  }
  const goesOn = { move: 'retry', ends: false, outcome: 'half-done', detail, lane: 'taken' } as const;
  return { ...goesOn, waitMs: repeatPauseMs(at), mayBeWritten: true };
}

/** Not there yet is not the same as never coming: the platform may still be at work on the request that we lost. */
function judgeAbsent(evidence: string, at: Circumstances): Verdict {
  const lateCommitLeftMs = at.lateCommitMs - at.inDoubtMs;
  if (lateCommitLeftMs > 0) {
    return {
      move: 'doubtStays',
      ends: false,
      outcome: 'absent',
      detail: `${evidence} It may still arrive; another look follows.`,
      lane: 'taken',
      waitMs: Math.ceil(lateCommitLeftMs),
      waitingReason: 'proof',
    };
  }
  const mayBeWritten = false;
  if (at.isExpired) {
    return { ...timedOut({ ...at, mayBeWritten }), outcome: 'absent', detail: evidence, mayBeWritten };
  }
  const repeat = { move: 'retry', ends: false, outcome: 'absent', detail: evidence, lane: 'taken' } as const;
  return { ...repeat, waitMs: repeatPauseMs(at), mayBeWritten };
}

/** A request that the platform loses again and again is repeated ever more slowly. */
function repeatPauseMs(at: Circumstances): number {
  return at.turns <= 3 ? 0 : pushPauseMs(at.turns - 3, at.random);
}

/** A push in doubt at a platform that cannot be searched. */
export function judgeUnsearchable(repeat: 'platform-deduplicates' | 'never-resend', at: Circumstances): Verdict {
  if (repeat === 'platform-deduplicates' && !at.isExpired) {
    return {
      move: 'retry',
      ends: false,
      outcome: 'repeatable',
      detail: 'The platform de-duplicates by key, so the same request is sent again.',
      lane: 'untouched',
      waitMs: repeatPauseMs(at),
      mayBeWritten: true,
    };
  }
  const evidence =
    repeat === 'platform-deduplicates'
      ? 'The deadline has passed, so the request may not be sent again, and the platform cannot be searched.'
      : 'The platform neither de-duplicates nor can be searched.';
  return { ...outcomeUnknown(at, evidence), outcome: 'cannot-tell' };
}

export function refusedByModel(validation: Validation, at: Circumstances): Verdict {
  return {
    ...failed(400, failureText(at, validationText(at)), validation.errors, validation.warnings),
    outcome: 'refused-by-model',
    detail: `${validation.errors.length} of the fields do not fit the model; nothing was sent.`,
    lane: 'untouched',
  };
}

/** Ends a push for a reason of our own: it is not in the books, unless an earlier send may have landed. */
export function refusedByUs(statusCode: number, reason: string, at: Circumstances): Verdict {
  if (at.mayBeWritten) return outcomeUnknown(at, `${NOT_REPEATED} ${reason}`);
  return {
    ...failed(statusCode, failureText(at, reason), [], []),
    outcome: 'refused',
    detail: reason,
    lane: 'untouched',
  };
}

const NOT_REPEATED = 'It was to be sent again, which the platform de-duplicates, and that is not possible any more.';

export function timedOut(at: Circumstances): Verdict {
  if (at.mayBeWritten) return outcomeUnknown(at, `${NOT_REPEATED} The deadline has passed.`);
  return {
    move: 'expire',
    ends: true,
    outcome: 'deadline-passed',
    lane: 'untouched',
    statusCode: 408,
    errorMessage: failureText(
      at,
      'The operation did not reach the platform before its deadline. It is not in the books and will not be sent.',
    ),
  };
}

/** The deadline passed or the time ran out between the permit and the first byte: nothing left this process. */
export function neverLeft(reason: string): Verdict {
  return { move: 'retry', ends: false, outcome: 'never-left', detail: reason, lane: 'untouched', waitMs: 0 };
}

export function outcomeUnknown(at: Circumstances, evidence: string): Verdict {
  return {
    move: 'giveUp',
    ends: true,
    outcome: 'cannot-tell',
    detail: evidence,
    lane: 'untouched',
    waitMs: SECOND_LOOK_PAUSE_MS,
    statusCode: 504,
    errorMessage: `Outcome unknown. Correlation ID: ${at.correlationId}. Message: The request was sent, its answer was lost, and the platform does not tell whether it was carried out. ${evidence}`,
  };
}

/** Somebody has looked for themselves. */
export function decidedWritten(changes: readonly Change[], detail: string): Verdict {
  return { ...succeeded(changes, undefined), outcome: 'decided', detail, lane: 'untouched' };
}

export function decidedAbsent(correlationId: string, reason: string, detail: string): Verdict {
  const message = failureText({ correlationId }, `It was decided that the platform does not have it: ${reason}`);
  return { ...failed(502, message, [], []), outcome: 'decided', detail, lane: 'untouched' };
}

function succeeded(changes: readonly Change[], record: Verdict['record']): Omit<Verdict, 'outcome'> {
  return {
    move: 'succeed',
    ends: true,
    lane: 'taken',
    statusCode: 200,
    changes,
    ...(record !== undefined && { record }),
  };
}

function failed(
  statusCode: number,
  errorMessage: string,
  errors: readonly ValidationItem[],
  warnings: readonly ValidationItem[],
): Omit<Verdict, 'outcome' | 'lane'> {
  return { move: 'fail', ends: true, statusCode, errorMessage, errors, warnings };
}

function rejectionText(outcome: WriteOutcome & { kind: 'rejected' }, at: Circumstances): string {
  return outcome.errors.length > 0 ? validationText(at) : outcome.message;
}

function validationText(at: Circumstances): string {
  return `Push failed for ${at.modelName}: see validation for more information`;
}

/** The form of the wire's `errorMessage`, which clients search for the correlation id. */
function failureText(at: Pick<Circumstances, 'correlationId'>, message: string): string {
  return `An error occurred in a downstream service. Correlation ID: ${at.correlationId}. Message: ${message}`;
}
