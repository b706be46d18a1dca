/**
 * One write under way at Tryton: its calls, the steps that follow the first, and what a broken one means, which depends on
 * whether anything was changed before it.
 */
import { differences } from '../../models/differences.ts';
import { modelName } from '../../models/model.ts';
import type { ValidationItem } from '../../models/validation.ts';
import type { Change, WriteOutcome, WriteRequest } from '../contract.ts';
import { isRefusal, notWritten, troubleText, type Refused } from './outcomes.ts';
import { withProperties } from './platform-properties.ts';
import { refusalOf } from './refusals.ts';
import { readOne, toRecord, type Step, type TrytonReading, type TrytonResource } from './resource.ts';
import type { RpcAnswer } from './rpc.ts';
import { NoResult, type Failure, type TrytonSession } from './session.ts';
import type { Members } from './values.ts';
import { heedingWarnings } from './warnings.ts';

/** How often a transaction that two locks rolled back is made again at once. */
const LOCK_REPEATS_MAX = 4;
/** A document goes through a handful of states; more is a circle. */
const STEPS_MAX = 10;

/** One write under way: what it has changed so far decides what a broken call means. */
export interface Turn {
  readonly session: TrytonSession;
  readonly resource: TrytonResource;
  readonly request: WriteRequest;
  readonly warnings: ValidationItem[];
  hasChanged: boolean;
}

/** A call that changes something: again where two locks met, and on where a warning may be accepted. */
export async function change(turn: Turn, call: () => Promise<RpcAnswer>): Promise<RpcAnswer> {
  for (let repeats = 0; ; repeats += 1) {
    const { answer, warnings } = await heedingWarnings(turn.session, modelName(turn.resource.model), () =>
      answered(call),
    );
    turn.warnings.push(...warnings);
    if (answer.kind !== 'transient-lock' || repeats >= LOCK_REPEATS_MAX) return answer;
  }
}

/** A step may look something up on its way; what that comes to is what the step comes to. */
async function answered(call: () => Promise<RpcAnswer>): Promise<RpcAnswer> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof NoResult) return error.answer;
    throw error;
  }
}

export async function failed(turn: Turn, failure: Failure): Promise<WriteOutcome> {
  const { session, resource, request } = turn;
  // What stands is half of a write: it is looked up, and the next send goes on from there.
  if (turn.hasChanged && !isRefusal(failure)) return lostSight(troubleText(failure));
  if (isRefusal(failure)) {
    return { kind: 'rejected', ...(await refusalOf({ session, resource, request, failure })) };
  }
  return notWritten(failure);
}

export function lostSight(what: string): WriteOutcome {
  return { kind: 'unknown', reason: `Part of the write is done, and of the rest it is not known: ${what}` };
}

/** Undefined when there is none; `unread` when Tryton did not say. Half done, it may not be of its type yet. */
export async function readBack(
  { session, resource }: { readonly session: TrytonSession; readonly resource: TrytonReading },
  id: number,
  { isInScope = false, implied }: { readonly isInScope?: boolean; readonly implied?: readonly string[] } = {},
): Promise<Members | undefined | 'unread'> {
  try {
    return await readOne(isInScope ? resource : { ...resource, scope: () => [] }, id, session, implied);
  } catch (error) {
    if (error instanceof NoResult) return 'unread';
    throw error;
  }
}

/** All steps are taken, and the record is as it was read after the last of them. */
interface Standing {
  readonly kind: 'standing';
  readonly record: Members;
}

/** All steps are taken, and nobody has seen yet what came of it: that is looked at while others have their turn. */
interface Unseen {
  readonly kind: 'unseen';
  readonly id: number;
  /** The last step. */
  readonly done?: string;
}

export type Finished = WriteOutcome | Standing | Unseen;

export async function finishById(turn: Turn, id: number, type: Change['type']): Promise<Finished> {
  const { asWritten } = turn.resource;
  if (asWritten !== undefined) {
    const outcome = await finish(turn, { ...asWritten, id }, type);
    return outcome.kind === 'standing' ? { kind: 'unseen', id } : outcome;
  }
  const record = await readBack(turn, id);
  if (record === 'unread') return lostSight('how the record stands');
  return record === undefined ? HIDDEN : finish(turn, record, type);
}

const HIDDEN: WriteOutcome = {
  kind: 'unknown',
  reason: 'Tryton has written a record that it does not show to this user afterwards.',
};

