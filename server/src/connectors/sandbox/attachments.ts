/** Files kept with records of the sandbox: one upload is one request, with the bytes as its body. */
import { isMembers } from '../../models/validate.ts';
import type { Attachment, Change, FindOutcome, ReadAttachments, Write, WriteRequest } from '../contract.ts';
import { callSandbox, fetchFile, type SandboxRequest, type SandboxSession } from './http.ts';
import { REPEAT_OF_MEMORY } from './memory.ts';
import { previewVerdict, readOutcome, writeOutcome } from './outcomes.ts';
import { validateOnly } from './previews.ts';
import { keyHeaders, recordPath, shownRequest } from './requests.ts';
import type { SandboxResource } from './resource.ts';
import { findInTrail } from './writes.ts';

type Members = Readonly<Record<string, unknown>>;

/** A record has few files; what hangs on it beyond these is not listed. */
const filesMax = 1_000;

export function sandboxAttach(resource: SandboxResource): Write<SandboxSession> {
  const changeOf = (request: WriteRequest, attachmentId: string | undefined): Change => ({
    type: 'AttachmentUploaded',
    recordRef: { id: request.recordId ?? '', dataType: resource.model.dataType },
    ...(attachmentId === undefined ? {} : { attachmentId }),
  });
  return {
    model: resource.model,
    repeatFor: ({ memory }) => REPEAT_OF_MEMORY[memory],
    async send(session, request) {
      const answer = await callSandbox(session, uploadRequest(session, resource, request));
      return writeOutcome(answer, { resource, request, doneStatus: 201 }, ({ json }) => {
        const id = json?.['id'];
        return typeof id === 'string' ? { kind: 'written', changes: [changeOf(request, id)] } : undefined;
      });
    },
    async preview(session, request) {
      const sent = uploadRequest(session, resource, request);
      const answer = await callSandbox(session, validateOnly(sent));
      const verdict = previewVerdict(answer, { resource, request, kind: 'attach' });
      return { request: shownRequest(sent), verdict };
    },
    async find(session, request) {
      const isOurs = (entry: Members) => entry['action'] === 'attached' && entry['recordId'] === request.recordId;
      let at: unknown;
      const outcome = await findInTrail(session, request.pushOperationKey, (entry) => {
        if (!isOurs(entry)) return undefined;
        at = entry['at'];
        return changeOf(request, undefined);
      });
      return outcome.kind === 'found' ? named(session, resource, request, outcome, at, changeOf) : outcome;
    },
  };
}

/** The audit trail names the record and not the file; the file is the one that was made in the same moment. */
async function named(
  session: SandboxSession,
  resource: SandboxResource,
  request: WriteRequest,
  outcome: FindOutcome & { readonly kind: 'found' },
  at: unknown,
  changeOf: (request: WriteRequest, attachmentId: string | undefined) => Change,
): Promise<FindOutcome> {
  const read = await listFiles(session, resource, request.recordId ?? '');
  const files = read.kind === 'read' ? (read.value ?? []) : [];
  const file = files.find(({ dateCreated, name }) => dateCreated === at && name === request.file?.name);
  return { ...outcome, changes: [changeOf(request, file?.id)] };
}

function filesPath(session: SandboxSession, resource: SandboxResource, recordId: string): string {
  return `${recordPath(session, resource, recordId)}/attachments`;
}

function uploadRequest(session: SandboxSession, resource: SandboxResource, request: WriteRequest): SandboxRequest {
  const { file, recordId = '' } = request;
  if (file === undefined) throw new Error('An upload has no file');
  return {
    method: 'POST',
    path: filesPath(session, resource, recordId),
    headers: { ...keyHeaders(request), 'x-file-name': encodeURIComponent(file.name.toWellFormed()) },
    file: { contentType: headerText(file.contentType), bytes: file.bytes },
  };
}

/** A type that no header can carry is no type; the sandbox says so, where the request itself would only break. */
function headerText(contentType: string): string {
  return /^[\x20-\x7e]+$/.test(contentType) ? contentType : 'application/octet-stream';
}

export function sandboxAttachments(resource: SandboxResource): ReadAttachments<SandboxSession> {
  const filePath = (session: SandboxSession, recordId: string, attachmentId: string) =>
    `${filesPath(session, resource, recordId)}/${encodeURIComponent(attachmentId)}`;
  return {
    list: (session, recordId) => listFiles(session, resource, recordId),
    async get(session, recordId, attachmentId) {
      const path = filePath(session, recordId, attachmentId);
      return readOutcome(await callSandbox(session, { method: 'GET', path }), ({ status, json }) => {
        if (status === 404 && isMissing(json)) return { value: undefined };
        const attachment = status === 200 && json !== undefined ? toAttachment(json) : undefined;
        return attachment === undefined ? undefined : { value: attachment };
      });
    },
    async download(session, recordId, attachmentId) {
      const answer = await fetchFile(session, `${filePath(session, recordId, attachmentId)}/content`);
      return readOutcome(answer, (answered) => {
        if (answered.status === 404 && isMissing(answered.json)) return { value: undefined };
        return answered.file === undefined ? undefined : { value: answered.file };
      });
    },
  };
}

async function listFiles(session: SandboxSession, resource: SandboxResource, recordId: string) {
  const path = `${filesPath(session, resource, recordId)}?pageSize=${filesMax}`;
  return readOutcome<readonly Attachment[] | undefined>(
    await callSandbox(session, { method: 'GET', path }),
    ({ status, json }) => {
      if (status === 404 && isMissing(json)) return { value: undefined };
      const items: unknown = json?.['items'];
      if (status !== 200 || !Array.isArray(items)) return undefined;
      return { value: items.filter(isMembers).flatMap((item) => toAttachment(item) ?? []) };
    },
  );
}

function isMissing(json: Members | undefined): boolean {
  const error = json?.['error'];
  return isMembers(error) && error['code'] === 'record_not_found';
}

function toAttachment({ id, name, contentType, size, createdAt, updatedAt }: Members): Attachment | undefined {
  if (typeof id !== 'string' || typeof name !== 'string' || typeof createdAt !== 'string') return undefined;
  return {
    id,
    name,
    contentType: typeof contentType === 'string' ? contentType : 'application/octet-stream',
    dateCreated: createdAt,
    fileSize: typeof size === 'number' ? size : 0,
    includeWhenSent: false,
    sourceModifiedDate: typeof updatedAt === 'string' ? updatedAt : createdAt,
  };
}
