/**
 * A program of its own, started once for a test run: holds an embedded PostgreSQL with a migrated template database.
 * Says over IPC how to reach it, and ends with everything it made when the test run ends, also when that is killed.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { clientConfig, withDatabase, type DatabaseConnection } from '../../src/db/connection.ts';
import { startEmbeddedPostgres } from '../../src/db/embedded.ts';
import { migrate, readMigrations } from '../../src/db/migrate.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { describeError, makeLog } from '../../src/lib/log.ts';
import { makeDatabaseFolder } from './database-folder.ts';
import { TEMPLATE_DATABASE, type TestServer } from './database.ts';

const log = makeLog('warn', systemClock);
const dataDir = await makeDatabaseFolder();
const parentGone = new Promise<void>((resolve) => process.once('disconnect', resolve));
// Ctrl-C reaches the whole process group; the order of stopping is the parent's.
process.on('SIGINT', () => undefined);

try {
  const postgres = await startEmbeddedPostgres({ dataDir, log, durable: false, connectionsMax: 400 });
  try {
    const { connection } = postgres;
    const message: TestServer = {
      connection,
      problem: await makeTemplate(connection),
      preparedDir: await prepareFolder(path.join(dataDir, 'prepared')),
    };
    // A parent that is gone already is found out on the next line.
    process.send?.(message, undefined, undefined, () => undefined);
    await parentGone;
  } finally {
    await postgres.stop();
  }
} finally {
  await rm(dataDir, { recursive: true, force: true });
}

/** As a first start of a server leaves it, without keys and links. A broken migration is told by the server itself. */
async function prepareFolder(preparedDir: string): Promise<string> {
  const postgres = await startEmbeddedPostgres({ dataDir: preparedDir, log, durable: false });
  try {
    await migrate({ connection: postgres.connection, migrations: await readMigrations(), log }).catch(() => []);
  } finally {
    await postgres.stop();
  }
  return preparedDir;
}

/** A broken migration is told to the tests that need the template; the others can run. */
async function makeTemplate(connection: DatabaseConnection): Promise<string | undefined> {
  const admin = new pg.Client(clientConfig(connection));
  await admin.connect();
  try {
    await admin.query(`CREATE DATABASE ${TEMPLATE_DATABASE}`);
    const template = withDatabase(connection, TEMPLATE_DATABASE);
    await migrate({ connection: template, migrations: await readMigrations(), log });
    return undefined;
  } catch (error) {
    return describeError(error);
  } finally {
    await admin.end();
  }
}
