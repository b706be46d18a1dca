/** Where the PostgreSQLs of a test run keep their files, and the removal of what a run that was killed left behind. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { chooseIdentity } from '../../src/db/embedded-identity.ts';
import { databaseDirOf, findPlace } from '../../src/db/embedded-place.ts';
import { findOrphan, stopPostmaster } from '../../src/db/embedded-process.ts';

const MEMORY_DIR = '/dev/shm';
const MEMORY_BYTES_MIN = 4 * 1024 ** 3;
const PREFIX = 'ledgerpost-test-';

export async function makeDatabaseFolder(): Promise<string> {
  await removeLeftovers(os.tmpdir());
  await removeLeftovers(MEMORY_DIR);
  return makeFolder();
}

/** Removed by whoever makes it, or as a leftover once its process is gone. */
export async function makeFolder(): Promise<string> {
  return mkdtemp(path.join(await scratchParent(), `${PREFIX}${process.pid}-`));
}

/** In memory where that is large: cloning a database makes 350 files, 15 ms there and up to 300 ms on a disk. */
export async function scratchParent(): Promise<string> {
  return (await freeBytes(MEMORY_DIR)) >= MEMORY_BYTES_MIN ? MEMORY_DIR : os.tmpdir();
}

async function freeBytes(dir: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(dir);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

async function removeLeftovers(parent: string): Promise<void> {
  const names = existsSync(parent) ? await readdir(parent) : [];
  for (const name of names) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]);
    if (!Number.isNaN(pid) && !isAlive(pid)) await removeFolder(path.join(parent, name));
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function removeFolder(dataDir: string): Promise<void> {
  const databaseDir = databaseDirOf(dataDir);
  if (existsSync(databaseDir)) {
    const place = await findPlace(dataDir, await chooseIdentity(databaseDir));
    const orphan = await findOrphan(place);
    if (orphan !== undefined) await stopPostmaster(orphan);
  }
  await rm(dataDir, { recursive: true, force: true });
}
