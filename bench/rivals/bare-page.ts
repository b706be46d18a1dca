/**
 * The yardstick for lists: a bare route that answers with rows as they stand, after one prepared statement. What it takes is
 * what the machine, HTTP and PostgreSQL take.
 */
import Fastify from 'fastify';
import pg from 'pg';
import { readRivalSettings } from './http.ts';

const { databaseUrl } = readRivalSettings();
const pool = new pg.Pool({ connectionString: databaseUrl, max: 16 });
const app = Fastify({ logger: false });

app.get<{ Querystring: { connectionId: string; recordId?: string } }>('/', async (request, reply) => {
  const { connectionId, recordId } = request.query;
  const found =
    recordId === undefined
      ? await pool.query<{ found: string }>({
          name: 'page',
          text: `SELECT '[' || string_agg(content::text, ',') || ']' AS found FROM (
              SELECT content FROM records WHERE connection_id = $1 AND data_type = 'invoices' AND modified_at IS NOT NULL
              ORDER BY modified_at LIMIT 100) page`,
          values: [connectionId],
        })
      : await pool.query<{ found: string }>({
          name: 'record',
          text: `SELECT content::text AS found FROM records
            WHERE connection_id = $1 AND data_type = 'invoices' AND record_id = $2`,
          values: [connectionId, recordId],
        });
  return reply.type('application/json').send(found.rows[0]?.found);
});

process.send?.({ url: await app.listen({ port: 0, host: '127.0.0.1' }) });
process.once('disconnect', () => process.exit(0));
