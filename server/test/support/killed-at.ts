/** One push, a process that is killed at one point of it, another that finishes it, and the count of what came of it. */
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { expect, vi } from 'vitest';
import type { Database } from '../../src/db/pool.ts';
import { hasEnded, type PushState } from '../../src/push/state.ts';
import type { Scene } from './arrows.ts';
import { control, recordsIn } from './books.ts';
import { createTestDatabase } from './database.ts';
import { startPostgresProxy } from './postgres-proxy.ts';
import { decideAbsent, startSandboxEngine } from './sandbox-engine.ts';
import { startTestSandbox } from './sandbox.ts';

export interface Platform {
  readonly url: string;
  /** Adds a fault to those that there are. */
  readonly misbehave: (fault: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function startPlatform(): Promise<Platform> {
  const sandbox = await startTestSandbox();
  // The harder case: a platform that would take the same request twice.
  await control(sandbox.url, { idempotency: 'ignore' });
  return {
    url: sandbox.url,
    misbehave: (fault) => call(`${sandbox.url}/control/faults`, {}, fault),
    close: sandbox.close,
  };
}

export interface Killed {
  /** The push's state in the database when the process was killed. */
  readonly diedIn: PushState;
  /** And in the end. */
  readonly state: PushState;
  readonly records: number;
  readonly events: number;
  readonly inFlight: number;
  readonly countedAsEnded: number;
}

const CODE = '7001';
const LONG = { timeout: 120_000, interval: 40 };

export async function killedAt(
  name: string,
  scene: Scene,
  side: 'before' | 'after',
  platform: Platform,
  startProcess: () => ChildProcess,
): Promise<Killed> {
  const { database: db, connection, drop } = await createTestDatabase();
  const push = { id: randomUUID(), companyId: randomUUID(), connectionId: randomUUID(), books: `kill-${randomUUID()}` };
  await lay(db, push, scene, platform);
  const proxy = await startPostgresProxy(connection, { ...scene, side });
  const { companyId, id: pushId } = push;
  const child = startProcess();
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const decide = scene.isDecided === true ? { decide: { companyId, pushId } } : {};
  child.send({ databaseUrl: proxy.url, sandboxUrl: platform.url, ...decide });
  await vi.waitFor(() => expect(proxy.isHalted(), name).toBe(true), LONG);
  if (side === 'after') await vi.waitFor(async () => expect(await hasMoved(db, scene), name).toBe(true), LONG);
  child.kill('SIGKILL');
  await exited;
  await proxy.close();
  const diedIn = await stateOf(db);

  await bringLooksForward(db);
  const successor = startSandboxEngine(db, platform.url);
  if (scene.isDecided === true) await decideAbsent(db, { companyId, pushId });
  await vi.waitFor(
    async () => expect(hasEnded(await stateOf(db)) && (await isQuiet(db, scene)), name).toBe(true),
    LONG,
  );
  await successor.stop();
  const counted = await count(db);
  const accounts = await recordsIn(platform.url, { books: `/books/${push.books}` }, 'accounts');
  await drop();
  return { diedIn, ...counted, records: accounts.filter(({ code }) => code === CODE).length };
}

type Laid = { readonly id: string; readonly companyId: string; readonly connectionId: string; readonly books: string };

async function lay(db: Database, push: Laid, scene: Scene, platform: Platform): Promise<void> {
  await call(`${platform.url}/books`, {}, { id: push.books, name: 'Kill', template: 'empty' });
  if (scene.isInBooks === true) {
    const headers = { 'idempotency-key': push.id, 'client-reference': push.id };
    const account = { code: CODE, name: 'Account', category: 'Asset.Current' };
    await call(`${platform.url}/books/${push.books}/accounts`, headers, account);
  }
  if (scene.fault !== undefined) {
    await platform.misbehave({ ...scene.fault, method: 'POST', path: `/books/${push.books}`, times: 1 });
  }
  const link = JSON.stringify({ books: push.books, ...(scene.memory && { memory: scene.memory }) });
  await db.execute('', `INSERT INTO companies (id, name, created_at) VALUES ($1, 'Toft stores', now())`, [
    push.companyId,
  ]);
  await db.execute(
    '',
    `INSERT INTO connections (id, company_id, platform_key, status, link_sealed, link_token, created_at, deleted_at)
     VALUES ($1, $2, 'mqjo', 'Linked', $3, $1::uuid::text, now(), CASE WHEN $4 THEN now() END)`,
    [push.connectionId, push.companyId, Buffer.from(link), scene.isConnectionDeleted ?? false],
  );
  if (scene.expiresWhenClaimed === true) await expireClaims(db);
  const body = {
    nominalCode: CODE,
    fullyQualifiedCategory: 'Asset.Current',
    ...(scene.body === undefined && { name: 'Account' }),
  };
  const row: Record<string, string> = { state: `'queued'`, not_before: 'now()', ...scene.row };
  await db.execute(
    '',
    `INSERT INTO pushes (id, company_id, connection_id, data_type, kind, body, allow_sync, force_update, correlation_id,
       requested_at, ${Object.keys(row).join(', ')})
     VALUES ($1, $2, $3, 'chartOfAccounts', 'create', $4, true, false, 'c0ffee', now(), ${Object.values(row).join(', ')})`,
    [push.id, push.companyId, push.connectionId, JSON.stringify(body)],
  );
  await db.execute(
    '',
    `INSERT INTO lanes (connection_id, company_id, in_flight, unknown)
     SELECT connection_id, company_id, (lease_token IS NOT NULL)::int, (state = 'unknown')::int FROM pushes`,
  );
}

/** No wait is as exact: the deadline passes in the statement that claims. */
async function expireClaims(db: Database): Promise<void> {
  await db.execute(
    '',
    `CREATE FUNCTION expire_claim() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       NEW.deadline_at := clock_timestamp();
       RETURN NEW;
     END $$`,
  );
  await db.execute(
    '',
    `CREATE TRIGGER expire_claims BEFORE UPDATE ON pushes FOR EACH ROW
     WHEN (OLD.lease_token IS NULL AND NEW.lease_token IS NOT NULL) EXECUTE FUNCTION expire_claim()`,
  );
}

interface Standing {
  readonly state: PushState;
  readonly turns: number;
  readonly sent_at: Date | null;
}

async function standing(db: Database): Promise<Standing> {
  const [row] = await db.query<Standing>('', 'SELECT state, turns, sent_at FROM pushes');
  if (row === undefined) throw new Error('the push is gone');
  return row;
}

const stateOf = async (db: Database) => (await standing(db)).state;

async function hasMoved(db: Database, { statement, to }: Scene): Promise<boolean> {
  const { state, turns, sent_at: sentAt } = await standing(db);
  if (statement === 'push_permit') return sentAt !== null;
  return state === to && (statement === 'push_claim' || turns > 0);
}

/** The next look at what is unknown comes ten minutes later, and doubts are made to last an hour: no test waits for that. */
async function bringLooksForward(db: Database): Promise<void> {
  await db.execute(
    '',
    `UPDATE pushes SET not_before = least(not_before, now()), in_doubt_since = least(in_doubt_since, now() - interval '1 hour')
     WHERE state IN ('in_doubt', 'unknown') AND not_before < 'infinity'`,
  );
}

/** A push that began as unknown had ended in a way before anything happened. */
async function isQuiet(db: Database, { ends, from }: Scene): Promise<boolean> {
  return from !== 'unknown' || (await stateOf(db)) === ends.state;
}

async function count(db: Database): Promise<Omit<Killed, 'diedIn' | 'records'>> {
  const [row] = await db.query<Omit<Killed, 'diedIn' | 'records'>>(
    '',
    `SELECT p.state, (SELECT count(*)::int FROM events WHERE event_type LIKE '%.write.%') AS events,
       l.in_flight AS "inFlight",
       (CASE p.state WHEN 'succeeded' THEN l.succeeded WHEN 'failed' THEN l.failed
         WHEN 'timed_out' THEN l.timed_out WHEN 'unknown' THEN l.unknown END)::int AS "countedAsEnded"
     FROM pushes p JOIN lanes l ON l.connection_id = p.connection_id`,
  );
  if (row === undefined) throw new Error('the push is gone');
  return row;
}

async function call(url: string, headers: Readonly<Record<string, string>>, body: object): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: 'Bearer sandbox-token', 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}
