/** Files on records: upload, which is a push like any other, and reading them as the platform holds them. */
import multipart, { type MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Attachment, ReadAttachments } from '../connectors/contract.ts';
import { PublicError } from '../errors.ts';
import { isStorableText } from '../lib/text.ts';
import type { AttachedFile } from '../push/request.ts';
import { makeAccept, PushParameters } from './accept-push.ts';
import { answers, ref } from './answers.ts';
import { dataTypeFrom, notSupported } from './data-type-path.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { isRepeatedUpload } from './idempotency.ts';
import { connectionIdsFrom, recordIdFrom } from './path-ids.ts';
import { companySource, connectionSource, settled, type Source } from './platform-source.ts';
import { PushOperation } from './push-operation.ts';

const FILE_BYTES_MAX = 10 * 1_048_576;
const FILE_NAME_MAX = 255;
/** Boundaries and part headers come on top of the file. */
const BODY_BYTES_MAX = FILE_BYTES_MAX + 65_536;

/** The documentation has the plural for bills and the singular for the rest; clients use either. */
const SPELLINGS = ['attachments', 'attachment'] as const;

const ofConnection = { companyId: Type.String(), connectionId: Type.String(), dataType: Type.String() };
const recordId = { recordId: Type.String() };

export function attachmentRoutes(app: ApiRoutes, deps: ApiDeps): void {
  void app.register(async (uploads: ApiRoutes) => uploadRoutes(uploads, deps));
  readRoutes(app, deps);
}

async function uploadRoutes(app: ApiRoutes, deps: ApiDeps): Promise<void> {
  const accept = makeAccept(deps);
  // A body of another kind is refused as unsupported, by name.
  app.removeAllContentTypeParsers();
  await app.register(multipart, {
    limits: { fileSize: FILE_BYTES_MAX, files: 2, fields: 10, parts: 12, fieldSize: 10_000, headerPairs: 50 },
  });
  for (const spelling of SPELLINGS) {
    app.post(
      `/companies/:companyId/connections/:connectionId/push/:dataType/:recordId/${spelling}`,
      {
        bodyLimit: BODY_BYTES_MAX,
        schema: {
          hide: spelling === 'attachment',
          tags: ['Push'],
          ...(spelling === 'attachments' && { operationId: 'uploadAttachment' }),
          summary: 'Attach a file to a record (multipart/form-data, part `file`)',
          consumes: ['multipart/form-data'],
          params: Type.Object({ ...ofConnection, ...recordId }),
          querystring: PushParameters,
          response: answers({ 200: ref<PushOperation>(PushOperation) }),
        },
      },
      async (request, reply) => {
        const { params } = request;
        const target = {
          ...connectionIdsFrom(params),
          dataType: dataTypeFrom(params.dataType),
          kind: 'attach',
          recordId: recordIdFrom(params.recordId),
        } as const;
        const file = await uploadedFile(request);
        return (await isRepeatedUpload(file, request, reply)) ? reply : accept(target, { file }, request, reply);
      },
    );
  }
}

/** The part named `file`; other parts, which some clients send along, are passed over. */
async function uploadedFile(request: FastifyRequest): Promise<AttachedFile> {
  if (!request.isMultipart()) {
    throw new PublicError('unsupported_media_type', 'The body must be multipart/form-data with a part named file');
  }
  try {
    for await (const part of request.parts()) {
      if (part.type === 'file' && part.fieldname === 'file') return await readFile(part);
      if (part.type === 'file') part.file.resume();
    }
  } catch (error) {
    throw uploadRefusal(error);
  }
  throw new PublicError('malformed_request', 'The body has no part named file');
}

async function readFile(part: MultipartFile): Promise<AttachedFile> {
  const bytes = await part.toBuffer();
  // It looks at each chunk that it gets, and of what comes after exactly as much as may be it gets none.
  if (part.file.truncated) throw tooLarge();
  const name = part.filename;
  if (name === '' || name.length > FILE_NAME_MAX || !isStorableText(name)) {
    throw new PublicError('malformed_request', `file: must have a file name of 1 to ${FILE_NAME_MAX} characters`);
  }
  if (bytes.length === 0) throw new PublicError('malformed_request', 'file: is empty');
  return { name, contentType: part.mimetype, bytes };
}

