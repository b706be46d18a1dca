/** A server of its own for a bench, over an empty database that the bench may also write to directly. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { clientConfig } from '../server/src/db/connection.ts';
import { startEmbeddedPostgres } from '../server/src/db/embedded.ts';
import { systemClock } from '../server/src/lib/clock.ts';
import { makeLog } from '../server/src/lib/log.ts';
import { startServer, type Program } from './programs.ts';

export interface OwnServer {
  readonly server: Program;
  readonly client: pg.Client;
  readonly databaseUrl: string;
}

interface OwnServerOptions {
  readonly name: string;
  readonly roles: string;
  readonly apiKey: string;
  /** Of a platform that can be reached; without them none can. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Both are ended, and the folder is removed, when the work is done. */
export async function withOwnServer(
  { name, roles, apiKey, settings }: OwnServerOptions,
  work: (own: OwnServer) => Promise<void>,
): Promise<void> {
  const dir = mkdtempSync(path.join(os.tmpdir(), `ledgerpost-${name}-`));
  const log = makeLog('warn', systemClock);
  const postgres = await startEmbeddedPostgres({ dataDir: dir, log, connectionsMax: 50 });
  const { connection } = postgres;
  if ('url' in connection) throw new Error('the embedded database is reached by its socket');
  const url = `postgres://${connection.user}@localhost:${connection.port}/${connection.database}?host=${encodeURIComponent(connection.host)}`;
  const server = await startServer({
    LEDGERPOST_ROLES: roles,
    LEDGERPOST_DATABASE_URL: url,
    LEDGERPOST_DATA_DIR: path.join(dir, 'server'),
    LEDGERPOST_API_KEY: apiKey,
    LEDGERPOST_SANDBOX_URL: 'http://127.0.0.1:1',
    ...settings,
  });
  const client = new pg.Client(clientConfig(connection));
  await client.connect();
  try {
    await work({ server, client, databaseUrl: url });
  } finally {
    await client.end();
    await server.stop();
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}
