/**
 * What a reader has at hand, from the process that it runs in and for the one set that it reads, and what may fail in its
 * hands.
 */
import type { CompaniesContext } from '../companies/context.ts';
import type { Connector, Read } from '../connectors/contract.ts';
import { isConnectionLost } from '../db/pool.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { RecordedFetch } from '../lib/recorded-fetch.ts';
import type { CallGates } from '../rates/gate.ts';
import type { StoredDataType } from '../records/stored-types.ts';
import type { Pulled } from '../supplemental/pulled.ts';
import type { DatasetEnd } from './dataset.ts';
import { LeaseLostError, type ClaimedDataset } from './moves.ts';

/** Of one answer: a page. */
export const ANSWER_BYTES_MAX = 8_000_000;

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
  /** What the records are mapped by. */
  readonly modelKey: string;
}

/** What is read page by page: a data type of the model, or one that callers have configured. */
export type PagedRead = Omit<Read<unknown>, 'get' | 'attachments'>;

/** What failed in a reading, beyond what a platform or a network may do: worth another try, and then its end. */
export class StepFailedError extends Error {
  readonly status: DatasetEnd;

  constructor(status: DatasetEnd, message: string, cause: unknown) {
    super(message, { cause });
    this.status = status;
  }
}

/** A connector throws for nothing that a platform or a network does: what it throws for is a record that it cannot map. */
export async function mapping<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new StepFailedError('MapError', 'What the platform answered could not be mapped to the data model.', error);
  }
}

/** A lease that is lost and a database that is away are nothing that a record could have done. */
export async function storing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LeaseLostError || isConnectionLost(error)) throw error;
    throw new StepFailedError('ProcessingError', 'What the platform answered could not be stored.', error);
  }
}
