// One process at a time may use a folder: a lock file names its process id, and a dead owner's lock is taken over.
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function lockFolder(dir: string): () => void {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, 'sandbox.lock');
  for (let attempt = 0; attempt < 5; attempt++) {
    if (take(dir, path)) return () => release(path);
    const owner = ownerOf(path);
    if (owner !== undefined && isAlive(owner))
      throw new Error(`the folder ${dir} is in use by the sandbox with process id ${owner}`);
    rmSync(path, { force: true });
  }
  throw new Error(`the lock ${path} could not be taken`);
}

/** Linking a finished file is atomic: no other process ever reads a lock without its process id. */
function take(dir: string, path: string): boolean {
  const draft = join(dir, `sandbox.lock.${process.pid}`);
  writeFileSync(draft, ownName());
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function release(path: string): void {
  if (ownerOf(path) === process.pid) rmSync(path, { force: true });
}

/** Process ids are used again after a restart of the machine; the start time tells two owners of one id apart. */
function ownName(): string {
  return JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid) });
}

function ownerOf(path: string): number | undefined {
  try {
    const lock: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof lock !== 'object' || lock === null || !('pid' in lock) || typeof lock.pid !== 'number') return undefined;
    const startedAt = 'startedAt' in lock ? lock.startedAt : undefined;
    return typeof startedAt !== 'string' || startedAt === startOf(lock.pid) ? lock.pid : undefined;
  } catch {
    return undefined;
  }
}

function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces; the start time is the 20th value after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
