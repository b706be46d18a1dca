/** One embedded PostgreSQL with migrated databases in it, for what is measured without a server. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { clientConfig, withDatabase } from '../server/src/db/connection.ts';
import { startEmbeddedPostgres } from '../server/src/db/embedded.ts';
import { migrate, readMigrations } from '../server/src/db/migrate.ts';
import { createDatabase, type Database } from '../server/src/db/pool.ts';
import { systemClock } from '../server/src/lib/clock.ts';
import { makeLog } from '../server/src/lib/log.ts';

export interface Databases {
  readonly make: (name: string) => Promise<{ readonly db: Database; readonly url: string }>;
  readonly stop: () => Promise<void>;
}

export async function startDatabases(): Promise<Databases> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ledgerpost-bench-'));
  const log = makeLog('warn', systemClock);
  const postgres = await startEmbeddedPostgres({ dataDir: dir, log, connectionsMax: 100 });
  const { connection } = postgres;
  if ('url' in connection) throw new Error('the embedded database is reached by its socket');
  const { user, port, host } = connection;
  const opened: Database[] = [];
  return {
    make: async (name) => {
      const admin = new pg.Client(clientConfig(connection));
      await admin.connect();
      await admin.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
      await admin.end();
      const place = withDatabase(connection, name);
      await migrate({ connection: place, migrations: await readMigrations(), log });
      const db = createDatabase({ connection: place, connectionsMax: 16, log });
      opened.push(db);
      return { db, url: `postgres://${user}@localhost:${port}/${name}?host=${encodeURIComponent(host)}` };
    },
    stop: async () => {
      for (const db of opened) await db.close();
      await postgres.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
