// Writing records: one function each for create, update and delete, run inside the transaction that group commit opened.
import type { JsonObject } from './json.ts';
import { textAt } from './json.ts';
import { magnitude } from './decimal.ts';
import { ledgerAccountId } from './ledger.ts';
import { Refusal, refuseProblems } from './problems.ts';
import type { Problem } from './problems.ts';
import { report } from './fields.ts';
import { ownAccount, recordId, seqOfId } from './resource.ts';
import type { Books, Entry, Posting, Resource, Writing } from './resource.ts';
import type { PostingRow } from './queries/postings.ts';
import type { RecordRow, StoredRecord } from './queries/records.ts';
import type { Store } from './store.ts';

export interface WriteRequest {
  readonly books: Books;
  readonly now: string;
  /** The caller's `Client-Reference`. */
  readonly reference: string | undefined;
}

/** No single posting may pass this many cents: sums then stay far inside 64 bits. */
const postingCentsMax = 10n ** 14n;

export function createRecord(store: Store, request: WriteRequest, resource: Resource, input: JsonObject): StoredRecord {
  const record = writeRecords(store, request, (writing) => writing.create(resource, input));
  if (record === undefined) throw new Error(`${resource.path}: nothing was created and no problem was reported`);
  return record;
}

/** For work that writes several records or none. */
export function writeRecords<T>(store: Store, request: WriteRequest, work: (writing: Writing) => T): T {
  const writing = openWriting(store, request);
  const result = work(writing);
  refuseProblems(writing.problems);
  return result;
}

export function updateRecord(
  store: Store,
  request: WriteRequest,
  resource: Resource,
  before: StoredRecord,
  input: JsonObject,
): StoredRecord {
  const refusal = resource.refuseChange?.(before.body, 'update');
  if (refusal !== undefined) throw refusal;
  if (resource.isDocument) refuseClosedPeriod(request.books, store.postingsOf(before.seq));
  const record = writeRecords(store, request, (writing) => writing.update(resource, before, input));
  if (record === undefined) throw new Error(`${resource.path}: nothing was updated and no problem was reported`);
  return record;
}

export function deleteRecord(store: Store, request: WriteRequest, resource: Resource, before: StoredRecord): void {
  const refusal = resource.refuseChange?.(before.body, 'delete');
  if (refusal !== undefined) throw refusal;
  const postings = store.postingsOf(before.seq);
  refuseClosedPeriod(request.books, postings);
  store.deletePostings(before.seq, postings);
  store.noteGone(request.books.no, before.seq, postings, request.now);
  store.deleteAttachments(before.seq);
  store.deleteRecord(before.seq, request.books.no, resource.path);
  audit(store, request, 'deleted', resource.path, textAt(before.body, 'id') ?? '');
  writeRecords(store, request, (writing) => resource.takeBack?.(before.body, writing));
}

export function findRecord(store: Store, books: Books, resource: string, id: string): StoredRecord | undefined {
  const seq = seqOfId(id);
  const found = seq === undefined ? undefined : store.record(books.no, resource, seq);
  return found?.body['id'] === id ? found : undefined;
}

export function isReferredTo(store: Store, books: Books, resource: string, reference: string): boolean {
  return store.countWhere('books = ? AND resource = ? AND reference = ?', [books.no, resource, reference]) > 0;
}

function openWriting(store: Store, request: WriteRequest): Writing {
  const problems: Problem[] = [];
  const seen = new Map<string, StoredRecord | undefined>();
  const writing: Writing = {
    problems,
    books: request.books,
    now: request.now,
    find(resource, id) {
      const key = `${resource}/${id}`;
      if (!seen.has(key)) seen.set(key, findRecord(store, request.books, resource, id));
      return seen.get(key);
    },
    nextNumber(resource, prefix) {
      for (;;) {
        const number = `${prefix}-${String(store.nextCount(request.books.no, resource)).padStart(4, '0')}`;
        if (store.seqByNumber(request.books.no, resource, number) === undefined) return number;
      }
    },
    isReferredTo: (resource, reference) => isReferredTo(store, request.books, resource, reference),
    latest: (resource, reference) => store.newestByReference(request.books.no, resource, reference),
    posted: (record, accountId) =>
      store
        .postingsOf(record.seq)
        .filter((posting) => posting.account === seqOfId(accountId))
        .reduce((total, posting) => total + posting.cents, 0n),
    amend(resource, before, members) {
      seen.delete(`${resource}/${textAt(before.body, 'id')}`);
      amend(store, request, resource, before, members);
    },
    create: (resource, input) => put(store, request, writing, resource, input, undefined),
    update(resource, before, input) {
      seen.delete(`${resource.path}/${textAt(before.body, 'id')}`);
      return put(store, request, writing, resource, { ...resource.asInput(before.body), ...input }, before);
    },
  };
  return writing;
}

