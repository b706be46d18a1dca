// Queries of the ledger: postings, and the balance of each account kept beside them.
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';

export interface PostingRow {
  readonly account: number;
  readonly date: string;
  readonly cents: bigint;
}

export function postingQueries(database: DatabaseSync) {
  const insert = database.prepare(
    'INSERT INTO postings (record, line, books, account, date, cents) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const remove = database.prepare('DELETE FROM postings WHERE record = ?');
  const addToBalance = database.prepare(
    'INSERT INTO balances (account, cents) VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET cents = cents + excluded.cents',
  );
  const ofRecord = withBigInts(
    database.prepare('SELECT account, date, cents FROM postings WHERE record = ? ORDER BY line'),
  );
  const balance = withBigInts(database.prepare('SELECT cents FROM balances WHERE account = ?'));
  const byAccount = withBigInts(
    database.prepare(
      'SELECT account, sum(cents) AS cents, count(*) AS count FROM postings WHERE books = ? GROUP BY account ORDER BY account',
    ),
  );
  return {
    insertPostings(books: number, record: number, postings: readonly PostingRow[]): void {
      for (const [line, { account, date, cents }] of postings.entries()) {
        insert.run(record, line, books, account, date, cents);
        addToBalance.run(account, cents);
      }
    },
    deletePostings(record: number, postings: readonly PostingRow[]): void {
      for (const { account, cents } of postings) addToBalance.run(account, -cents);
      remove.run(record);
    },
    postingsOf: (record: number): PostingRow[] =>
      ofRecord.all(record).map((row) => ({
        account: Number(row['account']),
        date: String(row['date']),
        cents: centsIn(row['cents']),
      })),
    balance: (account: number): bigint => centsIn(balance.get(account)?.['cents']),
    trialBalance: (books: number): { account: number; cents: bigint; count: number }[] =>
      byAccount.all(books).map((row) => ({
        account: Number(row['account']),
        cents: centsIn(row['cents']),
        count: Number(row['count']),
      })),
  };
}

/** Sums of cents may pass what a binary float holds exactly. */
function withBigInts(statement: StatementSync): StatementSync {
  statement.setReadBigInts(true);
  return statement;
}

function centsIn(value: SQLOutputValue | undefined): bigint {
  return typeof value === 'bigint' ? value : 0n;
}
