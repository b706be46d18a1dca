/**
 * The sandbox platform as a program beside ours: started, restarted at the same address when it dies, stopped. If we
 * are killed it ends by itself, because its channel to us closes.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { StartupError } from '../db/startup-error.ts';
import { pause } from '../db/pause.ts';
import { monotonicMs } from '../lib/clock.ts';
import { describeError, type Log } from '../lib/log.ts';

export interface SandboxOptions {
  readonly port: number;
  readonly dir: string;
  readonly token: string;
  /** Its own settings, such as faults; those above win. */
  readonly environment: Readonly<Record<string, string>>;
  readonly log: Log;
}

export interface SandboxProcess {
  readonly url: string;
  /** Another one after a restart. */
  readonly pid: () => number | undefined;
  readonly stop: () => Promise<void>;
}

const PROGRAM = path.join(import.meta.dirname, '..', '..', '..', 'sandbox', 'src', 'main.ts');
/** A sandbox whose server was killed a moment ago still holds its port and folder until it has noticed. */
const FIRST_START_MS = 3_000;
/** On a busy machine a single attempt may take longer than that. */
const FIRST_STARTS_MIN = 5;
/** A bound for one that hangs. On a machine with very much to do a start has taken sixteen seconds. */
const READY_BOUND_MS = 60_000;
const STOP_BOUND_MS = 2_000;
const PAUSE_MIN_MS = 100;
const PAUSE_MAX_MS = 5_000;

export async function startSandbox(options: SandboxOptions): Promise<SandboxProcess> {
  const stopping = new AbortController();
  let running = await firstStart(options);
  // The connections we keep point to this address: with port 0 a restart must not take yet another free one.
  const port = Number(new URL(running.url).port);
  const { url } = running;
  const watching = keepUp();
  return {
    url,
    pid: () => running.child.pid,
    stop: async () => {
      stopping.abort();
      await watching;
      await stopChild(running);
    },
  };

  async function keepUp(): Promise<void> {
    let pauseMs = PAUSE_MIN_MS;
    while (!stopping.signal.aborted) {
      await Promise.race([running.exited, pause(stopping.signal)]);
      await pause(stopping.signal, pauseMs);
      if (stopping.signal.aborted) return;
      options.log.warn('The sandbox ended by itself and is started again', { pid: running.child.pid });
      try {
        running = await startOnce({ ...options, port });
        pauseMs = PAUSE_MIN_MS;
      } catch (error) {
        options.log.error('The sandbox did not come back', { error: describeError(error) });
        pauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS);
      }
    }
  }
}

async function firstStart(options: SandboxOptions): Promise<Running> {
  const startedMs = monotonicMs();
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options);
    } catch (error) {
      if (attempt >= FIRST_STARTS_MIN && monotonicMs() - startedMs >= FIRST_START_MS) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MIN_MS));
    }
  }
}

interface Running {
  readonly url: string;
  readonly child: ChildProcess;
  readonly exited: Promise<void>;
}

async function startOnce(options: SandboxOptions): Promise<Running> {
  const child = spawnSandbox(options);
  const words = lastWords(child, options.log);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    // Also when it could not be started at all.
    child.once('error', () => resolve());
  });
  const url = await Promise.race([readyUrl(child), exited, pause(AbortSignal.timeout(READY_BOUND_MS))]);
  if (url !== undefined) return { url, child, exited };
  child.kill('SIGKILL');
  throw new StartupError(
    'sandbox_not_started',
    `The sandbox did not start on port ${options.port} and folder ${options.dir}: ${words() || 'it did not say why'}. ` +
      'Set LEDGERPOST_SANDBOX_PORT to another port (0 takes a free one), LEDGERPOST_SANDBOX_DIR to another folder, ' +
      'or LEDGERPOST_SANDBOX_URL to a sandbox that runs already.',
  );
}

function spawnSandbox({ port, dir, token, environment }: SandboxOptions): ChildProcess {
  return spawn(process.execPath, [PROGRAM], {
    env: {
      ...environment,
      LEDGERPOST_SANDBOX_PORT: String(port),
      LEDGERPOST_SANDBOX_HOST: '127.0.0.1',
      LEDGERPOST_SANDBOX_DIR: dir,
      LEDGERPOST_SANDBOX_TOKEN: token,
    },
    // A group of its own: Ctrl-C reaches it through us, after the work that may need it has ended.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.on('message', (message) => {
      if (typeof message === 'object' && 'url' in message && typeof message.url === 'string') resolve(message.url);
    });
  });
}

/** What it writes to its standard error goes into our log, and the last of it into the error of a failed start. */
function lastWords(child: ChildProcess, log: Log): () => string {
  let last = '';
  if (child.stderr === null) return () => last;
  createInterface({ input: child.stderr }).on('line', (line) => {
    last = line.slice(0, 500);
    log.warn('The sandbox wrote to its standard error', { line: last });
  });
  return () => last;
}

async function stopChild({ child, exited }: Running): Promise<void> {
  child.kill('SIGTERM');
  await Promise.race([exited, pause(AbortSignal.timeout(STOP_BOUND_MS))]);
  child.kill('SIGKILL');
  await exited;
}
