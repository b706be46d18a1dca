import { afterAll, beforeAll, expect, test } from 'vitest';
import { listen } from '../../src/db/listen.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { makeLog } from '../../src/lib/log.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let own: TestDatabase;
beforeAll(async () => {
  own = await createTestDatabase({ empty: true });
});
afterAll(() => own.drop());

test('notifications arrive, the listener comes back after its connection is cut, and says that it was away', async () => {
  const heard: string[] = [];
  const listener = listen({
    connection: own.connection,
    channel: 'Work to do',
    onNotify: (payload) => heard.push(payload),
    log: makeLog('silent', systemClock),
  });
  await expect.poll(() => heard, { timeout: 90_000 }).toEqual(['']);
  await own.database.query('tell', `SELECT pg_notify('Work to do', 'first')`);
  await expect.poll(() => heard, { timeout: 90_000 }).toEqual(['', 'first']);

  await own.database.query(
    'cut',
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`,
  );
  await expect.poll(() => heard, { timeout: 90_000 }).toEqual(['', 'first', '']);
  await own.database.query('tell again', `SELECT pg_notify('Work to do', 'second')`);
  await expect.poll(() => heard, { timeout: 90_000 }).toEqual(['', 'first', '', 'second']);
  await listener.stop();
});
