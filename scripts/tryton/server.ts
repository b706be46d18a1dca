/** One trytond: started on a free port over a PostgreSQL that runs already, waited for, stopped or killed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { DatabaseConnection } from '../../server/src/db/connection.ts';
import { freePort } from '../../server/test/support/ports.ts';

export interface TrytonServer {
  /** The same after a restart. */
  readonly url: string;
  /** Politely. */
  readonly stop: () => Promise<void>;
  /** As a power cut would. */
  readonly kill: () => Promise<void>;
  /** Once it was stopped or killed. */
  readonly start: () => Promise<void>;
}

export interface TrytonPlace {
  /** For its configuration and its log. */
  readonly dir: string;
  readonly connection: DatabaseConnection;
  /** A free one if absent. */
  readonly port?: number;
}

const ANSWER_BOUND_MS = 120_000;

export async function startServer(place: TrytonPlace): Promise<TrytonServer> {
  const port = place.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const config = await writeConfig(place, port);
  let child = await launch(place, config, url);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  return {
    url,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    start: async () => {
      child = await launch(place, config, url);
    },
  };
}

/** Also what `trytond-admin` reads. */
export async function writeConfig({ dir, connection }: TrytonPlace, port: number): Promise<string> {
  if ('url' in connection) throw new Error('Tryton is run over a PostgreSQL of ours');
  const { host, port: socketPort, user } = connection;
  await mkdir(path.join(dir, 'files'), { recursive: true });
  const file = path.join(dir, `trytond-${port}.conf`);
  const passwords = path.join(dir, `passlib-${port}.conf`);
  const lines = [
    '[web]',
    `listen = 127.0.0.1:${port}`,
    '[database]',
    // The database is named by each request; the socket's folder stands behind the question mark.
    `uri = postgresql://${user}@/?host=${host}&port=${socketPort}`,
    `path = ${path.join(dir, 'files')}`,
    // By itself it keeps one connection, and opens and closes another for every two calls at once.
    'minconn = 4',
    '[session]',
    // Tests give wrong passwords on purpose, and Tryton then locks the user out.
    'max_attempt = 1000',
    'max_attempt_ip_network = 100000',
    '[password]',
    `passlib = ${passwords}`,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  // Tryton's own way costs a fifth of a second of a processor for each log-in, and these passwords are known to all.
  await writeFile(passwords, '[passlib]\nschemes = pbkdf2_sha512\npbkdf2_sha512__rounds = 1000\n');
  return file;
}

async function launch({ dir }: TrytonPlace, config: string, url: string): Promise<ChildProcess> {
  const log = path.join(dir, 'trytond.log');
  // setpriv ends it with us, even when we are killed. It gets a process group of its own, so that Ctrl-C reaches us first.
  const command = `exec setpriv --pdeathsig SIGKILL /usr/bin/trytond -c "$0" >>"$1" 2>&1`;
  const child = spawn('/bin/sh', ['-c', command, config, log], { detached: true, stdio: 'ignore' });
  const began = performance.now();
  while (!(await answers(url))) {
    if (child.exitCode !== null || performance.now() - began > ANSWER_BOUND_MS) {
      child.kill('SIGKILL');
      throw new Error(`Tryton did not start; its last words:\n${(await readFile(log, 'utf8')).slice(-2_000)}`);
    }
    await pause(25);
  }
  return child;
}

async function answers(url: string): Promise<boolean> {
  try {
    const body = JSON.stringify({ id: 1, method: 'common.server.version', params: [] });
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return answer.ok;
  } catch {
    return false;
  }
}
