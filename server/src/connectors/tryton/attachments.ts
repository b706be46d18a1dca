/** Files kept with records of Tryton: one `ir.attachment` each, marked in its description with the push's key. */
import type { Attachment, AttachmentFile, Change, ReadAttachments, Write, WriteRequest } from '../contract.ts';
import { cannotTell, isRefusal, notWritten, reading, unreachable } from './outcomes.ts';
import { notFound } from './references.ts';
import { refusalOf } from './refusals.ts';
import { readOne, type TrytonResource } from './resource.ts';
import { NoResult, type TrytonSession } from './session.ts';
import { bytesOf, encodeBytes, encodeId, momentOf, type Members } from './values.ts';
import { isMark, markText } from './marks.ts';

const MODEL = 'ir.attachment';
const FIELDS = ['name', 'data_size', 'create_date', 'write_date', 'description', 'type', 'resource'];
/** A record has few files; what hangs on it beyond these is not listed. */
const FILES_MAX = 1_000;

export function trytonAttach(resource: TrytonResource): Write<TrytonSession> {
  return {
    model: resource.model,
    repeatFor: () => 'find-before-resend',
    goesOn: true,
    async send(session, request) {
      try {
        const present = request.isFirstSend === true ? undefined : await markedFile(session, request);
        if (present !== undefined) return { kind: 'written', changes: [uploaded(resource, request, present)] };
        if (!(await hasRecord(resource, session, request))) {
          return { kind: 'rejected', ...notFound(resource.model, request) };
        }
      } catch (error) {
        if (!(error instanceof NoResult)) throw error;
        if (isRefusal(error.answer))
          return { kind: 'rejected', ...(await refusal(resource, session, request, error.answer)) };
        const outcome = notWritten(error.answer);
        return outcome.kind === 'unknown'
          ? { kind: 'not-sent', waitingFor: 'platform-error', reason: outcome.reason }
          : outcome;
      }
      const answer = await session.alone(() =>
        session.call(MODEL, 'create', [[fileValues(resource, request)]], { isKept: true }),
      );
      if (answer.kind !== 'result') {
        return isRefusal(answer)
          ? { kind: 'rejected', ...(await refusal(resource, session, request, answer)) }
          : notWritten(answer);
      }
      const [id] = Array.isArray(answer.value) ? (answer.value as readonly unknown[]) : [];
      if (typeof id !== 'number') return { kind: 'unknown', reason: 'Tryton answered the upload without an id.' };
      return { kind: 'written', changes: [uploaded(resource, request, id)] };
    },
    async find(session, request) {
      try {
        const id = await markedFile(session, request);
        if (id === undefined) return { kind: 'absent', evidence: "No attachment in Tryton carries the push's mark." };
        const evidence = `${MODEL} ${id} carries the push's mark.`;
        return { kind: 'found', changes: [uploaded(resource, request, id)], evidence };
      } catch (error) {
        if (error instanceof NoResult) return unreachable(error.answer);
        throw error;
      }
    },
    async preview(session, request) {
      const shown = {
        method: 'POST',
        path: `/${session.link.database}/`,
        headers: { 'content-type': 'application/json' },
        body: {
          method: `model.${MODEL}.create`,
          params: [[{ ...fileValues(resource, request), data: sizeOf(request) }]],
        },
      };
      try {
        const isThere = await hasRecord(resource, session, request);
        if (isThere) return { request: shown, verdict: { kind: 'would-write' } };
        return { request: shown, verdict: { kind: 'would-reject', ...notFound(resource.model, request) } };
      } catch (error) {
        if (error instanceof NoResult) return { request: shown, verdict: cannotTell(error.answer) };
        throw error;
      }
    },
  };
}

function refusal(
  resource: TrytonResource,
  session: TrytonSession,
  request: WriteRequest,
  failure: Parameters<typeof refusalOf>[0]['failure'],
) {
  return refusalOf({ resource, session, request, failure });
}

