/** What all gateways of a run stand on: one PostgreSQL, one sandbox with its books, one load process. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { clientConfig, withDatabase, type DatabaseConnection } from '../server/src/db/connection.ts';
import { startEmbeddedPostgres } from '../server/src/db/embedded.ts';
import { systemClock } from '../server/src/lib/clock.ts';
import { makeLog } from '../server/src/lib/log.ts';
import { ledgerpost, makeBooks, rival, sandboxToken, type Gateway, type OurGateway, type Way } from './gateways.ts';
import { startLoad, startRival, startSandbox, startServer, type Load, type Program } from './programs.ts';

export interface Ground {
  readonly load: Load;
  readonly startOurs: (name: string, way: Way) => Promise<OurGateway>;
  readonly startRival: (name: string, way: Way) => Promise<Gateway>;
  /** Whatever was started, in the opposite order. */
  readonly stop: () => Promise<void>;
}

export async function layGround(connections: number): Promise<Ground> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const stopOne of stops.splice(0).toReversed()) await stopOne();
  };
  const started = (program: Program): Program => {
    stops.push(program.stop);
    return program;
  };
  try {
    const dir = mkdtempSync(path.join(os.tmpdir(), 'ledgerpost-bench-'));
    stops.push(async () => rmSync(dir, { recursive: true, force: true }));
    const log = makeLog('warn', systemClock);
    const postgres = await startEmbeddedPostgres({ dataDir: dir, log, connectionsMax: 200 });
    stops.push(postgres.stop);
    const sandbox = started(await startSandbox(path.join(dir, 'sandbox')));
    const load = startLoad();
    stops.push(load.stop);
    const books = await makeBooks(sandbox.url, connections);
    const openDatabase = async (name: string) => {
      const client = await createDatabase(postgres.connection, `bench ${name}`);
      stops.push(() => client.end());
      return { client, url: addressOf(postgres.connection, `bench ${name}`) };
    };

    return {
      load,
      stop,
      startOurs: async (name, way) => {
        const database = await openDatabase(name);
        const apiKey = `bench_${randomBytes(16).toString('hex')}`;
        const settings = {
          LEDGERPOST_ROLES: way === 'accepted' ? 'api' : 'api,engine',
          LEDGERPOST_DATABASE_URL: database.url,
          LEDGERPOST_DATA_DIR: path.join(dir, name),
          LEDGERPOST_API_KEY: apiKey,
          LEDGERPOST_SANDBOX_URL: sandbox.url,
          LEDGERPOST_SANDBOX_TOKEN: sandboxToken,
        };
        return ledgerpost(name, started(await startServer(settings)), apiKey, books, database.client, way);
      },
      startRival: async (name, way) => {
        const database = await openDatabase(name);
        const settings = { databaseUrl: database.url, sandboxUrl: sandbox.url, sandboxToken };
        return rival(name, started(await startRival(`${name}.ts`, settings)), books, database.client, way);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function createDatabase(server: DatabaseConnection, name: string): Promise<pg.Client> {
  const admin = new pg.Client(clientConfig(server));
  await admin.connect();
  try {
    await admin.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } finally {
    await admin.end();
  }
  const client = new pg.Client(clientConfig(withDatabase(server, name)));
  await client.connect();
  return client;
}

function addressOf(server: DatabaseConnection, name: string): string {
  const connection = withDatabase(server, name);
  if ('url' in connection) return connection.url;
  const { user, host, port } = connection;
  // A host in the query is how a socket's folder is written in an address.
  return `postgres://${user}@localhost:${port}/${encodeURIComponent(name)}?host=${encodeURIComponent(host)}`;
}
