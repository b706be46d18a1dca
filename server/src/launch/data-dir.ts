/**
 * The data folder, held by one process at a time. The lock is the operating system's, by way of SQLite: it ends with
 * the process that holds it, however that ends, so nothing is ever stale, and it is seen between containers that share
 * a volume, where process numbers mean nothing. The number in the file beside it only serves the refusal.
 */
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { errorCode } from '../db/pool.ts';
import { StartupError } from '../db/startup-error.ts';

export interface DataDir {
  readonly dir: string;
  /** Lets another process have it. */
  readonly release: () => Promise<void>;
}

const SQLITE_BUSY = 5;
/** An open database that nobody refers to is closed by the garbage collector, and its lock would go with it. */
const held = new Set<DatabaseSync>();

export async function holdDataDir(dir: string): Promise<DataDir> {
  await makeDir(dir);
  const lock = takeLock(path.join(dir, 'ledgerpost.lock'), dir);
  const pidFile = path.join(dir, 'ledgerpost.pid');
  if (lock === undefined) throw await refusal(dir, pidFile);
  held.add(lock);
  await writeDurably(pidFile, `${process.pid}\n`);
  return {
    dir,
    release: async () => {
      await rm(pidFile, { force: true });
      held.delete(lock);
      lock.close();
    },
  };
}

async function makeDir(dir: string): Promise<void> {
  try {
    // Only a folder that we make is closed to others: one that was there may have other uses.
    await mkdir(dir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unusable(dir, error);
  }
}

function unusable(dir: string, error: unknown): StartupError {
  const reason = error instanceof Error ? error.message : String(error);
  return new StartupError(
    'data_dir_unusable',
    `The data folder ${dir} cannot be used (${reason}). Set LEDGERPOST_DATA_DIR to a folder that this user may write.`,
    error,
  );
}

/** Undefined if another process has it. */
function takeLock(file: string, dir: string): DatabaseSync | undefined {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(file, { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return undefined;
    throw unusable(dir, error);
  }
}

async function refusal(dir: string, pidFile: string): Promise<StartupError> {
  // The one that has just won may not have written its number yet: then there is none to tell.
  const pid = Number.parseInt(await readFile(pidFile, 'utf8').catch(() => ''), 10);
  const holder = Number.isNaN(pid) ? 'Another Ledgerpost' : `Another Ledgerpost (pid ${pid})`;
  return new StartupError(
    'data_dir_in_use',
    `${holder} is running on ${dir}. Stop it, or set LEDGERPOST_DATA_DIR to another folder ` +
      '(and LEDGERPOST_PORT and LEDGERPOST_SANDBOX_PORT to other ports) to run a second one beside it.',
  );
}

/** A file that holds all of the text or is not there: written beside, forced to disk, renamed. Its owner's alone. */
export async function writeDurably(file: string, text: string): Promise<void> {
  const making = `${file}.making-${process.pid}`;
  await rm(making, { force: true });
  const handle = await open(making, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(making, file);
  const parent = await open(path.dirname(file), 'r');
  try {
    await parent.sync();
  } finally {
    await parent.close();
  }
}

/** The file's text, or undefined if there is none. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
