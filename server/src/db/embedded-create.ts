/** Makes the files of a new embedded database. A folder named `database` is always a complete one. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Log } from '../lib/log.ts';
import { POSTGRES_MAJOR, type Binaries } from './embedded-binaries.ts';
import { cannotChangeUser, type Identity } from './embedded-identity.ts';
import { databaseDirOf, insideName } from './embedded-place.ts';
import { StartupError } from './startup-error.ts';

export const DATABASE_USER = 'ledgerpost';
const MAKING = '.making-';
const INITDB_TIMEOUT_MS = 120_000;

export interface CreateOptions {
  readonly dataDir: string;
  readonly binaries: Binaries;
  readonly identity: Identity | undefined;
  readonly durable: boolean;
  readonly log: Log;
}

/** Does nothing if the database is there. */
export async function createDatabaseFiles(options: CreateOptions): Promise<void> {
  const databaseDir = databaseDirOf(options.dataDir);
  if (await isDatabase(databaseDir)) return;
  options.log.info('Making the embedded database', { dir: databaseDir });
  // Made under another name and renamed when complete: what a killed start left half-made is never taken for a
  // database, and what is deleted here never was one.
  // The name is new each time, since the initdb of a killed start may still be writing.
  await removeHalfMade(options.dataDir);
  const making = `${databaseDir}${MAKING}${randomBytes(6).toString('hex')}`;
  await mkdir(making, { mode: 0o700 });
  if (options.identity !== undefined) await handOver(making, options.identity);
  await runInitdb(making, options);
  await rename(making, databaseDir);
  await syncDir(options.dataDir);
}

async function removeHalfMade(dataDir: string): Promise<void> {
  const prefix = path.basename(databaseDirOf(dataDir)) + MAKING;
  for (const name of await readdir(dataDir)) {
    if (!name.startsWith(prefix)) continue;
    await rm(path.join(dataDir, name), { recursive: true, force: true, maxRetries: 10 });
  }
}

async function isDatabase(databaseDir: string): Promise<boolean> {
  const version = await readFile(path.join(databaseDir, 'PG_VERSION'), 'utf8').catch(ifAbsent);
  if (version?.trim() === POSTGRES_MAJOR) return true;
  if (version !== undefined) {
    throw new StartupError(
      'database_of_another_version',
      `${databaseDir} was made by PostgreSQL ${version.trim()}, and this Ledgerpost brings PostgreSQL ${POSTGRES_MAJOR}. ` +
        'Start it with the Ledgerpost that made it, or move the data to a PostgreSQL of your own and set LEDGERPOST_DATABASE_URL.',
    );
  }
  const entries = await readdir(databaseDir).catch(ifAbsent);
  if (entries === undefined || entries.length === 0) return false;
  throw new StartupError(
    'database_folder_unknown',
    `${databaseDir} is not empty and holds no database. Move it away, or set LEDGERPOST_DATA_DIR to another folder.`,
  );
}

/** Absent is an answer; everything else (no permission, a broken disk) must not look like a new installation. */
function ifAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  if (error.code !== 'EACCES') throw error;
  throw new StartupError(
    'database_of_another_user',
    `The files of the embedded database (${error.path}) belong to another user. ` +
      'Start Ledgerpost as the user who made them, or set LEDGERPOST_DATA_DIR to another folder.',
    error,
  );
}

async function handOver(dir: string, identity: Identity): Promise<void> {
  try {
    await chown(dir, identity.uid, identity.gid);
  } catch (error) {
    throw cannotChangeUser(error);
  }
}

async function runInitdb(dir: string, { binaries, identity, durable }: CreateOptions): Promise<void> {
  const args = ['-D', insideName(dir, identity), '-U', DATABASE_USER, '--no-locale', '-E', 'UTF8', '-A', 'trust'];
  if (!durable) args.push('--no-sync');
  const options = { ...identity, cwd: dir, env: {}, timeout: INITDB_TIMEOUT_MS };
  const running = promisify(execFile)(binaries.initdb, args, options);
  const onExit = () => running.child.kill();
  process.on('exit', onExit);
  try {
    await running;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new StartupError('database_not_made', `The embedded database could not be made in ${dir}: ${said}`, error);
  } finally {
    process.off('exit', onExit);
  }
}

/** The rename lasts through a power cut only once its folder is on disk. */
async function syncDir(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
