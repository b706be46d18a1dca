/**
 * Writing to Tryton. A write is found by its mark before it is made, so that it can be sent again at any time and goes on
 * from where it is: nothing yet, a record that is still to be posted, or all done. Every call that changes something is a
 * transaction of its own; between two of them the process may die.
 */
import { differences } from '../../models/differences.ts';
import { modelName } from '../../models/model.ts';
import type { ValidationItem } from '../../models/validation.ts';
import type { Change, FindOutcome, Write, WriteOutcome, WriteRequest } from '../contract.ts';
import { toTheirs } from '../mapping.ts';
import { liveModel } from './live-options.ts';
import { isRefusal, notWritten, troubleText, unreachable } from './outcomes.ts';
import { previewWrite } from './previews.ts';
import { brokenReferences, notFound } from './references.ts';
import { refusalOf } from './refusals.ts';
import { readOne, readsOf, toRecord, type Step, type TrytonResource } from './resource.ts';
import type { RpcAnswer } from './rpc.ts';
import { NoResult, type Failure, type TrytonSession } from './session.ts';
import { staleMessage, stampOf, timestampContext } from './stamps.ts';
import { encodeId, type Members } from './values.ts';
import { heedingWarnings } from './warnings.ts';

export type TrytonWriteKind = 'create' | 'update' | 'delete';

/** How often a transaction that two locks rolled back is made again at once. */
const LOCK_REPEATS_MAX = 4;
/** A document goes through a handful of states; more is a circle. */
const STEPS_MAX = 10;

export function trytonWrite(resource: TrytonResource, kind: TrytonWriteKind): Write<TrytonSession> {
  const model = kind === 'update' ? (resource.updateModel ?? resource.model) : resource.model;
  return {
    model,
    modelFor: (session, asked) => liveModel(session, resource, model, asked),
    repeatFor: () => 'find-before-resend',
    goesOn: true,
    send: (session, request) => settled(session, resource, request, () => send(session, resource, kind, request)),
    preview: (session, request) => previewWrite(session, resource, kind, request),
    find: (session, request) => findWrite(session, resource, kind, request),
  };
}

/** One write under way: what it has changed so far decides what a broken call means. */
export interface Turn {
  readonly session: TrytonSession;
  readonly resource: TrytonResource;
  readonly request: WriteRequest;
  readonly warnings: ValidationItem[];
  hasChanged: boolean;
}

/** A look-up that failed before anything was changed: the write was not sent. */
async function settled(
  session: TrytonSession,
  resource: TrytonResource,
  request: WriteRequest,
  write: () => Promise<WriteOutcome>,
): Promise<WriteOutcome> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof NoResult)) throw error;
    const { answer } = error;
    if (isRefusal(answer))
      return { kind: 'rejected', ...(await refusalOf({ session, resource, request, failure: answer })) };
    const outcome = notWritten(answer);
    return outcome.kind === 'unknown'
      ? { kind: 'not-sent', waitingFor: 'platform-error', reason: outcome.reason }
      : outcome;
  }
}

function send(
  session: TrytonSession,
  resource: TrytonResource,
  kind: TrytonWriteKind,
  request: WriteRequest,
): Promise<WriteOutcome> {
  const turn: Turn = { session, resource, request, warnings: [], hasChanged: false };
  switch (kind) {
    case 'create':
      return create(turn);
    case 'update':
      return update(turn);
    case 'delete':
      return remove(turn);
  }
}

async function create(turn: Turn): Promise<WriteOutcome> {
  const { session, resource, request } = turn;
  const standing = await marked(session, resource, request.pushOperationKey);
  if (standing !== undefined) return session.alone(() => finish(turn, standing, 'Created'));
  const refusal = brokenReferences(resource.model, request.body) ?? (await resource.refuse?.(request, session));
  if (refusal !== undefined) return { kind: 'rejected', ...refusal };
  const values = resource.mark.put(await createValues(turn), request.pushOperationKey);
  return session.alone(async () => {
    const answer = await change(turn, () => session.call(resource.theirs, 'create', [[values]], { isKept: true }));
    if (answer.kind !== 'result') return failed(turn, answer);
    const [id] = Array.isArray(answer.value) ? (answer.value as readonly unknown[]) : [];
    if (typeof id !== 'number') return { kind: 'unknown', reason: 'Tryton answered the create without an id.' };
    turn.hasChanged = true;
    return finishById(turn, id, 'Created');
  });
}

