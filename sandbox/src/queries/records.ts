// Queries of records: one table for every resource.
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { statementsByText } from './statements.ts';
import type { JsonObject } from '../json.ts';

export interface RecordRow {
  readonly seq: number;
  readonly books: number;
  readonly resource: string;
  readonly version: number;
  readonly updatedAt: string;
  readonly number: string | null;
  readonly reference: string | null;
  readonly status: string | null;
  readonly body: string;
}

export interface StoredRecord {
  readonly seq: number;
  readonly version: number;
  readonly body: JsonObject;
}

export function recordQueries(database: DatabaseSync) {
  const counts = rememberedCounts(database);
  return { ...recordWrites(database, counts), ...recordReads(database, counts), forgetCounts: counts.forget };
}

function recordWrites(database: DatabaseSync, counts: Counts) {
  const insert = database.prepare(
    `INSERT INTO records (seq, books, resource, version, updated_at, number, reference, status, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = database.prepare(
    'UPDATE records SET version = ?, updated_at = ?, number = ?, reference = ?, status = ?, body = ? WHERE seq = ?',
  );
  const amend = database.prepare('UPDATE records SET version = ?, updated_at = ?, status = ?, body = ? WHERE seq = ?');
  const remove = database.prepare('DELETE FROM records WHERE seq = ?');
  const last = database.prepare(`SELECT coalesce(max(seq), 0) AS seq FROM sqlite_sequence WHERE name = 'records'`);
  let lastSeq = Number(last.get()?.['seq']);
  return {
    /** Numbers are never used twice, not even after a refused write: ids must stay unique in time. */
    nextSeq: () => ++lastSeq,
    insertRecord(row: RecordRow): void {
      const { seq, books, resource, version, updatedAt, number, reference, status, body } = row;
      insert.run(seq, books, resource, version, updatedAt, number, reference, status, body);
      counts.adjust(books, resource, 1);
    },
    updateRecord: ({ version, updatedAt, number, reference, status, body, seq }: RecordRow) =>
      void update.run(version, updatedAt, number, reference, status, body, seq),
    /** Leaves the number and the reference alone. */
    amendRecord: ({
      version,
      updatedAt,
      status,
      body,
      seq,
    }: Omit<RecordRow, 'books' | 'resource' | 'number' | 'reference'>) =>
      void amend.run(version, updatedAt, status, body, seq),
    deleteRecord(seq: number, books: number, resource: string): void {
      remove.run(seq);
      counts.adjust(books, resource, -1);
    },
  };
}

function recordReads(database: DatabaseSync, counts: Counts) {
  const bySeq = database.prepare('SELECT seq, version, body FROM records WHERE seq = ? AND books = ? AND resource = ?');
  const seqOfNumber = database.prepare('SELECT seq FROM records WHERE books = ? AND resource = ? AND number = ?');
  const newest = database.prepare(
    'SELECT seq, version, body FROM records WHERE books = ? AND resource = ? AND reference = ? ORDER BY seq DESC LIMIT 1',
  );
  const statement = statementsByText(database);
  return {
    record: (books: number, resource: string, seq: number) => storedRecord(bySeq.get(seq, books, resource)),
    newestByReference: (books: number, resource: string, reference: string) =>
      storedRecord(newest.get(books, resource, reference)),
    seqByNumber(books: number, resource: string, number: string): number | undefined {
      const row = seqOfNumber.get(books, resource, number);
      return row && Number(row['seq']);
    },
    countRecords: counts.get,
    /** Bodies of a page. The inner query walks the index alone, so deep pages do not read what they skip. */
    listRecords: (where: string, values: readonly SQLInputValue[], limit: number, offset: number): string[] =>
      statement(
        `SELECT body FROM records WHERE seq IN
           (SELECT seq FROM records WHERE ${where} ORDER BY seq LIMIT ? OFFSET ?) ORDER BY seq`,
      )
        .all(...values, limit, offset)
        .map((row) => String(row['body'])),
    countWhere: (where: string, values: readonly SQLInputValue[]): number =>
      Number(statement(`SELECT count(*) AS count FROM records WHERE ${where}`).get(...values)?.['count']),
  };
}

function storedRecord(row: Record<string, SQLOutputValue> | undefined): StoredRecord | undefined {
  if (row === undefined) return undefined;
  const body: JsonObject = JSON.parse(String(row['body']));
  return { seq: Number(row['seq']), version: Number(row['version']), body };
}

interface Counts {
  readonly get: (books: number, resource: string) => number;
  readonly adjust: (books: number, resource: string, by: number) => void;
  readonly forget: () => void;
}

/** Counting reads a whole index, so the figures are remembered; a write that is undone makes them doubtful. */
function rememberedCounts(database: DatabaseSync): Counts {
  const count = database.prepare('SELECT count(*) AS count FROM records WHERE books = ? AND resource = ?');
  const known = new Map<string, number>();
  return {
    get(books, resource) {
      const key = `${books}/${resource}`;
      const figure = known.get(key) ?? Number(count.get(books, resource)?.['count']);
      known.set(key, figure);
      return figure;
    },
    adjust(books, resource, by) {
      const key = `${books}/${resource}`;
      const figure = known.get(key);
      if (figure !== undefined) known.set(key, figure + by);
    },
    forget: () => known.clear(),
  };
}
