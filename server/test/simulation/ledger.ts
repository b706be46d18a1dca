/** What the simulation asks for and remembers of it, apart from the engine: connections and the pushes to them. */
import { acceptPushes } from '../../src/push/queries.ts';
import type { NewPush } from '../../src/push/request.ts';
import type { Random } from './random.ts';
import type { WorldDatabase } from './simulated-database.ts';
import type { Memory } from './simulated-platform.ts';
import type { SimulatedTime } from './simulated-time.ts';

export interface SimulatedConnection {
  readonly id: string;
  readonly companyId: string;
  readonly memory: Memory;
  isDeleted: boolean;
}

export interface SimulatedPush {
  readonly id: string;
  /** How the trace calls it, such as #7. */
  readonly label: string;
  readonly connection: SimulatedConnection;
  readonly deadlineMs: number | undefined;
  /** Whether the platform refuses it whenever it comes. */
  readonly isRefused: boolean;
  sends: number;
}

export interface Ledger {
  readonly connections: readonly [SimulatedConnection, ...SimulatedConnection[]];
  readonly pushes: ReadonlyMap<string, SimulatedPush>;
  readonly labelOf: (pushId: string) => string;
  /** Requests a few pushes; gives those that were accepted. */
  readonly accept: () => Promise<SimulatedPush[]>;
}

const MEMORY_OF_CONNECTIONS: readonly Memory[] = ['finds', 'finds', 'deduplicates', 'forgets'];
const BATCH_MAX = 5;
const RECORDS = ['r1', 'r2'] as const;
const BODY = JSON.stringify({ nominalCode: '4200', name: 'Sundries', fullyQualifiedCategory: 'Asset.Current' });
const BODY_THAT_THE_MODEL_REFUSES = '{"nominalCode":7}';
/** Parents last. */
const TABLES = [
  'push_attempts',
  'push_intakes',
  'push_totals',
  'stale_records',
  'records',
  'record_counts',
  'record_feeds',
  'events',
  'pushes',
  'lanes',
  'connections',
  'companies',
];

export async function makeLedger(deps: {
  readonly database: WorldDatabase;
  readonly time: SimulatedTime;
  readonly random: Random;
}): Promise<Ledger> {
  const { database, time, random } = deps;
  for (const table of TABLES) await database.query(`sim_clear_${table}`, `DELETE FROM ${table}`);
  const [first, ...others] = await Promise.all(MEMORY_OF_CONNECTIONS.map(makeConnection));
  if (first === undefined) throw new Error('a simulation needs a connection');
  const connections = [first, ...others] as const;
  const pushes = new Map<string, SimulatedPush>();

  return {
    connections,
    pushes,
    labelOf: (pushId) => pushes.get(pushId)?.label ?? pushId,
    accept: async () => {
      const requests = Array.from({ length: random.between(1, BATCH_MAX) }, newRequest);
      const acceptedAt = await acceptPushes(
        { ...database, ...NOT_ASKED_FOR },
        requests.map(({ push }) => push),
      );
      const accepted = requests.filter(({ push }) => acceptedAt.has(push.id));
      for (const { push, deadlineInMs, isRefused, connection } of accepted) {
        const label = `#${pushes.size + 1}`;
        const deadlineMs = deadlineInMs === undefined ? undefined : time.nowMs() + deadlineInMs;
        pushes.set(push.id, { id: push.id, label, connection, deadlineMs, isRefused, sends: 0 });
      }
      await shortenDeadlines(accepted);
      return accepted.flatMap(({ push }) => pushes.get(push.id) ?? []);
    },
  };

  async function makeConnection(memory: Memory): Promise<SimulatedConnection> {
    const connection = { id: newId(), companyId: newId(), memory, isDeleted: false };
    await database.query(
      'sim_company',
      `INSERT INTO companies (id, name, created_at) VALUES ($1, 'Toft stores', now())`,
      [connection.companyId],
    );
    await database.query(
      'sim_connection',
      `INSERT INTO connections (id, company_id, platform_key, status, link_sealed, link_token, created_at)
       VALUES ($1, $2, $3, 'Linked', '\\x00', $1::uuid::text, now())`,
      [connection.id, connection.companyId, memory],
    );
    return connection;
  }

  function newRequest() {
    const connection = random.pick(connections);
    const kind = random.pick(['create', 'create', 'update', 'update', 'delete']);
    const deadlineInMs = random.chance(0.5) ? random.between(200, 20_000) : undefined;
    const push: NewPush = {
      id: newId(),
      companyId: connection.companyId,
      connectionId: connection.id,
      dataType: 'chartOfAccounts',
      kind,
      ...(kind !== 'create' && { recordId: random.pick(RECORDS) }),
      ...(kind !== 'delete' && { bodyText: random.chance(0.03) ? BODY_THAT_THE_MODEL_REFUSES : BODY }),
      ...(deadlineInMs !== undefined && { timeoutMinutes: 1 }),
      allowSync: true,
      forceUpdate: true,
      correlationId: 'c0ffee',
    };
    return { push, deadlineInMs, connection, isRefused: random.chance(0.08) };
  }

  /** The wire counts in minutes; here seconds must do, or the world would do nothing but wait. */
  async function shortenDeadlines(accepted: readonly ReturnType<typeof newRequest>[]): Promise<void> {
    const timed = accepted.filter(({ deadlineInMs }) => deadlineInMs !== undefined);
    await database.query(
      'sim_deadlines',
      `UPDATE pushes p SET deadline_at = p.requested_at + i.ms * interval '1 millisecond'
       FROM unnest($1::uuid[], $2::int[]) AS i (id, ms) WHERE p.id = i.id`,
      [timed.map(({ push }) => push.id), timed.map(({ deadlineInMs }) => deadlineInMs)],
    );
  }

  function newId(): string {
    const hex = Array.from({ length: 4 }, () =>
      random
        .below(2 ** 32)
        .toString(16)
        .padStart(8, '0'),
    ).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}

const NOT_ASKED_FOR = {
  execute: () => Promise.reject(new Error('accepting asks for rows')),
  transaction: () => Promise.reject(new Error('accepting is one statement')),
  close: () => Promise.resolve(),
};
