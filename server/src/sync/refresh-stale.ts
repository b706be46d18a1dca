/**
 * Reads again what is known to be out of date: an invoice after its payment, a record whose write was found instead of
 * answered, account transactions after whatever moved money. Before it is next shown, within bounds, and in the background.
 */
import type { CompaniesContext } from '../companies/context.ts';
import { getLink } from '../companies/link.ts';
import type { Connector } from '../connectors/contract.ts';
import type { Database } from '../db/pool.ts';
import { startWorkLoop, type WorkLoop } from '../db/work-loop.ts';
import { describeError, type Log } from '../lib/log.ts';
import { makeRecordedFetch } from '../lib/recorded-fetch.ts';
import { isCustom } from '../models/data-types.ts';
import type { CallGates } from '../rates/gate.ts';
import { feedPosition } from '../records/feed.ts';
import { modelKeyOf } from '../records/model-key.ts';
import {
  dropHopeless,
  findStale,
  forgetStale,
  takeStale,
  WHOLE_SET,
  type StaleRecord,
  type StaleScope,
} from '../records/stale.ts';
import { storeRecords } from '../records/store.ts';
import { platformKeyOf } from '../records/state.ts';
import { findConfig } from '../supplemental/config.ts';
import { propertiesOf, pulledBy, withPulled } from '../supplemental/pulled.ts';
import { ANSWER_BYTES_MAX } from './reader.ts';
import { refreshSet } from './refresh-set.ts';

export interface RefreshDeps {
  readonly db: Database;
  readonly companies: CompaniesContext;
  /** These calls count as reads: where there is no room for them, what is out of date is shown and read again later. */
  readonly gateFor: CallGates['gateFor'];
}

/** So many are read before a caller is answered, for so long; what is left is shown as it was, and read soon after. */
const INLINE_RECORDS_MAX = 200;
const INLINE_MS_MAX = 3_000;
const CALLS_AT_ONCE = 6;

export async function refreshBeforeRead(deps: RefreshDeps, scope: StaleScope): Promise<void> {
  const stale = await findStale(deps.db, scope, INLINE_RECORDS_MAX);
  if (stale.length === 0) return;
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, INLINE_MS_MAX);
  });
  // A read never fails for this: without it, it shows what was true a moment ago.
  await Promise.race([refresh(deps, stale).catch(() => undefined), patience]);
  clearTimeout(timer);
}

const BACKGROUND_RECORDS_MAX = 100;
const LOOK_MS = 15_000;
const ATTEMPTS_MAX = 100;
const POLL_MS = 1_000;

export function startStaleRefresh(deps: RefreshDeps & { readonly log: Log }): WorkLoop {
  const runOnce = async () => {
    const stale = await takeStale(deps.db, BACKGROUND_RECORDS_MAX, LOOK_MS);
    if (stale.length > 0) await refresh(deps, stale);
    else await dropHopeless(deps.db, ATTEMPTS_MAX);
    return { didWork: stale.length === BACKGROUND_RECORDS_MAX };
  };
  return startWorkLoop({ name: 'stale records', runOnce, pollMs: POLL_MS, log: deps.log });
}

async function refresh(deps: RefreshDeps, stale: readonly StaleRecord[]): Promise<void> {
  const byConnection = Map.groupBy(stale, ({ connectionId }) => connectionId);
  const failures: unknown[] = [];
  await Promise.all(
    [...byConnection].map(async ([connectionId, records]) => {
      const source = await openSource(deps, connectionId);
      const left = [...records];
      const reader = async () => {
        for (let next = left.shift(); next !== undefined; next = left.shift()) {
          const isAnswered = await refreshOne(deps, source, next).catch((error: unknown) => {
            failures.push(error);
            return false;
          });
          // A platform that does not answer one will not answer the others either.
          if (!isAnswered) left.length = 0;
        }
      };
      await Promise.all(Array.from({ length: CALLS_AT_ONCE }, reader));
    }),
  );
  if (failures.length > 0) throw new Error(`Records could not be refreshed: ${describeError(failures[0])}`);
}

interface Source {
  readonly connector: Connector;
  readonly session: unknown;
}

/** Undefined when the connection is not linked. */
async function openSource(deps: RefreshDeps, connectionId: string): Promise<Source | undefined> {
  const platformKey = await platformKeyOf(deps.db, connectionId);
  const connector = platformKey === undefined ? undefined : deps.companies.connectorFor(platformKey);
  const link = connector && (await getLink(deps.companies, connectionId));
  if (connector === undefined || link === undefined) return undefined;
  const { clock } = deps.companies;
  const { ask } = makeRecordedFetch({
    timeoutMs: connector.limits.callTimeoutMs,
    secrets: [],
    clock,
    answerBytesMax: ANSWER_BYTES_MAX,
    gate: deps.gateFor(connector, { connectionId, link }, 'read'),
  });
  return { connector, session: connector.open(link, { fetch: ask, ask, now: () => clock.now() }) };
}

/** Answers whether the platform did. */
async function refreshOne(deps: RefreshDeps, source: Source | undefined, stale: StaleRecord): Promise<boolean> {
  const { db } = deps;
  const { dataType } = stale;
  const read = dataType === 'company' || isCustom(dataType) ? undefined : source?.connector.reads[dataType];
  // What cannot be asked for is told by the next sync.
  if (source === undefined || read === undefined || isCustom(dataType)) {
    await forgetStale(db, stale);
    return true;
  }
  if (stale.recordId === WHOLE_SET) return refreshSet(deps.companies, source, stale);
  const config = await findConfig(db, { platformKey: source.connector.platform.key, dataType });
  const pulled = pulledBy(config);
  const asOf = await feedPosition(db, stale.companyId);
  const outcome = await read.get(source.session, stale.recordId, stale.parentId, propertiesOf(pulled));
  if (outcome.kind !== 'read') return false;
  const { value } = outcome;
  await db.transaction(async (tx) => {
    // The mark before the feed, as the end of a push takes them; what is passed over here is marked anew.
    await forgetStale(tx, stale);
    await storeRecords(tx, {
      ...stale,
      records: value === undefined ? [] : [withPulled(value, pulled)],
      ...(value === undefined && { deletedIds: [stale.recordId] }),
      modelKey: modelKeyOf(source.connector, dataType, pulled),
      stampOf: (record) => source.connector.stampOf?.(record),
      asOf,
    });
  });
  return true;
}
