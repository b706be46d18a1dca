/**
 * Stops every server at one point: in the statement that stores that a send begins, after it checked the deadline and before
 * it commits. The database itself holds them there, so no server knows of it.
 */
import pg from 'pg';
import { expect } from 'vitest';
import { clientConfig } from '../../src/db/connection.ts';
import type { TestDatabase } from './database.ts';

export interface HeldPermits {
  /** Waits until so many statements wait there. A statement may carry many pushes. */
  readonly untilHeld: (statements: number) => Promise<void>;
  /** Once is enough; again does nothing. */
  readonly release: () => Promise<void>;
}

const GATE = 4_711;

/** Also once more, when those of before were released and have been stored. */
export async function holdPermits({ database: db, connection }: TestDatabase): Promise<HeldPermits> {
  await db.execute(
    '',
    `CREATE OR REPLACE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       PERFORM pg_advisory_xact_lock_shared(${GATE});
       RETURN NEW;
     END $$`,
  );
  await db.execute(
    '',
    `CREATE OR REPLACE TRIGGER gate BEFORE UPDATE ON pushes FOR EACH ROW
     WHEN (NEW.attempts > OLD.attempts) EXECUTE FUNCTION wait_at_gate()`,
  );
  // A connection of its own, without the bounds of ours on how long a transaction may do nothing.
  const holder = new pg.Client(clientConfig(connection));
  await holder.connect();
  await holder.query(`SELECT pg_advisory_lock(${GATE})`);
  let isHeld = true;
  const waiting = async () => {
    const rows = await db.query(
      '',
      `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = ${GATE} AND NOT granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    return rows.length;
  };
  return {
    untilHeld: (statements) => expect.poll(waiting).toBe(statements),
    release: async () => {
      if (isHeld) await holder.end();
      isHeld = false;
    },
  };
}
