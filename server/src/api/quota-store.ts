/** The day's requests, as all processes share them, and the events about them: each told once, whoever finds it out. */
import type { Database } from '../db/pool.ts';
import { rateLimitEvent } from '../events/event.ts';
import { insertEvents } from '../events/queries.ts';

/** Hands out up to `block` more requests of the day, and says how many, and how many are left for others. */
export async function reserveRequests(
  db: Database,
  { day, block, quota }: { readonly day: string; readonly block: number; readonly quota: number },
): Promise<{ readonly granted: number; readonly left: number }> {
  const [row] = await db.query<{ reserved: number }>(
    'quota_reserve',
    `INSERT INTO quota_usage AS u (day, reserved) VALUES ($1, $2)
     ON CONFLICT (day) DO UPDATE SET reserved = u.reserved + excluded.reserved RETURNING reserved`,
    [day, block],
  );
  const left = quota - (row?.reserved ?? Infinity);
  return { granted: Math.max(0, block + Math.min(0, left)), left: Math.max(0, left) };
}

interface Telling {
  readonly day: string;
  readonly quota: number;
  readonly now: Date;
  /** The end of the day. */
  readonly expiresAt: Date;
}

/** Tells that the day's quota is used up, unless that was told; says whether it was told now. */
export function tellReached(db: Database, { day, quota, now, expiresAt }: Telling): Promise<boolean> {
  return db.transaction(async (tx) => {
    const isFirst = await tx.execute(
      'quota_reached',
      'UPDATE quota_usage SET reached_at = $2 WHERE day = $1 AND reached_at IS NULL',
      [day, now],
    );
    if (isFirst === 0) return false;
    const facts = { dailyQuota: quota, quotaRemaining: 0, expiresAt };
    await insertEvents(tx, [rateLimitEvent('client.rateLimit.reached', facts, now)]);
    return true;
  });
}

/** Tells that a new day has begun after one whose quota was used up. */
export function tellReset(db: Database, { day, quota, now, expiresAt }: Telling): Promise<boolean> {
  return db.transaction(async (tx) => {
    const days = await tx.execute(
      'quota_reset',
      `UPDATE quota_usage SET reset_told_at = $2
       WHERE day < $1 AND reached_at IS NOT NULL AND reset_told_at IS NULL`,
      [day, now],
    );
    if (days === 0) return false;
    const facts = { dailyQuota: quota, quotaRemaining: quota, expiresAt };
    await insertEvents(tx, [rateLimitEvent('client.rateLimit.reset', facts, now)]);
    return true;
  });
}
