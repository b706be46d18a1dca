/** What every function of this room is handed. */
import type { Connector } from '../connectors/contract.ts';
import type { Database, Queryable } from '../db/pool.ts';
import { PublicError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Sealer } from '../lib/seal.ts';

export interface CompaniesContext {
  readonly db: Database;
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly connectorFor: (platformKey: string) => Connector | undefined;
  /** Begins every address that is given out; a function, since a free port is known only after the start. */
  readonly publicUrl: () => string;
  /** Called after events were committed, so that their delivery can start at once. */
  readonly eventsStored: () => void;
  /** Called in the transaction that links a connection, or links it anew. */
  readonly onLinked?: (tx: Queryable, connection: { readonly id: string; readonly companyId: string }) => Promise<void>;
  /** Called once that is committed. */
  readonly linked?: () => void;
}

export function requireConnector(context: CompaniesContext, platformKey: string): Connector {
  const connector = context.connectorFor(platformKey);
  if (connector === undefined) throw new PublicError('integration_not_found', platformKey);
  return connector;
}

/** The moment and the addresses for an event that is made now. */
export function telling(context: CompaniesContext): { readonly publicUrl: string; readonly now: Date } {
  return { publicUrl: context.publicUrl(), now: context.clock.now() };
}
