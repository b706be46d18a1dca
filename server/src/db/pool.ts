/**
 * The database as the rest of the server sees it: named prepared statements, transactions that are run again when
 * the database asks for it, and values in the types that the code works with. A thin layer over pg's pool.
 */
import pg from 'pg';
import { describeError, type Log } from '../lib/log.ts';
import { clientConfig, type DatabaseConnection } from './connection.ts';
import { valueTypes } from './value-types.ts';

export interface Queryable {
  /** Runs a statement prepared under `name` (one name, one text) and gives its rows. */
  readonly query: <Row extends object>(name: string, text: string, values?: readonly unknown[]) => Promise<Row[]>;
  /** The same for a statement without rows of interest: gives how many rows it touched. */
  readonly execute: (name: string, text: string, values?: readonly unknown[]) => Promise<number>;
}

export interface Database extends Queryable {
  /** Runs `work` in a transaction; the whole of it again if the database reports a conflict or a deadlock. */
  readonly transaction: <T>(work: (tx: Queryable) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

export interface DatabaseOptions {
  readonly connection: DatabaseConnection;
  readonly connectionsMax: number;
  readonly log: Log;
}

const STATEMENT_TIMEOUT_MS = 30_000;
const ATTEMPTS_MAX = 6;

export function createDatabase({ connection, connectionsMax, log }: DatabaseOptions): Database {
  const pool = new pg.Pool({
    ...clientConfig(connection),
    max: connectionsMax,
    types: valueTypes,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    // Our own bound, for a server that has gone silent and so cannot enforce its own.
    query_timeout: STATEMENT_TIMEOUT_MS + 5_000,
  });
  // Without a listener, a connection that breaks while nobody uses it would end the process.
  pool.on('error', (error) => {
    if (!pool.ending) log.warn('An idle database connection was lost', { error: error.message });
  });
  // The pool listens on idle connections only: between two statements of a transaction nobody else would.
  pool.on('connect', (client) => client.on('error', () => undefined));

  return {
    ...queryable((config) => retried(() => pool.query(config))),
    transaction: (work) => retried(() => runTransaction(pool, work)),
    close: () => pool.end(),
  };
}

type Run = (config: pg.QueryConfig) => Promise<pg.QueryResult>;

function queryable(run: Run): Queryable {
  const prepared = (name: string, text: string, values: readonly unknown[] = []) =>
    run({ name, text, values: [...values] });
  return {
    query: async <Row extends object>(...statement: Parameters<typeof prepared>) =>
      (await prepared(...statement)).rows as Row[],
    execute: async (...statement) => (await prepared(...statement)).rowCount ?? 0,
  };
}

async function runTransaction<T>(pool: pg.Pool, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query('BEGIN');
    const result = await work(queryable((config) => client.query(config)));
    const { command } = await client.query('COMMIT');
    // PostgreSQL answers COMMIT of a transaction in which a statement failed with ROLLBACK, and with no error.
    if (command !== 'COMMIT') throw new Error('A statement of this transaction failed and its error was swallowed');
    return result;
  } catch (error) {
    broken = !(await rolledBack(client));
    throw error;
  } finally {
    // A connection in an unknown state is closed instead of handed to the next user.
    client.release(broken);
  }
}

async function rolledBack(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query('ROLLBACK');
    return true;
  } catch {
    return false;
  }
}

/** Serialisation failure and deadlock: nothing was done, and doing it again is what the database asks for. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= ATTEMPTS_MAX || !isRetryable(error)) throw error;
      const pauseMs = Math.random() * 10 * 2 ** attempt;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

function isRetryable(error: unknown): boolean {
  const code = errorCode(error);
  return code === '40001' || code === '40P01';
}

/** The SQLSTATE of a database error, or the system's code of a network error. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

const LOST_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND']);
/** pg gives these no code. */
const LOST_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout|Client was closed)/;

/**
 * Whether the database could not be reached or went away in the middle. What was asked may or may not have been done:
 * only the caller knows whether asking again is harmless.
 */
export function isConnectionLost(error: unknown): boolean {
  const code = errorCode(error);
  if (code !== undefined) {
    // 08: connection exceptions; 57P01–57P03: shutting down, crashed, starting up; 53300: no connection free.
    return (
      LOST_CODES.has(code) ||
      isSocketAbsent(error) ||
      code.startsWith('08') ||
      /^57P0[1-3]$/.test(code) ||
      code === '53300'
    );
  }
  return error instanceof Error && LOST_MESSAGES.test(error.message);
}

/** The embedded database's socket is a file, which is gone while the database is down. */
function isSocketAbsent(error: unknown): boolean {
  return errorCode(error) === 'ENOENT' && error instanceof Error && 'syscall' in error && error.syscall === 'connect';
}

/** Text for a log: the database's own message without the row values that its detail would quote. */
export function describeDatabaseError(error: unknown): string {
  const code = errorCode(error);
  return code === undefined ? describeError(error) : `${code}: ${error instanceof Error ? error.message : ''}`;
}
