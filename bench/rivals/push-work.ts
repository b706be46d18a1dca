/**
 * What both queue libraries are put to: the sandbox call of one push, and outcome, event and the written record in one
 * commit, the record where lists by change, status and customer would find it. It leaves out
 * what would slow them down further: a row to ask for the status of a push, attempts, order and limits per connection.
 */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { toSandboxInvoice, type Invoice } from './invoice.ts';

export interface PushJob {
  readonly pushId: string;
  readonly books: string;
  readonly invoice: Invoice;
}

export interface Outcome {
  readonly pushId: string;
  readonly books: string;
  readonly recordId: string;
  readonly record: object;
}

export async function createTables(pool: pg.Pool): Promise<void> {
  await pool.query(`
    CREATE TABLE IF NOT EXISTS outcomes (push_id uuid PRIMARY KEY, record_id text NOT NULL, record jsonb NOT NULL);
    CREATE TABLE IF NOT EXISTS mirror (books text NOT NULL, record_id text NOT NULL, record jsonb NOT NULL,
      status text, customer text, modified_at timestamptz NOT NULL, PRIMARY KEY (books, record_id));
    CREATE INDEX IF NOT EXISTS mirror_by_change ON mirror (books, modified_at);
    CREATE INDEX IF NOT EXISTS mirror_by_status ON mirror (books, status, modified_at);
    CREATE INDEX IF NOT EXISTS mirror_by_customer ON mirror (books, customer, modified_at);
    CREATE TABLE IF NOT EXISTS events (id uuid PRIMARY KEY, push_id uuid NOT NULL, type text NOT NULL, body jsonb NOT NULL)`);
}

/** With an idempotency key, so that a job that is run again after a crash does not write twice. */
export async function callSandbox(sandboxUrl: string, token: string, job: PushJob): Promise<Outcome> {
  const response = await fetch(`${sandboxUrl}/books/${job.books}/invoices`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': job.pushId,
      'client-reference': job.pushId,
    },
    body: JSON.stringify(toSandboxInvoice(job.invoice)),
    signal: AbortSignal.timeout(10_000),
  });
  // The library runs the job again.
  if (response.status !== 201) throw new Error(`the sandbox answered ${response.status}`);
  const record = (await response.json()) as { readonly id: string };
  return { pushId: job.pushId, books: job.books, recordId: record.id, record };
}

/** One statement is one transaction; many outcomes share it where the library hands out jobs in batches. */
export async function storeOutcomes(db: Pick<pg.Pool, 'query'>, outcomes: readonly Outcome[]): Promise<void> {
  await db.query({
    name: 'store-outcomes',
    text: `
      WITH told AS (
        INSERT INTO outcomes (push_id, record_id, record)
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::jsonb[])
        ON CONFLICT (push_id) DO NOTHING
        RETURNING push_id, record_id),
      mirrored AS (
        INSERT INTO mirror AS m (books, record_id, record, status, customer, modified_at)
        SELECT books, record_id, record, record ->> 'status', record ->> 'customerId', clock_timestamp()
        FROM unnest($5::text[], $2::text[], $3::jsonb[]) AS written (books, record_id, record)
        ON CONFLICT (books, record_id) DO UPDATE SET record = excluded.record, status = excluded.status,
          customer = excluded.customer, modified_at = excluded.modified_at
        WHERE m.record <> excluded.record)
      INSERT INTO events (id, push_id, type, body)
      SELECT made.id, told.push_id, 'push.succeeded', jsonb_build_object('recordId', told.record_id)
      FROM told JOIN unnest($4::uuid[], $1::uuid[]) AS made (id, push_id) USING (push_id)`,
    values: [
      outcomes.map((outcome) => outcome.pushId),
      outcomes.map((outcome) => outcome.recordId),
      outcomes.map((outcome) => JSON.stringify(outcome.record)),
      outcomes.map(() => randomUUID()),
      outcomes.map((outcome) => outcome.books),
    ],
  });
}
