/** Starts what is measured, each in a process of its own: our server, the rivals, the sandbox, the load. */
import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import type { LoadOrder, LoadReport } from './load.ts';
import type { RivalSettings } from './rivals/http.ts';

const root = path.resolve(import.meta.dirname, '..');
const readyMsMax = 180_000;

export interface Program {
  readonly url: string;
  /** In MB; absent where the system does not tell. */
  readonly memory: () => { readonly now: number; readonly peak: number } | undefined;
  readonly stop: () => Promise<void>;
}

export async function startSandbox(dir: string): Promise<Program> {
  const child = start('sandbox/src/main.ts', ['--port', '0', '--dir', dir]);
  return programOf(child, await readyUrl(child));
}

export async function startRival(file: string, settings: RivalSettings): Promise<Program> {
  const child = start(`bench/rivals/${file}`, [JSON.stringify(settings)]);
  return programOf(child, await readyUrl(child));
}

export async function startServer(settings: Readonly<Record<string, string>>): Promise<Program> {
  const port = await freePort();
  const given = { LEDGERPOST_PORT: String(port), LEDGERPOST_LOG_LEVEL: 'warn', ...settings };
  const child = start('server/src/main.ts', [], given, startFlags());
  const url = `http://127.0.0.1:${port}`;
  await untilHealthy(child, url);
  return programOf(child, url);
}

export interface Load {
  readonly apply: (order: LoadOrder) => Promise<LoadReport>;
  readonly stop: () => Promise<void>;
}

export function startLoad(): Load {
  const child = start('bench/load.ts', []);
  const ended = new Promise<never>((_, reject) => {
    child.once('exit', () => reject(new Error('the load process ended')));
  });
  ended.catch(() => undefined);
  return {
    apply: (order) => {
      const report = new Promise<LoadReport>((resolve) => {
        child.once('message', (message) => resolve(message as LoadReport));
      });
      child.send(order);
      return Promise.race([report, ended]);
    },
    stop: () => stop(child),
  };
}

/** The flags of `npm start`, which bound the memory. */
function startFlags(): string[] {
  const manifest = readFileSync(path.join(root, 'package.json'), 'utf8');
  const { scripts } = JSON.parse(manifest) as { readonly scripts: { readonly start: string } };
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
}

function start(
  file: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
  flags: readonly string[] = ['--disable-warning=ExperimentalWarning'],
): ChildProcess {
  return fork(path.join(root, file), args, {
    env: { ...process.env, ...settings, NODE_ENV: 'production' },
    execArgv: [...flags],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

function programOf(child: ChildProcess, url: string): Program {
  return { url, memory: () => memoryOf(child.pid), stop: () => stop(child) };
}

function memoryOf(pid: number | undefined): { readonly now: number; readonly peak: number } | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const mb = (name: string) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1_024);
    return { now: mb('VmRSS'), peak: mb('VmHWM') };
  } catch {
    return undefined;
  }
}

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('message', (message: { readonly url: string }) => resolve(message.url));
    child.once('exit', () => reject(new Error(`${child.spawnargs.join(' ')} did not start`)));
  });
}

async function untilHealthy(child: ChildProcess, url: string): Promise<void> {
  const start = performance.now();
  while (performance.now() - start < readyMsMax && child.exitCode === null) {
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill();
  throw new Error('the server did not become ready');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(force);
}
