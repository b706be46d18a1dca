/** A program: an engine that a test starts in order to kill it. Ends by itself when the test is gone. */
import { createDatabase } from '../../src/db/pool.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { makeLog } from '../../src/lib/log.ts';
import { decideAbsent, startSandboxEngine } from './sandbox-engine.ts';

export interface EngineOrder {
  readonly databaseUrl: string;
  readonly sandboxUrl: string;
  /** A push of unknown outcome to decide on, instead of running the engine. */
  readonly decide?: { readonly companyId: string; readonly pushId: string };
}

process.once('disconnect', () => process.exit(0));
process.once('message', (order: EngineOrder) => {
  const db = createDatabase({
    connection: { url: order.databaseUrl },
    connectionsMax: 4,
    log: makeLog('silent', systemClock),
  });
  if (order.decide === undefined) startSandboxEngine(db, order.sandboxUrl);
  else void decideAbsent(db, order.decide);
});
