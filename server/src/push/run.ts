/**
 * One turn of one claimed push: validate, open the connection, store that the send begins, send, judge. A push in doubt is
 * looked up instead of sent. Ends with exactly one settle, unless the push was found to be no longer ours.
 */
import { monotonicMs } from '../lib/clock.ts';
import type { RecordedFetch } from '../lib/recorded-fetch.ts';
import { keptWrites, withPulledRecord, type KeptWrites } from './kept.ts';
import type { ClaimedPush, SendPermit } from './moves.ts';
import { preparePush, type PrepareDeps, type Prepared } from './prepare.ts';
import type { AttemptStep } from './push.ts';
import type { Settle } from './settle.ts';
import * as verdicts from './verdict.ts';
import type { Verdict } from './verdict.ts';

export interface RunDeps extends PrepareDeps {
  readonly permitSend: (push: ClaimedPush) => Promise<SendPermit>;
  /** Whether the lease is surely still ours, by the stopwatch and the renewals we heard of. */
  readonly holdsLease: (push: ClaimedPush) => boolean;
  readonly settle: Settle;
  /** Told when the platform no longer accepts a connection's link. */
  readonly onUnlinked: (connectionId: string, reason: string) => Promise<void>;
}

/** After these many turns, turns that only say "still waiting" are counted but no longer written down one by one. */
const WAITING_TURNS_SHOWN_MAX = 20;

export async function runPush(push: ClaimedPush, deps: RunDeps): Promise<void> {
  const prepared = await preparePush(push, deps);
  if (prepared.kind === 'refused') return settleTurn(prepared.verdict, 'send', push, deps);
  if (push.state === 'in_doubt') return lookUp(prepared, deps);
  return send(prepared, deps);
}

async function send(prepared: Prepared, deps: RunDeps): Promise<void> {
  const { push, at, write, session, request, warnings, network } = prepared;
  if (push.mayBeWritten && write.goesOn !== true && write.repeatFor(session) !== 'platform-deduplicates') {
    const reason = 'By its present link the platform does not de-duplicate.';
    return settleTurn(verdicts.refusedByUs(502, reason, at), 'send', push, deps);
  }
  const waitMs = await network.reserve();
  if (waitMs !== undefined) {
    const limited = { kind: 'not-sent', waitingFor: 'rate-limit', reason: '', ...limitOf(waitMs) } as const;
    return settleTurn(verdicts.judgeSend(limited, at, warnings), 'send', push, deps);
  }
  const askedMs = monotonicMs();
  const permit = await deps.permitSend(push);
  if (permit.kind === 'lease-lost') return;
  if (permit.kind === 'deadline-passed') return settleTurn(verdicts.timedOut(at), 'expire', push, deps);
  const deadlineMs = askedMs + (permit.deadlineInMs ?? Infinity);
  const mayLeave = () => monotonicMs() < deadlineMs && deps.holdsLease(push);
  // A process that was frozen here must not send when it wakes: its lease, or the deadline, may be over.
  if (!mayLeave()) return settleTurn(neverLeft, 'send', push, deps);
  // And asked once more when the connection to the platform stands, which may take its time.
  network.fence(mayLeave);
  // The permit counted this send, under the lease that the count was read with: nobody else was permitted in between.
  const first = push.attempts === 0 ? ({ isFirstSend: true } as const) : {};
  const told = withPulledRecord(push, await write.send(session, { ...request, ...first }));
  const outcome = told.kind === 'not-sent' ? { ...told, ...limitOf(network.mustWaitMs()) } : told;
  if (network.wasHeldBack()) return settleTurn(neverLeft, 'send', push, deps);
  const verdict = verdicts.judgeSend(outcome, at, warnings);
  // Before the push goes back to the queue, or it would be sent over the dead link again.
  if (outcome.kind === 'unlinked') await deps.onUnlinked(push.connectionId, outcome.reason);
  await settleTurn(verdict, 'send', push, deps, { network, kept: keptWrites(prepared, 'send', verdict, outcome) });
}

const neverLeft = verdicts.neverLeft('The time allowed for the send had passed before the first byte left.');

async function lookUp(prepared: Prepared, deps: RunDeps): Promise<void> {
  const { push, at, write, session, request, network } = prepared;
  const repeat = write.repeatFor(session);
  if (repeat !== 'find-before-resend') {
    return settleTurn(verdicts.judgeUnsearchable(repeat, at), 'find', push, deps);
  }
  if (write.find === undefined) throw new Error(`${push.kind} of ${push.dataType} cannot be found`);
  const told = await write.find(session, request);
  const outcome = told.kind === 'unreachable' ? { ...told, ...limitOf(network.mustWaitMs()) } : told;
  const verdict = verdicts.judgeFind(outcome, at);
  await settleTurn(verdict, 'find', push, deps, { network, kept: keptWrites(prepared, 'find', verdict) });
}

/** A call that we did not make because the platform takes no more of them now. To the connector it merely failed. */
function limitOf(waitMs: number | undefined) {
  if (waitMs === undefined) return {};
  const reason = 'The limit on calls to the platform is reached.';
  return { waitingFor: 'rate-limit', reason, retryAfterMs: waitMs } as const;
}

async function settleTurn(
  verdict: Verdict,
  step: AttemptStep,
  push: ClaimedPush,
  deps: RunDeps,
  called?: { readonly network: RecordedFetch; readonly kept: KeptWrites | undefined },
): Promise<void> {
  const isRoutine = !verdict.ends && push.turns >= WAITING_TURNS_SHOWN_MAX && verdict.lane === 'setback';
  await deps.settle({ push, step, verdict, call: called?.network.calls[0], kept: called?.kept, isRoutine });
}
