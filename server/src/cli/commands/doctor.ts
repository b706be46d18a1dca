/** ledgerpost doctor: looks at everything a working installation needs, and says what to do about what it finds. */
import { access, constants } from 'node:fs/promises';
import type { Command } from 'commander';
import pg from 'pg';
import { readConfig, type Config } from '../../config.ts';
import { clientConfig } from '../../db/connection.ts';
import { readMigrations } from '../../db/migrate.ts';
import { describeDatabaseError } from '../../db/pool.ts';
import { UNICODE_COLLATION } from '../../db/text-rules.ts';
import { systemClock } from '../../lib/clock.ts';
import { contextOf, outputOf, type CommandContext } from '../context.ts';
import { CommandFailure } from '../exit-codes.ts';
import { networkReason } from '../server-calls.ts';

interface Finding {
  readonly check: string;
  readonly result: 'ok' | 'look' | 'bad';
  readonly detail: string;
}

const COLOUR_OF_RESULT = { ok: 'green', look: 'yellow', bad: 'red' } as const;

const POSTGRES_MIN = 150_000;
/** Signatures of webhooks bear a time, and receivers commonly allow five minutes. */
const CLOCKS_APART_MAX_MS = 30_000;
const CONNECT_MS = 5_000;

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check settings, data folder, database, clocks, server and key')
    .action(async () => {
      const output = outputOf(program);
      const findings = await examine(program);
      if (output.json) output.value(findings);
      else {
        const rows = findings.map(({ check, result, detail }) => ({ check, result, detail }));
        output.table(rows, (text, column, { result }) =>
          column === 'result' ? output.colour(COLOUR_OF_RESULT[result as Finding['result']], text) : text,
        );
      }
      const bad = findings.filter(({ result }) => result === 'bad').length;
      if (bad > 0) throw new CommandFailure('unhealthy', `${bad} to mend`);
    });
}

async function examine(program: Command): Promise<Finding[]> {
  const parsed = readConfig();
  if (!parsed.ok) return parsed.problems.map((detail) => ({ check: 'settings', result: 'bad', detail }));
  const { config } = parsed;
  return [
    { check: 'settings', result: 'ok', detail: 'all of them can be read' },
    await examineDataDir(config),
    ...(config.databaseUrl === undefined ? [] : await examineDatabase(config.databaseUrl)),
    ...(await examineServer(program)),
  ];
}

async function examineDataDir({ dataDir, databaseUrl }: Config): Promise<Finding> {
  try {
    await access(dataDir, constants.R_OK | constants.W_OK);
    return { check: 'data folder', result: 'ok', detail: dataDir };
  } catch {
    const isNeeded = databaseUrl === undefined;
    const detail = `${dataDir} cannot be read and written${isNeeded ? ': the first start makes it' : ''}`;
    return { check: 'data folder', result: 'look', detail };
  }
}

async function examineDatabase(url: string): Promise<Finding[]> {
  const client = new pg.Client({ ...clientConfig({ url }), connectionTimeoutMillis: CONNECT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<DatabaseRow>(
      `SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS text,
         clock_timestamp() AS now, to_regclass('applied_migrations') IS NOT NULL AS has_table,
         to_regcollation('"${UNICODE_COLLATION}"') IS NOT NULL AS has_collation`,
    );
    const [row] = rows;
    if (row === undefined) throw new Error('no answer');
    const applied = row.has_table
      ? (await client.query<{ name: string }>('SELECT name FROM applied_migrations')).rows.map(({ name }) => name)
      : [];
    return [examineVersion(row), examineClock("database's clock", row.now), await examineMigrations(applied)];
  } catch (error) {
    return [{ check: 'database', result: 'bad', detail: `it cannot be reached: ${describeDatabaseError(error)}` }];
  } finally {
    await client.end().catch(() => undefined);
  }
}

interface DatabaseRow {
  readonly version: number;
  readonly text: string;
  readonly now: Date;
  readonly has_table: boolean;
  readonly has_collation: boolean;
}

function examineVersion({ version, text, has_collation: hasCollation }: DatabaseRow): Finding {
  const check = 'database';
  const detail = `PostgreSQL ${text}`;
  if (version < POSTGRES_MIN) return { check, result: 'bad', detail: `${detail}: 15 or newer is needed` };
  if (hasCollation) return { check, result: 'ok', detail };
  return {
    check,
    result: 'bad',
    detail: `${detail}: it has no ${UNICODE_COLLATION}: ICU and a database in UTF-8 are needed`,
  };
}

async function examineMigrations(applied: readonly string[]): Promise<Finding> {
  const known = (await readMigrations()).map(({ name }) => name);
  const check = 'migrations';
  const foreign = applied.find((name) => !known.includes(name));
  if (foreign !== undefined) return { check, result: 'bad', detail: `${foreign} was applied by a newer version` };
  const missing = known.length - applied.length;
  if (missing === 0) return { check, result: 'ok', detail: `all ${known.length} are applied` };
  return {
    check,
    result: 'look',
    detail: `${missing} are missing: the next start or "ledgerpost migrate" applies them`,
  };
}

async function examineServer(program: Command): Promise<Finding[]> {
  let context: CommandContext;
  try {
    context = await contextOf(program);
  } catch (error) {
    return [{ check: 'API key', result: 'bad', detail: error instanceof Error ? error.message : String(error) }];
  }
  const { url } = context.server;
  try {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(CONNECT_MS) });
    const told = new Date(answer.headers.get('date') ?? '');
    return [
      {
        check: 'server',
        result: answer.ok ? 'ok' : 'bad',
        detail: answer.ok ? url : `not ready: ${await answer.text()}`,
      },
      ...(Number.isNaN(told.getTime()) ? [] : [examineClock("server's clock", told)]),
      await examineKey(context),
    ];
  } catch (error) {
    return [{ check: 'server', result: 'bad', detail: `${url} does not answer: ${networkReason(error)}` }];
  }
}

async function examineKey({ server }: CommandContext): Promise<Finding> {
  try {
    const { totalResults } = await server.call<{ readonly totalResults: number }>('GET', '/companies', {
      query: { pageSize: 1 },
    });
    return { check: 'API key', result: 'ok', detail: `it is accepted; companies: ${totalResults}` };
  } catch (error) {
    return { check: 'API key', result: 'bad', detail: error instanceof Error ? error.message : String(error) };
  }
}

function examineClock(check: string, told: Date): Finding {
  const apartMs = Math.abs(told.getTime() - systemClock.now().getTime());
  const detail = `${(apartMs / 1_000).toFixed(1)} s from ours`;
  return { check, result: apartMs <= CLOCKS_APART_MAX_MS ? 'ok' : 'bad', detail };
}
