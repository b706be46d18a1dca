// Queries of the audit trail.
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { statementsByText } from './statements.ts';

export interface AuditRow {
  readonly books: number;
  readonly at: string;
  readonly action: string;
  readonly resource: string;
  readonly recordId: string;
  readonly reference: string | null;
}

export function auditQueries(database: DatabaseSync) {
  const insert = database.prepare(
    'INSERT INTO audit_trail (books, at, action, resource, record_id, reference) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const statement = statementsByText(database);
  return {
    insertAudit: ({ books, at, action, resource, recordId, reference }: AuditRow) =>
      void insert.run(books, at, action, resource, recordId, reference),
    listAudit: (where: string, values: readonly SQLInputValue[], limit: number, offset: number) =>
      statement(
        `SELECT seq, at, action, resource, record_id, reference FROM audit_trail
         WHERE ${where} ORDER BY seq LIMIT ? OFFSET ?`,
      ).all(...values, limit, offset),
    countAudit: (where: string, values: readonly SQLInputValue[]): number =>
      Number(statement(`SELECT count(*) AS count FROM audit_trail WHERE ${where}`).get(...values)?.['count']),
  };
}
