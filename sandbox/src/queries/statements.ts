// Lists come in many shapes but few at a time: their statements are prepared at first use and kept by their text.
import type { DatabaseSync, StatementSync } from 'node:sqlite';

export function statementsByText(database: DatabaseSync): (text: string) => StatementSync {
  const known = new Map<string, StatementSync>();
  return (text) => {
    const statement = known.get(text) ?? database.prepare(text);
    known.set(text, statement);
    return statement;
  };
}
