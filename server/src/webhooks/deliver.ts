/**
 * Delivers messages: claims those that are due under a lease, posts them, and stores every attempt with the move it
 * causes. At least once: a process that dies between the consumer's answer and our commit leaves a message that is
 * sent again under the same id.
 */
import { randomUUID } from 'node:crypto';
import { isConnectionLost, type Database } from '../db/pool.ts';
import type { WorkDone } from '../db/work-loop.ts';
import { makeBatcher } from '../lib/batcher.ts';
import { monotonicMs, type Clock } from '../lib/clock.ts';
import { describeError, type Log } from '../lib/log.ts';
import type { Sealer } from '../lib/seal.ts';
import { openSecret } from './change-consumer.ts';
import { envelope, signatureHeaders, webhookId } from './envelope.ts';
import { makeLanes } from './lanes.ts';
import { isDelivered, type PostAnswer, type Poster } from './post.ts';
import {
  claimMessages,
  dropMessagesOfDeletedConsumers,
  findNextDue,
  reclaimLostMessages,
  releaseLeases,
  renewLeases,
  settleMessages,
  type ClaimedMessage,
  type Settlement,
} from './queries.ts';
import { nextAttemptAt } from './retry.ts';

export interface DeliveryOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly log: Log;
  readonly poster: Poster;
  /** Pauses between attempts; one more attempt than there are pauses. */
  readonly retrySeconds: readonly number[];
  /** Called when there may be more to claim. */
  readonly onRoom: () => void;
}

export interface Delivery {
  readonly claimDue: () => Promise<WorkDone>;
  /** Renews our leases, takes up what other processes lost, and drops what no consumer is left for. */
  readonly keepHouse: () => Promise<WorkDone>;
  /** Begins nothing new, waits for what is under way, and gives back the rest. */
  readonly finish: (withinMs: number) => Promise<void>;
  readonly counts: () => DeliveryCounts;
}

/** Since the start of this process. */
export interface DeliveryCounts {
  readonly delivered: number;
  readonly failedAttempts: number;
  readonly exhausted: number;
}

const IN_FLIGHT_PER_CONSUMER_MAX = 10;
/** Enough to keep ten sends busy while the next batch is being claimed. */
const FULL_AT = 40;
const CLAIM_PER_CONSUMER_MAX = 60;
/** Longer than any attempt may take, and short enough that a crash holds nothing up for half a minute. */
const LEASE_MS = 20_000;
const RENEW_AFTER_MS = 5_000;
const HOUSEKEEPING_BATCH_MAX = 1_000;
const SETTLEMENTS_A_BATCH_MAX = 200;
const SETTLE_PAUSE_MS = 250;

/** A claimed message and, by the monotonic clock, until when it is surely ours. */
interface Held {
  readonly message: ClaimedMessage;
  leaseEndsMs: number;
}

