// Queries of what moved on given accounts: gathered from the postings and the records that made them. Only of what moves no
// more is there a trace of its own.
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { JsonObject } from '../json.ts';

export interface MovementPlace {
  readonly record: number;
  readonly account: number;
  readonly date: string;
}

/** What one record moved on one account on one day. */
export interface Movement extends MovementPlace {
  readonly cents: bigint;
  /** Of the record. */
  readonly resource: string;
  readonly version: number;
  readonly updatedAt: string;
  readonly body: JsonObject;
}

export interface GoneMovement extends MovementPlace {
  readonly at: string;
}

export interface MovementFilter {
  readonly books: number;
  readonly accounts: readonly number[];
  /** Whose records may have moved anything. */
  readonly resources: readonly string[];
  readonly updatedSince?: string | undefined;
  readonly after?: MovementPlace | undefined;
}

const onAccounts = `account IN (SELECT value FROM json_each(?2))
  AND (?5 IS NULL OR (record, account, date) > (?5, ?6, ?7))`;

const all = `SELECT record, account, date, cents FROM postings WHERE books = ?1 AND ${onAccounts}`;

/** From the records that changed: few, where the postings are many. */
const changed = `SELECT record, account, date, cents
  FROM records CROSS JOIN postings ON postings.record = records.seq
  WHERE records.books = ?1 AND resource IN (SELECT value FROM json_each(?4)) AND updated_at >= ?3 AND ${onAccounts}`;

const gone = `SELECT record, account, date, at FROM gone_movements g
  WHERE books = ?1 AND (?3 IS NULL OR at >= ?3) AND ${onAccounts}
    AND NOT EXISTS (SELECT 1 FROM postings p WHERE p.record = g.record AND p.account = g.account AND p.date = g.date)`;

const byPlace = (rows: string) =>
  `SELECT record, account, date, sum(cents) AS cents FROM (${rows}) GROUP BY record, account, date`;

export function movementQueries(database: DatabaseSync) {
  const withRecords = (movements: string) => {
    const statement = database.prepare(
      `SELECT m.record, m.account, m.date, m.cents, r.resource, r.version, r.updated_at, r.body
       FROM (${movements}) m JOIN records r ON r.seq = m.record ORDER BY m.record, m.account, m.date`,
    );
    statement.setReadBigInts(true);
    return statement;
  };
  const listOf = (rows: string) => ({
    page: withRecords(`${byPlace(rows)} ORDER BY record, account, date LIMIT ?8 OFFSET ?9`),
    count: database.prepare(`SELECT count(*) AS count FROM (${byPlace(rows)})`),
  });
  const lists = { all: listOf(all), changed: listOf(changed) };
  const listFor = ({ updatedSince }: MovementFilter) => (updatedSince === undefined ? lists.all : lists.changed);
  const one = withRecords(
    byPlace(
      'SELECT record, account, date, cents FROM postings WHERE record = ?1 AND books = ?2 AND account = ?3 AND date = ?4',
    ),
  );
  return {
    listMovements: (filter: MovementFilter, limit: number, offset: number): Movement[] =>
      listFor(filter)
        .page.all(...valuesOf(filter), limit, offset)
        .map(movement),
    countMovements: (filter: MovementFilter) => Number(listFor(filter).count.get(...valuesOf(filter))?.['count']),
    movement(books: number, { record, account, date }: MovementPlace): Movement | undefined {
      const row = one.get(record, books, account, date);
      return row && movement(row);
    },
    ...traces(database),
  };
}

/** Of movements that their record makes no more: it is gone, or moves another account or on another day. */
function traces(database: DatabaseSync) {
  const note = database.prepare(
    `INSERT OR REPLACE INTO gone_movements (record, account, date, books, at)
     SELECT ?1, ?2, ?3, ?4, ?5
     WHERE NOT EXISTS (SELECT 1 FROM postings WHERE record = ?1 AND account = ?2 AND date = ?3)`,
  );
  const list = database.prepare(`${gone} ORDER BY record, account, date LIMIT ?8 OFFSET ?9`);
  const count = database.prepare(`SELECT count(*) AS count FROM (${gone})`);
  return {
    /** Once the postings of a record are no longer those of before. */
    noteGone(books: number, record: number, before: readonly Omit<MovementPlace, 'record'>[], at: string): void {
      for (const { account, date } of before) note.run(record, account, date, books, at);
    },
    listGone: (filter: MovementFilter, limit: number, offset: number): GoneMovement[] =>
      list.all(...valuesOf(filter), limit, offset).map((row) => ({ ...placeIn(row), at: String(row['at']) })),
    countGone: (filter: MovementFilter) => Number(count.get(...valuesOf(filter))?.['count']),
  };
}

function valuesOf({ books, accounts, resources, updatedSince, after }: MovementFilter): SQLInputValue[] {
  const place = [after?.record ?? null, after?.account ?? null, after?.date ?? null];
  return [books, JSON.stringify(accounts), updatedSince ?? null, JSON.stringify(resources), ...place];
}

function placeIn(row: Record<string, SQLOutputValue>): MovementPlace {
  return { record: Number(row['record']), account: Number(row['account']), date: String(row['date']) };
}

function movement(row: Record<string, SQLOutputValue>): Movement {
  const { cents } = row;
  return {
    ...placeIn(row),
    cents: typeof cents === 'bigint' ? cents : 0n,
    resource: String(row['resource']),
    version: Number(row['version']),
    updatedAt: String(row['updated_at']),
    body: JSON.parse(String(row['body'])) as JsonObject,
  };
}
