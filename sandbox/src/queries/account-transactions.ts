// Queries of what moved on given accounts: kept nowhere, but gathered from the postings and the records that made them.
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { JsonObject } from '../json.ts';

/** What one record moved on one account on one day. */
export interface Movement {
  readonly record: number;
  readonly account: number;
  readonly date: string;
  readonly cents: bigint;
  /** Of the record. */
  readonly resource: string;
  readonly version: number;
  readonly updatedAt: string;
  readonly body: JsonObject;
}

export interface MovementPlace {
  readonly record: number;
  readonly account: number;
  readonly date: string;
}

export interface MovementFilter {
  readonly books: number;
  readonly accounts: readonly number[];
  readonly updatedSince?: string | undefined;
  readonly after?: MovementPlace | undefined;
}

const filtered = `books = ?1 AND account IN (SELECT value FROM json_each(?2))
  AND (?3 IS NULL OR (SELECT updated_at FROM records WHERE seq = record) >= ?3)
  AND (?4 IS NULL OR (record, account, date) > (?4, ?5, ?6))`;

export function movementQueries(database: DatabaseSync) {
  const withRecords = (movements: string) =>
    database.prepare(
      `SELECT m.record, m.account, m.date, m.cents, r.resource, r.version, r.updated_at, r.body
       FROM (${movements}) m JOIN records r ON r.seq = m.record ORDER BY m.record, m.account, m.date`,
    );
  const list = withRecords(
    `SELECT record, account, date, sum(cents) AS cents FROM postings WHERE ${filtered}
     GROUP BY record, account, date ORDER BY record, account, date LIMIT ?7 OFFSET ?8`,
  );
  const one = withRecords(
    `SELECT record, account, date, sum(cents) AS cents FROM postings
     WHERE record = ?1 AND books = ?2 AND account = ?3 AND date = ?4 GROUP BY record, account, date`,
  );
  const count = database.prepare(
    `SELECT count(*) AS count FROM (SELECT 1 FROM postings WHERE ${filtered} GROUP BY record, account, date)`,
  );
  for (const statement of [list, one]) statement.setReadBigInts(true);
  return {
    listMovements: (filter: MovementFilter, limit: number, offset: number): Movement[] =>
      list.all(...valuesOf(filter), limit, offset).map(movement),
    countMovements: (filter: MovementFilter) => Number(count.get(...valuesOf(filter))?.['count']),
    movement(books: number, { record, account, date }: MovementPlace): Movement | undefined {
      const row = one.get(record, books, account, date);
      return row && movement(row);
    },
  };
}

function valuesOf({ books, accounts, updatedSince, after }: MovementFilter): SQLInputValue[] {
  const place = [after?.record ?? null, after?.account ?? null, after?.date ?? null];
  return [books, JSON.stringify(accounts), updatedSince ?? null, ...place];
}

function movement(row: Record<string, SQLOutputValue>): Movement {
  const { cents } = row;
  return {
    record: Number(row['record']),
    account: Number(row['account']),
    date: String(row['date']),
    cents: typeof cents === 'bigint' ? cents : 0n,
    resource: String(row['resource']),
    version: Number(row['version']),
    updatedAt: String(row['updated_at']),
    body: JSON.parse(String(row['body'])) as JsonObject,
  };
}
