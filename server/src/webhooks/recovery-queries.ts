/** All SQL about sending again what failed or was missed. */
import type { Queryable } from '../db/pool.ts';

export type RecoveryKind = 'recover' | 'replay';

export interface Recovery {
  readonly id: string;
  readonly consumerId: string;
  readonly kind: RecoveryKind;
  readonly since: Date;
  readonly until: Date;
  /** Where the walk stands. */
  readonly afterAt: Date;
  readonly afterId: string | undefined;
  /** That were found and are to be sent. */
  readonly messages: number;
  readonly createdAt: Date;
  readonly completedAt: Date | undefined;
}

interface RecoveryRow {
  readonly id: string;
  readonly consumer_id: string;
  readonly kind: RecoveryKind;
  readonly since: Date;
  readonly until: Date;
  readonly after_at: Date;
  readonly after_id: string | null;
  readonly messages: number;
  readonly created_at: Date;
  readonly completed_at: Date | null;
}

const RECOVERY_COLUMNS = 'id, consumer_id, kind, since, until, after_at, after_id, messages, created_at, completed_at';
const LISTED_MAX = 100;

function recovery(row: RecoveryRow): Recovery {
  return {
    id: row.id,
    consumerId: row.consumer_id,
    kind: row.kind,
    since: row.since,
    until: row.until,
    afterAt: row.after_at,
    afterId: row.after_id ?? undefined,
    messages: row.messages,
    createdAt: row.created_at,
    completedAt: row.completed_at ?? undefined,
  };
}

export async function insertRecovery(db: Queryable, each: Recovery): Promise<void> {
  await db.execute(
    'recovery_insert',
    `INSERT INTO webhook_recoveries (id, consumer_id, kind, since, until, after_at, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [each.id, each.consumerId, each.kind, each.since, each.until, each.afterAt, each.createdAt],
  );
}

/** Newest first. */
export async function selectRecoveries(db: Queryable, consumerId: string): Promise<Recovery[]> {
  const rows = await db.query<RecoveryRow>(
    'recoveries_select',
    `SELECT ${RECOVERY_COLUMNS} FROM webhook_recoveries
     WHERE consumer_id = $1 ORDER BY created_at DESC, id DESC LIMIT ${LISTED_MAX}`,
    [consumerId],
  );
  return rows.map(recovery);
}

export async function findRecovery(db: Queryable, consumerId: string, id: string): Promise<Recovery | undefined> {
  const [row] = await db.query<RecoveryRow>(
    'recovery_find',
    `SELECT ${RECOVERY_COLUMNS} FROM webhook_recoveries WHERE consumer_id = $1 AND id = $2`,
    [consumerId, id],
  );
  return row && recovery(row);
}

export async function areRecoveriesOpen(db: Queryable): Promise<boolean> {
  const rows = await db.query(
    'recoveries_open',
    'SELECT id FROM webhook_recoveries WHERE completed_at IS NULL LIMIT 1',
  );
  return rows.length > 0;
}

/** Held until the transaction ends; another process takes others. */
export async function takeRecoveries(tx: Queryable, recoveriesMax: number): Promise<Recovery[]> {
  const rows = await tx.query<RecoveryRow>(
    'recoveries_take',
    `SELECT ${RECOVERY_COLUMNS} FROM webhook_recoveries
     WHERE completed_at IS NULL ORDER BY created_at, id LIMIT $1 FOR UPDATE SKIP LOCKED`,
    [recoveriesMax],
  );
  return rows.map(recovery);
}

export async function storeProgress(tx: Queryable, each: Recovery): Promise<void> {
  await tx.execute(
    'recovery_progress',
    `UPDATE webhook_recoveries SET after_at = $2, after_id = $3, messages = $4, completed_at = $5
     WHERE id = $1 AND completed_at IS NULL`,
    [each.id, each.afterAt, each.afterId ?? null, each.messages, each.completedAt ?? null],
  );
}

/** Messages that could be sent now, counted up to a bound. */
export async function countDue(
  tx: Queryable,
  { consumerId, now, countMax }: { readonly consumerId: string; readonly now: Date; readonly countMax: number },
): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    'messages_count_due',
    `SELECT count(*) FROM (
       SELECT FROM webhook_messages WHERE consumer_id = $1 AND state = 'waiting' AND next_attempt_at <= $3 LIMIT $2
     ) AS counted`,
    [consumerId, countMax, now],
  );
  return row?.count ?? 0;
}

/** Begins the schedule of failed messages anew. Answers their ids, in order. */
export async function reopenFailed(
  tx: Queryable,
  { consumerId, since, until, afterId }: Recovery,
  { now, messagesMax }: { readonly now: Date; readonly messagesMax: number },
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    'messages_reopen',
    `WITH failed AS (
       SELECT id FROM webhook_messages
       WHERE consumer_id = $1 AND state = 'exhausted' AND completed_at >= $2 AND completed_at <= $3
         AND id > coalesce($4, '00000000-0000-0000-0000-000000000000'::uuid)
       ORDER BY id LIMIT $6 FOR UPDATE SKIP LOCKED
     )
     UPDATE webhook_messages message SET state = 'waiting', tries = 0, next_attempt_at = $5, completed_at = NULL
     FROM failed WHERE message.id = failed.id AND message.state = 'exhausted'
     RETURNING message.id`,
    [consumerId, since, until, afterId ?? null, now, messagesMax],
  );
  return rows.map(({ id }) => id).toSorted();
}

/** One attempt more, at once. A schedule that has not ended goes on where it stands. */
export async function resendMessage(
  db: Queryable,
  { consumerId, messageId, now }: { readonly consumerId: string; readonly messageId: string; readonly now: Date },
): Promise<'resent' | 'under way' | 'absent'> {
  const [row] = await db.query<{ is_resent: boolean }>(
    'message_resend',
    `WITH wanted AS (
       SELECT id, state FROM webhook_messages WHERE id = $1 AND consumer_id = $2 FOR UPDATE
     ), resent AS (
       UPDATE webhook_messages message
       SET state = 'waiting', is_resend = true, next_attempt_at = $3, completed_at = NULL,
         resume_at = CASE WHEN message.state <> 'waiting' THEN NULL
           WHEN message.is_resend THEN message.resume_at ELSE message.next_attempt_at END
       FROM wanted WHERE message.id = wanted.id AND message.state IN ('waiting', 'delivered', 'exhausted')
       RETURNING message.id
     )
     SELECT resent.id IS NOT NULL AS is_resent FROM wanted LEFT JOIN resent USING (id)`,
    [messageId, consumerId, now],
  );
  if (row === undefined) return 'absent';
  return row.is_resent ? 'resent' : 'under way';
}

/** Those that are over and as old as the events that they were about. */
export async function removeOldRecoveries(db: Queryable, days: number): Promise<void> {
  await db.execute(
    'recoveries_remove_old',
    `DELETE FROM webhook_recoveries WHERE completed_at < now() - $1 * interval '1 day'`,
    [days],
  );
}
