/**
 * Looks again, now and then, for the writes of pushes whose outcome is unknown: a platform that could not be searched for
 * a day may be back on the next. What is found ends as a success. That nothing is found ends nothing: the search did not
 * work once, so it may not have seen everything.
 */
import type { Database, Queryable } from '../db/pool.ts';
import { describeError, type Log } from '../lib/log.ts';
import { keptWrites } from './kept.ts';
import { HELD_COLUMNS, TAKEN_COLUMNS, TAKEN_JOINS, takenPush, type TakenPush, type TakenRow } from './moves.ts';
import { preparePush, type PrepareDeps } from './prepare.ts';
import type { Settle } from './settle.ts';
import { judgeFind, SECOND_LOOK_PAUSE_MS } from './verdict.ts';

const SECOND_LOOKS_DAYS = 7;
const LOOKS_AT_ONCE_MAX = 20;

export interface SecondLookDeps extends PrepareDeps {
  readonly db: Database;
  readonly log: Log;
  readonly settle: Settle;
}

/** Takes some that are due and looks for each; answers how many those were. */
export async function lookAgain(deps: SecondLookDeps): Promise<number> {
  const pushes = await takeDue(deps.db, LOOKS_AT_ONCE_MAX);
  await Promise.all(
    pushes.map((push) =>
      lookFor(push, deps).catch((error: unknown) =>
        deps.log.error('A push of unknown outcome could not be looked up', {
          push: push.id,
          error: describeError(error),
        }),
      ),
    ),
  );
  return pushes.length;
}

/** What was read may hold the writes of pushes whose outcome is unknown: they are looked for at once. */
export async function lookSoon(
  db: Queryable,
  read: { readonly connectionId: string; readonly dataType: string },
): Promise<number> {
  return db.execute(
    'push_look_soon',
    `UPDATE pushes SET not_before = now()
     WHERE state = 'unknown' AND connection_id = $1 AND data_type = $2 AND not_before > now()`,
    [read.connectionId, read.dataType],
  );
}

/** A look needs no lease: it only reads, and the move that may follow is guarded by the state. Taking puts off the next. */
async function takeDue(db: Database, pushesMax: number): Promise<TakenPush[]> {
  const rows = await db.query<TakenRow>(
    'push_second_looks',
    `WITH due AS MATERIALIZED (
       SELECT p.id, c.platform_key, CASE WHEN c.deleted_at IS NULL THEN c.link_sealed END AS link_sealed
       FROM pushes p JOIN connections c ON c.id = p.connection_id
       WHERE p.state = 'unknown' AND p.not_before <= now()
       ORDER BY p.not_before LIMIT $1 FOR UPDATE OF p SKIP LOCKED
     ), taken AS (
       UPDATE pushes p
       SET not_before = CASE
         WHEN p.completed_at > clock_timestamp() - ${SECOND_LOOKS_DAYS} * interval '1 day'
         THEN clock_timestamp() + ${SECOND_LOOK_PAUSE_MS} * interval '1 millisecond' ELSE 'infinity' END
       FROM due WHERE p.id = due.id AND p.id = ANY (ARRAY(SELECT id FROM due)) AND p.state = 'unknown'
       RETURNING p.*, due.platform_key, due.link_sealed
     )
     SELECT ${HELD_COLUMNS}, p.platform_key, p.link_sealed, ${TAKEN_COLUMNS}
     FROM taken p ${TAKEN_JOINS} WHERE p.link_sealed IS NOT NULL`,
    [pushesMax],
  );
  return rows.map(takenPush);
}

async function lookFor(push: TakenPush, deps: SecondLookDeps): Promise<void> {
  const prepared = await preparePush(push, deps);
  if (prepared.kind === 'refused') return;
  const { connector, write, session, request, network, at } = prepared;
  if (write.repeatFor(session) !== 'find-before-resend') return;
  const outcome = await write.find?.(session, request);
  if (outcome?.kind !== 'found' && outcome?.kind !== 'half-done') return;
  // Nothing is sent for a push that has ended, so what stands is told as it stands.
  const verdict = judgeFind(outcome, { ...at, isExpired: true });
  const kept = keptWrites({ push, connector }, 'find', verdict);
  await deps.settle({ push, step: 'find', verdict, call: network.calls[0], kept, isRoutine: false });
}
