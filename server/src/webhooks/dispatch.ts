/** Turns events into messages, one for each consumer that wants to hear of it, and gives them their places in the feed. */
import type { Database } from '../db/pool.ts';
import { placeEvents } from '../events/feed.ts';
import type { Clock } from '../lib/clock.ts';
import { uuidv7 } from '../lib/ids.ts';
import { lockConsumersAgainstDeletion } from './consumer-queries.ts';
import { wants, type Consumer } from './consumer.ts';
import { insertMessages, takeUnplacedEvents, type NewMessage, type ToldEvent } from './dispatch-queries.ts';
import { alerts } from './rule.ts';

const EVENTS_A_BATCH_MAX = 500;

export interface Dispatched {
  readonly events: number;
  readonly messages: number;
}

/**
 * One batch. Any number of processes may do this at once: each takes events that no other holds, and only the giving of
 * places, which comes last, is one at a time.
 */
export function dispatchEvents(db: Database, clock: Clock): Promise<Dispatched> {
  return db.transaction(async (tx) => {
    const events = await takeUnplacedEvents(tx, EVENTS_A_BATCH_MAX);
    if (events.length === 0) return { events: 0, messages: 0 };
    const now = clock.now();
    const consumers = (await lockConsumersAgainstDeletion(tx)).filter((consumer) => !consumer.disabled);
    const messages = events.flatMap((event) => messagesFor(event, consumers, now));
    if (messages.length > 0) await insertMessages(tx, messages, now);
    await placeEvents(
      tx,
      events.map((event) => event.id),
      now,
    );
    return { events: events.length, messages: messages.length };
  });
}

export function messagesFor(event: ToldEvent, consumers: readonly Consumer[], now: Date): NewMessage[] {
  return consumers
    .filter((consumer) => isToHear(consumer, event))
    .map((consumer) => ({ id: uuidv7(now.getTime()), eventId: event.id, consumerId: consumer.id }));
}

function isToHear(consumer: Consumer, event: ToldEvent): boolean {
  if (event.forConsumerId !== undefined) return event.forConsumerId === consumer.id;
  return consumer.ruleType === undefined ? wants(consumer, event) : alerts(consumer, event);
}
