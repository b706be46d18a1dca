/** Nobody waits for somebody else's queue: a busy connection, or very many of them, and one that has little to say. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { accountBody, makeTestEngine } from '../support/engine.ts';

let engine: Awaited<ReturnType<typeof makeTestEngine>>;
beforeEach(async () => {
  engine = await makeTestEngine();
});
afterEach(() => engine.close());

/** `pushes` queued on each of the connections, as fast as the database can store them. */
async function queue(connectionIds: readonly string[], pushes: number): Promise<void> {
  await engine.db.execute(
    '',
    `INSERT INTO pushes (id, company_id, connection_id, data_type, kind, body, allow_sync, force_update, correlation_id,
       requested_at, state, not_before)
     SELECT gen_random_uuid(), c.company_id, c.id, 'chartOfAccounts', 'create', $2, true, false, 'c0ffee',
       now(), 'queued', now()
     FROM connections c CROSS JOIN generate_series(1, $3) WHERE c.id = ANY ($1::uuid[])`,
    [connectionIds, JSON.stringify(accountBody), pushes],
  );
  await engine.db.execute(
    '',
    `INSERT INTO lanes (connection_id, company_id) SELECT id, company_id FROM connections WHERE id = ANY ($1::uuid[])
     ON CONFLICT DO NOTHING`,
    [connectionIds],
  );
}

async function makeConnections(count: number): Promise<string[]> {
  const rows = await engine.db.query<{ id: string }>(
    '',
    `WITH made AS (
       INSERT INTO companies (id, name, created_at) SELECT gen_random_uuid(), 'Small ' || n, now()
       FROM generate_series(1, $1) n RETURNING id
     )
     INSERT INTO connections (id, company_id, platform_key, status, link_sealed, link_token, created_at)
     SELECT gen_random_uuid(), id, 'test', 'Linked', '\\x00', id::text, now() FROM made RETURNING id`,
    [count],
  );
  return rows.map(({ id }) => id);
}

test('with 20,000 pushes queued on one connection, one on another is written among the first', async () => {
  await queue([engine.company.connectionId], 20_000);
  const [small = ''] = await makeConnections(1);
  const running = engine.start();
  await expect.poll(() => engine.platform.books.length).toBeGreaterThan(100);
  await queue([small], 1);
  const [late] = await engine.db.query<{ id: string }>('', 'SELECT id FROM pushes WHERE connection_id = $1', [small]);
  const before = engine.platform.books.length;
  // As who accepts a push tells the engine of it. How long it waits is measured in bench/engine.ts.
  running.wake(small);
  await expect.poll(() => engine.platform.books).toContain(late?.id);
  expect(engine.platform.books.indexOf(late?.id ?? '') - before).toBeLessThan(3_000);
});

test('a thousand connections with three pushes each are all served while one has thousands waiting', async () => {
  const small = await makeConnections(1_000);
  await queue([engine.company.connectionId], 6_000);
  await queue(small, 3);
  engine.start();
  const left = () =>
    engine.db.query(
      '',
      `SELECT 1 FROM pushes WHERE state <> 'succeeded' AND connection_id = ANY ($1::uuid[]) LIMIT 1`,
      [small],
    );
  await expect.poll(left, { timeout: 150_000, interval: 100 }).toEqual([]);
  const [busy] = await engine.db.query<{ written: number }>(
    '',
    `SELECT count(*)::int AS written FROM pushes WHERE state = 'succeeded' AND connection_id = $1`,
    [engine.company.connectionId],
  );
  // The one had its turns, as many as any other, and no more.
  expect(busy?.written).toBeGreaterThan(0);
  expect(busy?.written).toBeLessThan(3_000);
  expect(new Set(engine.platform.books).size).toBe(engine.platform.books.length);
});
