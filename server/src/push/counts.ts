/**
 * How many pushes a company has, in all and by state, without counting them: accepts add a row of what they took in,
 * settles add to the lane that they update anyway, and this file adds up.
 */
import type { Queryable } from '../db/pool.ts';
import { PUSH_STATES, type PushState } from './state.ts';

/** States that are counted as their pushes end; a push in any other state is not yet in these counts. */
const KEPT = ['succeeded', 'failed', 'timed_out', 'unknown'] as const satisfies readonly PushState[];

/** Those that a platform is busy with or must answer for: never more than a few, so they are counted when asked for. */
const COUNTED = ['sending', 'in_doubt'] as const satisfies readonly PushState[];

/**
 * A scalar SQL expression: how many pushes the company `$1` has in these states, exactly, as of the statement's snapshot.
 * Queued ones are what is left of all that were accepted.
 */
export function countSql(states: ReadonlySet<PushState>): string {
  const terms = states.has('queued')
    ? [
        ACCEPTED,
        ...PUSH_STATES.filter((state) => state !== 'queued' && !states.has(state)).map((s) => `- ${ofState(s)}`),
      ]
    : ['0', ...[...states].map((state) => `+ ${ofState(state)}`)];
  return `(${terms.join(' ')})`;
}

const ACCEPTED = `(
  coalesce((SELECT accepted FROM push_totals WHERE company_id = $1), 0)
  + coalesce((SELECT sum(pushes)::bigint FROM push_intakes WHERE company_id = $1), 0))`;

function ofState(state: PushState): string {
  const kept = KEPT.find((each) => each === state);
  if (kept !== undefined) return `coalesce((SELECT sum(${kept})::bigint FROM lanes WHERE company_id = $1), 0)`;
  const counted = COUNTED.find((each) => each === state);
  if (counted === undefined) throw new Error(`${state} pushes are not counted one by one`);
  return `(SELECT count(*) FROM pushes WHERE company_id = $1 AND state = '${counted}')`;
}

/** For the statement of a settle: what each lane's counts gain and lose, from rows with `from_state` and `to_state`. */
export const KEPT_CHANGES = KEPT.map(
  (state) =>
    `(count(*) FILTER (WHERE to_state = '${state}') - count(*) FILTER (WHERE from_state = '${state}')) AS ${state}`,
).join(', ');

export const KEPT_UPDATES = KEPT.map((state) => `${state} = l.${state} + ended.${state}`).join(', ');

/**
 * Adds rows of intake to their companies' totals, and says how many rows that were. Any process may, at any time: readers
 * see a row either still there or added.
 */
export async function rollUpIntakes(db: Queryable, rowsMax: number): Promise<number> {
  const [row] = await db.query<{ taken: number }>(
    'push_roll_up',
    `WITH picked AS MATERIALIZED (
       SELECT company_id, id FROM push_intakes LIMIT $1 FOR UPDATE SKIP LOCKED
     ), taken AS (
       DELETE FROM push_intakes i USING picked WHERE i.company_id = picked.company_id AND i.id = picked.id
       RETURNING i.company_id, i.pushes
     ), added AS (
       INSERT INTO push_totals AS t (company_id, accepted)
       SELECT company_id, sum(pushes) FROM taken GROUP BY company_id ORDER BY company_id
       ON CONFLICT (company_id) DO UPDATE SET accepted = t.accepted + excluded.accepted
     )
     SELECT count(*) AS taken FROM taken`,
    [rowsMax],
  );
  return row?.taken ?? 0;
}
