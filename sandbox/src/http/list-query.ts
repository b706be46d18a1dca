// The query parameters of lists, checked.
import { isoTime } from '../clock.ts';
import { isDate } from '../fields.ts';
import { Refusal } from '../problems.ts';
import { seqOfId } from '../resource.ts';

export type Query = Readonly<Record<string, string | string[] | undefined>>;

const pageMax = 1_000_000;
const pageSizeMax = 1000;
const pageSizeDefault = 100;

interface Page {
  readonly page: number;
  readonly pageSize: number;
  readonly offset: number;
}

/** Of a list that can only be paged. */
export function plainPageOf(query: Query): Page {
  refuseUnknown(query, ['page', 'pageSize']);
  return pageOf(query);
}

export function pageOf(query: Query): Page {
  const page = wholeNumber(query, 'page', 1, pageMax);
  const pageSize = wholeNumber(query, 'pageSize', pageSizeDefault, pageSizeMax);
  return { page, pageSize, offset: (page - 1) * pageSize };
}

function wholeNumber(query: Query, name: string, otherwise: number, max: number): number {
  const given = single(query, name);
  if (given === undefined) return otherwise;
  const value = /^\d{1,9}$/.test(given) ? Number(given) : 0;
  if (value < 1 || value > max) throw new Refusal('bad_query', `${name} must be a whole number from 1 to ${max}`);
  return value;
}

function single(query: Query, name: string): string | undefined {
  const given = query[name];
  if (Array.isArray(given)) throw new Refusal('bad_query', `${name} may be given once`);
  return given;
}

function refuseUnknown(query: Query, known: readonly string[]): void {
  const unknown = Object.keys(query).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Refusal('bad_query', `${unknown.slice(0, 100)} is not one of ${known.join(', ')}`);
}

interface Clause {
  readonly sql: string;
  /** Of the placeholder, where the clause has one. */
  readonly value?: string | number;
}

export interface Selection extends Page {
  readonly where: string;
  readonly values: readonly (string | number)[];
  /** Whether anything beside the books and the resource narrows the list. */
  readonly isFiltered: boolean;
}

export function recordSelection(query: Query, books: number, resource: string): Selection {
  refuseUnknown(query, ['page', 'pageSize', 'modifiedSince', 'after', 'number', 'reference', 'status']);
  const filters: Clause[] = [];
  const since = single(query, 'modifiedSince');
  if (since !== undefined) filters.push({ sql: 'updated_at >= ?', value: timeOf(since, 'modifiedSince') });
  const after = single(query, 'after');
  if (after !== undefined) filters.push({ sql: 'seq > ?', value: seqAfter(after) });
  for (const column of ['number', 'reference', 'status']) {
    const value = single(query, column);
    if (value !== undefined) filters.push({ sql: `${column} = ?`, value });
  }
  return select(
    query,
    [
      { sql: 'books = ?', value: books },
      { sql: 'resource = ?', value: resource },
    ],
    filters,
  );
}

/** The transactions of one bank account. */
export function transactionSelection(query: Query, books: number, bankAccountId: string): Selection {
  refuseUnknown(query, ['page', 'pageSize', 'modifiedSince', 'after']);
  const selection = recordSelection(query, books, 'bank-transactions');
  return {
    ...selection,
    where: `${selection.where} AND reference = ?`,
    values: [...selection.values, bankAccountId],
    isFiltered: true,
  };
}

/** The movements on bank accounts, or those that are no more. `placeOf` reads their ids. */
export function movementSelection<Place>(query: Query, placeOf: (id: string) => Place | undefined) {
  refuseUnknown(query, ['page', 'pageSize', 'modifiedSince', 'after', 'deleted']);
  const deleted = single(query, 'deleted') ?? 'false';
  if (deleted !== 'true' && deleted !== 'false') throw new Refusal('bad_query', 'deleted must be true or false');
  const since = single(query, 'modifiedSince');
  const given = single(query, 'after');
  const after = given === undefined ? undefined : placeOf(given);
  if (given !== undefined && after === undefined) throw foreignAfter();
  return {
    ...pageOf(query),
    updatedSince: since === undefined ? undefined : timeOf(since, 'modifiedSince'),
    after,
    isGone: deleted === 'true',
  };
}

export function auditSelection(query: Query, books: number): Selection {
  refuseUnknown(query, ['page', 'pageSize', 'after', 'since', 'action', 'reference', 'recordId', 'resource']);
  const filters: Clause[] = [];
  const since = single(query, 'since');
  if (since !== undefined) filters.push({ sql: 'at >= ?', value: timeOf(since, 'since') });
  const after = single(query, 'after');
  if (after !== undefined) filters.push({ sql: 'seq > ?', value: seqAfter(after) });
  const action = single(query, 'action');
  if (action !== undefined) filters.push({ sql: actionClause(action) });
  const columns = { reference: 'reference', recordId: 'record_id', resource: 'resource' };
  for (const [name, column] of Object.entries(columns)) {
    const value = single(query, name);
    if (value !== undefined) filters.push({ sql: `${column} = ?`, value });
  }
  return select(query, [{ sql: 'books = ?', value: books }], filters);
}

const actions = ['created', 'updated', 'deleted', 'attached'];

/** Spelled out, since the index of deletions serves only a query that names them. */
function actionClause(given: string): string {
  if (!actions.includes(given)) throw new Refusal('bad_query', `action must be one of ${actions.join(', ')}`);
  return `action = '${given}'`;
}

function select(query: Query, fixed: Clause[], filters: Clause[]): Selection {
  const clauses = [...fixed, ...filters];
  return {
    ...pageOf(query),
    where: clauses.map((one) => one.sql).join(' AND '),
    values: clauses.flatMap(({ value }) => (value === undefined ? [] : [value])),
    isFiltered: filters.length > 0,
  };
}

/** Times are compared as text, so every spelling of one moment becomes the stored one. */
function timeOf(given: string, name: string): string {
  const ms = isDate(given) ? Date.parse(given) : Number.NaN;
  if (Number.isNaN(ms)) throw new Refusal('bad_query', `${name} must be a time such as 2026-01-31T09:00:00.000Z`);
  return isoTime(ms);
}

function seqAfter(given: string): number {
  const seq = seqOfId(given);
  if (seq === undefined) throw foreignAfter();
  return seq;
}

function foreignAfter(): Refusal {
  return new Refusal('bad_query', 'after must be an id from this list');
}

export function listBody(items: readonly string[], selection: Omit<Page, 'offset'>, total: number): string {
  return `{"items":[${items.join(',')}],"page":${selection.page},"pageSize":${selection.pageSize},"total":${total}}`;
}
