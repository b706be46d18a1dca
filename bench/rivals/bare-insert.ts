/** The yardstick for accepting: a bare route that answers after one committed insert of one row. */
import pg from 'pg';
import { readRivalSettings, serve } from './http.ts';

const { databaseUrl } = readRivalSettings();
const pool = new pg.Pool({ connectionString: databaseUrl, max: 16 });
await pool.query('CREATE TABLE IF NOT EXISTS pushes (id uuid PRIMARY KEY, books text NOT NULL, body json NOT NULL)');

await serve(async ({ pushId, books, invoice }) => {
  await pool.query({
    name: 'insert-push',
    text: 'INSERT INTO pushes (id, books, body) VALUES ($1, $2, $3)',
    values: [pushId, books, JSON.stringify(invoice)],
  });
});
