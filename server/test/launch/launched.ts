/** A program for the launcher's tests: holds a data folder and its database as the server does, until told to stop. */
import { createDatabase } from '../../src/db/pool.ts';
import { startEmbeddedPostgres } from '../../src/db/embedded.ts';
import { holdDataDir } from '../../src/launch/data-dir.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { makeLog } from '../../src/lib/log.ts';

const log = makeLog('info', systemClock);
const dataDir = process.argv[2] ?? '';

try {
  const held = await holdDataDir(dataDir);
  const postgres = await startEmbeddedPostgres({ dataDir, log });
  const database = createDatabase({ connection: postgres.connection, connectionsMax: 2, log });
  await database.execute('table', 'CREATE TABLE IF NOT EXISTS starts (n int)');
  await database.execute('start', 'INSERT INTO starts SELECT count(*) FROM starts');
  const [row] = await database.query<{ starts: number; mark: string }>(
    'facts',
    `SELECT count(*) AS starts, current_setting('cluster_name') AS mark FROM starts`,
  );
  process.send?.({ ...row, adopted: postgres.adopted, postgresPid: postgres.pid() });
  process.on('message', (message) => {
    if (message === 'exit') process.exit(3);
    void (async () => {
      await database.close();
      await postgres.stop();
      await held.release();
      process.disconnect();
    })();
  });
} catch (error) {
  process.send?.({ refusal: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
  process.disconnect();
}
