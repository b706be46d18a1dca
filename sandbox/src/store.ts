// All the sandbox's SQL in one object: the prepared queries of each table, and the transactions around them.
import type { DatabaseSync } from 'node:sqlite';
import { movementQueries } from './queries/account-transactions.ts';
import { answerQueries } from './queries/answers.ts';
import { attachmentQueries } from './queries/attachments.ts';
import { auditQueries } from './queries/audit-trail.ts';
import { bookQueries } from './queries/books.ts';
import { postingQueries } from './queries/postings.ts';
import { recordQueries } from './queries/records.ts';

export type Store = ReturnType<typeof openStore>;

export function openStore(database: DatabaseSync) {
  const { forgetCounts, ...records } = recordQueries(database);
  return {
    ...transactions(database, forgetCounts),
    ...bookQueries(database),
    ...records,
    ...postingQueries(database),
    ...movementQueries(database),
    ...auditQueries(database),
    ...attachmentQueries(database),
    ...answerQueries(database),
  };
}

/** `onUndo` runs whenever writes are taken back. */
function transactions(database: DatabaseSync, onUndo: () => void) {
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const savepoint = database.prepare('SAVEPOINT one_write');
  const release = database.prepare('RELEASE one_write');
  const rollbackTo = database.prepare('ROLLBACK TO one_write');
  return {
    begin: () => void begin.run(),
    commit: () => void commit.run(),
    rollback() {
      onUndo();
      if (database.isTransaction) database.exec('ROLLBACK');
    },
    savepoint: () => void savepoint.run(),
    releaseSavepoint: () => void release.run(),
    rollbackSavepoint() {
      onUndo();
      rollbackTo.run();
      release.run();
    },
  };
}
