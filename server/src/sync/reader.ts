/** What a reader has at hand: from the process that it runs in, and for the one set that it reads. */
import type { CompaniesContext } from '../companies/context.ts';
import type { Connector } from '../connectors/contract.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { RecordedFetch } from '../lib/recorded-fetch.ts';
import type { CallGates } from '../rates/gate.ts';
import type { StoredDataType } from '../records/stored-types.ts';
import type { Pulled } from '../supplemental/pulled.ts';
import type { ClaimedDataset } from './moves.ts';

export interface RunDeps {
  readonly companies: CompaniesContext;
  readonly clock: Clock;
  readonly log: Log;
  /** The platform's limits on calls, shared with writes and with other processes. */
  readonly gateFor: CallGates['gateFor'];
  /** Resolves when the connection's writes have had their turn; in any case before long. */
  readonly writesFirst: (connectionId: string) => Promise<void>;
  /** Told when the platform no longer accepts a connection's link. */
  readonly onUnlinked: (connectionId: string, reason: string) => Promise<void>;
  /** Told what was read, once it is stored. */
  readonly onRead: (read: ReadRecords) => Promise<void>;
  readonly turnMs: number;
}

export interface ReadRecords {
  readonly connectionId: string;
  readonly dataType: StoredDataType;
  readonly isComplete: boolean;
}

export interface Reader {
  readonly deps: RunDeps;
  readonly dataset: ClaimedDataset;
  readonly connector: Connector;
  readonly session: unknown;
  readonly network: RecordedFetch;
  readonly pulled: Pulled | undefined;
}
