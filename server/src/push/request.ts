/**
 * Takes a push in: stores it durably and answers only then. Many requests share one statement and one commit.
 */
import type { WriteKind } from '../connectors/contract.ts';
import { errorCode, isConnectionLost, type Database } from '../db/pool.ts';
import type { ErrorCode } from '../errors.ts';
import { makeBatcher } from '../lib/batcher.ts';
import type { Clock } from '../lib/clock.ts';
import { uuidv7 } from '../lib/ids.ts';
import type { WritableDataType } from '../models/data-types.ts';
import type { Push } from './push.ts';
import { acceptPushes, findAccepted, findKeyedPush, whyNotAccepted } from './queries.ts';

export interface PushRequest {
  readonly companyId: string;
  readonly connectionId: string;
  readonly dataType: WritableDataType;
  readonly kind: WriteKind;
  readonly recordId?: string;
  readonly parentId?: string;
  /** The body as JSON text, exactly as received; already known to be one JSON object. Absent for delete. */
  readonly bodyText?: string;
  readonly timeoutMinutes?: number;
  readonly allowSync: boolean;
  readonly forceUpdate: boolean;
  readonly correlationId: string;
  readonly idempotency?: Idempotency;
  /** The platform's stamp that an update expects to find; by default the one that we saw last. */
  readonly expectedStamp?: string;
  /** Members that the model does not know fail the push. */
  readonly strict?: boolean;
  /** What an attachment carries. */
  readonly file?: AttachedFile;
}

export interface AttachedFile {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** Both are SHA-256 sums: of verb, path and key, and of everything else that the request says. */
export interface Idempotency {
  readonly id: Buffer;
  readonly fingerprint: Buffer;
}

export interface NewPush extends PushRequest {
  readonly id: string;
}

export type RequestOutcome =
  | { readonly kind: 'accepted'; readonly push: Push }
  /** A request with this key was accepted before: the push as it was answered then. Nothing was stored now. */
  | { readonly kind: 'repeated'; readonly push: Push }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly about: string };

export type RequestPush = (request: PushRequest) => Promise<RequestOutcome>;

const PUSHES_A_BATCH_MAX = 128;
const BATCHES_AT_ONCE_MAX = 2;
/** About six seconds: an embedded database is back by then, and a caller still waits. */
const ATTEMPTS_WHILE_DATABASE_AWAY_MAX = 6;
const UNIQUE_VIOLATION = '23505';

/** `onAccepted` is told after the commit, so that an engine in this process starts at once. */
export function makeRequestPush(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly onAccepted: (connectionIds: ReadonlySet<string>) => void;
}): RequestPush {
  const batcher = makeBatcher<NewPush, Date | undefined>({
    itemsMax: PUSHES_A_BATCH_MAX,
    flushesMax: BATCHES_AT_ONCE_MAX,
    flush: async (pushes) => {
      const acceptedAt = await acceptWhenReachable(deps.db, pushes);
      deps.onAccepted(new Set(pushes.filter((push) => acceptedAt.has(push.id)).map((push) => push.connectionId)));
      return pushes.map((push) => acceptedAt.get(push.id));
    },
    mayBeOneItem: (error) => !isConnectionLost(error),
  });

  return async (request) => {
    const push = { ...request, id: uuidv7(deps.clock.now().getTime()) };
    const requestedAt = await batcher.add(push);
    if (requestedAt === undefined) return whyNotStored(deps.db, request);
    return { kind: 'accepted', push: queuedPush(push.id, request, requestedAt) };
  };
}

/**
 * An answer that was lost with the database's connection may have been a commit. The pushes have their ids already, so
 * looking and storing again is harmless; telling the caller of a failure, and have it ask once more, would not be.
 */
async function acceptWhenReachable(db: Database, pushes: readonly NewPush[]): Promise<Map<string, Date>> {
  let stored = new Map<string, Date>();
  for (let attempt = 1; ; attempt++) {
    try {
      if (attempt > 1) stored = await findAccepted(db, pushes);
      const missing = pushes.filter((push) => !stored.has(push.id));
      return missing.length === 0 ? stored : new Map([...stored, ...(await acceptPushes(db, missing))]);
    } catch (error) {
      const mayBeStored = isConnectionLost(error) || errorCode(error) === UNIQUE_VIOLATION;
      if (!mayBeStored || attempt >= ATTEMPTS_WHILE_DATABASE_AWAY_MAX) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt));
    }
  }
}

async function whyNotStored(db: Database, request: PushRequest): Promise<RequestOutcome> {
  const earlier = request.idempotency && (await findKeyedPush(db, request.idempotency.id));
  if (earlier === undefined) return { kind: 'refused', ...(await whyNotAccepted(db, request)) };
  if (!earlier.fingerprint.equals(request.idempotency?.fingerprint ?? Buffer.alloc(0))) {
    return { kind: 'refused', code: 'idempotency_key_reused', about: '' };
  }
  // The same verb, path, query and body: the first answer is this request's own, with the first one's key and time.
  return { kind: 'repeated', push: queuedPush(earlier.pushId, request, earlier.requestedAt) };
}

/** The push as the request for it is answered. */
function queuedPush(id: string, request: PushRequest, requestedAt: Date): Push {
  return {
    id,
    companyId: request.companyId,
    connectionId: request.connectionId,
    dataType: request.dataType,
    kind: request.kind,
    recordId: request.recordId,
    state: 'queued',
    requestedAt,
    completedAt: undefined,
    timeoutMinutes: request.timeoutMinutes,
    statusCode: undefined,
    errorMessage: undefined,
    errors: [],
    warnings: [],
    changes: [],
    record: undefined,
    attempts: 0,
    waitingOn: { reason: 'turn', since: requestedAt },
  };
}
