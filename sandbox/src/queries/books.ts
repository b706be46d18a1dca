// Queries of the sets of books and their counters.
import type { DatabaseSync } from 'node:sqlite';

export function bookQueries(database: DatabaseSync) {
  const insert = database.prepare('INSERT INTO books (id, body) VALUES (?, ?) RETURNING no');
  const update = database.prepare('UPDATE books SET body = ? WHERE no = ?');
  const byId = database.prepare('SELECT no, body FROM books WHERE id = ?');
  const list = database.prepare('SELECT body FROM books ORDER BY no LIMIT ? OFFSET ?');
  const count = database.prepare('SELECT count(*) AS count FROM books');
  const next = database.prepare(
    `INSERT INTO counters (books, name, value) VALUES (?, ?, 1)
     ON CONFLICT (books, name) DO UPDATE SET value = value + 1 RETURNING value`,
  );
  return {
    insertBooks: (id: string, body: string) => Number(insert.get(id, body)?.['no']),
    updateBooks: (no: number, body: string) => void update.run(body, no),
    booksById(id: string): { no: number; body: string } | undefined {
      const row = byId.get(id);
      return row && { no: Number(row['no']), body: String(row['body']) };
    },
    listBooks: (limit: number, offset: number) => list.all(limit, offset).map((row) => String(row['body'])),
    countBooks: () => Number(count.get()?.['count']),
    nextCount: (books: number, name: string) => Number(next.get(books, name)?.['value']),
  };
}
