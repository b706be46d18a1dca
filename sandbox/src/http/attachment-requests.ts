// The attachments under a record: taking a file in, listing what is there, and giving the bytes back.
import type { Answer } from './answer.ts';
import { existing, refuseMethod, refusePath, write, writeRequest } from './desk.ts';
import type { BooksRequest, Desk } from './desk.ts';
import { listBody, plainPageOf } from './list-query.ts';
import { attach, attachmentBody } from '../attachments.ts';
import { Refusal } from '../problems.ts';
import { seqOfId } from '../resource.ts';
import type { Books, Resource } from '../resource.ts';
import type { StoredRecord } from '../queries/records.ts';

export function handleAttachments(
  desk: Desk,
  request: BooksRequest,
  books: Books,
  resource: Resource,
): Answer | Promise<Answer> {
  const { id = '', partId } = request;
  if (!resource.takesAttachments) refusePath();
  if (partId === undefined && request.method === 'POST') return upload(desk, request, books, resource, id);
  if (request.method !== 'GET') refuseMethod(partId === undefined ? ['GET', 'POST'] : ['GET']);
  const record = existing(desk, books, resource.path, id);
  if (partId === undefined) return listAnswer(desk, request, record);
  const row = desk.store.attachment(record.seq, partId.startsWith('att_') ? (seqOfId(partId) ?? 0) : 0);
  if (row === undefined)
    throw new Refusal('record_not_found', `there is no "${partId.slice(0, 100)}" in the attachments of ${id}`);
  if (!request.isContent) return { status: 200, body: JSON.stringify(attachmentBody(row)) };
  return {
    status: 200,
    body: desk.store.attachmentContent(row.seq),
    headers: {
      'content-type': row.contentType,
      'content-disposition': `attachment; filename*=UTF-8''${encodeForHeader(row.name)}`,
      'x-content-type-options': 'nosniff',
    },
  };
}

function upload(desk: Desk, request: BooksRequest, books: Books, resource: Resource, id: string): Promise<Answer> {
  const bytes = request.body instanceof Uint8Array ? request.body : new Uint8Array();
  const file = { name: request.fileName, contentType: request.contentType, bytes };
  return write(desk, request, () => {
    const record = existing(desk, books, resource.path, id);
    const attached = attach(desk.store, writeRequest(desk, request, books), resource, record, file);
    return { status: 201, body: JSON.stringify(attached) };
  });
}

function listAnswer(desk: Desk, request: BooksRequest, record: StoredRecord): Answer {
  const page = plainPageOf(request.query);
  const rows = desk.store.listAttachments(record.seq, page.pageSize, page.offset);
  const items = rows.map((row) => JSON.stringify(attachmentBody(row)));
  return { status: 200, body: listBody(items, page, desk.store.countAttachments(record.seq)) };
}

/** Some characters that a URI may hold have a meaning of their own in this header. */
function encodeForHeader(name: string): string {
  return encodeURIComponent(name).replaceAll(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
}
