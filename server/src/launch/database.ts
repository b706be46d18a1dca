/** The database that the settings name: the embedded one, started if need be, or a PostgreSQL elsewhere. */
import type { Config } from '../config.ts';
import type { DatabaseConnection } from '../db/connection.ts';
import { startEmbeddedPostgres } from '../db/embedded.ts';
import { migrate, readMigrations } from '../db/migrate.ts';
import { describeDatabaseError, errorCode, isConnectionLost } from '../db/pool.ts';
import { StartupError } from '../db/startup-error.ts';
import type { Log } from '../lib/log.ts';

/** What it starts, it also adds to `stops`. */
export async function reachDatabase(
  config: Config,
  log: Log,
  stops: (() => Promise<void>)[],
): Promise<DatabaseConnection> {
  if (config.databaseUrl !== undefined) return { url: config.databaseUrl };
  const postgres = await startEmbeddedPostgres({
    dataDir: config.dataDir,
    log,
    // Room for a second process, for listeners and for a person who looks around.
    connectionsMax: config.databaseConnectionsMax + 84,
  });
  stops.push(postgres.stop);
  return postgres.connection;
}

/** Gives the names of the migrations that it applied. */
export async function migrateReachable(config: Config, connection: DatabaseConnection, log: Log): Promise<string[]> {
  try {
    return await migrate({ connection, migrations: await readMigrations(), log });
  } catch (error) {
    if (config.databaseUrl === undefined || !isUnusableAddress(error)) throw error;
    throw new StartupError(
      'database_unreachable',
      `The database of LEDGERPOST_DATABASE_URL cannot be used: ${describeDatabaseError(error)}.`,
      error,
    );
  }
}

/** Not there, or it will not have us: wrong password, role or database. */
function isUnusableAddress(error: unknown): boolean {
  return isConnectionLost(error) || ['28P01', '28000', '3D000'].includes(errorCode(error) ?? '');
}
