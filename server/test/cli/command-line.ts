/** Runs the `ledgerpost` command as a user does: the program of this repository, with its own standard streams. */
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { inheritedEnvironment } from '../support/processes.ts';
import type { ServerProcess } from '../support/server.ts';

const PROGRAM = path.join(import.meta.dirname, '..', '..', 'bin', 'ledgerpost.js');

export interface CommandEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly ended: Promise<CommandEnd>;
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
}

export function startCommand(args: readonly string[], { env = {}, input, cwd }: RunOptions = {}): RunningCommand {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', PROGRAM, ...args], {
    env: { ...inheritedEnvironment(), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.end(input);
  const ended = new Promise<CommandEnd>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
  return { child, stdout: () => stdout, stderr: () => stderr, ended };
}

/** Commands that talk to one server. */
export function commandsOf(server: ServerProcess) {
  const env = { LEDGERPOST_SERVER_URL: server.url, LEDGERPOST_API_KEY: server.apiKey };
  const run = (args: readonly string[], options: RunOptions = {}) =>
    startCommand(args, { ...options, env: { ...env, ...options.env } }).ended;
  return {
    env,
    run,
    /** What it prints with --json. */
    json: async <Value>(args: readonly string[], options: RunOptions = {}): Promise<Value> => {
      const { code, stdout, stderr } = await run(['--json', ...args], options);
      if (code !== 0) throw new Error(`ledgerpost ${args.join(' ')} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout) as Value;
    },
  };
}