export function makeDelivery(options: DeliveryOptions): Delivery {
  const { db, clock, log } = options;
  const held = new Map<string, Held>();
  const counts = { delivered: 0, failedAttempts: 0, exhausted: 0 };
  let isBrokenOff = false;

  const settlements = makeBatcher<Settlement, boolean>({
    itemsMax: SETTLEMENTS_A_BATCH_MAX,
    flushesMax: 2,
    flush: async (batch) => {
      const ours = await settleMessages(db, batch);
      return batch.map((each) => ours.has(each.id));
    },
    mayBeOneItem: (error) => !isConnectionLost(error),
  });
  const lanes = makeLanes<Held>({
    inFlightMax: IN_FLIGHT_PER_CONSUMER_MAX,
    fullAt: FULL_AT,
    send,
    onRoom: options.onRoom,
    onError: (error) => log.error('A delivery could not be brought to its end', { error: describeError(error) }),
  });

  async function claimDue(): Promise<WorkDone> {
    const except = lanes.full();
    const now = clock.now();
    const leaseEndsMs = monotonicMs() + LEASE_MS;
    const messages = await claimMessages(db, {
      now,
      perConsumerMax: CLAIM_PER_CONSUMER_MAX,
      except,
      leaseToken: randomUUID(),
      leaseUntil: new Date(now.getTime() + LEASE_MS),
    });
    for (const message of messages) {
      const each = { message, leaseEndsMs };
      held.set(message.id, each);
      lanes.add(message.consumerId, each);
    }
    if (messages.length > 0) return { didWork: true };
    const next = await findNextDue(db, except);
    return { didWork: false, nextDueInMs: next && next.getTime() - clock.now().getTime() };
  }

  async function send(each: Held): Promise<() => Promise<void>> {
    const { message } = each;
    // The process may have been suspended for longer than the lease, and another may be sending this very message.
    if (monotonicMs() >= each.leaseEndsMs) return async () => letGo(message);
    const startedAt = clock.now();
    const answer = await postSigned(message, options, startedAt);
    const settlement = settlementOf(message, answer, { startedAt, endedAt: clock.now() }, options.retrySeconds);
    return async () => {
      try {
        if (isBrokenOff && answer.error !== undefined) await releaseLeases(db, [message]);
        else if (await settleWhileOurs(settlement, each)) count(settlement);
      } finally {
        letGo(message);
      }
    };
  }

  /** Only the same claim is let go: the message may have been lost and claimed anew meanwhile. */
  function letGo(message: ClaimedMessage): void {
    if (held.get(message.id)?.message === message) held.delete(message.id);
  }

  /** A database that is away for a moment would otherwise cost the consumer a second delivery. */
  async function settleWhileOurs(settlement: Settlement, each: Held): Promise<boolean> {
    for (;;) {
      try {
        return await settlements.add(settlement);
      } catch (error) {
        if (!isConnectionLost(error) || isBrokenOff || monotonicMs() >= each.leaseEndsMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, SETTLE_PAUSE_MS));
      }
    }
  }

  function count({ state }: Settlement): void {
    if (state === 'delivered') counts.delivered += 1;
    else counts.failedAttempts += 1;
    if (state === 'exhausted') counts.exhausted += 1;
  }

  async function keepHouse(): Promise<WorkDone> {
    await renewOurLeases();
    const now = clock.now();
    const reclaimed = await reclaimLostMessages(db, now, HOUSEKEEPING_BATCH_MAX);
    if (reclaimed > 0) {
      log.warn('Deliveries whose process is gone are taken up again', { messages: reclaimed });
      options.onRoom();
    }
    const dropped = await dropMessagesOfDeletedConsumers(db, now, HOUSEKEEPING_BATCH_MAX);
    return { didWork: reclaimed === HOUSEKEEPING_BATCH_MAX || dropped === HOUSEKEEPING_BATCH_MAX };
  }

  async function renewOurLeases(): Promise<void> {
    const leaseEndsMs = monotonicMs() + LEASE_MS;
    const ageing = [...held.values()].filter((each) => leaseEndsMs - each.leaseEndsMs >= RENEW_AFTER_MS);
    if (ageing.length === 0) return;
    const until = new Date(clock.now().getTime() + LEASE_MS);
    const ours = new Set(
      await renewLeases(
        db,
        ageing.map((each) => each.message),
        until,
      ),
    );
    for (const each of ageing) each.leaseEndsMs = ours.has(each.message.id) ? leaseEndsMs : 0;
  }

  return {
    claimDue,
    keepHouse,
    finish: async (withinMs) => {
      const queued = lanes.takeQueued().map((each) => each.message);
      const timer = setTimeout(breakOff, withinMs);
      await Promise.all([giveBack(queued), lanes.idle()]);
      clearTimeout(timer);
      options.poster.close();
    },
    counts: () => ({ ...counts }),
  };

  async function giveBack(messages: readonly ClaimedMessage[]): Promise<void> {
    if (messages.length === 0) return;
    try {
      await releaseLeases(db, messages);
    } catch (error) {
      // Their leases run out by themselves; it only takes longer.
      log.warn('Deliveries that had not begun could not be given back', { error: describeError(error) });
    }
  }

  function breakOff(): void {
    isBrokenOff = true;
    options.poster.close();
  }
}

async function postSigned(
  message: ClaimedMessage,
  { sealer, poster, log }: Pick<DeliveryOptions, 'sealer' | 'poster' | 'log'>,
  at: Date,
): Promise<PostAnswer> {
  const secret = secretOf(message, sealer, log);
  if (secret === undefined) {
    return { statusCode: undefined, responseBody: undefined, error: 'the signing secret does not open', durationMs: 0 };
  }
  const body = envelope(message);
  const headers = signatureHeaders(secret, { id: webhookId(message.id), at, body });
  return poster.post({ url: message.url, headers, body });
}

/** An unsigned delivery would be refused by the consumer: it counts as a failed attempt, and the operator is told. */
function secretOf(message: ClaimedMessage, sealer: Sealer, log: Log): string | undefined {
  try {
    return openSecret(sealer, message.consumerId, message.secretSealed);
  } catch (error) {
    log.error('A webhook secret does not open', { consumer: message.consumerId, error: describeError(error) });
    return undefined;
  }
}

function settlementOf(
  message: ClaimedMessage,
  answer: PostAnswer,
  { startedAt, endedAt }: { readonly startedAt: Date; readonly endedAt: Date },
  retrySeconds: readonly number[],
): Settlement {
  const { id, leaseToken } = message;
  const attempt = { id, leaseToken, startedAt, endedAt, ...answer };
  if (isDelivered(answer)) return { ...attempt, state: 'delivered', nextAttemptAt: undefined };
  const next = nextAttemptAt(retrySeconds, { attempts: message.attempts + 1, failedAt: endedAt });
  return { ...attempt, state: next === undefined ? 'exhausted' : 'waiting', nextAttemptAt: next };
}