async function createValues(turn: Turn): Promise<Members> {
  const { session, resource, request } = turn;
  const { supplementalData: _, ...written } = request.body ?? {};
  const values = toTheirs(resource.pairs, written);
  const prepared = resource.prepare === undefined ? values : await resource.prepare(values, request, { session });
  return prepared;
}

async function update(turn: Turn): Promise<WriteOutcome> {
  const { session, resource, request } = turn;
  const model = resource.updateModel ?? resource.model;
  const standing = await marked(session, resource, request.pushOperationKey);
  if (standing !== undefined) return session.alone(() => finish(turn, standing, 'Modified'));
  const id = encodeId(request.recordId);
  const present = id === undefined ? undefined : await readOne(resource, id, session);
  if (present === undefined) return { kind: 'rejected', ...notFound(model, request) };
  const stale = await staleRefusal(turn, present);
  if (stale !== undefined) return { kind: 'rejected', ...stale };
  const refusal = brokenReferences(model, request.body) ?? (await resource.refuse?.(request, session));
  if (refusal !== undefined) return { kind: 'rejected', ...refusal };
  const { supplementalData: _, ...body } = request.body ?? {};
  const values = replacingParts(resource, toTheirs(resource.pairs, body), present);
  const prepared =
    resource.prepare === undefined ? values : await resource.prepare(values, request, { session, present });
  const context = request.expectedStamp === undefined ? {} : timestampContext(resource.theirs, present);
  return session.alone(async () => {
    const written = resource.mark.put(prepared, request.pushOperationKey, present);
    const answer = await change(turn, () =>
      session.call(resource.theirs, 'write', [[present['id']], written], { isKept: true, context }),
    );
    if (answer.kind === 'concurrency') return { kind: 'rejected', ...(await outdated(turn, present)) };
    if (answer.kind !== 'result') return failed(turn, answer);
    turn.hasChanged = true;
    return finishById(turn, Number(present['id']), 'Modified');
  });
}

/** New elements take the place of those that there are; null leaves none. */
function replacingParts({ parts = [] }: TrytonResource, values: Members, present: Members): Members {
  const replaced = parts.flatMap((part) => {
    if (!Object.hasOwn(values, part)) return [];
    const elements: unknown = present[part];
    const ids = Array.isArray(elements) ? elements.map((element: Members) => element['id']) : [];
    const given: unknown = values[part];
    const created: readonly unknown[] = Array.isArray(given) ? given : [];
    return [[part, [...(ids.length === 0 ? [] : [['delete', ids]]), ...created]] as const];
  });
  return { ...values, ...Object.fromEntries(replaced) };
}

async function staleRefusal(turn: Turn, present: Members) {
  const { expectedStamp } = turn.request;
  if (expectedStamp === undefined) return undefined;
  const stamp = stampOf(await toRecord(turn.resource, present, turn.session));
  return stamp === expectedStamp ? undefined : stale(expectedStamp, stamp);
}

function stale(expectedStamp: string, stamp: string | undefined) {
  return { statusCode: 409, message: staleMessage(expectedStamp, stamp), errors: [] };
}

/** Changed between our look and our write. */
async function outdated({ session, resource, request }: Turn, present: Members) {
  const now = await readOne(resource, Number(present['id']), session).catch(() => undefined);
  const stamp = now === undefined ? undefined : stampOf(await toRecord(resource, now, session));
  return stale(request.expectedStamp ?? '', stamp);
}

