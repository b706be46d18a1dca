/** A running Tryton with set-up companies, on a PostgreSQL of its own: for tests, and for anyone who wants to try. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { DatabaseConnection } from '../../server/src/db/connection.ts';
import { startEmbeddedPostgres } from '../../server/src/db/embedded.ts';
import type { Log } from '../../server/src/lib/log.ts';
import { makeDatabaseFolder } from '../../server/test/support/database-folder.ts';
import { cachedCluster, runSql, TEMPLATE_DATABASE } from './cache.ts';
import { startServer, type TrytonServer } from './server.ts';

export interface TrytonFixture {
  readonly server: TrytonServer;
  /** The PostgreSQL beneath it; further servers can be started over it. */
  readonly connection: DatabaseConnection;
  /** Makes a further company, in a database of its own. */
  readonly addDatabase: (name: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface FixtureOptions {
  /** Of the installed packages. */
  readonly versions: string;
  readonly databases: readonly string[];
  /** Where Tryton listens; a free port if absent. */
  readonly port?: number;
  readonly log: Log;
  readonly onMaking: () => void;
}

export async function startFixture({
  versions,
  databases,
  port,
  log,
  onMaking,
}: FixtureOptions): Promise<TrytonFixture> {
  const cached = await cachedCluster({ versions, log, onMaking });
  const dataDir = await makeDatabaseFolder();
  const remove = () => rm(dataDir, { recursive: true, force: true });
  try {
    // cp and not Node: files keep their owner, who may be another user than we are.
    await promisify(execFile)('cp', ['-a', '--reflink=auto', `${cached}/.`, dataDir]);
    const postgres = await startEmbeddedPostgres({ dataDir, log, durable: false, connectionsMax: 300 });
    const { connection } = postgres;
    try {
      for (const name of databases) await addDatabase(connection, name);
      const dir = path.join(dataDir, 'tryton');
      await mkdir(dir);
      const server = await startServer({ dir, connection, ...(port === undefined ? {} : { port }) });
      const stop = async () => {
        await server.stop();
        await postgres.stop();
        await remove();
      };
      return { server, connection, stop, addDatabase: (name) => addDatabase(connection, name) };
    } catch (error) {
      await postgres.stop();
      throw error;
    }
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A tenth of a second: PostgreSQL copies files. */
export async function addDatabase(connection: DatabaseConnection, name: string): Promise<void> {
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(name)) throw new Error(`${name} is no name for a database`);
  await runSql(connection, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE_DATABASE}`);
}
