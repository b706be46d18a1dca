// What each request under `/books` does: which record work it asks for, and the answer that comes of it.
import { accountTransactionsPath, handleAccountTransactions } from './account-transaction-requests.ts';
import type { Answer } from './answer.ts';
import { handleAttachments } from './attachment-requests.ts';
import { handleTransactions } from './bank-transaction-requests.ts';
import { bodyOf, checkHeaders, existing, findBooks, refuseMethod, refusePath, write, writeRequest } from './desk.ts';
import type { BooksRequest, Desk } from './desk.ts';
import { auditSelection, listBody, pageOf, recordSelection } from './list-query.ts';
import type { Query } from './list-query.ts';
import { isoTime } from '../clock.ts';
import type { JsonObject } from '../json.ts';
import { trialBalance } from '../ledger.ts';
import { Refusal } from '../problems.ts';
import { createRecord, deleteRecord, isReferredTo, updateRecord } from '../records.ts';
import { accountCategories } from '../resources/account-categories.ts';
import { resourceByPath } from '../resources.ts';
import { seqOfId } from '../resource.ts';
import type { Books, Reading, Resource } from '../resource.ts';
import type { StoredRecord } from '../queries/records.ts';

export async function handle(desk: Desk, request: BooksRequest): Promise<Answer> {
  checkHeaders(request);
  if (request.books === undefined) return handleShelf(desk, request);
  const books = findBooks(desk, request.books);
  const { resource: path } = request;
  if (path === undefined || (path === 'company' && request.id === undefined))
    return handleCompany(desk, request, books);
  const resource = resourceByPath.get(path);
  if (resource !== undefined && request.part === 'attachments')
    return handleAttachments(desk, request, books, resource);
  if (resource !== undefined && request.part === 'transactions') return handleTransactions(desk, request, books);
  if (resource !== undefined) return handleResource(desk, request, books, resource);
  if (path === accountTransactionsPath && request.part === undefined)
    return handleAccountTransactions(desk, request, books);
  if (request.id !== undefined) refusePath();
  return handleReport(desk, request, books, path);
}

function handleShelf(desk: Desk, request: BooksRequest): Answer | Promise<Answer> {
  if (request.method === 'GET') {
    const page = pageOf(request.query);
    return {
      status: 200,
      body: listBody(desk.store.listBooks(page.pageSize, page.offset), page, desk.store.countBooks()),
    };
  }
  if (request.method !== 'POST') refuseMethod(['GET', 'POST']);
  const input = bodyOf(request);
  return write(desk, request, () => {
    const { books, isNew } = desk.shelf.create(input, isoTime(desk.now()));
    return { status: isNew ? 201 : 200, body: JSON.stringify(books.company) };
  });
}

function handleCompany(desk: Desk, request: BooksRequest, books: Books): Answer | Promise<Answer> {
  if (request.method === 'GET') return { status: 200, body: JSON.stringify(books.company) };
  if (request.method !== 'PATCH' || request.resource === undefined)
    refuseMethod(request.resource === undefined ? ['GET'] : ['GET', 'PATCH']);
  const input = bodyOf(request);
  return write(desk, request, () => {
    const changed = desk.shelf.change(findBooks(desk, books.id), input, isoTime(desk.now()));
    return { status: 200, body: JSON.stringify(changed.company) };
  });
}

function handleReport(desk: Desk, request: BooksRequest, books: Books, path: string): Answer {
  const reports: Record<string, () => string> = {
    'account-categories': () =>
      listBody(
        accountCategories.map((one) => JSON.stringify(one)),
        { page: 1, pageSize: accountCategories.length },
        accountCategories.length,
      ),
    'trial-balance': () => JSON.stringify(trialBalance(desk.store, books)),
    'audit-trail': () => auditTrail(desk, request.query, books),
  };
  const report = Object.hasOwn(reports, path) ? reports[path] : undefined;
  if (report === undefined) refusePath();
  if (request.method !== 'GET') refuseMethod(['GET']);
  return { status: 200, body: report() };
}

