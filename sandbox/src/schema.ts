// The tables of books.sqlite. Records are JSON with only those columns beside them that something is looked up by.
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';

const tables = `
CREATE TABLE IF NOT EXISTS books (
  no INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS records (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  books INTEGER NOT NULL,
  resource TEXT NOT NULL,
  version INTEGER NOT NULL,
  updated_at TEXT NOT NULL,
  number TEXT,
  reference TEXT,
  status TEXT,
  body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS records_by_resource ON records (books, resource);
CREATE INDEX IF NOT EXISTS records_by_change ON records (books, resource, updated_at);
CREATE UNIQUE INDEX IF NOT EXISTS records_by_number ON records (books, resource, number) WHERE number IS NOT NULL;
CREATE INDEX IF NOT EXISTS records_by_reference ON records (books, resource, reference) WHERE reference IS NOT NULL;
CREATE TABLE IF NOT EXISTS postings (
  record INTEGER NOT NULL,
  line INTEGER NOT NULL,
  books INTEGER NOT NULL,
  account INTEGER NOT NULL,
  date TEXT NOT NULL,
  cents INTEGER NOT NULL,
  PRIMARY KEY (record, line)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS postings_by_account ON postings (books, account, cents);
CREATE TABLE IF NOT EXISTS gone_movements (
  record INTEGER NOT NULL,
  account INTEGER NOT NULL,
  date TEXT NOT NULL,
  books INTEGER NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (record, account, date)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS gone_movements_by_time ON gone_movements (books, at);
CREATE TABLE IF NOT EXISTS balances (account INTEGER PRIMARY KEY, cents INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS counters (
  books INTEGER NOT NULL,
  name TEXT NOT NULL,
  value INTEGER NOT NULL,
  PRIMARY KEY (books, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS audit_trail (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  books INTEGER NOT NULL,
  at TEXT NOT NULL,
  action TEXT NOT NULL,
  resource TEXT NOT NULL,
  record_id TEXT NOT NULL,
  reference TEXT
);
CREATE INDEX IF NOT EXISTS audit_by_books ON audit_trail (books);
CREATE INDEX IF NOT EXISTS audit_of_deletions ON audit_trail (books, resource) WHERE action = 'deleted';
CREATE INDEX IF NOT EXISTS audit_by_reference ON audit_trail (books, reference) WHERE reference IS NOT NULL;
CREATE INDEX IF NOT EXISTS audit_by_record ON audit_trail (books, record_id);
CREATE TABLE IF NOT EXISTS attachments (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  record INTEGER NOT NULL,
  name TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  content BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS attachments_by_record ON attachments (record);
CREATE TABLE IF NOT EXISTS answers (
  key TEXT NOT NULL,
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  status INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (key, method, path)
) WITHOUT ROWID;
`;

export function openDatabase(dir: string): DatabaseSync {
  const database = new DatabaseSync(join(dir, 'books.sqlite'));
  try {
    prepareDatabase(database);
  } catch (error) {
    database.close();
    if (isBusy(error)) throw new Error(`the folder ${dir} is in use by another sandbox`, { cause: error });
    throw error;
  }
  return database;
}

function prepareDatabase(database: DatabaseSync): void {
  // The operating system ends this lock with the process: it holds even where the lock file was lost.
  database.exec('PRAGMA locking_mode = EXCLUSIVE;');
  // Acknowledged must mean durable, also when the machine loses power: hence FULL.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;');
  database.exec(tables);
  // Only a write takes the lock for good.
  database.exec('BEGIN IMMEDIATE; COMMIT;');
}

const sqliteBusy = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy;
}
