/**
 * Where the files and the socket of the embedded database lie, and by which path PostgreSQL itself goes there.
 *
 * As root on Linux, PostgreSQL runs as an unprivileged user, who may not enter the data folder (0700) and often not
 * the folders above it (/root/app). Opening those is not ours to do, and durable data belongs nowhere else. So the
 * process is started *inside* its folder (the change of folder happens before root's rights are given up) and is told
 * to look for everything under /proc/self/cwd. That link leads to the folder itself, not through the path above it.
 */
import { createHash } from 'node:crypto';
import { chown, lstat, mkdir, rmdir, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Identity } from './embedded-identity.ts';
import { StartupError } from './startup-error.ts';

export interface Place {
  /** PostgreSQL's folder, inside the data folder. */
  readonly databaseDir: string;
  /** The same, as PostgreSQL is told. */
  readonly databaseDirInside: string;
  /** The folder of the socket, as we connect to it. */
  readonly socketDir: string;
  readonly socketDirInside: string;
  /** Marks our server among the processes of the machine: the folder's own number, which survives a renaming. */
  readonly clusterName: string;
  readonly logFile: string;
}

export const SOCKET_PORT = 5432;
/** sun_path: 108 bytes on Linux, 104 on macOS, one of them the closing zero. */
const SOCKET_PATH_MAX_BYTES = 103;

export function databaseDirOf(dataDir: string): string {
  return path.join(dataDir, 'database');
}

/** The name by which PostgreSQL reaches the folder that it is started in. */
export function insideName(dir: string, identity: Identity | undefined): string {
  return identity !== undefined && process.platform === 'linux' ? '/proc/self/cwd' : dir;
}

export async function findPlace(dataDir: string, identity: Identity | undefined): Promise<Place> {
  const databaseDir = databaseDirOf(dataDir);
  const databaseDirInside = insideName(databaseDir, identity);
  const { dev, ino } = await stat(databaseDir);
  const mark = createHash('sha256').update(`${dev}:${ino}`).digest('hex').slice(0, 16);
  const isShort = Buffer.byteLength(socketPath(databaseDir)) <= SOCKET_PATH_MAX_BYTES;
  const socketDir = isShort ? databaseDir : path.join(os.tmpdir(), `ledgerpost-${mark}`);
  if (Buffer.byteLength(socketPath(socketDir)) > SOCKET_PATH_MAX_BYTES) {
    throw new StartupError(
      'socket_path_too_long',
      `A socket's path may have ${SOCKET_PATH_MAX_BYTES} bytes, and neither the data folder nor ${os.tmpdir()} is short enough. ` +
        'Set LEDGERPOST_DATA_DIR to a shorter path.',
    );
  }
  return {
    databaseDir,
    databaseDirInside,
    socketDir,
    socketDirInside: isShort ? databaseDirInside : socketDir,
    clusterName: `ledgerpost-${mark}`,
    logFile: path.join(dataDir, 'database.log'),
  };
}

export function socketPath(socketDir: string): string {
  return path.join(socketDir, `.s.PGSQL.${SOCKET_PORT}`);
}

/** A short socket folder elsewhere: whoever may enter it is let into the database, so it is its owner's alone. */
export async function makeSocketDir(place: Place, identity: Identity | undefined): Promise<void> {
  if (place.socketDir === place.databaseDir) return;
  const isMade = await mkdir(place.socketDir, { mode: 0o700 }).then(
    () => true,
    () => false,
  );
  if (isMade && identity !== undefined) await chown(place.socketDir, identity.uid, identity.gid);
  const found = await lstat(place.socketDir).catch(() => undefined);
  const owner = identity?.uid ?? process.getuid?.();
  if (found?.isDirectory() === true && found.uid === owner && (found.mode & 0o077) === 0) return;
  throw new StartupError(
    'socket_folder_unusable',
    `The database's socket needs the folder ${place.socketDir}, which cannot be made or belongs to somebody else. ` +
      'Remove it, or set LEDGERPOST_DATA_DIR to a shorter path so that the socket fits into the data folder.',
  );
}

export async function removeSocketDir(place: Place): Promise<void> {
  if (place.socketDir !== place.databaseDir) await rmdir(place.socketDir).catch(() => undefined);
}
