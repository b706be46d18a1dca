/**
 * The clock of one test database in a test's hands. Schedules and leases go by the database's clock; here its functions
 * are found before PostgreSQL's own, and tell the time that was set.
 */
import pg from 'pg';
import { clientConfig } from '../../src/db/connection.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { TestDatabase } from './database.ts';

export interface TestClock {
  /** The same time for the code under test. */
  readonly clock: Clock;
  /** It stands still until it is set again. */
  readonly set: (to: Date) => Promise<void>;
}

/** Before the database is used for the first time: connections that are open already keep to the true time. */
export async function holdClock({ connection, database }: TestDatabase, from: Date): Promise<TestClock> {
  const client = new pg.Client(clientConfig(connection));
  await client.connect();
  try {
    await client.query(`
      CREATE SCHEMA held;
      CREATE TABLE held.clock (at timestamptz NOT NULL);
      CREATE FUNCTION held.now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT at FROM held.clock';
      CREATE FUNCTION held.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT at FROM held.clock';
      DO $$ BEGIN
        EXECUTE format('ALTER DATABASE %I SET search_path = held, pg_catalog, public', current_database());
      END $$`);
    await client.query('INSERT INTO held.clock VALUES ($1)', [from]);
  } finally {
    await client.end();
  }
  let now = from;
  return {
    clock: { now: () => new Date(now) },
    set: async (to) => {
      await database.execute('', 'UPDATE held.clock SET at = $1', [to]);
      now = to;
    },
  };
}
