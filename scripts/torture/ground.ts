/** What the long run stands on: a PostgreSQL, a sandbox with faults and some servers, all of which come back when killed. */
import { randomBytes } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../server/src/db/embedded.ts';
import { createDatabase, type Database } from '../../server/src/db/pool.ts';
import { startSandbox, type SandboxProcess } from '../../server/src/launch/sandbox-process.ts';
import { systemClock } from '../../server/src/lib/clock.ts';
import { makeLog } from '../../server/src/lib/log.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const readyMsMax = 60_000;
const stopMsMax = 12_000;
export const SANDBOX_TOKEN = 'sandbox-token';
export const API_KEY = 'torture-key';

/** Every kind of fault that the sandbox has. A stall ends before the time that the connector waits for a late commit. */
const FAULTS = [
  { kind: 'status-before', status: 503 },
  { kind: 'status-before', status: 429, retryAfterSeconds: 1 },
  { kind: 'status-after' },
  { kind: 'cut-before' },
  { kind: 'cut-after' },
  { kind: 'truncate-after' },
  { kind: 'garbage-before' },
  { kind: 'garbage-after' },
  { kind: 'stall-before', delayMs: 1_500 },
  { kind: 'stall-after', delayMs: 1_500 },
].map((fault) => ({ ...fault, path: '^/books/', probability: 0.02 }));

export interface Ground {
  readonly db: Database;
  readonly postgres: EmbeddedPostgres;
  readonly sandbox: SandboxProcess;
  readonly servers: readonly TorturedServer[];
  readonly stop: () => Promise<void>;
}

export interface TorturedServer {
  readonly url: string;
  readonly child: () => ChildProcess;
  /** Starts it again once it has ended. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function layGround(options: {
  readonly dir: string;
  readonly servers: number;
  readonly seed: number;
  readonly idempotency: string;
}): Promise<Ground> {
  const log = makeLog('silent', systemClock);
  const postgres = await startEmbeddedPostgres({ dataDir: options.dir, log, connectionsMax: 150 });
  const environment = {
    LEDGERPOST_SANDBOX_FAULTS: JSON.stringify(FAULTS),
    LEDGERPOST_SANDBOX_IDEMPOTENCY: options.idempotency,
    LEDGERPOST_SANDBOX_LATENCY_MS: '5',
  };
  const sandboxDir = path.join(options.dir, 'sandbox');
  const sandbox = await startSandbox({ port: 0, dir: sandboxDir, token: SANDBOX_TOKEN, environment, log });
  const db = createDatabase({ connection: postgres.connection, connectionsMax: 4, log });
  const shared = {
    LEDGERPOST_DATABASE_URL: addressOf(postgres),
    LEDGERPOST_SANDBOX_URL: sandbox.url,
    LEDGERPOST_SECRET_KEY: randomBytes(32).toString('hex'),
    LEDGERPOST_API_KEY: API_KEY,
    LEDGERPOST_WEBHOOK_RETRY_SECONDS: Array.from({ length: 40 }, () => 1).join(','),
    LEDGERPOST_LOG_LEVEL: 'silent',
  };
  const servers: TorturedServer[] = [];
  for (let index = 0; index < options.servers; index++) {
    servers.push(await startServer({ ...shared, LEDGERPOST_DATA_DIR: path.join(options.dir, `server-${index}`) }));
  }
  return {
    db,
    postgres,
    sandbox,
    servers,
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
      await db.close();
      await sandbox.stop();
      await postgres.stop();
    },
  };
}

async function startServer(settings: Readonly<Record<string, string>>): Promise<TorturedServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const launch = () =>
    spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(root, 'server/src/main.ts')], {
      env: { PATH: process.env['PATH'], ...settings, LEDGERPOST_PORT: String(port) },
      stdio: 'ignore',
    });
  let child = launch();
  await untilHealthy(url, () => child);
  return {
    url,
    child: () => child,
    restart: async () => {
      await ended(child);
      child = launch();
      // A start may meet a database that was killed a moment ago, and then ends by itself.
      child.once('exit', () => undefined);
      await untilHealthy(url, () => (hasEnded(child) ? (child = launch()) : child));
    },
    stop: async () => {
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
      await ended(child);
      clearTimeout(timer);
    },
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function ended(child: ChildProcess): Promise<void> {
  return hasEnded(child) ? Promise.resolve() : new Promise((resolve) => child.once('exit', () => resolve()));
}

async function untilHealthy(url: string, alive: () => ChildProcess): Promise<void> {
  const startedMs = performance.now();
  for (;;) {
    alive();
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    if (answer?.ok === true) return;
    if (performance.now() - startedMs > readyMsMax) throw new Error(`${url} did not become ready`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('The system gave no port');
  return address.port;
}

/** A host in the query is how a socket's folder is written in an address. */
function addressOf({ connection }: EmbeddedPostgres): string {
  if ('url' in connection) return connection.url;
  const { user, port, database, host } = connection;
  return `postgres://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
}
