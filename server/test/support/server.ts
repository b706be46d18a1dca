/**
 * Ledgerpost as a user starts it: `node server/src/main.ts` with its own database, sandbox and ports, in a process that
 * tests may kill. Ports are chosen by the system unless a test needs the same ones again.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, vi } from 'vitest';
import { databaseDirOf } from '../../src/db/embedded-place.ts';
import { makeFolder } from './database-folder.ts';
import { inheritedEnvironment } from './processes.ts';

const REPOSITORY = path.join(import.meta.dirname, '..', '..', '..');

export interface ServerProcess {
  readonly url: string;
  readonly sandboxUrl: string;
  readonly apiKey: string;
  readonly dataDir: string;
  readonly child: ChildProcess;
  /** All that it wrote, both streams. */
  readonly output: () => string;
  /** kill -9 of the server alone; what it started is left to itself. */
  readonly kill: () => Promise<void>;
  /** Ctrl-C; gives the exit code. */
  readonly stop: () => Promise<number | null>;
  /** A request with the API key; gives status and parsed body. */
  readonly call: <Body = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
  ) => Promise<Answer<Body>>;
}

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface ServerOptions {
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const API_KEY = 'lp_test_key';

/** Starts it and waits until /health says that every role is ready. */
export async function startServer({ dataDir, env = {} }: ServerOptions = {}): Promise<ServerProcess> {
  const dir = dataDir ?? (await (env['LEDGERPOST_DATABASE_URL'] === undefined ? makeDataDir() : makeFolder()));
  const child = spawn(process.execPath, [path.join(REPOSITORY, 'server', 'src', 'main.ts')], {
    env: {
      ...inheritedEnvironment(),
      LEDGERPOST_DATA_DIR: dir,
      LEDGERPOST_PORT: '0',
      LEDGERPOST_SANDBOX_PORT: '0',
      LEDGERPOST_API_KEY: API_KEY,
      LEDGERPOST_LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const listen = (chunk: Buffer) => (output += chunk.toString());
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const place = (name: string) => new RegExp(`^ +${name} +(http\\S+)`, 'm').exec(output)?.[1];
  await Promise.race([
    vi.waitFor(() => expect(place('Sandbox')).toBeDefined(), { timeout: 120_000, interval: 20 }),
    exited.then((code) => Promise.reject(new Error(`the server ended with code ${code}:\n${output}`))),
  ]);
  const url = place('API') ?? '';
  const given = env['LEDGERPOST_API_KEY'] ?? API_KEY;
  // Given none, it has made one.
  const apiKey = given === '' ? (await readFile(path.join(dir, 'api-key'), 'utf8')).trim() : given;
  await vi.waitFor(async () => expect((await fetch(`${url}/health`)).status).toBe(200), {
    timeout: 60_000,
    interval: 20,
  });
  return {
    url,
    sandboxUrl: place('Sandbox') ?? '',
    apiKey,
    dataDir: dir,
    child,
    output: () => output,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    stop: () => {
      child.kill('SIGINT');
      return exited;
    },
    call: (method, requestPath, body) => callApi(url, apiKey, method, requestPath, body),
  };
}

/**
 * A new folder that is removed by the caller (removeDataDir), once nothing runs on it. There is a migrated database in it,
 * as after a first start: to make one anew takes seconds, and the tests of the launcher (launch/embedded.test.ts) do.
 */
export async function makeDataDir(): Promise<string> {
  const dataDir = await makeFolder();
  await copyDatabase(dataDir);
  return dataDir;
}

/** A migrated database without a row of ours, on which nothing runs. */
export async function copyDatabase(dataDir: string): Promise<void> {
  const { preparedDir } = inject('testDatabaseServer');
  // Not by Node's own means: PostgreSQL's files belong to whom it runs as, and stay so.
  await promisify(execFile)('cp', ['-a', databaseDirOf(preparedDir), databaseDirOf(dataDir)]);
}

/** Ends a database that a killed server left behind, and removes the folder. */
export async function removeDataDir(dataDir: string): Promise<void> {
  for (const file of ['database/files/postmaster.pid', 'database/postmaster.pid']) {
    const pid = Number((await readFile(path.join(dataDir, file), 'utf8').catch(() => '')).split('\n')[0]);
    if (pid > 0) killQuietly(pid);
  }
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    // It has ended already.
  }
}

export function authorization(apiKey: string): string {
  return `Basic ${Buffer.from(apiKey).toString('base64')}`;
}

async function callApi<Body>(
  url: string,
  apiKey: string,
  method: string,
  requestPath: string,
  body: unknown,
): Promise<Answer<Body>> {
  const answer = await fetch(`${url}${requestPath}`, {
    method,
    headers: {
      authorization: authorization(apiKey),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: (text === '' ? undefined : JSON.parse(text)) as Body };
}

export interface LinkedCompany {
  readonly companyId: string;
  readonly connectionId: string;
  /** The path under which writes are requested. */
  readonly push: string;
  /** The path of its books at the sandbox. */
  readonly books: string;
}

/** What many files of tests begin with: a server, and a company that is linked to the sandbox. */
export async function startLinkedCompany(): Promise<{ server: ServerProcess; company: LinkedCompany }> {
  const server = await startServer();
  return { server, company: await makeLinkedCompany(server) };
}

/** Ends a server and removes what it has left behind. */
export async function endServer(server: ServerProcess): Promise<void> {
  await server.stop();
  await removeDataDir(server.dataDir);
}

export async function makeLinkedCompany(
  server: ServerProcess,
  name = 'Toft stores',
  authorization: Readonly<Record<string, string>> = {},
): Promise<LinkedCompany> {
  const company = await server.call<{ id: string }>('POST', '/companies', { name });
  const connections = `/companies/${company.body.id}/connections`;
  const connection = await server.call<{ id: string }>('POST', connections, { platformKey: 'mqjo' });
  const linked = await server.call<{ status: string }>(
    'PUT',
    `${connections}/${connection.body.id}/authorization`,
    authorization,
  );
  expect(linked.body.status).toBe('Linked');
  return {
    companyId: company.body.id,
    connectionId: connection.body.id,
    push: `${connections}/${connection.body.id}/push`,
    books: `/books/${connection.body.id}`,
  };
}
