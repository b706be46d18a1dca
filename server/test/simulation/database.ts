/** A PostgreSQL of the simulator's own, for runs outside the tests. */
import { rm } from 'node:fs/promises';
import { startEmbeddedPostgres } from '../../src/db/embedded.ts';
import { migrate, readMigrations } from '../../src/db/migrate.ts';
import { createDatabase, type Database } from '../../src/db/pool.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { makeLog } from '../../src/lib/log.ts';
import { makeDatabaseFolder } from '../support/database-folder.ts';
import { putOnSimulatedTime } from './simulated-database.ts';

export async function withSimulatorDatabase<T>(work: (db: Database) => Promise<T>): Promise<T> {
  const log = makeLog('warn', systemClock);
  const dataDir = await makeDatabaseFolder();
  try {
    const postgres = await startEmbeddedPostgres({ dataDir, log, durable: false });
    try {
      const { connection } = postgres;
      await migrate({ connection, migrations: await readMigrations(), log });
      const db = createDatabase({ connection, connectionsMax: 1, log });
      try {
        await putOnSimulatedTime(db);
        return await work(db);
      } finally {
        await db.close();
      }
    } finally {
      await postgres.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}
