/**
 * The limits of a platform on calls, kept in the database so that all processes together stay within them. A call is
 * counted before it is made. Writes come first: reads leave a share of each window to them.
 */
import type { CallRates, Connector, Link } from '../connectors/contract.ts';
import type { Database } from '../db/pool.ts';
import { makeBatcher } from '../lib/batcher.ts';
import { EMPTY, freeIn, movedTo, waitMsFor, withCalls, type Rate, type Window } from './window.ts';

/** Counts one call. Undefined: it may be made; else how long to wait before asking again. */
export type CallGate = () => Promise<number | undefined>;

export interface CallGates {
  /** Undefined where the platform has no limits: then nothing is asked and nothing stored. */
  readonly gateFor: (connector: Limited, connection: LinkedConnection, purpose: Purpose) => CallGate | undefined;
}

/** What is asked of a connector here. */
type Limited = { readonly platform: Pick<Connector['platform'], 'key'> } & Pick<Connector, 'rates'>;

export interface LinkedConnection {
  readonly connectionId: string;
  readonly link: Link;
}

export type Purpose = 'write' | 'read';

interface Ask {
  readonly scopes: readonly { readonly scope: string; readonly rate: Rate }[];
  /** Calls that must stay free afterwards, of a hundred. */
  readonly leavesPercent: number;
}

const LEFT_TO_WRITES_PERCENT = 20;

export function makeCallGates(db: Database): CallGates {
  const asks = makeBatcher<Ask, number | undefined>({
    itemsMax: 128,
    flushesMax: 1,
    flush: (batch) => takeCalls(db, batch),
    mayBeOneItem: () => false,
  });
  return {
    gateFor: (connector, { connectionId, link }, purpose) => {
      const rates = connector.rates?.(link);
      if (rates === undefined) return undefined;
      const scopes = scopesOf(connector.platform.key, connectionId, rates);
      if (scopes.length === 0) return undefined;
      const ask: Ask = { scopes, leavesPercent: purpose === 'read' ? LEFT_TO_WRITES_PERCENT : 0 };
      return () => asks.add(ask);
    },
  };
}

function scopesOf(platformKey: string, connectionId: string, { perConnection, perApplication }: CallRates) {
  return [
    ...(perConnection === undefined ? [] : [{ scope: `connection ${connectionId}`, rate: perConnection }]),
    ...(perApplication === undefined ? [] : [{ scope: `application ${platformKey}`, rate: perApplication }]),
  ];
}

/** Locks the rows concerned in one order, so that two processes wait for each other and never in a circle. */
async function takeCalls(db: Database, asks: readonly Ask[]): Promise<(number | undefined)[]> {
  const scopes = [...new Set(asks.flatMap((ask) => ask.scopes.map(({ scope }) => scope)))].toSorted();
  return db.transaction(async (tx) => {
    await tx.execute(
      'rates_open',
      `INSERT INTO call_rates (scope, slice, counts) SELECT scope, 0, '{}' FROM unnest($1::text[]) AS s (scope)
       ORDER BY scope ON CONFLICT (scope) DO NOTHING`,
      [scopes],
    );
    const rows = await tx.query<{ scope: string; slice: number; counts: number[] }>(
      'rates_lock',
      'SELECT scope, slice, counts FROM call_rates WHERE scope = ANY ($1::text[]) ORDER BY scope FOR UPDATE',
      [scopes],
    );
    // Asked apart: in the statement before, the time would be that from before the wait for the lock.
    const [clock] = await tx.query<{ now_ms: number }>(
      'rates_now',
      'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms',
    );
    const windows = new Map<string, Window>(rows.map(({ scope, slice, counts }) => [scope, { slice, counts }]));
    const answers = asks.map((ask) => takeOne(windows, ask, clock?.now_ms ?? 0));
    await tx.execute(
      'rates_store',
      `UPDATE call_rates r SET slice = i.slice, counts = i.counts
       FROM json_to_recordset($1::json) AS i (scope text, slice bigint, counts int[])
       WHERE r.scope = i.scope`,
      [JSON.stringify([...windows].map(([scope, window]) => ({ scope, ...window })))],
    );
    return answers;
  });
}

/** A call counts in all of its scopes, or, when one of them is full, in none. */
function takeOne(windows: Map<string, Window>, { scopes, leavesPercent }: Ask, nowMs: number): number | undefined {
  const now = scopes.map(({ scope, rate }) => ({
    scope,
    rate,
    window: movedTo(windows.get(scope) ?? EMPTY, rate, nowMs),
  }));
  const waits = now.map(({ rate, window }) => {
    const wanted = Math.min(rate.calls, 1 + Math.floor((rate.calls * leavesPercent) / 100));
    return freeIn(window, rate) >= wanted ? 0 : Math.max(1, waitMsFor(window, rate, nowMs, wanted));
  });
  const waitMs = Math.max(0, ...waits);
  for (const { scope, window } of now) windows.set(scope, waitMs === 0 ? withCalls(window, 1) : window);
  return waitMs === 0 ? undefined : waitMs;
}
