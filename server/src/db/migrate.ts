/**
 * Brings a database to the form this version needs: plain SQL files, forward only, each in one transaction.
 * Several processes may do so at once: a table lock lets one at a time look and apply.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import type { Log } from '../lib/log.ts';
import { clientConfig, type DatabaseConnection } from './connection.ts';
import { StartupError } from './startup-error.ts';

export interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

export interface MigrateOptions {
  readonly connection: DatabaseConnection;
  readonly migrations: readonly Migration[];
  readonly log: Log;
}

const MIGRATIONS_DIR = path.join(import.meta.dirname, '..', '..', 'migrations');

export async function readMigrations(dir: string = MIGRATIONS_DIR): Promise<Migration[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.sql')).toSorted();
  const odd = names.find((name) => !/^\d{4}_[a-z0-9_]+\.sql$/.test(name));
  if (odd !== undefined) throw new Error(`${odd}: a migration is named like 0001_some_words.sql`);
  const twice = names.find((name, index) => name.slice(0, 4) === names[index - 1]?.slice(0, 4));
  if (twice !== undefined) throw new Error(`${twice}: another migration has this number`);
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(path.join(dir, name), 'utf8');
      return { name: name.slice(0, -'.sql'.length), sql, checksum: checksumOf(sql) };
    }),
  );
}

/** A checkout with Windows line ends is the same migration. */
function checksumOf(sql: string): string {
  return createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex');
}

/** Applies what is missing and gives the names of what it applied. */
export async function migrate({ connection, migrations, log }: MigrateOptions): Promise<string[]> {
  const client = new pg.Client(clientConfig(connection));
  client.on('error', () => undefined);
  await client.connect();
  try {
    await makeTable(client);
    const done: string[] = [];
    for (;;) {
      const name = await applyNext(client, migrations);
      if (name === undefined) return done;
      log.info('Migration applied', { migration: name });
      done.push(name);
    }
  } finally {
    await client.end();
  }
}

/**
 * IF NOT EXISTS is no lock: of two that make the table at once, one may be told that its name is taken, that its type
 * exists or that its index does. Whatever it is told, only the table counts.
 */
async function makeTable(client: pg.Client): Promise<void> {
  try {
    await client.query(
      `CREATE TABLE IF NOT EXISTS applied_migrations (
         name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
    );
  } catch (error) {
    const { rows } = await client.query<{ is_there: boolean }>(
      `SELECT to_regclass('applied_migrations') IS NOT NULL AS is_there`,
    );
    if (rows[0]?.is_there !== true) throw error;
  }
}

async function applyNext(client: pg.Client, migrations: readonly Migration[]): Promise<string | undefined> {
  await client.query('BEGIN');
  try {
    await client.query('LOCK TABLE applied_migrations IN EXCLUSIVE MODE');
    const { rows } = await client.query<AppliedMigration>(
      'SELECT name, checksum FROM applied_migrations ORDER BY name',
    );
    const next = nextMigration(migrations, rows);
    if (next !== undefined) {
      await runScript(client, next);
      await client.query('INSERT INTO applied_migrations (name, checksum) VALUES ($1, $2)', [next.name, next.checksum]);
    }
    await client.query('COMMIT');
    return next?.name;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function runScript(client: pg.Client, migration: Migration): Promise<void> {
  try {
    await client.query(migration.sql);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupError('migration_failed', `Migration ${migration.name} failed and was undone: ${reason}`, error);
  }
}

interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
}

/** The first migration that is not applied yet; throws if what is applied is not what this version knows. */
function nextMigration(known: readonly Migration[], applied: readonly AppliedMigration[]): Migration | undefined {
  const byName = new Map(known.map((migration) => [migration.name, migration]));
  for (const { name, checksum } of applied) {
    const migration = byName.get(name);
    if (migration === undefined) {
      throw new StartupError(
        'database_is_newer',
        `The database was made by a newer version of Ledgerpost (migration ${name} is unknown here). ` +
          'Start that version or a later one, or use another database.',
      );
    }
    if (migration.checksum !== checksum) {
      throw new StartupError(
        'migration_was_changed',
        `Migration ${name} was applied to this database with another text than it has now. ` +
          'Restore the file as it was released, and put the change into a new migration.',
      );
    }
  }
  const names = new Set(applied.map(({ name }) => name));
  return known.find(({ name }) => !names.has(name));
}
