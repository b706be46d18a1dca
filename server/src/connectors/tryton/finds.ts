/** Finding what a write whose answer was lost has left in Tryton: its mark, half of it, or nothing. */
import { differences } from '../../models/differences.ts';
import type { FindOutcome, WriteRequest } from '../contract.ts';
import { unreachable } from './outcomes.ts';
import { ACTIVE_OR_NOT, readOne, readsOf, toRecord, type TrytonResource } from './resource.ts';
import { NoResult, type TrytonSession } from './session.ts';
import { changeOf } from './turn.ts';
import { encodeId, type Members } from './values.ts';

/** The record that carries the push's mark. Throws a NoResult. */
export async function marked(
  session: TrytonSession,
  resource: TrytonResource,
  pushOperationKey: string,
): Promise<Members | undefined> {
  const domain = resource.mark.domain(pushOperationKey);
  const fields = await readsOf(resource, session, resource.mark);
  const [record] = await session.find(resource.theirs, domain, fields, {
    limit: 1,
    ...ACTIVE_OR_NOT,
  });
  return record;
}

export async function findWrite(
  session: TrytonSession,
  resource: TrytonResource,
  kind: 'create' | 'update' | 'delete',
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
  if (theirs === undefined && kind === 'update' && resource.isMarkedOnCreateOnly === true) {
    return findEqual(session, resource, request);
  }
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

/** Of an update that leaves no mark: what it would write stands there, or it would write it again, to the same end. */
async function findEqual(
  session: TrytonSession,
  resource: TrytonResource,
  request: WriteRequest,
): Promise<FindOutcome> {
  const id = encodeId(request.recordId);
  const left = id === undefined ? undefined : await readOne(resource, id, session);
  const record = left === undefined ? undefined : await toRecord(resource, left, session);
  const name = `${resource.theirs} ${request.recordId ?? ''}`;
  const { supplementalData: _, ...body } = request.body ?? {};
  const isEqual =
    record !== undefined && differences(resource.updateModel ?? resource.model, body, record).length === 0;
  if (!isEqual) return { kind: 'absent', evidence: `${name} is not as the update would have left it.` };
  const changes = [changeOf(resource, 'Modified', request.recordId ?? '')];
  return { kind: 'found', changes, record, evidence: `${name} is as the update leaves it.` };
}
