/** A migrated database for one test or test file, cloned from a template: nothing is shared, so files run at once. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { clientConfig, withDatabase, type DatabaseConnection } from '../../src/db/connection.ts';
import { createDatabase, type Database } from '../../src/db/pool.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { makeLog, type Log } from '../../src/lib/log.ts';

/** What the program that holds PostgreSQL says of it. */
export interface TestServer {
  readonly connection: DatabaseConnection;
  /** A data folder with a migrated database on which nothing runs, to be copied. */
  readonly preparedDir: string;
  /** Why there is no template. */
  readonly problem: string | undefined;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly testDatabaseServer: TestServer;
  }
}

export const TEMPLATE_DATABASE = 'ledgerpost_template';

export interface TestDatabase {
  readonly database: Database;
  /** For code under test that connects by itself: a listener, a second process. */
  readonly connection: DatabaseConnection;
  /** The same as an address, for LEDGERPOST_DATABASE_URL. */
  readonly url: string;
  readonly drop: () => Promise<void>;
}

export interface TestDatabaseOptions {
  readonly connectionsMax?: number;
  readonly log?: Log;
  /** Without any table of ours. */
  readonly empty?: boolean;
}

export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const { connectionsMax = 8, log = makeLog('silent', systemClock), empty = false } = options;
  const server = inject('testDatabaseServer');
  if (!empty && server.problem !== undefined) throw new Error(`The migrations failed: ${server.problem}`);
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(server.connection, `CREATE DATABASE ${name} TEMPLATE ${empty ? 'template0' : TEMPLATE_DATABASE}`);
  const connection = withDatabase(server.connection, name);
  const database = createDatabase({ connection, connectionsMax, log });
  return {
    database,
    connection,
    url: urlOf(connection),
    drop: async () => {
      await database.close();
      await asAdmin(server.connection, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function asAdmin(connection: DatabaseConnection, statement: string): Promise<void> {
  const client = new pg.Client(clientConfig(connection));
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function urlOf(connection: DatabaseConnection): string {
  if ('url' in connection) return connection.url;
  // A host in the query is how a socket's folder is written in an address.
  return `postgres://${connection.user}@localhost:${connection.port}/${connection.database}?host=${encodeURIComponent(connection.host)}`;
}