function tooLarge(): PublicError {
  return new PublicError('body_too_large', `file: must not be larger than ${FILE_BYTES_MAX / 1_048_576} MB`);
}

function uploadRefusal(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'FST_REQ_FILE_TOO_LARGE') {
    return tooLarge();
  }
  if (error instanceof PublicError) return error;
  return new PublicError('malformed_request', 'The body is not valid multipart/form-data', String(error));
}

const AttachmentAnswer = Type.Object({
  id: Type.String(),
  name: Type.String(),
  contentType: Type.String(),
  dateCreated: Type.String(),
  fileSize: Type.Integer(),
  includeWhenSent: Type.Boolean(),
  modifiedDate: Type.String(),
  sourceModifiedDate: Type.String(),
});

interface OfCompany {
  readonly companyId: string;
  readonly dataType: string;
}

interface OfConnection extends OfCompany {
  readonly connectionId: string;
}

function readRoutes(app: ApiRoutes, deps: ApiDeps): void {
  const levels = [
    { prefix: '/companies/:companyId/connections/:connectionId/data', of: 'Connection' },
    { prefix: '/companies/:companyId/data', of: 'Company' },
  ] as const;
  const source = async (given: OfCompany | OfConnection) =>
    attachmentsOf('connectionId' in given ? await connectionSource(deps, given) : await companySource(deps, given));
  for (const { prefix, of } of levels) {
    const params = of === 'Connection' ? ofConnection : { companyId: Type.String(), dataType: Type.String() };
    const recordParams = Type.Object({ ...params, ...recordId });
    const fileParams = Type.Object({ ...params, ...recordId, attachmentId: Type.String() });

    app.get(
      `${prefix}/:dataType/:recordId/attachments`,
      {
        schema: {
          tags: ['Data'],
          operationId: `list${of}Attachments`,
          summary: 'List the files on a record',
          params: recordParams,
          response: answers({ 200: Type.Object({ attachments: Type.Array(AttachmentAnswer) }) }),
        },
      },
      async ({ params: given }) => {
        const { attachments, from } = await source(given);
        const listed = await settled(from, await attachments.list(from.session, recordIdFrom(given.recordId)));
        return { attachments: found(listed, from.dataType, given.recordId).map(renderAttachment) };
      },
    );

    app.get(
      `${prefix}/:dataType/:recordId/attachments/:attachmentId`,
      {
        schema: {
          tags: ['Data'],
          operationId: `get${of}Attachment`,
          summary: 'Get what is known of a file',
          params: fileParams,
          response: answers({ 200: AttachmentAnswer }),
        },
      },
      async ({ params: given }) => {
        const { attachments, from } = await source(given);
        const ids = [recordIdFrom(given.recordId), recordIdFrom(given.attachmentId)] as const;
        const attachment = await settled(from, await attachments.get(from.session, ...ids));
        return renderAttachment(found(attachment, 'attachments', given.attachmentId));
      },
    );

    app.get(
      `${prefix}/:dataType/:recordId/attachments/:attachmentId/download`,
      {
        schema: {
          tags: ['Data'],
          operationId: `download${of}Attachment`,
          summary: 'Download a file',
          params: fileParams,
        },
      },
      async ({ params: given }, reply) => {
        const { attachments, from } = await source(given);
        const ids = [recordIdFrom(given.recordId), recordIdFrom(given.attachmentId)] as const;
        const file = found(
          await settled(from, await attachments.download(from.session, ...ids)),
          'attachments',
          ids[1],
        );
        return (
          reply
            .type(file.contentType)
            // Somebody else's file: it is saved, and never shown as a page of ours.
            .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`)
            .header('x-content-type-options', 'nosniff')
            .send(Buffer.from(file.bytes))
        );
      },
    );
  }
}

function attachmentsOf(from: Source): { readonly attachments: ReadAttachments<unknown>; readonly from: Source } {
  const { attachments } = from.read;
  if (attachments === undefined) {
    throw notSupported(from.dataType, from.connector.platform.key, ' with attachments');
  }
  return { attachments, from };
}

function found<T>(value: T | undefined, what: string, id: string): T {
  if (value === undefined) throw new PublicError('record_not_found', `${what} for ID ${id}`);
  return value;
}

function renderAttachment(attachment: Attachment) {
  return { ...attachment, modifiedDate: attachment.sourceModifiedDate };
}
