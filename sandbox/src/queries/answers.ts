// Queries of the answers that are kept under idempotency keys.
import type { DatabaseSync } from 'node:sqlite';

export interface KeptAnswer {
  readonly status: number;
  readonly body: string;
}

export function answerQueries(database: DatabaseSync) {
  const insert = database.prepare('INSERT INTO answers (key, method, path, status, body) VALUES (?, ?, ?, ?, ?)');
  const find = database.prepare('SELECT status, body FROM answers WHERE key = ? AND method = ? AND path = ?');
  return {
    keepAnswer: (key: string, method: string, path: string, answer: KeptAnswer) =>
      void insert.run(key, method, path, answer.status, answer.body),
    keptAnswer(key: string, method: string, path: string): KeptAnswer | undefined {
      const row = find.get(key, method, path);
      return row && { status: Number(row['status']), body: String(row['body']) };
    },
  };
}
