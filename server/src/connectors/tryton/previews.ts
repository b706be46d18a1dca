/**
 * Previews: what would be sent, and as much of the verdict as can be had without writing. Tryton cannot be asked to try a
 * write, so the record, its state and all references are looked up; the rules of its own models speak at the write.
 */
import type { PreviewOutcome, PreviewVerdict, WriteRequest } from '../contract.ts';
import { toTheirs } from '../mapping.ts';
import { cannotTell, isRefusal } from './outcomes.ts';
import { brokenReferences, missingReferences, notFound, unknownReferences } from './references.ts';
import { refusalOf } from './refusals.ts';
import { readOne, type TrytonResource } from './resource.ts';
import { NoResult, type TrytonSession } from './session.ts';
import { stampOf, staleMessage } from './stamps.ts';
import { toRecord } from './resource.ts';
import { encodeId, type Members } from './values.ts';

interface Asked {
  readonly session: TrytonSession;
  readonly resource: TrytonResource;
  readonly kind: 'create' | 'update' | 'delete';
  readonly request: WriteRequest;
}

export async function previewWrite(
  session: TrytonSession,
  resource: TrytonResource,
  kind: Asked['kind'],
  request: WriteRequest,
): Promise<PreviewOutcome> {
  const asked: Asked = { session, resource, kind, request };
  const { supplementalData: _, ...body } = request.body ?? {};
  const values = toTheirs(resource.pairs, body);
  try {
    return await looked(asked, values);
  } catch (error) {
    if (!(error instanceof NoResult)) throw error;
    const { answer } = error;
    const verdict: PreviewVerdict = isRefusal(answer)
      ? { kind: 'would-reject', ...(await refusalOf({ session, resource, request, failure: answer })) }
      : cannotTell(answer);
    return { request: shown(asked, values), verdict };
  }
}

async function looked(asked: Asked, values: Members): Promise<PreviewOutcome> {
  const { session, resource, kind, request } = asked;
  const refused = (refusal: Awaited<ReturnType<typeof refusalOf>>): PreviewOutcome => ({
    request: shown(asked, values),
    verdict: { kind: 'would-reject', ...refusal },
  });
  const model = kind === 'update' ? (resource.updateModel ?? resource.model) : resource.model;
  const id = encodeId(request.recordId);
  const present = kind === 'create' || id === undefined ? undefined : await readOne(resource, id, session);
  if (kind !== 'create' && present === undefined) return refused(notFound(model, request));
  if (present !== undefined && request.expectedStamp !== undefined) {
    const stamp = stampOf(await toRecord(resource, present, session));
    if (stamp !== request.expectedStamp) {
      return refused({ statusCode: 409, message: staleMessage(request.expectedStamp, stamp), errors: [] });
    }
  }
  if (kind === 'delete') return { request: shown(asked, values), verdict: { kind: 'would-write' } };
  const broken = brokenReferences(model, request.body) ?? (await resource.refuse?.(request, session));
  if (broken !== undefined) return refused(broken);
  const missing = await missingReferences(session, model, request.body);
  if (missing.length > 0) return refused(unknownReferences(model, missing));
  const at = present === undefined ? { session } : { session, present };
  const prepared = resource.prepare === undefined ? values : await resource.prepare(values, request, at);
  return { request: shown(asked, prepared), verdict: { kind: 'would-write' } };
}

/** The call as it would be made; the session and the context are added on the way. */
function shown({ session, resource, kind, request }: Asked, values: Members): PreviewOutcome['request'] {
  const id = encodeId(request.recordId) ?? request.recordId;
  const params = { create: [[values]], update: [[id], values], delete: [[id]] }[kind];
  const method = { create: 'create', update: 'write', delete: 'delete' }[kind];
  return {
    method: 'POST',
    path: `/${session.link.database}/`,
    headers: { 'content-type': 'application/json' },
    body: { method: `model.${resource.theirs}.${method}`, params },
  };
}
