/** One bash for a whole tour: blocks run in it one after the other, as pasted into a terminal. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { ROOT } from './documents.ts';

export interface Shell {
  /** Runs a block to its end and gives all that was written meanwhile, both streams and background jobs included. */
  readonly run: (block: string) => Promise<string>;
  /** All that was written so far. */
  readonly output: () => string;
  readonly stop: () => Promise<void>;
}

const BLOCK_BOUND_MS = 150_000;

export function startShell(): Shell {
  // A group of its own, so that stopping it ends its background jobs as well.
  const child = spawn('bash', ['--noprofile', '--norc'], { cwd: ROOT, detached: true, stdio: 'pipe' });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let written = '';
  let onWritten = () => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      written += chunk.toString();
      onWritten();
    });
  }
  return {
    run: async (block) => {
      const mark = `end of block ${randomUUID()}`;
      const from = written.length;
      const ended = new Promise<void>((resolve, reject) => {
        const bound = setTimeout(
          () => reject(new Error(`No end of:\n${block}\n${written.slice(from)}`)),
          BLOCK_BOUND_MS,
        );
        onWritten = () => {
          if (!written.includes(mark, from)) return;
          clearTimeout(bound);
          resolve();
        };
      });
      child.stdin.write(`${block}\necho '${mark}'\n`);
      await ended;
      return written.slice(from).replace(`${mark}\n`, '');
    },
    output: () => written,
    stop: async () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
      await exited;
    },
  };
}
