/** A platform in memory that takes everything at once: what is measured is the engine and its database alone. */
import { randomUUID } from 'node:crypto';
import type { Connector, WriteOutcome, WriteRequest } from '../server/src/connectors/contract.ts';
import type { Database } from '../server/src/db/pool.ts';
import { systemClock } from '../server/src/lib/clock.ts';
import { makeLog } from '../server/src/lib/log.ts';
import { chartOfAccounts } from '../server/src/models/chart-of-accounts.ts';
import { makeSettle } from '../server/src/push/settle.ts';
import { startEngine, type Engine } from '../server/src/push/worker.ts';

export const callsInFlight = 4;
const answerMs = 5;
/** A statement has half a minute. */
const ROWS_A_STATEMENT = 20_000;
export const accountBody = { nominalCode: '4200', name: 'Sundries', fullyQualifiedCategory: 'Asset.Current' };

/** `onSend` is told of each push as it reaches the platform, or would if the platform were not away. */
export function startMemoryEngine(
  db: Database,
  onSend: (pushId: string) => void,
  { isAway = false }: { readonly isAway?: boolean } = {},
): Engine {
  const connector = memoryConnector(onSend, isAway);
  return startEngine({
    db,
    clock: systemClock,
    log: makeLog('warn', systemClock),
    connectors: [connector],
    connectorFor: () => connector,
    openLink: () => ({}),
    settle: makeSettle({ db, clock: systemClock, publicUrl: () => 'http://localhost', onEvents: () => undefined }),
    supplementalConfig: () => Promise.resolve({}),
    loadFile: () => Promise.resolve(undefined),
    onUnlinked: () => Promise.resolve(),
    random: Math.random,
  });
}

function memoryConnector(onSend: (pushId: string) => void, isAway: boolean): Connector {
  const send = async ({ pushOperationKey }: WriteRequest): Promise<WriteOutcome> => {
    onSend(pushOperationKey);
    if (isAway) return { kind: 'not-sent', waitingFor: 'platform-offline', reason: 'the platform is away' };
    await new Promise((resolve) => setTimeout(resolve, answerMs));
    const recordRef = { id: `acc_${pushOperationKey}`, dataType: 'chartOfAccounts' } as const;
    return {
      kind: 'written',
      changes: [{ type: 'Created', recordRef }],
      record: { ...accountBody, id: recordRef.id },
    } as const;
  };
  return {
    platform: {
      key: 'bench',
      integrationId: randomUUID(),
      sourceId: randomUUID(),
      name: 'Bench',
      sourceType: 'Accounting',
      linkFields: [],
    },
    limits: { callsInFlight, callTimeoutMs: 10_000, lateCommitMs: 0 },
    writes: {
      chartOfAccounts: {
        create: {
          model: chartOfAccounts,
          repeatFor: () => 'find-before-resend',
          send: (_session, request) => send(request),
          find: () => Promise.resolve({ kind: 'absent', evidence: 'nothing is looked up here' }),
        },
      },
    },
    reads: {},
    authorize: () => Promise.resolve({ kind: 'linked', link: {}, info: {} }),
    secretsOf: () => [],
    open: () => ({}),
  };
}

/** So many linked connections, each of a company of its own. */
export async function makeConnections(db: Database, count: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    '',
    `WITH made AS (
       INSERT INTO companies (id, name, created_at) SELECT gen_random_uuid(), 'Bench ' || n, now()
       FROM generate_series(1, $1::int) n RETURNING id
     )
     INSERT INTO connections (id, company_id, platform_key, status, link_sealed, link_token, created_at)
     SELECT gen_random_uuid(), id, 'bench', 'Linked', '\\x00', id::text, now() FROM made RETURNING id`,
    [count],
  );
  return rows.map(({ id }) => id);
}

/** In the order of time, as the server makes them: random ones would scatter over the index. */
const UUID_V7 = `(lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7'
  || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid`;

/** So many pushes queued on each of the connections; written by the database itself, as fast as it can. */
export async function queue(db: Database, connectionIds: readonly string[], pushes: number): Promise<void> {
  const aTime = Math.max(1, Math.floor(ROWS_A_STATEMENT / connectionIds.length));
  for (let done = 0; done < pushes; done += aTime) {
    await db.execute(
      '',
      `INSERT INTO pushes (id, company_id, connection_id, data_type, kind, body, allow_sync, force_update, correlation_id,
         requested_at, state, not_before)
       SELECT ${UUID_V7}, c.company_id, c.id, 'chartOfAccounts', 'create', $2, true, false, 'c0ffee',
         clock_timestamp(), 'queued', now()
       FROM generate_series(1, $3::int) CROSS JOIN connections c WHERE c.id = ANY ($1::uuid[])`,
      [connectionIds, JSON.stringify(accountBody), Math.min(aTime, pushes - done)],
    );
  }
  await db.execute(
    '',
    `INSERT INTO lanes (connection_id, company_id) SELECT id, company_id FROM connections WHERE id = ANY ($1::uuid[])
     ON CONFLICT DO NOTHING`,
    [connectionIds],
  );
}
