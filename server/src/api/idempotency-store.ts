/** What became of requests that carried an Idempotency-Key. Keys of pushes are stored with the push, in push/queries.ts. */
import { randomUUID } from 'node:crypto';
import type { Queryable } from '../db/pool.ts';
import type { Sealer } from '../lib/seal.ts';

export interface KeyStore {
  readonly db: Queryable;
  readonly sealer: Sealer;
}

/** Which request it is: `id` from verb, path and key, `fingerprint` from all else that it says. */
export interface KeyedRequest {
  readonly id: Buffer;
  readonly fingerprint: Buffer;
}

export interface KeptAnswer {
  readonly statusCode: number;
  readonly text: string;
}

/** What the key stands for already. */
export type KnownKey = { readonly fingerprint: Buffer } & (
  | { readonly kind: 'push'; readonly pushId: string }
  | { readonly kind: 'answer'; readonly answer: KeptAnswer }
  | { readonly kind: 'in-flight' }
);

/** How long a request has before another may take its key: a process that died never says what came of it. */
const IN_FLIGHT_SECONDS = 60;
/** Promised are 90 minutes; clients and their clocks are given some room. */
const ANSWERS_KEPT_MINUTES = 120;
const SEALED_AS = 'answer under an Idempotency-Key';

export async function findKey({ db, sealer }: KeyStore, id: Buffer): Promise<KnownKey | undefined> {
  const [row] = await db.query<{
    fingerprint: Buffer;
    push_id: string | null;
    status_code: number | null;
    answer_sealed: Buffer | null;
  }>(
    'idempotency_find',
    'SELECT fingerprint, push_id, status_code, answer_sealed FROM idempotency_keys WHERE id = $1',
    [id],
  );
  if (row === undefined) return undefined;
  const { fingerprint, push_id: pushId, status_code: statusCode, answer_sealed: sealed } = row;
  if (pushId !== null) return { fingerprint, kind: 'push', pushId };
  if (statusCode === null || sealed === null) return { fingerprint, kind: 'in-flight' };
  const text = sealer.open(SEALED_AS, id.toString('hex'), sealed);
  return { fingerprint, kind: 'answer', answer: { statusCode, text } };
}

/** Takes the key for a request about to run, and gives a token for it; absent when the key stands for something. */
export async function reserveKey({ db }: KeyStore, request: KeyedRequest): Promise<string | undefined> {
  const holder = randomUUID();
  const taken = await db.execute(
    'idempotency_reserve',
    `INSERT INTO idempotency_keys AS k (id, fingerprint, in_flight_until, holder, created_at)
     VALUES ($1, $2, clock_timestamp() + ${IN_FLIGHT_SECONDS} * interval '1 second', $3, clock_timestamp())
     ON CONFLICT (id) DO UPDATE SET fingerprint = excluded.fingerprint, in_flight_until = excluded.in_flight_until,
       holder = excluded.holder, created_at = excluded.created_at
     WHERE k.in_flight_until <= clock_timestamp()`,
    [request.id, request.fingerprint, holder],
  );
  return taken === 1 ? holder : undefined;
}

export async function keepAnswer(
  { db, sealer }: KeyStore,
  { id, holder, answer }: { readonly id: Buffer; readonly holder: string; readonly answer: KeptAnswer },
): Promise<void> {
  await db.execute(
    'idempotency_keep',
    `UPDATE idempotency_keys
     SET status_code = $3, answer_sealed = $4, in_flight_until = NULL, holder = NULL, created_at = clock_timestamp()
     WHERE id = $1 AND holder = $2`,
    [id, holder, answer.statusCode, sealer.seal(SEALED_AS, id.toString('hex'), answer.text)],
  );
}

/** Keeps the refusal of a push, whose key was not taken before; false when the key stands for something meanwhile. */
export async function keepRefusal(
  { db, sealer }: KeyStore,
  { id, fingerprint }: KeyedRequest,
  answer: KeptAnswer,
): Promise<boolean> {
  const kept = await db.execute(
    'idempotency_keep_refusal',
    `INSERT INTO idempotency_keys (id, fingerprint, status_code, answer_sealed, created_at)
     VALUES ($1, $2, $3, $4, clock_timestamp()) ON CONFLICT (id) DO NOTHING`,
    [id, fingerprint, answer.statusCode, sealer.seal(SEALED_AS, id.toString('hex'), answer.text)],
  );
  return kept === 1;
}

/** Gives the key back: a retry is a fresh attempt. */
export async function releaseKey({ db }: KeyStore, id: Buffer, holder: string): Promise<void> {
  await db.execute('idempotency_release', 'DELETE FROM idempotency_keys WHERE id = $1 AND holder = $2', [id, holder]);
}

/** Removes answers past their time, and says how many. Keys of pushes stay as long as their push. */
export async function removeOldAnswers(db: Queryable, rowsMax: number): Promise<number> {
  return db.execute(
    'idempotency_remove',
    `DELETE FROM idempotency_keys WHERE id IN (
       SELECT id FROM idempotency_keys
       WHERE push_id IS NULL AND created_at < clock_timestamp() - ${ANSWERS_KEPT_MINUTES} * interval '1 minute'
       ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED)`,
    [rowsMax],
  );
}
