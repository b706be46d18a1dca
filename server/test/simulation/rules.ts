/** What must hold after every step, whatever went wrong: asked of the database and of the platform's books. */
import { ENDED_STATES, type PushState } from '../../src/push/state.ts';
import type { SimulatedPush } from './ledger.ts';
import { CALLS_IN_FLIGHT } from './simulated-platform.ts';
import type { World } from './world.ts';

interface PushRow {
  readonly id: string;
  readonly connection_id: string;
  readonly state: PushState;
  readonly record_key: string | null;
  readonly is_leased: boolean;
  readonly final: string | null;
  readonly attempts: number;
  readonly events: number;
  readonly told: string | null;
}

interface LaneRow {
  readonly connection_id: string;
  readonly in_flight: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly timed_out: number;
  readonly unknown: number;
}

export interface Rules {
  /** The first rule that does not hold, in words. */
  readonly check: () => Promise<string | undefined>;
  /** Labels of the pushes that have not ended, as of the last check. */
  readonly unfinished: () => string[];
}

const TOLD: { readonly [S in PushState]?: string } = {
  succeeded: 'Success',
  failed: 'Failed',
  timed_out: 'TimedOut',
  unknown: 'Failed',
};

export function makeRules(world: World): Rules {
  const finals = new Map<string, string>();
  let rows: PushRow[] = [];
  let lanes: LaneRow[] = [];
  let readAt = -1;

  return {
    unfinished: () => rows.filter(({ state }) => !ENDED_STATES.has(state)).map(({ id }) => world.ledger.labelOf(id)),
    check: async () => {
      if (world.violations[0] !== undefined) return world.violations[0];
      if (world.database.changes() !== readAt) {
        readAt = world.database.changes();
        rows = await world.database.query<PushRow>('sim_pushes', PUSHES);
        lanes = await world.database.query<LaneRow>('sim_lanes', 'SELECT * FROM lanes');
      }
      return (
        brokenBooks(world, rows) ??
        brokenRows(world, rows, finals) ??
        brokenLanes(rows, lanes) ??
        brokenOrder(world, rows)
      );
    },
  };
}

const PUSHES = `SELECT p.id, p.connection_id, p.state, p.record_key, p.lease_token IS NOT NULL AS is_leased, p.attempts,
    CASE WHEN p.completed_at IS NOT NULL
      THEN concat_ws(' ', p.state, p.completed_at, p.status_code, p.error_message, p.changes) END AS final,
    coalesce(e.events, 0) AS events, e.told
  FROM pushes p
  LEFT JOIN (
    SELECT payload ->> 'id' AS push_id, count(*) AS events, min(payload ->> 'status') AS told FROM events GROUP BY 1
  ) e ON e.push_id = p.id::text
  ORDER BY p.requested_at, p.id`;

function brokenBooks({ ledger, platform }: World, rows: readonly PushRow[]): string | undefined {
  const times = new Map<string, number>();
  for (const id of platform.books) times.set(id, (times.get(id) ?? 0) + 1);
  for (const { id, state } of rows) {
    const inBooks = times.get(id) ?? 0;
    const label = ledger.labelOf(id);
    if (inBooks > 1) return `${label} is in the books ${inBooks} times`;
    if (state === 'succeeded' && inBooks === 0) return `${label} succeeded and is not in the books`;
    if ((state === 'failed' || state === 'timed_out') && inBooks > 0) return `${label} is ${state} and in the books`;
  }
  return undefined;
}

function brokenRows({ ledger }: World, rows: readonly PushRow[], finals: Map<string, string>): string | undefined {
  if (rows.length !== ledger.pushes.size) return `${ledger.pushes.size} pushes were accepted, ${rows.length} are there`;
  for (const row of rows) {
    const push = ledger.pushes.get(row.id);
    if (push === undefined) return `nobody asked for push ${row.id}`;
    const broken = brokenRow(row, push, finals.get(row.id));
    if (broken !== undefined) return `${push.label} ${broken}`;
    if (row.final !== null) finals.set(row.id, row.final);
  }
  return undefined;
}

function brokenRow(row: PushRow, push: SimulatedPush, finalBefore: string | undefined): string | undefined {
  if (finalBefore !== undefined && row.final !== finalBefore)
    return `changed after its end: ${finalBefore}, ${row.final}`;
  const hasEnded = ENDED_STATES.has(row.state);
  if (row.events !== (hasEnded ? 1 : 0)) return `is ${row.state} and was told of ${row.events} times`;
  if (hasEnded && row.told !== TOLD[row.state]) return `is ${row.state} and was told of as ${row.told}`;
  if (row.attempts < push.sends) return `was sent ${push.sends} times, of which ${row.attempts} were stored before`;
  if (row.state === 'unknown' && push.connection.memory === 'finds' && !push.connection.isDeleted) {
    return 'ended as unknown at a platform that can be searched';
  }
  return undefined;
}

function brokenLanes(rows: readonly PushRow[], lanes: readonly LaneRow[]): string | undefined {
  for (const lane of lanes) {
    const pushes = rows.filter((row) => row.connection_id === lane.connection_id);
    const leased = pushes.filter((row) => row.is_leased).length;
    if (leased !== lane.in_flight) return `a lane counts ${lane.in_flight} pushes in flight, ${leased} are leased`;
    if (leased > CALLS_IN_FLIGHT) return `${leased} pushes of one connection are under way, ${CALLS_IN_FLIGHT} may be`;
    for (const state of ['succeeded', 'failed', 'timed_out', 'unknown'] as const) {
      const counted = pushes.filter((row) => row.state === state).length;
      if (counted !== lane[state]) return `a lane counts ${lane[state]} pushes as ${state}, ${counted} are`;
    }
  }
  return undefined;
}

/** Of one record's pushes only the oldest unfinished one may be under way, and the books have them in their order. */
function brokenOrder({ ledger, platform }: World, rows: readonly PushRow[]): string | undefined {
  const byRecord = Map.groupBy(
    rows.filter((row) => row.record_key !== null),
    (row) => `${row.connection_id} ${row.record_key}`,
  );
  for (const pushes of byRecord.values()) {
    const [oldest, ...others] = pushes.filter((row) => !ENDED_STATES.has(row.state));
    const early = others.find((row) => row.state !== 'queued');
    if (oldest !== undefined && early !== undefined) {
      return `${ledger.labelOf(early.id)} is ${early.state} before ${ledger.labelOf(oldest.id)} of the same record has ended`;
    }
    // What is unknown may be carried out at any time: that nobody can tell is what it says.
    const places = pushes.filter((row) => row.state !== 'unknown').map((row) => platform.books.indexOf(row.id));
    const inBooks = places.filter((place) => place >= 0);
    if (inBooks.some((place, index) => place < (inBooks[index - 1] ?? 0))) {
      return `the pushes of one record are in the books out of order: ${pushes.map((row) => ledger.labelOf(row.id)).join(' ')}`;
    }
  }
  return undefined;
}
