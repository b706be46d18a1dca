/**
 * Mistakes made on purpose, one at a time: statements of the engine with a guard taken out, on their way to the
 * database. A simulator that does not find them would not find others either.
 */
import { LATE_COMMIT_MS } from './simulated-platform.ts';

export interface SeededBug {
  readonly name: string;
  /** The text of a statement as the database is to get it. */
  readonly change: (statement: string, text: string) => string;
  /** For how long the engine waits before it believes that a lost request never arrives. */
  readonly toldLateCommitMs: number;
}

type Change = readonly [find: string, replacement: string];

/** Each change must find its text: a bug that is no longer there would be "not found" for the wrong reason. */
function inStatement(name: string, statement: string, ...changes: readonly Change[]): SeededBug {
  return {
    name,
    toldLateCommitMs: LATE_COMMIT_MS,
    change: (given, text) => (given === statement ? changes.reduce(replaced, text) : text),
  };
}

function replaced(text: string, [find, replacement]: Change): string {
  if (!text.includes(find)) throw new Error(`a seeded bug expects a statement to contain: ${find}`);
  return text.replace(find, replacement);
}

const DEADLINE_OF_PERMIT: Change = ['AND (p.deadline_at IS NULL OR p.deadline_at > clock_timestamp())', ''];
const NO_LONGER_SENT = `sent_at = CASE WHEN p.state = 'sending' THEN NULL ELSE p.sent_at END,`;

export const SEEDED_BUGS = {
  settleWithoutToken: inStatement('settle without the lease token', 'push_settle', [
    'AND p.lease_token IS NOT DISTINCT FROM i.lease_token',
    '',
  ]),
  permitWithoutDeadline: inStatement('permit without the deadline', 'push_permit', DEADLINE_OF_PERMIT, [
    'p.deadline_at - clock_timestamp() AS deadline_in',
    'NULL::interval AS deadline_in',
  ]),
  permitWithoutToken: inStatement('permit without the lease token', 'push_permit', [
    'AND p.lease_token = i.lease_token AND',
    'AND',
  ]),
  permitForEveryLease: inStatement('permit for every lease that is asked for beside the right one', 'push_permit', [
    'AND permitted.lease_token = i.lease_token',
    '',
  ]),
  permitWithoutEnd: inStatement(
    'permit that never runs out',
    'push_permit',
    ['p.deadline_at - clock_timestamp() AS deadline_in', 'NULL::interval AS deadline_in'],
    ['p.lease_until - clock_timestamp() AS lease_in', `interval '1 day' AS lease_in`],
  ),
  rescueForgetsSend: inStatement(
    'rescue that puts sent pushes back into the queue',
    'push_rescue',
    [`CASE WHEN p.state = 'sending' AND p.sent_at IS NULL THEN`, `CASE WHEN p.state = 'sending' THEN`],
    [`CASE WHEN p.state = 'sending' AND p.sent_at IS NULL THEN NULL`, `CASE WHEN p.state = 'sending' THEN NULL`],
    ['lease_token = NULL,', `${NO_LONGER_SENT} lease_token = NULL,`],
  ),
  rescueForgetsLane: inStatement('rescue that does not free the lane', 'push_rescue', [
    'in_flight = l.in_flight - freed.pushes',
    'in_flight = l.in_flight',
  ]),
  retryWithoutLook: inStatement(
    'retry without looking up',
    'push_settle',
    ['SET state = i.to_state,', `SET state = CASE i.to_state WHEN 'in_doubt' THEN 'queued' ELSE i.to_state END,`],
    [`sent_at = CASE WHEN i.to_state = 'queued'`, `sent_at = CASE WHEN i.to_state IN ('queued', 'in_doubt')`],
  ),
  claimOutOfOrder: inStatement('claim that ignores the order of a record', 'push_claim', [
    'p.record_key IS NULL OR NOT EXISTS',
    'true OR NOT EXISTS',
  ]),
  claimBeyondLane: inStatement('claim beyond what the platform allows', 'push_claim', [
    'WHERE due.place <= lane.free',
    '',
  ]),
  settleWithoutEvent: inStatement('settle without its event', 'push_settle', [
    'WHERE i.event_id IS NOT NULL',
    `WHERE i.event_id IS NOT NULL AND i.to_state <> 'timed_out'`,
  ]),
  forgetsEarlierSend: inStatement('settle that forgets that a push may be written', 'push_settle', [
    'may_be_written = coalesce(i.may_be_written, p.may_be_written)',
    'may_be_written = false',
  ]),
  believesAbsence: {
    name: 'a look-up that finds nothing is believed at once',
    toldLateCommitMs: 0,
    change: (_statement: string, text: string) => text,
  },
} as const satisfies Record<string, SeededBug>;