async function remove(turn: Turn): Promise<WriteOutcome> {
  const { session, resource, request } = turn;
  const id = encodeId(request.recordId);
  const present = id === undefined ? undefined : await readOne(resource, id, session);
  if (id === undefined || present === undefined) return { kind: 'rejected', ...notFound(resource.model, request) };
  const done: WriteOutcome = { kind: 'written', changes: [changeOf(resource, 'Deleted', String(id))] };
  if (resource.isRemoved?.(present) === true) return done;
  return session.alone(async () => {
    let refused: Failure | undefined;
    for (const removal of await removalsOf(turn, present)) {
      const answer = await change(turn, () => removal.run({ isKept: true }));
      if (answer.kind === 'result') {
        turn.hasChanged = true;
        const left = await readBack(turn, id);
        if (left === 'unread') return lostSight(turn, 'whether it is gone');
        if (left === undefined || resource.isRemoved?.(left) === true) return withWarnings(turn, done);
      } else if (isRefusal(answer)) refused ??= answer;
      else return failed(turn, answer);
    }
    if (refused !== undefined) return failed(turn, refused);
    const message = 'Tryton answered, and the record is still there as it was.';
    return { kind: 'rejected', statusCode: 400, message, errors: [] };
  });
}

async function removalsOf({ session, resource }: Turn, present: Members) {
  const plain = () => session.call(resource.theirs, 'delete', [[present['id']]], { isKept: true });
  return (await resource.removals?.(present, session)) ?? [{ name: 'delete', run: plain }];
}

/** The record that carries the push's mark. Throws a NoResult. */
export async function marked(
  session: TrytonSession,
  resource: TrytonResource,
  pushOperationKey: string,
): Promise<Members | undefined> {
  const domain = [
    ...resource.mark.domain(pushOperationKey),
    ...(resource.hasActive === true ? [['active', 'in', [true, false]]] : []),
  ];
  const [record] = await session.find(resource.theirs, domain, readsOf(resource, resource.mark), { limit: 1 });
  return record;
}

/** A call that changes something: again where two locks met, and on where a warning may be accepted. */
async function change(turn: Turn, call: () => Promise<RpcAnswer>): Promise<RpcAnswer> {
  for (let repeats = 0; ; repeats += 1) {
    const { answer, warnings } = await heedingWarnings(turn.session, modelName(turn.resource.model), call);
    turn.warnings.push(...warnings);
    if (answer.kind !== 'transient-lock' || repeats >= LOCK_REPEATS_MAX) return answer;
  }
}

async function failed(turn: Turn, failure: Failure): Promise<WriteOutcome> {
  const { session, resource, request } = turn;
  // What stands is half of a write: it is looked up, and the next send goes on from there.
  if (turn.hasChanged && !isRefusal(failure)) return lostSight(turn, troubleText(failure));
  if (isRefusal(failure)) {
    return { kind: 'rejected', ...(await refusalOf({ session, resource, request, failure })) };
  }
  return notWritten(failure);
}

function lostSight(_: Turn, what: string): WriteOutcome {
  return { kind: 'unknown', reason: `Part of the write is done, and of the rest it is not known: ${what}` };
}

/** Undefined when there is none; `unread` when Tryton did not say. */
async function readBack({ session, resource }: Turn, id: number): Promise<Members | undefined | 'unread'> {
  try {
    return await readOne(resource, id, session);
  } catch (error) {
    if (error instanceof NoResult) return 'unread';
    throw error;
  }
}

async function finishById(turn: Turn, id: number, type: Change['type']): Promise<WriteOutcome> {
  const record = await readBack(turn, id);
  if (record === 'unread') return lostSight(turn, 'how the record stands');
  if (record === undefined) {
    return { kind: 'unknown', reason: 'Tryton has written a record that it does not show to this user afterwards.' };
  }
  return finish(turn, record, type);
}

/** Takes the steps that are still to be taken, reading the record back after each: in a wrong state they do nothing. */
async function finish(turn: Turn, standing: Members, type: Change['type']): Promise<WriteOutcome> {
  const { resource, request } = turn;
  const id = Number(standing['id']);
  // The first call of this turn that changes something is the one that its timeline shows.
  const kept = () => (turn.hasChanged ? {} : ({ isKept: true } as const));
  let record = standing;
  let done: string | undefined;
  for (let taken = 0; taken < STEPS_MAX; taken += 1) {
    const step = await nextStep(turn, record);
    if (step === 'unread') return lostSight(turn, 'what is to be done next');
    if (step === undefined) return written(turn, record, type);
    const answer = step.name === done ? idle(step) : await change(turn, () => step.run(kept()));
    if (isRefusalOf(answer)) return type === 'Created' ? takeBack(turn, record, answer) : failed(turn, answer);
    if (answer.kind !== 'result') {
      turn.hasChanged = true;
      return failed(turn, answer);
    }
    turn.hasChanged = true;
    done = step.name;
    const next = await readBack(turn, id);
    if (next === 'unread' || next === undefined) return lostSight(turn, 'how the record stands');
    record = next;
  }
  return { kind: 'unknown', reason: `${resource.theirs} ${request.pushOperationKey} goes in circles.` };
}

