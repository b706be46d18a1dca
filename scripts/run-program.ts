/** Runs a program to its end. Those that run at once could not be told apart: one of them writes when it has ended. */
import { spawn } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

export interface ProgramEnd {
  readonly code: number | null;
  /** All that it wrote, both streams, unless it wrote at once. */
  readonly written: Buffer;
}

export function runProgram(
  command: string,
  args: readonly string[],
  writes: 'at once' | 'at its end',
): Promise<ProgramEnd> {
  const output = writes === 'at once' ? 'inherit' : 'pipe';
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', output, output] });
  const written: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => written.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, written: Buffer.concat(written) }));
  });
}