/** Takes the steps that are still to be taken, reading the record back after each: in a wrong state they do nothing. */
export async function finish(turn: Turn, standing: Members, type: Change['type'], before?: string): Promise<Finished> {
  const { resource, request } = turn;
  const id = Number(standing['id']);
  // The first call of this turn that changes something is the one that its timeline shows.
  const kept = () => (turn.hasChanged ? {} : ({ isKept: true } as const));
  let record = standing;
  let done = before;
  for (let taken = 0; taken < STEPS_MAX; taken += 1) {
    const step = await nextStep(turn, record);
    if (step === 'unread') return lostSight('what is to be done next');
    if (step === undefined) return { kind: 'standing', record };
    const answer = step.name === done ? idle(step) : await change(turn, () => step.run(kept()));
    if (isRefusalOf(answer)) return type === 'Created' ? takeBack(turn, record, answer) : failed(turn, answer);
    if (answer.kind !== 'result') {
      turn.hasChanged = true;
      return failed(turn, answer);
    }
    turn.hasChanged = true;
    done = step.name;
    if (step.isLast === true) return { kind: 'unseen', id, done };
    const next = await readBack(turn, id);
    if (next === 'unread' || next === undefined) return lostSight('how the record stands');
    record = next;
  }
  return { kind: 'unknown', reason: `${resource.theirs} ${request.pushOperationKey} goes in circles.` };
}

function isRefusalOf(answer: RpcAnswer): answer is Refused {
  return answer.kind !== 'result' && isRefusal(answer);
}

async function nextStep({ session, resource, request }: Turn, record: Members): Promise<Step | undefined | 'unread'> {
  try {
    return await resource.next?.(record, request, session);
  } catch (error) {
    if (error instanceof NoResult) return 'unread';
    throw error;
  }
}

/** Tryton answers null to a workflow call in a wrong state, and does nothing. */
function idle({ name }: Step): RpcAnswer {
  const message = `It took the call to ${name} the record, and did nothing.`;
  return { kind: 'user-error', message, description: '', domain: null };
}

/** A step was refused: without the record that stands half done, nothing was written, and that is what a refusal says. */
async function takeBack(turn: Turn, record: Members, refused: Failure): Promise<WriteOutcome> {
  const { session, resource } = turn;
  const undone = await answered(
    async () => resource.undo?.(record, session) ?? session.call(resource.theirs, 'delete', [[record['id']]]),
  );
  turn.hasChanged = true;
  if (undone.kind !== 'result') return lostSight(troubleText(undone));
  turn.hasChanged = false;
  return failed(turn, refused);
}

/** A call that did nothing shows here, and so does what is still to be done: with a turn of its own. */
async function seen(turn: Turn, { id, done }: Unseen, type: Change['type']): Promise<Finished> {
  const record = await readBack(turn, id, { implied: turn.resource.impliedWhenNew ?? [] });
  if (record === 'unread') return lostSight('how the record stands');
  if (record === undefined) return HIDDEN;
  const step = await nextStep(turn, record);
  if (step === 'unread') return lostSight('what is to be done next');
  return step === undefined ? { kind: 'standing', record } : turn.session.alone(() => finish(turn, record, type, done));
}

/** What came of the steps, with the record as it stands. */
export async function told(turn: Turn, finished: Finished, type: Change['type']): Promise<WriteOutcome> {
  const { session, resource, request } = turn;
  let outcome = finished;
  for (let looks = 0; outcome.kind === 'unseen'; looks += 1) {
    if (looks >= STEPS_MAX) return lostSight('it goes in circles');
    outcome = await seen(turn, outcome, type);
  }
  if (outcome.kind !== 'standing') return outcome;
  const { record } = outcome;
  const changes = [changeOf(resource, type, String(record['id']))];
  const done: WriteOutcome = { kind: 'written', changes };
  try {
    const shown = await toRecord(resource, record, session);
    turn.warnings.push(...deviations(turn, shown, type));
    const [whole] = await withProperties(session, resource.theirs, [shown], request.platformProperties);
    return withWarnings(turn, { ...done, ...(whole === undefined ? {} : { record: whole }) });
  } catch (error) {
    if (error instanceof NoResult) return withWarnings(turn, done);
    throw error;
  }
}

function deviations({ resource, request }: Turn, record: Members, type: Change['type']): readonly ValidationItem[] {
  const { supplementalData, ...body } = request.body ?? {};
  const model = type === 'Modified' ? (resource.updateModel ?? resource.model) : resource.model;
  // Mapped to Tryton's own fields, it shows as those; under names that nobody agreed on, it is not kept.
  const isMapped = request.supplementalData !== undefined || type === 'Modified';
  return differences(model, isMapped ? body : { ...body, supplementalData }, record);
}

export function withWarnings(turn: Turn, outcome: WriteOutcome & { kind: 'written' }): WriteOutcome {
  return turn.warnings.length === 0 ? outcome : { ...outcome, warnings: turn.warnings };
}

export function changeOf(resource: TrytonResource, type: Change['type'], id: string): Change {
  return { type, recordRef: { id, dataType: resource.model.dataType } };
}