function uploaded(resource: TrytonResource, request: WriteRequest, attachmentId: number): Change {
  return {
    type: 'AttachmentUploaded',
    recordRef: { id: request.recordId ?? '', dataType: resource.model.dataType },
    attachmentId: String(attachmentId),
  };
}

function sizeOf({ file }: WriteRequest) {
  return { contentType: file?.contentType, bytes: file?.bytes.byteLength };
}

/** Tryton keeps no content type: it stands before the mark, in the description. */
function fileValues({ theirs }: TrytonResource, { file, recordId = '', pushOperationKey }: WriteRequest): Members {
  if (file === undefined) throw new Error('An upload has no file');
  return {
    name: file.name,
    type: 'data',
    resource: `${theirs},${recordId}`,
    data: encodeBytes(file.bytes),
    description: `${file.contentType}\n${markText(pushOperationKey)}`,
  };
}

async function hasRecord(
  resource: TrytonResource,
  session: TrytonSession,
  { recordId }: WriteRequest,
): Promise<boolean> {
  const id = encodeId(recordId);
  return id !== undefined && (await readOne(resource, id, session)) !== undefined;
}

async function markedFile(session: TrytonSession, { pushOperationKey }: WriteRequest): Promise<number | undefined> {
  const [id] = await session.ids(MODEL, [['description', 'ilike', `%${markText(pushOperationKey)}`]], { limit: 1 });
  return id;
}

export function trytonAttachments(resource: TrytonResource): ReadAttachments<TrytonSession> {
  const domain = (recordId: number) => [
    ['resource', '=', `${resource.theirs},${recordId}`],
    ['type', '=', 'data'],
  ];
  const one = async (session: TrytonSession, recordId: string, attachmentId: string, fields: readonly string[]) => {
    const [record, file] = [encodeId(recordId), encodeId(attachmentId)];
    if (record === undefined || file === undefined) return undefined;
    const [found] = await session.find(MODEL, [['id', '=', file], ...domain(record)], fields, { limit: 1 });
    return found;
  };
  return {
    list: (session, recordId) =>
      reading(async () => {
        const id = encodeId(recordId);
        if (id === undefined || (await readOne(resource, id, session)) === undefined) return undefined;
        const found = await session.find(MODEL, domain(id), FIELDS, { limit: FILES_MAX });
        return found.map(toAttachment);
      }),
    get: (session, recordId, attachmentId) =>
      reading(async () => {
        const found = await one(session, recordId, attachmentId, FIELDS);
        return found && toAttachment(found);
      }),
    download: (session, recordId, attachmentId) =>
      reading(async (): Promise<AttachmentFile | undefined> => {
        const found = await one(session, recordId, attachmentId, [...FIELDS, 'data']);
        const bytes = bytesOf(found?.['data']);
        if (found === undefined || bytes === undefined) return undefined;
        const { name, contentType } = toAttachment(found);
        return { name, contentType, bytes };
      }),
  };
}

function toAttachment({
  id,
  name,
  data_size: size,
  create_date: created,
  write_date: changed,
  description,
}: Members): Attachment {
  const dateCreated = momentOf(created) ?? '';
  const fileName = typeof name === 'string' ? name : '';
  return {
    id: String(id),
    name: fileName,
    contentType: contentTypeOf(description) ?? contentTypeByName(fileName),
    dateCreated,
    fileSize: typeof size === 'number' ? size : 0,
    includeWhenSent: false,
    sourceModifiedDate: momentOf(changed) ?? dateCreated,
  };
}

function contentTypeOf(description: unknown): string | undefined {
  const [first = '', second] = typeof description === 'string' ? description.split('\n') : [];
  return isMark(second) && /^[\w.+-]+\/[\w.+-]+/.test(first) ? first : undefined;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  pdf: 'application/pdf',
  png: 'image/png',
  txt: 'text/plain',
};

function contentTypeByName(name: string): string {
  return CONTENT_TYPES[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream';
}
