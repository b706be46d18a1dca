/**
 * Stops every server at one point: in the statement that stores that a send begins, after it checked the deadline and before
 * it commits. The database itself holds them there, so no server knows of it.
 */
import { expect } from 'vitest';
import type { TestDatabase } from './database.ts';

export interface HeldPermits {
  /** Waits until so many statements wait there. A statement may carry many pushes. */
  readonly untilHeld: (statements: number) => Promise<void>;
  readonly release: () => Promise<void>;
}

const GATE = 4_711;

export async function holdPermits({ database: db }: TestDatabase): Promise<HeldPermits> {
  await db.execute(
    '',
    `CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       PERFORM pg_advisory_xact_lock_shared(${GATE});
       RETURN NEW;
     END $$`,
  );
  await db.execute(
    '',
    `CREATE TRIGGER gate BEFORE UPDATE ON pushes FOR EACH ROW
     WHEN (OLD.sent_at IS NULL AND NEW.sent_at IS NOT NULL) EXECUTE FUNCTION wait_at_gate()`,
  );
  const isHeld = Promise.withResolvers<void>();
  const isReleased = Promise.withResolvers<void>();
  const holding = db.transaction(async (tx) => {
    await tx.execute('', `SELECT pg_advisory_xact_lock(${GATE})`);
    isHeld.resolve();
    await isReleased.promise;
  });
  await isHeld.promise;
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
      isReleased.resolve();
      await holding;
    },
  };
}
