/**
 * The real database on simulated time, and each simulated process's way to it: every statement of a process waits until
 * the scheduler lets the database carry it out, and its answer until the scheduler hands it over.
 */
import type { Database } from '../../src/db/pool.ts';
import type { SeededBug } from './seeded-bugs.ts';
import type { SimulatedTime } from './simulated-time.ts';

export interface Statement {
  readonly kind: 'statement';
  readonly process: string;
  readonly name: string;
  /** Set once the database has carried it out. */
  answer: Answer | undefined;
  readonly run: () => Promise<Answer>;
  readonly hand: (answer: Answer) => void;
  /** The connection broke; whether the statement was carried out, the process cannot know. */
  readonly lose: () => void;
}

export type Answer =
  | { readonly ok: true; readonly rows: object[]; readonly count: number }
  | { readonly ok: false; readonly error: unknown };

/** Makes the database tell the world's time. Only this database, and nothing that the product knows of. */
export async function putOnSimulatedTime(db: Database): Promise<void> {
  await db.execute('', 'CREATE SCHEMA IF NOT EXISTS sim');
  for (const name of ['clock_timestamp', 'now']) {
    await db.execute(
      '',
      `CREATE OR REPLACE FUNCTION sim.${name}() RETURNS timestamptz LANGUAGE sql VOLATILE
       AS $$ SELECT pg_catalog.current_setting('sim.now')::timestamptz $$`,
    );
  }
  const path = 'search_path = sim, pg_catalog, public';
  await db.execute('', `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET ${path}', current_database()); END $$`);
  await db.execute('', `SET ${path}`);
}

export interface WorldDatabase {
  /** For the world's own purposes, at the world's time. */
  readonly query: <Row extends object>(name: string, text: string, values?: readonly unknown[]) => Promise<Row[]>;
  /** Statements so far that may have changed a row: where there is none more, what was read still stands. */
  readonly changes: () => number;
  readonly ownedBy: (process: string, ask: (statement: Statement) => void) => Database;
}

/** `db` has one connection, so that statements follow each other and the clock set for one holds for it. */
export function makeWorldDatabase(db: Database, time: SimulatedTime, bug: SeededBug | undefined): WorldDatabase {
  let toldMs: number | undefined;
  let changes = 0;

  const tellTime = async () => {
    if (toldMs === time.nowMs()) return;
    toldMs = time.nowMs();
    await db.query('sim_tell_time', `SELECT set_config('sim.now', $1, false)`, [time.timestamp()]);
  };
  const carryOut = async (name: string, text: string, values?: readonly unknown[]): Promise<Answer> => {
    await tellTime();
    const changed = bug?.change(name, text) ?? text;
    const preparedAs = changed === text ? name : `${name}:${bug?.name}`;
    try {
      const rows = await db.query<object>(preparedAs.slice(0, 63), changed, values);
      return { ok: true, rows: inFixedOrder(name, rows), count: rows.length };
    } catch (error) {
      return { ok: false, error };
    } finally {
      if (mayChange(changed)) changes += 1;
    }
  };

  return {
    query: async <Row extends object>(name: string, text: string, values?: readonly unknown[]) => {
      await tellTime();
      const rows = await db.query<Row>(name, text, values);
      if (mayChange(text)) changes += 1;
      return rows;
    },
    changes: () => changes,
    ownedBy: (process, ask) => {
      const asked = (name: string, text: string, values?: readonly unknown[]) =>
        new Promise<Extract<Answer, { ok: true }>>((resolve, reject) => {
          ask({
            kind: 'statement',
            process,
            name,
            answer: undefined,
            run: () => carryOut(name, text, values),
            hand: (answer) => (answer.ok ? resolve(answer) : reject(answer.error)),
            lose: () => reject(Object.assign(new Error('the connection was lost'), { code: 'ECONNRESET' })),
          });
        });
      return {
        query: async <Row extends object>(...statement: Parameters<typeof asked>) =>
          (await asked(...statement)).rows as Row[],
        execute: async (...statement) => (await asked(...statement)).count,
        transaction: () => Promise.reject(new Error('the simulated engine has no transactions')),
        close: () => Promise.resolve(),
      };
    },
  };
}

function mayChange(text: string): boolean {
  return /\b(?:INSERT|UPDATE|DELETE)\b/i.test(text);
}

/** Where a statement leaves the order open, the database's choice depends on earlier runs; a replay must not. */
function inFixedOrder(name: string, rows: object[]): object[] {
  if (!['push_find_expired', 'push_find_orphaned', 'push_rescue'].includes(name)) return rows;
  return rows.toSorted((a, b) => keyOf(a).localeCompare(keyOf(b)));
}

function keyOf(row: object): string {
  const { id = '', connection_id = '' } = row as { id?: string; connection_id?: string };
  return `${connection_id} ${id}`;
}
