/** The write engine with the real sandbox connector and nothing else of a server: quick to start, quick to kill. */
import { makeSandboxConnector } from '../../src/connectors/sandbox/connector.ts';
import type { Connector, Link } from '../../src/connectors/contract.ts';
import type { Database } from '../../src/db/pool.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { makeLog } from '../../src/lib/log.ts';
import { makeSettle } from '../../src/push/settle.ts';
import { resolvePush, type Resolution } from '../../src/push/resolve.ts';
import { startEngine, type Engine } from '../../src/push/worker.ts';

const LEASE_MS = 1_000;

/** Links stand unsealed in a database of these tests. */
export function startSandboxEngine(db: Database, sandboxUrl: string): Engine {
  const connector = quickConnector(sandboxUrl);
  return startEngine({
    db,
    clock: systemClock,
    log: makeLog('silent', systemClock),
    connectors: [connector],
    connectorFor: () => connector,
    openLink: ({ linkSealed }) => JSON.parse(linkSealed.toString()) as Link,
    settle: settleOn(db),
    supplementalConfig: () => Promise.resolve({}),
    loadFile: () => Promise.resolve(undefined),
    onUnlinked: () => Promise.resolve(),
    random: Math.random,
    bounds: { leaseMs: LEASE_MS, housekeepingMs: 100 },
  });
}

/** The sandbox without the patience that it does not need here. */
function quickConnector(sandboxUrl: string): Connector {
  const connector = makeSandboxConnector(() => sandboxUrl, 'sandbox-token') as Connector;
  return { ...connector, limits: { ...connector.limits, callTimeoutMs: 8_000, lateCommitMs: 300 } };
}

/** An operator says that the platform does not have it. */
export function decideAbsent(db: Database, push: { companyId: string; pushId: string }): Promise<Resolution> {
  const decision = { isWritten: false, reason: 'It is not there', recordId: undefined, decidedBy: 'a test' };
  return resolvePush({ db, settle: settleOn(db), connectorFor: () => undefined }, push, decision);
}

function settleOn(db: Database) {
  return makeSettle({ db, clock: systemClock, publicUrl: () => 'http://localhost', onEvents: () => undefined });
}
