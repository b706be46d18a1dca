/** ledgerpost serve and ledgerpost sandbox: the two programs of this repository, run in the foreground. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Command } from 'commander';

const ROOT = path.join(import.meta.dirname, '..', '..', '..', '..');

const PROGRAMS = {
  serve: {
    description: 'start the server: API, engine, webhooks, sync and portal, or the LEDGERPOST_ROLES chosen',
    file: path.join(ROOT, 'server', 'src', 'main.ts'),
    // As npm start does it: many short-lived objects, and a bound on memory.
    flags: ['--max-semi-space-size=16'],
  },
  sandbox: {
    description: 'start the sandbox platform alone',
    file: path.join(ROOT, 'sandbox', 'src', 'main.ts'),
    flags: [],
  },
} as const;

export function addPrograms(program: Command): void {
  for (const [name, { description, file, flags }] of Object.entries(PROGRAMS)) {
    program
      .command(name)
      .description(`${description}; settings come from the environment ("ledgerpost config")`)
      .action(async () => {
        process.exitCode = await run(['--disable-warning=ExperimentalWarning', ...flags, file]);
      });
  }
}

/** Ctrl-C reaches the whole group of processes by itself; what is sent to us alone is handed on. */
function run(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  const handOn = (signal: NodeJS.Signals) => void child.kill(signal);
  const wait = () => undefined;
  process.on('SIGTERM', handOn).on('SIGINT', wait);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      process.off('SIGTERM', handOn).off('SIGINT', wait);
      resolve(code ?? 1);
    });
  });
}
