/** One run of the embedded PostgreSQL server: found or started, waited for, watched, stopped. */
import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { monotonicMs } from '../lib/clock.ts';
import type { Binaries } from './embedded-binaries.ts';
import { DATABASE_USER } from './embedded-create.ts';
import type { Identity } from './embedded-identity.ts';
import { SOCKET_PORT, socketPath, type Place } from './embedded-place.ts';
import { errorCode } from './pool.ts';

export interface Postmaster {
  readonly pid: number;
  readonly adopted: boolean;
  /** Resolves when the process has ended. */
  readonly gone: Promise<void>;
  readonly isGone: () => boolean;
}

export interface LaunchOptions {
  readonly place: Place;
  readonly binaries: Binaries;
  readonly identity: Identity | undefined;
  readonly durable: boolean;
  readonly connectionsMax: number;
}

const LOOK_EVERY_MS = 20;

/** Starts the server. It gets a session of its own, so that Ctrl-C in the terminal reaches it through us, in order. */
export async function spawnPostmaster(options: LaunchOptions): Promise<Postmaster> {
  const logFile = await open(options.place.logFile, 'a', 0o600);
  try {
    const child = spawn(options.binaries.postgres, serverArguments(options), {
      ...options.identity,
      cwd: options.place.databaseDir,
      env: {},
      detached: true,
      // A file and no pipe to us: the server must be able to outlive us and go on writing.
      stdio: ['ignore', logFile.fd, logFile.fd],
    });
    const spawned = new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    let isGone = false;
    const gone = new Promise<void>((resolve) => {
      child.once('exit', () => {
        isGone = true;
        resolve();
      });
    });
    await spawned;
    child.unref();
    if (child.pid === undefined) throw new Error('PostgreSQL was started without a process id');
    return { pid: child.pid, adopted: false, gone, isGone: () => isGone };
  } finally {
    await logFile.close();
  }
}

function serverArguments({ place, durable, connectionsMax }: LaunchOptions): string[] {
  const settings = {
    listen_addresses: '',
    port: String(SOCKET_PORT),
    unix_socket_directories: `"${place.socketDirInside.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    cluster_name: place.clusterName,
    max_connections: String(connectionsMax),
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // The package has no JIT library.
    jit: 'off',
    // Failed statements are reported to us; in this file their texts and row values would be secrets on disk.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    ...(durable
      ? { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' }
      : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return [
    '-D',
    place.databaseDirInside,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

/** Looks for a server that runs on this folder, left by a Ledgerpost that was killed. */
export async function findOrphan(place: Place): Promise<Postmaster | undefined> {
  const pid = await readPid(pidFileOf(place));
  const owner = pid === undefined ? 'nobody' : await ownerOf(pid, place);
  if (pid === undefined || owner !== 'ours') {
    await removeStaleLocks(place);
    return undefined;
  }
  let isGone = false;
  const gone = (async () => {
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 200).unref());
    isGone = true;
  })();
  return { pid, adopted: true, gone, isGone: () => isGone || !isAlive(pid) };
}

/**
 * PostgreSQL leaves its number in two files, and refuses to start while a process of that number exists, be it another
 * one by now (numbers are given out again, in containers soon) or one that ended and was not collected. Children of a
 * killed server that still use its memory are noticed by PostgreSQL in another way.
 */
async function removeStaleLocks(place: Place): Promise<void> {
  for (const file of [pidFileOf(place), `${socketPath(place.socketDir)}.lock`]) {
    const pid = await readPid(file);
    if (pid !== undefined && (await ownerOf(pid, place)) === 'other') await rm(file, { force: true });
  }
}

async function ownerOf(pid: number, place: Place): Promise<'ours' | 'other' | 'nobody' | 'unknown'> {
  if (!hasNumber(pid)) return 'nobody';
  const commandLine = isAlive(pid) ? await commandLineOf(pid) : '';
  if (commandLine === undefined) return 'unknown';
  return commandLine.includes(`cluster_name=${place.clusterName}`) ? 'ours' : 'other';
}

function pidFileOf(place: Place): string {
  return path.join(place.databaseDir, 'postmaster.pid');
}

async function readPid(file: string): Promise<number | undefined> {
  const pid = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
  return pid > 1 ? pid : undefined;
}

/** A process that ended and was not yet collected by its parent (pid 1 of many containers never does) is not alive. */
function isAlive(pid: number): boolean {
  if (process.platform !== 'linux') return hasNumber(pid);
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const state = stat.charAt(stat.lastIndexOf(')') + 2);
    return state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
}

function hasNumber(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Readable for everybody, unlike the process's folder, which root in a container may not be allowed to ask for. */
async function commandLineOf(pid: number): Promise<string | undefined> {
  try {
    if (process.platform === 'linux') return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
    return (await promisify(execFile)('/bin/ps', ['-ww', '-o', 'command=', '-p', String(pid)])).stdout;
  } catch {
    return undefined;
  }
}

export type Answer = 'ready' | 'not-yet' | 'shutting-down' | 'gone' | 'given-up';

/** Waits on the socket: crash recovery may take its time, and a server that ended will never answer. */
export async function waitForAnswer(place: Place, postmaster: Postmaster, signal: AbortSignal): Promise<Answer> {
  let answer: Answer = 'not-yet';
  while (answer === 'not-yet') {
    if (postmaster.isGone()) return 'gone';
    if (signal.aborted) return 'given-up';
    answer = await ask(place);
    if (answer === 'not-yet') await unhurried(LOOK_EVERY_MS);
  }
  return answer;
}

async function ask(place: Place): Promise<Answer> {
  const client = embeddedClient(place);
  try {
    await client.connect();
    return 'ready';
  } catch (error) {
    const isStopping = error instanceof Error && error.message.includes('shutting down');
    return isStopping ? 'shutting-down' : 'not-yet';
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A connection to the database that exists in every cluster. */
export function embeddedClient(place: Place): pg.Client {
  const client = new pg.Client({
    host: place.socketDir,
    port: SOCKET_PORT,
    user: DATABASE_USER,
    database: 'postgres',
    connectionTimeoutMillis: 2_000,
  });
  client.on('error', () => undefined);
  return client;
}

const STOP_STEPS = [
  // Fast shutdown: open transactions are rolled back, everything is written.
  { signal: 'SIGINT', boundMs: 5_000 },
  // At once: the next start recovers from the log, as after a crash.
  { signal: 'SIGQUIT', boundMs: 2_000 },
  { signal: 'SIGKILL', boundMs: 1_000 },
] as const;

export async function stopPostmaster(postmaster: Postmaster): Promise<void> {
  for (const { signal, boundMs } of STOP_STEPS) {
    if (postmaster.isGone()) return;
    signalPostmaster(postmaster, signal);
    await endsWithin(postmaster, boundMs);
  }
}

/** The last resort, when our process ends without having stopped it: then only a signal can still be sent. */
export function stopAtExit(postmaster: Postmaster): void {
  const onExit = () => signalPostmaster(postmaster, 'SIGINT');
  process.on('exit', onExit);
  void postmaster.gone.then(() => process.off('exit', onExit));
}

function signalPostmaster(postmaster: Postmaster, signal: NodeJS.Signals): void {
  try {
    if (!postmaster.isGone()) process.kill(postmaster.pid, signal);
  } catch {
    // It ended in between.
  }
}

async function endsWithin(postmaster: Postmaster, boundMs: number): Promise<void> {
  const startedMs = monotonicMs();
  while (!postmaster.isGone() && monotonicMs() - startedMs < boundMs) await unhurried(LOOK_EVERY_MS);
}

function unhurried(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
