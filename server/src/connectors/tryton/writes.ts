/**
 * Writing to Tryton. A write is found by its mark before it is made, so that it can be sent again at any time and goes on
 * from where it is: nothing yet, a record that is still to be posted, or all done. Every call that changes something is a
 * transaction of its own; between two of them the process may die.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Write, WriteOutcome, WriteRequest } from '../contract.ts';
import { toTheirs } from '../mapping.ts';
import { findWrite, marked } from './finds.ts';
import { liveModel, withOffers } from './live-options.ts';
import { isRefusal, notWritten } from './outcomes.ts';
import { previewWrite } from './previews.ts';
import { brokenReferences, notFound } from './references.ts';
import { refusalOf } from './refusals.ts';
import { readOne, toRecord, type Refusal, type TrytonResource } from './resource.ts';
import { NoResult, type Failure, type TrytonSession } from './session.ts';
import { staleMessage, stampOf, timestampContext } from './stamps.ts';
import { supplementalValues } from './supplemental-values.ts';
import {
  change,
  changeOf,
  failed,
  finish,
  finishById,
  lostSight,
  readBack,
  told,
  withWarnings,
  type Finished,
  type Turn,
} from './turn.ts';
import { encodeId, type Members } from './values.ts';

export type TrytonWriteKind = 'create' | 'update' | 'delete';

export function trytonWrite(resource: TrytonResource, kind: TrytonWriteKind): Write<TrytonSession> {
  const model = kind === 'update' ? (resource.updateModel ?? resource.model) : resource.model;
  return {
    model,
    modelFor: async (session, asked) => withOffers(session, resource, await liveModel(session, resource, model, asked)),
    repeatFor: () => 'find-before-resend',
    goesOn: true,
    send: (session, request) => settled(session, resource, request, () => send(session, resource, kind, request)),
    preview: (session, request) => previewWrite(session, resource, kind, request),
    find: (session, request) => findWrite(session, resource, kind, request),
  };
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

/** What an earlier send of the same push has left. It costs Tryton as much as a reading back. */
async function begun({ session, resource, request }: Turn): Promise<Members | undefined> {
  return request.isFirstSend === true ? undefined : marked(session, resource, request.pushOperationKey);
}

async function create(turn: Turn): Promise<WriteOutcome> {
  const { session } = turn;
  const standing = await begun(turn);
  if (standing !== undefined)
    return told(turn, await session.alone(() => finish(turn, standing, 'Created')), 'Created');
  const values = await valuesToCreate(turn);
  const outcome = await createWith(turn, values);
  // What was remembered may be out of date: it is looked up anew, and only what is otherwise by it is sent again.
  if (outcome.kind !== 'rejected' || !(await session.distrust())) return outcome;
  const anew = await valuesToCreate(turn);
  return isDeepStrictEqual(anew, values) ? outcome : createWith(turn, anew);
}

type ValuesToCreate =
  | { readonly kind: 'values'; readonly values: Members; readonly supplemental: Members }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Changes nothing in Tryton. */
async function valuesToCreate(turn: Turn): Promise<ValuesToCreate> {
  const { session, resource, request } = turn;
  const refusal = brokenReferences(resource.model, request.body) ?? (await resource.refuse?.(request, session));
  if (refusal !== undefined) return { kind: 'refused', refusal };
  const supplemental = await supplementalValues(session, resource, request);
  if (supplemental.kind === 'refused') return supplemental;
  return { kind: 'values', values: await createValues(turn), supplemental: supplemental.values };
}

async function createWith(turn: Turn, prepared: ValuesToCreate): Promise<WriteOutcome> {
  if (prepared.kind === 'refused') return { kind: 'rejected', ...prepared.refusal };
  const { session, resource, request } = turn;
  const { values, supplemental } = prepared;
  const outcome = await session.alone(async (): Promise<Finished> => {
    const first = await resource.first?.(values, request, { session });
    // By Tryton's own names: they win over what the body says of the same field.
    const given = { ...values, ...first, ...supplemental };
    const written = resource.mark.put(given, request.pushOperationKey);
    const answer = await change(turn, () => createCall(turn, written));
    if (answer.kind !== 'result') return failed(turn, answer);
    const [id] = Array.isArray(answer.value) ? (answer.value as readonly unknown[]) : [];
    if (typeof id !== 'number') return { kind: 'unknown', reason: 'Tryton answered the create without an id.' };
    turn.hasChanged = true;
    return finishById(turn, id, 'Created');
  });
  return told(turn, outcome, 'Created');
}

function createCall({ session, resource }: Turn, values: Members) {
  const options = { isKept: true } as const;
  return (
    resource.createCall?.(values, session, options) ?? session.call(resource.theirs, 'create', [[values]], options)
  );
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
  const standing = await begun(turn);
  if (standing !== undefined) {
    return told(turn, await session.alone(() => finish(turn, standing, 'Modified')), 'Modified');
  }
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
  const outcome = await session.alone(async (): Promise<Finished> => {
    const first = await resource.first?.(prepared, request, { session, present });
    const given = { ...prepared, ...first };
    const written = resource.mark.put(given, request.pushOperationKey, present);
    const answer = await change(turn, () => {
      const options = { isKept: true, context } as const;
      return (
        resource.writeCall?.(present, written, session, options) ??
        session.call(resource.theirs, 'write', [[present['id']], written], options)
      );
    });
    if (answer.kind === 'concurrency') return { kind: 'rejected', ...(await outdated(turn, present)) };
    if (answer.kind !== 'result') return failed(turn, answer);
    turn.hasChanged = true;
    return finishById(turn, Number(present['id']), 'Modified');
  });
  return told(turn, outcome, 'Modified');
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
        const left = await readBack(turn, id, { isInScope: true });
        if (left === 'unread') return lostSight('whether it is gone');
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
