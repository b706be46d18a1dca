// What every request under `/books` works with: the books it names, the way its write is committed, and refusals they share.
import type { Answer } from './answer.ts';
import type { Query } from './list-query.ts';
import type { BooksShelf } from '../books.ts';
import { isoTime } from '../clock.ts';
import type { GroupCommit } from '../group-commit.ts';
import { isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { Refusal } from '../problems.ts';
import { findRecord } from '../records.ts';
import type { WriteRequest } from '../records.ts';
import type { Books } from '../resource.ts';
import type { StoredRecord } from '../queries/records.ts';
import type { Store } from '../store.ts';

export interface Desk {
  readonly store: Store;
  readonly shelf: BooksShelf;
  readonly commit: GroupCommit;
  now(): number;
  isIdempotent(): boolean;
  isAuditTrailOn(): boolean;
}

/** What can stand under a single record. */
export type Part = 'transactions' | 'attachments';

export interface BooksRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly books: string | undefined;
  readonly resource: string | undefined;
  readonly id: string | undefined;
  readonly part: Part | undefined;
  readonly partId: string | undefined;
  /** Whether the path goes on to an attachment's bytes. */
  readonly isContent: boolean;
  readonly query: Query;
  readonly body: unknown;
  readonly contentType: string | undefined;
  readonly fileName: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly reference: string | undefined;
  readonly ifMatch: string | undefined;
  readonly validateOnly: string | undefined;
}

export function checkHeaders({ idempotencyKey, reference, ifMatch, validateOnly }: BooksRequest): void {
  if (idempotencyKey !== undefined && (idempotencyKey === '' || idempotencyKey.length > 255))
    throw new Refusal('bad_header', 'Idempotency-Key must have 1 to 255 characters');
  if (reference !== undefined && reference.length > 100)
    throw new Refusal('bad_header', 'Client-Reference must have at most 100 characters');
  if (ifMatch !== undefined && !/^"?\d{1,15}"?$/.test(ifMatch))
    throw new Refusal('bad_header', 'If-Match must be a version such as 3');
  if (validateOnly !== undefined && validateOnly !== 'true' && validateOnly !== 'false')
    throw new Refusal('bad_header', 'Validate-Only must be true or false');
}

export function findBooks(desk: Desk, id: string): Books {
  const books = desk.shelf.find(id);
  if (books === undefined) throw new Refusal('books_not_found', `there are no books "${id.slice(0, 100)}"`);
  return books;
}

export function existing(desk: Desk, books: Books, resource: string, id: string): StoredRecord {
  const record = findRecord(desk.store, books, resource, id);
  if (record === undefined) throw new Refusal('record_not_found', `there is no "${id.slice(0, 100)}" in ${resource}`);
  return record;
}

export function refuseMethod(allowed: readonly string[]): never {
  throw new Refusal('method_not_allowed', `takes ${allowed.join(', ')} only`, {
    headers: { allow: allowed.join(', ') },
  });
}

export function refusePath(): never {
  throw new Refusal('not_found', 'there is nothing at this path');
}

export function bodyOf(request: BooksRequest): JsonObject {
  if (isObject(request.body)) return request.body;
  throw new Refusal('bad_body', 'the body must be a JSON object');
}

/** The company is looked up again inside the transaction: a lock date set a moment ago must hold. */
export function writeRequest(desk: Desk, request: BooksRequest, books: Books): WriteRequest {
  return { books: findBooks(desk, books.id), now: isoTime(desk.now()), reference: request.reference };
}

type WrittenAnswer = Answer & { readonly body: string };

/** Runs a write in a group's transaction; with an idempotency key, its answer is kept there or replayed from there. */
export async function write(desk: Desk, request: BooksRequest, work: () => WrittenAnswer): Promise<Answer> {
  const { idempotencyKey: key, method, path } = request;
  if (request.validateOnly === 'true') {
    const answer = await desk.commit.tryOut(work);
    return { ...answer, status: 200, headers: { ...answer.headers, 'validated-only': 'true' } };
  }
  if (key === undefined || !desk.isIdempotent()) return desk.commit.write(work);
  return desk.commit.write(() => {
    const kept = desk.store.keptAnswer(key, method, path);
    if (kept !== undefined) return { ...kept, headers: { 'idempotent-replay': 'true' }, isReplay: true };
    const answer = work();
    desk.store.keepAnswer(key, method, path, answer);
    return answer;
  });
}
