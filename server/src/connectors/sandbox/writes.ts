/** Writing to the sandbox: one HTTP request a write, and the audit trail for those whose answer was lost. */
import { isMembers } from '../../models/validate.ts';
import type { Change, FindOutcome, Write, WriteRequest } from '../contract.ts';
import { callSandbox, type SandboxSession } from './http.ts';
import { liveModel } from './live-model.ts';
import { REPEAT_OF_MEMORY } from './memory.ts';
import { changeOf, findOutcome, writeOutcome, writtenRecord } from './outcomes.ts';
import { previewWrite } from './previews.ts';
import { booksPath, recordPath, writeRequest, type SandboxWriteKind } from './requests.ts';
import { toRecord, type SandboxResource } from './resource.ts';

/** What the audit trail calls each kind of write. */
const actions = { create: 'created', update: 'updated', delete: 'deleted' } as const satisfies Record<
  SandboxWriteKind,
  string
>;
/** Which status means "done"; any other 2xx is somebody else's answer, such as a proxy's page. */
const doneStatus = { create: 201, update: 200, delete: 204 } as const satisfies Record<SandboxWriteKind, number>;

export function sandboxWrite(resource: SandboxResource, kind: SandboxWriteKind): Write<SandboxSession> {
  const model = kind === 'update' ? (resource.updateModel ?? resource.model) : resource.model;
  return {
    model,
    async modelFor(session) {
      const live = await liveModel(session, model);
      return resource.offer === undefined ? live : resource.offer(live);
    },
    repeatFor: ({ memory }) => REPEAT_OF_MEMORY[memory],
    async send(session, request) {
      const refusal = resource.refuse?.(request);
      if (refusal !== undefined) return { kind: 'rejected', ...refusal };
      const answer = await callSandbox(session, writeRequest(session, resource, kind, request));
      return writeOutcome(answer, { resource, request, doneStatus: doneStatus[kind] }, (answered) =>
        writtenRecord(resource, kind, request, answered),
      );
    },
    preview: (session, request) => previewWrite(session, resource, kind, request),
    find: (session, request) => findWrite(session, resource, kind, request),
  };
}

async function findWrite(
  session: SandboxSession,
  resource: SandboxResource,
  kind: SandboxWriteKind,
  request: WriteRequest,
): Promise<FindOutcome> {
  let entryId = '';
  const outcome = await findInTrail(session, request.pushOperationKey, (entry) => {
    const { action, resource: path, recordId } = entry;
    if (action !== actions[kind] || path !== resource.path || typeof recordId !== 'string') return undefined;
    entryId = String(entry['id']);
    return changeOf(resource, kind, resource.below === undefined ? recordId : (request.parentId ?? ''));
  });
  const id = outcome.kind === 'found' ? outcome.changes[0]?.recordRef.id : undefined;
  if (outcome.kind !== 'found' || id === undefined || kind === 'delete' || resource.below !== undefined) return outcome;
  const record = await recordAfter(session, resource, { recordId: id, entryId });
  return record === undefined ? outcome : { ...outcome, record };
}

type Members = Readonly<Record<string, unknown>>;

/** `changeIn` tells what an entry of the audit trail stands for, and nothing of entries that have no part in it. */
export async function findInTrail(
  session: SandboxSession,
  pushOperationKey: string,
  changeIn: (entry: Members) => Change | undefined,
): Promise<FindOutcome> {
  const reference = encodeURIComponent(pushOperationKey);
  const path = `${booksPath(session)}/audit-trail?reference=${reference}&pageSize=10`;
  return findOutcome(await callSandbox(session, { method: 'GET', path }), (json) =>
    readTrail(json, pushOperationKey, changeIn),
  );
}

/** Only an empty list proves that nothing was written: an entry that fits ill is a riddle, not an absence. */
function readTrail(
  json: Members,
  pushOperationKey: string,
  changeIn: (entry: Members) => Change | undefined,
): FindOutcome | undefined {
  const items: unknown = json['items'];
  if (!Array.isArray(items)) return undefined;
  if (items.length === 0) {
    return { kind: 'absent', evidence: "No entry of the sandbox's audit trail carries the push's key." };
  }
  for (const entry of items.filter(isMembers)) {
    const change = entry['reference'] === pushOperationKey ? changeIn(entry) : undefined;
    if (change === undefined) continue;
    const evidence = `Entry ${String(entry['id'])} of the sandbox's audit trail carries the push's key.`;
    return { kind: 'found', changes: [change], evidence };
  }
  return { kind: 'cannot-tell', evidence: "The sandbox's audit trail answers with entries of something else." };
}

interface Landed {
  readonly recordId: string;
  /** The entry of the audit trail that stands for our write. */
  readonly entryId: string;
}

/** For show only: that the write landed is certain by now, so trouble here means no record and nothing else. */
async function recordAfter(session: SandboxSession, resource: SandboxResource, landed: Landed) {
  const path = recordPath(session, resource, landed.recordId);
  const answer = await callSandbox(session, { method: 'GET', path });
  if (answer.kind !== 'answer' || answer.status !== 200 || answer.json === undefined) return undefined;
  const { sourceVersion, ...record } = toRecord(resource, answer.json);
  // Its version is a stamp to build on only if it is our own write's: somebody else may have changed it since.
  return (await isLastChange(session, landed)) ? { ...record, sourceVersion } : record;
}

/** Asked after the record was read, so that no later change can be in it when there is none in the trail. */
async function isLastChange(session: SandboxSession, { recordId, entryId }: Landed): Promise<boolean> {
  const query = `recordId=${encodeURIComponent(recordId)}&after=${encodeURIComponent(entryId)}&pageSize=1`;
  const answer = await callSandbox(session, { method: 'GET', path: `${booksPath(session)}/audit-trail?${query}` });
  const items: unknown = answer.kind === 'answer' && answer.status === 200 ? answer.json?.['items'] : undefined;
  return Array.isArray(items) && items.length === 0;
}