function auditTrail(desk: Desk, query: Query, books: Books): string {
  if (!desk.isAuditTrailOn()) throw new Refusal('not_offered', 'the audit trail cannot be searched');
  const selection = auditSelection(query, books.no);
  const rows = desk.store.listAudit(selection.where, selection.values, selection.pageSize, selection.offset);
  const items = rows.map((row) =>
    JSON.stringify({
      id: `aud_${Number(row['seq']).toString(36).padStart(9, '0')}`,
      at: row['at'],
      action: row['action'],
      resource: row['resource'],
      recordId: row['record_id'],
      ...(row['reference'] !== null && { reference: row['reference'] }),
    }),
  );
  return listBody(items, selection, desk.store.countAudit(selection.where, selection.values));
}

function handleResource(desk: Desk, request: BooksRequest, books: Books, resource: Resource): Answer | Promise<Answer> {
  if (request.id === undefined) {
    if (request.method === 'GET') return listAnswer(desk, request, books, resource);
    if (request.method !== 'POST') refuseMethod(['GET', 'POST']);
    return create(desk, request, books, resource, bodyOf(request));
  }
  const { id } = request;
  if (request.method === 'GET')
    return recordAnswer(desk, books, resource, existing(desk, books, resource.path, id), 200);
  if (request.method === 'PUT' && resource.isEditable)
    return update(desk, request, books, resource, id, bodyOf(request));
  if (request.method === 'DELETE' && resource.isDocument) return remove(desk, request, books, resource, id);
  const others = [...(resource.isEditable ? ['PUT'] : []), ...(resource.isDocument ? ['DELETE'] : [])];
  return refuseMethod(['GET', ...others]);
}

function refuseStale(request: BooksRequest, record: StoredRecord): void {
  if (request.ifMatch === undefined || Number(request.ifMatch.replaceAll('"', '')) === record.version) return;
  const { version } = record;
  const current = { id: record.body['id'] ?? '', version, updatedAt: record.body['updatedAt'] ?? '' };
  throw new Refusal('stale_version', `the record is at version ${version}`, { details: { current } });
}

function create(desk: Desk, request: BooksRequest, books: Books, resource: Resource, input: JsonObject) {
  return write(desk, request, () => {
    const record = createRecord(desk.store, writeRequest(desk, request, books), resource, input);
    return recordAnswer(desk, books, resource, record, 201);
  });
}

function update(desk: Desk, request: BooksRequest, books: Books, resource: Resource, id: string, input: JsonObject) {
  return write(desk, request, () => {
    const before = existing(desk, books, resource.path, id);
    refuseStale(request, before);
    const record = updateRecord(desk.store, writeRequest(desk, request, books), resource, before, input);
    return recordAnswer(desk, books, resource, record, 200);
  });
}

function remove(desk: Desk, request: BooksRequest, books: Books, resource: Resource, id: string) {
  return write(desk, request, () => {
    const before = existing(desk, books, resource.path, id);
    refuseStale(request, before);
    const { body } = recordAnswer(desk, books, resource, before, 200);
    deleteRecord(desk.store, writeRequest(desk, request, books), resource, before);
    return { status: 204, body: request.validateOnly === 'true' ? body : '' };
  });
}

function recordAnswer(desk: Desk, books: Books, resource: Resource, record: StoredRecord, status: number) {
  const body = resource.present?.(record.body, reading(desk, books)) ?? record.body;
  return { status, body: JSON.stringify(body), headers: { etag: `"${record.version}"` } };
}

function listAnswer(desk: Desk, request: BooksRequest, books: Books, resource: Resource): Answer {
  const selection = recordSelection(request.query, books.no, resource.path);
  const bodies = desk.store.listRecords(selection.where, selection.values, selection.pageSize, selection.offset);
  const total = selection.isFiltered
    ? desk.store.countWhere(selection.where, selection.values)
    : desk.store.countRecords(books.no, resource.path);
  return { status: 200, body: listBody(presented(desk, books, resource, bodies), selection, total) };
}

/** Stored text goes out as it is unless the resource adds something at reading. */
function presented(desk: Desk, books: Books, resource: Resource, bodies: string[]): string[] {
  const { present } = resource;
  if (present === undefined) return bodies;
  const at = reading(desk, books);
  return bodies.map((body) => {
    const record: JsonObject = JSON.parse(body);
    return JSON.stringify(present(record, at));
  });
}

function reading(desk: Desk, books: Books): Reading {
  return {
    books,
    isReferredTo: (resource, reference) => isReferredTo(desk.store, books, resource, reference),
    latest: (resource, reference) => desk.store.newestByReference(books.no, resource, reference),
    balance: (accountId) => desk.store.balance(seqOfId(accountId) ?? 0),
  };
}
