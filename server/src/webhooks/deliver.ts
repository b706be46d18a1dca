/**
 * Delivers messages: claims those that are due under a lease, posts them, and stores every attempt with the move it
 * causes. At least once: a process that dies between the consumer's answer and our commit leaves a message that is
 * sent again under the same id.
 */
import { randomUUID } from 'node:crypto';
import { isConnectionLost, type Database } from '../db/pool.ts';
import { pause } from '../db/pause.ts';
import type { WorkDone } from '../db/work-loop.ts';
import { makeBatcher } from '../lib/batcher.ts';
import { monotonicMs, type Clock } from '../lib/clock.ts';
import { describeError, type Log } from '../lib/log.ts';
import type { Sealer } from '../lib/seal.ts';
import { makeDisableFailing } from './failing.ts';
import { makeLanes } from './lanes.ts';
import { outgoing } from './outgoing.ts';
import type { PostAnswer, Poster } from './post.ts';
import {
  claimMessages,
  dropMessagesOfDeletedConsumers,
  findNextDue,
  postponeMessages,
  releaseLeases,
  renewLeases,
  takeLostMessages,
  type ClaimedMessage,
  type Postponement,
} from './queries.ts';
import { placeOnceEnabled, type RetrySchedule } from './retry.ts';
import { settlementOf, settleMessages, type Settlement } from './settle.ts';

export interface DeliveryOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly log: Log;
  readonly poster: Poster;
  readonly schedule: RetrySchedule;
  /** Called when there may be more to claim. */
  readonly onRoom: () => void;
  /** Called after an event was stored. */
  readonly onEvent: () => void;
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
  /** Consumers that were disabled because they only failed. */
  readonly disabledConsumers: number;
}

/** And as many again of those that a process lost. */
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
  const { db, clock, log, schedule } = options;
  const held = new Map<string, Held>();
  const counts = { delivered: 0, failedAttempts: 0, exhausted: 0, disabledConsumers: 0 };
  const stopping = new AbortController();
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
  const disableFailing = makeDisableFailing(options);

  const lease = (now: Date) => ({ leaseToken: randomUUID(), leaseUntil: new Date(now.getTime() + LEASE_MS) });

  async function claimDue(): Promise<WorkDone> {
    const except = lanes.full();
    const now = clock.now();
    const leaseEndsMs = monotonicMs() + LEASE_MS;
    const messages = await claimMessages(db, { now, perConsumerMax: CLAIM_PER_CONSUMER_MAX, except, ...lease(now) });
    const postponed = messages.flatMap((message) => postponement(message) ?? []);
    if (postponed.length > 0) await postponeMessages(db, postponed);
    const isPostponed = new Set(postponed.map(({ id }) => id));
    for (const message of messages) if (!isPostponed.has(message.id)) hold(message, leaseEndsMs);
    if (messages.length > 0) return { didWork: true };
    const next = await findNextDue(db, except);
    return { didWork: false, nextDueInMs: next && next.getTime() - clock.now().getTime() };
  }

  function hold(message: ClaimedMessage, leaseEndsMs: number, isLost = false): void {
    const each = { message, leaseEndsMs };
    held.set(message.id, each);
    lanes.add(message.consumer.id, each, isLost);
  }

  /** Of a message whose time passed while its consumer was disabled. */
  function postponement({
    id,
    leaseToken,
    tries,
    dueAt,
    isResend,
    consumer,
  }: ClaimedMessage): Postponement | undefined {
    const { enabledAt } = consumer;
    if (enabledAt === undefined || tries === 0 || isResend || dueAt >= enabledAt) return undefined;
    const place = placeOnceEnabled(schedule.pausesSeconds, { tries, dueAt, enabledAt });
    return place.dueAt > clock.now() ? { id, leaseToken, ...place } : undefined;
  }

  async function send(each: Held): Promise<() => Promise<void>> {
    const { message } = each;
    if (message.sendAt !== undefined) {
      await pause(stopping.signal, message.sendAt.getTime() - clock.now().getTime());
      if (stopping.signal.aborted)
        return async () => {
          await giveBack([message]);
          letGo(message);
        };
    }
    // The process may have been suspended for longer than the lease, and another may be sending this very message.
    if (monotonicMs() >= each.leaseEndsMs) return async () => letGo(message);
    const startedAt = clock.now();
    const { answer, request } = await postOne(message, startedAt);
    const settlement = settlementOf({ message, answer, request, startedAt, endedAt: clock.now() }, schedule);
    return async () => {
      try {
        if (isBrokenOff && answer.error !== undefined) await releaseLeases(db, [message]);
        else if (await settleWhileOurs(settlement, each)) await afterSettled(settlement, message);
      } finally {
        letGo(message);
      }
    };
  }

  /** An unsigned delivery would be refused by the consumer: it counts as a failed attempt, and the operator is told. */
  async function postOne(message: ClaimedMessage, at: Date): Promise<Pick<Settlement, 'answer' | 'request'>> {
    try {
      const { post, shownHeaders } = await outgoing(message, options, at);
      return { answer: await options.poster.post(post), request: { url: post.url, headers: shownHeaders } };
    } catch (error) {
      log.error('A webhook secret does not open', { consumer: message.consumer.id, error: describeError(error) });
      return { answer: NOTHING_SENT, request: { url: message.consumer.url, headers: {} } };
    }
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

  async function afterSettled(settlement: Settlement, message: ClaimedMessage): Promise<void> {
    if (settlement.isDelivered) counts.delivered += 1;
    else counts.failedAttempts += 1;
    if (settlement.state === 'exhausted') counts.exhausted += 1;
    if (!settlement.isDelivered && (await disableFailing(message.consumer, settlement.endedAt))) {
      counts.disabledConsumers += 1;
    }
  }

  async function keepHouse(): Promise<WorkDone> {
    await renewOurLeases();
    const now = clock.now();
    const leaseEndsMs = monotonicMs() + LEASE_MS;
    const { taken, waiting } = await takeLostMessages(db, {
      now,
      messagesMax: HOUSEKEEPING_BATCH_MAX,
      perConsumerMax: IN_FLIGHT_PER_CONSUMER_MAX,
      ...lease(now),
    });
    const lost = taken.length + waiting;
    if (lost > 0) log.warn('Deliveries whose process is gone are taken up again', { messages: lost });
    for (const message of taken) hold(message, leaseEndsMs, true);
    if (waiting > 0) options.onRoom();
    const dropped = await dropMessagesOfDeletedConsumers(db, now, HOUSEKEEPING_BATCH_MAX);
    return { didWork: lost === HOUSEKEEPING_BATCH_MAX || dropped === HOUSEKEEPING_BATCH_MAX };
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
      stopping.abort();
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

const NOTHING_SENT: PostAnswer = {
  statusCode: undefined,
  responseBody: undefined,
  responseHeaders: undefined,
  retryAfter: undefined,
  error: 'the signing secret or another sealed setting of this consumer does not open',
  durationMs: 0,
};
