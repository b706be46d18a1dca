/**
 * The embedded database: a real PostgreSQL from npm, run on files in the data folder and reached by a Unix socket
 * only. Started by us, adopted if a killed Ledgerpost left it running, restarted if it ends unasked.
 * The caller holds the data folder for itself (launch/data-dir.ts).
 */
import { mkdir } from 'node:fs/promises';
import { describeError, type Log } from '../lib/log.ts';
import { findBinaries } from './embedded-binaries.ts';
import { createDatabaseFiles, DATABASE_USER } from './embedded-create.ts';
import { chooseIdentity } from './embedded-identity.ts';
import { boundLog, logTail } from './embedded-log.ts';
import { databaseDirOf, findPlace, makeSocketDir, removeSocketDir, SOCKET_PORT, type Place } from './embedded-place.ts';
import {
  embeddedClient,
  findOrphan,
  spawnPostmaster,
  stopAtExit,
  stopPostmaster,
  waitForAnswer,
  type LaunchOptions,
  type Postmaster,
} from './embedded-process.ts';
import type { DatabaseConnection } from './connection.ts';
import { pause } from './pause.ts';
import { StartupError } from './startup-error.ts';

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly log: Log;
  /** False gives up durability for speed: for tests only. */
  readonly durable?: boolean;
  readonly connectionsMax?: number;
}

export interface EmbeddedPostgres {
  readonly connection: DatabaseConnection;
  /** Whether it was running already. */
  readonly adopted: boolean;
  /** The server's process; another one after a restart. */
  readonly pid: () => number;
  readonly stop: () => Promise<void>;
}

const DATABASE = 'ledgerpost';
/** Recovery after a crash replays at most max_wal_size (1 GB) of log. */
const ANSWER_BOUND_MS = 120_000;
const START_ATTEMPTS_MAX = 40;
const RESTART_PAUSE_MAX_MS = 5_000;
const LOG_CHECK_MS = 60_000;

export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const launch = await prepare(options);
  await boundLog(launch.place.logFile);
  const stopping = new AbortController();
  let postmaster = await findOrStart(launch, options.log, stopping.signal);
  const { adopted } = postmaster;
  await ensureDatabase(launch.place);
  options.log.info('Embedded database is up', { pid: postmaster.pid, adopted });
  const logCheck = setInterval(() => {
    boundLog(launch.place.logFile).catch((error: unknown) => {
      options.log.warn('The log of the embedded database could not be cut', { error: describeError(error) });
    });
  }, LOG_CHECK_MS).unref();
  const watching = keepUp();

  return {
    connection: { host: launch.place.socketDir, port: SOCKET_PORT, user: DATABASE_USER, database: DATABASE },
    adopted,
    pid: () => postmaster.pid,
    stop: async () => {
      stopping.abort();
      clearInterval(logCheck);
      await watching;
      await stopPostmaster(postmaster);
      await removeSocketDir(launch.place);
    },
  };

  /** A database that is killed comes back, like everything else that is waited for. */
  async function keepUp(): Promise<void> {
    let pauseMs = 100;
    while (!stopping.signal.aborted) {
      await Promise.race([postmaster.gone, pause(stopping.signal)]);
      if (stopping.signal.aborted) return;
      options.log.error('The embedded database ended by itself and is started again', { pid: postmaster.pid });
      try {
        postmaster = await findOrStart(launch, options.log, stopping.signal);
        pauseMs = 100;
      } catch (error) {
        options.log.error('The embedded database did not come back', { error: describeError(error) });
        await pause(stopping.signal, pauseMs);
        pauseMs = Math.min(pauseMs * 2, RESTART_PAUSE_MAX_MS);
      }
    }
  }
}

async function prepare(options: EmbeddedOptions): Promise<LaunchOptions> {
  const { dataDir, log, durable = true, connectionsMax = 100 } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const identity = await chooseIdentity(databaseDirOf(dataDir));
  const binaries = await findBinaries({ identity, dataDir, log });
  await createDatabaseFiles({ dataDir, binaries, identity, durable, log });
  const place = await findPlace(dataDir, identity);
  await makeSocketDir(place, identity);
  return { place, binaries, identity, durable, connectionsMax };
}

/** A server that is found may be just ending, and one that was killed may leave children that end a moment later. */
async function findOrStart(launch: LaunchOptions, log: Log, stopping: AbortSignal): Promise<Postmaster> {
  for (let attempt = 1; ; attempt++) {
    const postmaster = (await findOrphan(launch.place)) ?? (await spawnPostmaster(launch));
    stopAtExit(postmaster);
    const answer = await waitForAnswer(
      launch.place,
      postmaster,
      AbortSignal.any([stopping, AbortSignal.timeout(ANSWER_BOUND_MS)]),
    );
    if (answer === 'ready') return postmaster;
    if (answer === 'shutting-down') await postmaster.gone;
    if (answer === 'given-up' || attempt >= START_ATTEMPTS_MAX || !(await isPassing(launch.place, postmaster))) {
      if (!postmaster.adopted) await stopPostmaster(postmaster);
      throw await failure(launch.place);
    }
    log.debug('The embedded database did not start yet', { attempt });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function isPassing(place: Place, postmaster: Postmaster): Promise<boolean> {
  if (postmaster.adopted) return true;
  return /lock file "postmaster.pid" already exists|pre-existing shared memory block/.test(
    await logTail(place.logFile),
  );
}

async function failure(place: Place): Promise<StartupError> {
  return new StartupError(
    'database_not_started',
    `The embedded database did not start; its last words, from ${place.logFile}:\n${await logTail(place.logFile)}`,
  );
}

async function ensureDatabase(place: Place): Promise<void> {
  const client = embeddedClient(place);
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}
