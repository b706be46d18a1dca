/**
 * A PostgreSQL with a set-up company, made once and copied from then on: activating Tryton's modules takes most of a
 * minute, copying takes a second. Known by the versions of the packages, the way it is made, and the year of its books.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { clientConfig, withDatabase, type DatabaseConnection } from '../../server/src/db/connection.ts';
import { POSTGRES_MAJOR } from '../../server/src/db/embedded-binaries.ts';
import { startEmbeddedPostgres } from '../../server/src/db/embedded.ts';
import type { Log } from '../../server/src/lib/log.ts';
import { ADMIN, setUpCompany } from './company.ts';
import { startServer, writeConfig } from './server.ts';

/** Never opened while Tryton runs, so that it can be copied at any time. */
export const TEMPLATE_DATABASE = 'template_company';

const MODULES = [
  'account_invoice',
  'account_invoice_correction',
  'account_payment',
  'account_product',
  'account_statement',
  'analytic_invoice',
  'bank',
  'company',
  'country',
  'currency',
  'party',
  'product',
  'purchase',
  'sale',
];

export interface CacheOptions {
  readonly versions: string;
  readonly log: Log;
  /** Told when it has to be made first, which takes most of a minute. */
  readonly onMaking: () => void;
}

/** The folder to be copied. Makes it where it is not there yet. */
export async function cachedCluster(options: CacheOptions): Promise<string> {
  const parent = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'ledgerpost');
  const complete = path.join(parent, `tryton-${await keyOf(options.versions)}`);
  if (existsSync(complete)) return complete;
  options.onMaking();
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const making = await mkdtemp(path.join(parent, 'making-'));
  try {
    await makeCluster(making, options.log);
    // Another start may have been quicker; what it made is as good.
    await rename(making, complete).catch((error: unknown) => {
      if (!existsSync(complete)) throw error;
    });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return complete;
}

async function keyOf(versions: string): Promise<string> {
  const made = await Promise.all(
    ['company.ts', 'cache.ts', 'server.ts'].map((name) => readFile(path.join(import.meta.dirname, name), 'utf8')),
  );
  const parts = [versions, POSTGRES_MAJOR, String(yearNow()), ...made];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
}

function yearNow(): number {
  return new Date().getUTCFullYear();
}

async function makeCluster(dataDir: string, log: Log): Promise<void> {
  const postgres = await startEmbeddedPostgres({ dataDir, log, durable: false });
  const work = await mkdtemp(path.join(dataDir, 'work-'));
  try {
    await analyse(postgres.connection, 'often');
    await runSql(postgres.connection, `CREATE DATABASE ${TEMPLATE_DATABASE} TEMPLATE template0 ENCODING 'UTF8'`);
    await activateModules(work, postgres.connection);
    // The settings stay with the files that are copied, where each company would be looked at every second.
    await analyse(postgres.connection, 'as usual');
    const server = await startServer({ dir: work, connection: postgres.connection });
    try {
      await setUpCompany(server.url, TEMPLATE_DATABASE, yearNow());
    } finally {
      await server.stop();
    }
    await runSql(withDatabase(postgres.connection, TEMPLATE_DATABASE), 'ANALYZE');
  } finally {
    await postgres.stop();
    await rm(work, { recursive: true, force: true });
  }
}

/** Activation looks 700 times into catalogues that nobody has analysed yet: without this it takes twice as long. */
async function analyse(connection: DatabaseConnection, howOften: 'often' | 'as usual'): Promise<void> {
  const settings = {
    autovacuum_naptime: '1s',
    autovacuum_analyze_threshold: '5',
    autovacuum_analyze_scale_factor: '0',
  };
  for (const [name, value] of Object.entries(settings)) {
    const change = howOften === 'often' ? `SET ${name} = '${value}'` : `RESET ${name}`;
    await runSql(connection, `ALTER SYSTEM ${change}`);
  }
  await runSql(connection, 'SELECT pg_reload_conf()');
}

async function activateModules(dir: string, connection: DatabaseConnection): Promise<void> {
  const passwordFile = path.join(dir, 'password');
  await writeFile(passwordFile, ADMIN.password, { mode: 0o600 });
  const config = await writeConfig({ dir, connection }, 0);
  const args = ['-c', config, '-d', TEMPLATE_DATABASE, '--email', 'admin@example.com', '-u', ...MODULES];
  await promisify(execFile)('/usr/bin/trytond-admin', [...args, '--activate-dependencies'], {
    env: { ...process.env, TRYTONPASSFILE: passwordFile },
    maxBuffer: 64 * 1024 * 1024,
  });
}

export async function runSql(connection: DatabaseConnection, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client(clientConfig(connection));
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