function put(
  store: Store,
  request: WriteRequest,
  writing: Writing,
  resource: Resource,
  input: JsonObject,
  before: StoredRecord | undefined,
): StoredRecord | undefined {
  const entry = resource.prepare(input, writing, before);
  checkNumber(store, writing, resource, entry, before);
  const seq = before?.seq ?? store.nextSeq();
  const postings = entry.postings ?? [];
  const rows = postingRows(writing, postings, seq);
  const oldRows = before === undefined ? [] : store.postingsOf(seq);
  const isRepost = !sameRows(oldRows, rows);
  if (isRepost) checkPostings(writing, postings);
  if (writing.problems.length > 0) return undefined;
  if (isRepost) {
    refuseClosedPeriod(request.books, oldRows);
    store.deletePostings(seq, oldRows);
    store.insertPostings(request.books.no, seq, rows);
    store.noteGone(request.books.no, seq, oldRows, request.now);
  }
  const version = (before?.version ?? 0) + 1;
  const id = recordId(resource.prefix, seq);
  const createdAt = textAt(before?.body, 'createdAt') ?? request.now;
  const body = JSON.stringify({ id, ...entry.members, createdAt, updatedAt: request.now, version });
  const row: RecordRow = {
    seq,
    books: request.books.no,
    resource: resource.path,
    version,
    updatedAt: request.now,
    number: entry.number?.value ?? null,
    reference: entry.reference ?? null,
    status: entry.status ?? null,
    body,
  };
  if (before === undefined) store.insertRecord(row);
  else store.updateRecord(row);
  audit(store, request, before === undefined ? 'created' : 'updated', resource.path, id);
  const stored: StoredRecord = { seq, version, body: JSON.parse(body) as JsonObject };
  entry.afterwards?.(stored);
  return stored;
}

function amend(store: Store, request: WriteRequest, resource: string, before: StoredRecord, members: JsonObject): void {
  const version = before.version + 1;
  const entries = Object.entries({ ...before.body, ...members, updatedAt: request.now, version });
  const body: JsonObject = Object.fromEntries(entries.filter(([, value]) => value !== null));
  store.amendRecord({
    seq: before.seq,
    version,
    updatedAt: request.now,
    status: textAt(body, 'status') ?? null,
    body: JSON.stringify(body),
  });
  audit(store, request, 'updated', resource, textAt(body, 'id') ?? '');
}

function checkNumber(store: Store, writing: Writing, resource: Resource, entry: Entry, before?: StoredRecord): void {
  if (entry.number === undefined) return;
  const holder = store.seqByNumber(writing.books.no, resource.path, entry.number.value);
  if (holder !== undefined && holder !== before?.seq)
    report(writing, entry.number.field, 'duplicate', `"${entry.number.value}" is used by another record already`);
}

function checkPostings(writing: Writing, postings: readonly Posting[]): void {
  const lockDate = textAt(writing.books.company, 'lockDate');
  const refused = new Set<string>();
  for (const posting of postings) {
    if (magnitude(posting.cents) > postingCentsMax)
      report(writing, 'lines', 'out_of_range', 'an amount is too large to post');
    if (lockDate === undefined || posting.date > lockDate || refused.has(posting.field)) continue;
    refused.add(posting.field);
    report(writing, posting.field, 'closed_period', `lies in a closed period: the books are locked up to ${lockDate}`);
  }
}

function postingRows(writing: Writing, postings: readonly Posting[], seq: number): PostingRow[] {
  return postings.map(({ accountId, date, cents }) => ({
    account: accountId === ownAccount ? seq : (seqOfId(ledgerAccountId(writing, accountId)) ?? 0),
    date,
    cents,
  }));
}

function sameRows(a: readonly PostingRow[], b: readonly PostingRow[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((row, index) => {
    const other = b[index];
    return row.account === other?.account && row.date === other.date && row.cents === other.cents;
  });
}

function refuseClosedPeriod(books: Books, postings: readonly PostingRow[]): void {
  const lockDate = textAt(books.company, 'lockDate');
  if (lockDate === undefined || !postings.some((posting) => posting.date <= lockDate)) return;
  throw new Refusal('closed_period', `the record is posted in a closed period: the books are locked up to ${lockDate}`);
}

export function audit(store: Store, request: WriteRequest, action: string, resource: string, recordId: string): void {
  store.insertAudit({
    books: request.books.no,
    at: request.now,
    action,
    resource,
    recordId,
    reference: request.reference ?? null,
  });
}
