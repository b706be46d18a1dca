/**
 * For those who read books that have only just been linked: their first reading is under way, and mostly done within a
 * second or two.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Queryable } from '../db/pool.ts';
import { monotonicMs } from '../lib/clock.ts';
import { isSynced } from '../records/state.ts';
import type { StoredDataType } from '../records/stored-types.ts';

/** Longer than first readings of small books take on a slow machine, and shorter than callers' patience. */
const WAIT_MS_MAX = 10_000;
const LOOK_MS = 50;

interface SetOfConnection {
  readonly connectionId: string;
  readonly dataType: StoredDataType;
}

/** Answers whether the set has been read, once that is so, or once there is nothing more to wait for. */
export async function awaitFirstRead(db: Queryable, set: SetOfConnection, waitMsMax = WAIT_MS_MAX): Promise<boolean> {
  const untilMs = monotonicMs() + waitMsMax;
  while (monotonicMs() < untilMs && (await isFirstReadComing(db, set))) {
    if (await isSynced(db, set)) return true;
    await pause(LOOK_MS);
  }
  return isSynced(db, set);
}

/** Not where it has met with trouble: that may take any time. */
async function isFirstReadComing(db: Queryable, { connectionId, dataType }: SetOfConnection): Promise<boolean> {
  const [row] = await db.query<{ is_coming: boolean }>(
    'first_read_coming',
    `SELECT EXISTS (SELECT 1 FROM sync_links WHERE connection_id = $1 AND is_new)
       OR EXISTS (SELECT 1 FROM datasets
         WHERE connection_id = $1 AND data_type = $2 AND completed_at IS NULL AND setbacks = 0) AS is_coming`,
    [connectionId, dataType],
  );
  return row?.is_coming ?? false;
}
