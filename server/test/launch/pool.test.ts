import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, errorCode, isConnectionLost } from '../../src/db/pool.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { makeLog } from '../../src/lib/log.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const log = makeLog('silent', systemClock);
let own: TestDatabase;
beforeAll(async () => {
  own = await createTestDatabase({ empty: true });
  await own.database.execute('table', 'CREATE TABLE counters (id int PRIMARY KEY, n int NOT NULL)');
  await own.database.execute('fill', 'INSERT INTO counters VALUES (1, 0), (2, 0)');
});
afterAll(() => own.drop());

describe('values', () => {
  test('come in the types the code works with, whatever the time zone of the machine', async () => {
    const [row] = await own.database.query(
      'values',
      `SELECT 9007199254740991::int8 AS safe, 9007199254740993::int8 AS unsafe, ARRAY[1, 2]::int8[] AS several,
              12.50::numeric AS amount, DATE '2026-03-01' AS day, TIMESTAMPTZ '2026-03-01 10:00Z' AS moment, $1::jsonb AS json`,
      [{ a: [1] }],
    );
    expect(row).toEqual({
      safe: 9007199254740991,
      unsafe: '9007199254740993',
      several: [1, 2],
      amount: '12.50',
      day: '2026-03-01',
      moment: new Date('2026-03-01T10:00:00Z'),
      json: { a: [1] },
    });
  });

  test('the address of a test database reaches the same database', async () => {
    const byUrl = createDatabase({ connection: { url: own.url }, connectionsMax: 1, log });
    expect(await byUrl.query('count', 'SELECT count(*) FROM counters')).toEqual([{ count: 2 }]);
    await byUrl.close();
  });
});

describe('transactions', () => {
  test('two that deadlock both take effect, since the refused one is run again', async () => {
    const bothHoldOne = barrier(2);
    const addTo = (first: number, second: number) =>
      own.database.transaction(async (tx) => {
        await tx.execute('add', 'UPDATE counters SET n = n + 1 WHERE id = $1', [first]);
        await bothHoldOne();
        await tx.execute('add', 'UPDATE counters SET n = n + 1 WHERE id = $1', [second]);
      });
    await Promise.all([addTo(1, 2), addTo(2, 1)]);
    expect(await own.database.query('read', 'SELECT n FROM counters ORDER BY id')).toEqual([{ n: 2 }, { n: 2 }]);
  });

  test('an error undoes everything and reaches the caller', async () => {
    const work = own.database.transaction(async (tx) => {
      await tx.execute('insert', 'INSERT INTO counters VALUES (3, 0)');
      await tx.execute('insert', 'INSERT INTO counters VALUES (3, 0)');
    });
    expect(errorCode(await work.catch((error: unknown) => error))).toBe('23505');
    expect(await own.database.query('third', 'SELECT 1 FROM counters WHERE id = 3')).toEqual([]);
  });

  test('one that swallows the error of a statement is not reported as committed', async () => {
    const work = own.database.transaction(async (tx) => {
      await tx.execute('insert first', 'INSERT INTO counters VALUES (1, 0)').catch(() => 0);
    });
    await expect(work).rejects.toThrow('swallowed');
  });
});

describe('lost connections', () => {
  test('idle connections that the server cuts do not end the process, and the next query gets a new one', async () => {
    const apart = createDatabase({ connection: own.connection, connectionsMax: 3, log });
    await Promise.all([1, 2, 3].map(() => apart.query('sleep', 'SELECT pg_sleep(0.01)')));
    await cutConnections('idle');
    await expect.poll(() => apart.query('one', 'SELECT 1 AS one').catch(() => 'lost')).toEqual([{ one: 1 }]);
    await apart.close();
  });

  test('a connection cut inside a transaction surfaces as a lost connection', async () => {
    const apart = createDatabase({ connection: own.connection, connectionsMax: 1, log });
    const work = apart.transaction(async (tx) => {
      await tx.execute('hold', 'UPDATE counters SET n = 0 WHERE id = 1');
      await cutConnections('idle in transaction');
      await tx.execute('hold', 'UPDATE counters SET n = 0 WHERE id = 1');
    });
    expect(isConnectionLost(await work.catch((error: unknown) => error))).toBe(true);
    expect(await apart.query('one', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await apart.close();
  });

  test('a database that is not there is a lost connection, and so is no other absent file', async () => {
    const nowhere = { host: '/nonexistent', port: 5432, user: 'nobody', database: 'none' };
    const apart = createDatabase({ connection: nowhere, connectionsMax: 1, log });
    expect(isConnectionLost(await apart.query('one', 'SELECT 1').catch((error: unknown) => error))).toBe(true);
    expect(isConnectionLost(Object.assign(new Error('no such file'), { code: 'ENOENT', syscall: 'open' }))).toBe(false);
    await apart.close();
  });

  async function cutConnections(state: string): Promise<void> {
    await own.database.query(
      'cut',
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = $1 AND pid <> pg_backend_pid()',
      [state],
    );
  }
});

/** Each caller waits until so many have come; later ones pass at once. */
function barrier(size: number): () => Promise<void> {
  let arrived = 0;
  let open: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return () => {
    arrived += 1;
    if (arrived >= size) open();
    return opened;
  };
}
