/** Everything that a simulation consists of: the ledger, the database, the platforms and the processes. */
import type { Database } from '../../src/db/pool.ts';
import { makeLog } from '../../src/lib/log.ts';
import { makeSettle } from '../../src/push/settle.ts';
import { startEngine, type Engine } from '../../src/push/worker.ts';
import { makeLedger, type Ledger } from './ledger.ts';
import type { Odds } from './odds.ts';
import { makeRandom, type Random } from './random.ts';
import type { SeededBug } from './seeded-bugs.ts';
import { makeWorldDatabase, type Statement, type WorldDatabase } from './simulated-database.ts';
import { LATE_COMMIT_MS, makePlatform, type Call, type SimulatedPlatform } from './simulated-platform.ts';
import { startSimulatedTime, type SimulatedTime } from './simulated-time.ts';

export interface SimulatedProcess {
  readonly name: string;
  readonly engine: Engine;
  /** Its timers, and the answers to what it asked, wait; what it has sent already goes on without it. */
  isFrozen: boolean;
  isStopping: boolean;
}

export interface World {
  readonly odds: Odds;
  readonly random: Random;
  readonly time: SimulatedTime;
  readonly database: WorldDatabase;
  readonly ledger: Ledger;
  readonly platform: SimulatedPlatform;
  readonly processes: Map<string, SimulatedProcess>;
  /** Asked by a process, also by one that is dead by now, and not yet answered to it. */
  readonly statements: Set<Statement>;
  /** Broken rules that are seen where they happen. */
  readonly violations: string[];
  readonly startProcess: () => string;
  /** The process and all that it knows is gone. */
  readonly endProcess: (name: string) => void;
}

const LEASE_MS = 6_000;
const SKEW_MAX_MS = 600_000;

/** The caller ends the world's time. */
export async function makeWorld(
  db: Database,
  { seed, bug, odds }: { readonly seed: number; readonly bug: SeededBug | undefined; readonly odds: Odds },
): Promise<World> {
  const random = makeRandom(seed);
  const time = startSimulatedTime();
  const database = makeWorldDatabase(db, time, bug);
  const ledger = await makeLedger({ database, time, random });
  const processes = new Map<string, SimulatedProcess>();
  const statements = new Set<Statement>();
  const violations: string[] = [];
  let processesMade = 0;

  const platform = makePlatform({
    time,
    random,
    toldLateCommitMs: bug?.toldLateCommitMs ?? LATE_COMMIT_MS,
    isRefused: (pushId) => ledger.pushes.get(pushId)?.isRefused ?? false,
    onSend: checkFence,
  });
  return {
    odds,
    random,
    time,
    database,
    ledger,
    platform,
    processes,
    statements,
    violations,
    startProcess,
    endProcess,
  };

  function checkFence({ pushId }: Call): void {
    const push = ledger.pushes.get(pushId);
    if (push === undefined) throw new Error(`nobody asked for push ${pushId}`);
    push.sends += 1;
    const lateMs = time.nowMs() - (push.deadlineMs ?? Infinity);
    if (lateMs >= 0) violations.push(`the send of ${push.label} began ${lateMs} ms after its deadline`);
  }

  function startProcess(): string {
    processesMade += 1;
    const name = `p${processesMade}`;
    const db = database.ownedBy(name, (statement) => statements.add(statement));
    const skewMs = random.chance(0.3) ? random.between(-SKEW_MAX_MS, SKEW_MAX_MS) : 0;
    const clock = { now: () => new Date(time.date().getTime() + skewMs) };
    const connectors = platform.connectorsOf(name);
    const engine = time.runAs(name, () =>
      startEngine({
        db,
        clock,
        log: makeLog('silent', clock),
        connectors,
        connectorFor: (key) => connectors.find((connector) => connector.platform.key === key),
        settle: makeSettle({ db, clock, publicUrl: () => 'http://localhost', onEvents: () => undefined }),
        openLink: () => ({}),
        supplementalConfig: () => Promise.resolve({}),
        loadFile: () => Promise.resolve(undefined),
        onUnlinked: async (connectionId) => {
          await db.execute('sim_unlink', `UPDATE connections SET status = 'Deauthorized' WHERE id = $1`, [
            connectionId,
          ]);
        },
        random: random.next,
        bounds: { leaseMs: LEASE_MS },
      }),
    );
    processes.set(name, { name, engine, isFrozen: false, isStopping: false });
    return name;
  }

  function endProcess(name: string): void {
    processes.delete(name);
    time.drop(name);
    platform.abandon(name);
    for (const statement of statements) {
      if (statement.process === name && statement.answer !== undefined) statements.delete(statement);
    }
  }
}
