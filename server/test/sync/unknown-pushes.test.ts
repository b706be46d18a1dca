/** A push of which nobody could tell what became of it, and the reading that meets its record: whoever asked for that. */
import { afterEach, expect, test } from 'vitest';
import { lookSoon } from '../../src/push/second-looks.ts';
import { makeTestEngine } from '../support/engine.ts';
import { pageOf, startTestSync } from '../support/sync.ts';

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

test('a push of unknown outcome is settled by a reading of the schedule, long before it would be looked for again', async () => {
  const engine = await makeTestEngine();
  ending.push(() => engine.close());
  const { db, platform } = engine;
  const books = await startTestSync(
    { database: db },
    { reads: { chartOfAccounts: { page: () => pageOf({ id: 'acc_1', name: 'Sundries' }) } } },
    // As main.ts wires the two.
    { onRead: async (read) => void (await lookSoon(db, read)) },
  );
  ending.push(books.sync.stop);
  const readings = async () =>
    db.query<{ cause: string; status: string }>(
      '',
      'SELECT cause, status FROM datasets WHERE connection_id = $1 ORDER BY id',
      [books.connectionId],
    );
  await books.link();
  await expect.poll(readings).toEqual([{ cause: 'link', status: 'Complete' }]);

  engine.start();
  const { companyId, connectionId } = books;
  platform.answer = () => ({ kind: 'unknown', reason: 'The connection broke.' });
  platform.find = () => ({ kind: 'cannot-tell', evidence: 'it cannot be searched' });
  const push = await engine.request({ companyId, connectionId });
  await engine.until(push, 'unknown');
  platform.find = () => ({
    kind: 'found',
    changes: [{ type: 'Created', recordRef: { id: 'acc_1', dataType: 'chartOfAccounts' } }],
    evidence: 'it is in the books',
  });
  const [waits] = await db.query<{ minutes: number }>(
    '',
    'SELECT extract(epoch FROM not_before - now())::float8 / 60 AS minutes FROM pushes WHERE id = $1',
    [push.id],
  );
  expect(waits?.minutes).toBeGreaterThan(5);

  await db.execute('', 'UPDATE sync_sets SET due_at = now() WHERE connection_id = $1', [connectionId]);
  await engine.until(push, 'succeeded');
  expect(await readings()).toEqual([
    { cause: 'link', status: 'Complete' },
    { cause: 'schedule', status: 'Complete' },
  ]);
});