function isRefusalOf(answer: RpcAnswer): answer is Parameters<typeof isRefusal>[0] & { kind: 'user-error' } {
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
  const undone =
    resource.undo === undefined
      ? await session.call(resource.theirs, 'delete', [[record['id']]])
      : await resource.undo(record, session);
  turn.hasChanged = true;
  if (undone.kind !== 'result') return lostSight(turn, troubleText(undone));
  turn.hasChanged = false;
  return failed(turn, refused);
}

async function written(turn: Turn, record: Members, type: Change['type']): Promise<WriteOutcome> {
  const { session, resource } = turn;
  const changes = [changeOf(resource, type, String(record['id']))];
  const done: WriteOutcome = { kind: 'written', changes };
  try {
    const shown = await toRecord(resource, record, session);
    turn.warnings.push(...deviations(turn, shown, type));
    return withWarnings(turn, { ...done, record: shown });
  } catch (error) {
    // That it is written is certain; only what it looks like is not.
    if (error instanceof NoResult) return withWarnings(turn, done);
    throw error;
  }
}

function deviations({ resource, request }: Turn, record: Members, type: Change['type']): readonly ValidationItem[] {
  const { supplementalData: _, ...body } = request.body ?? {};
  const model = type === 'Modified' ? (resource.updateModel ?? resource.model) : resource.model;
  return differences(model, body, record);
}

function withWarnings(turn: Turn, outcome: WriteOutcome & { kind: 'written' }): WriteOutcome {
  return turn.warnings.length === 0 ? outcome : { ...outcome, warnings: turn.warnings };
}

export function changeOf(resource: TrytonResource, type: Change['type'], id: string): Change {
  return { type, recordRef: { id, dataType: resource.model.dataType } };
}

async function findWrite(
  session: TrytonSession,
  resource: TrytonResource,
  kind: TrytonWriteKind,
  request: WriteRequest,
): Promise<FindOutcome> {
  try {
    return kind === 'delete'
      ? await findRemoved(session, resource, request)
      : await findMarked(session, resource, kind, request);
  } catch (error) {
    if (error instanceof NoResult) return unreachable(error.answer);
    throw error;
  }
}

async function findMarked(
  session: TrytonSession,
  resource: TrytonResource,
  kind: 'create' | 'update',
  request: WriteRequest,
): Promise<FindOutcome> {
  const theirs = await marked(session, resource, request.pushOperationKey);
  if (theirs === undefined) return { kind: 'absent', evidence: "No record in Tryton carries the push's mark." };
  const step = await resource.next?.(theirs, request, session);
  const facts = {
    changes: [changeOf(resource, kind === 'create' ? 'Created' : 'Modified', String(theirs['id']))],
    record: await toRecord(resource, theirs, session),
    evidence: `${resource.theirs} ${String(theirs['id'])} carries the push's mark.`,
  };
  if (step === undefined) return { kind: 'found', ...facts };
  return { kind: 'half-done', ...facts, missing: `It stands in Tryton, and the step "${step.name}" was not taken.` };
}

/** What is deleted bears no mark; ids are never used again, so its absence is the proof. */
async function findRemoved(
  session: TrytonSession,
  resource: TrytonResource,
  request: WriteRequest,
): Promise<FindOutcome> {
  const id = encodeId(request.recordId);
  const left = id === undefined ? undefined : await readOne(resource, id, session);
  const name = `${resource.theirs} ${request.recordId ?? ''}`;
  if (left !== undefined && resource.isRemoved?.(left) !== true) {
    return { kind: 'absent', evidence: `${name} is still there.` };
  }
  const changes = [changeOf(resource, 'Deleted', request.recordId ?? '')];
  return { kind: 'found', changes, evidence: `${name} is not there any more.` };
}
