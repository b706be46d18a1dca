/** Turns events into messages: one for each consumer that wants to hear of it. */
import type { Database } from '../db/pool.ts';
import type { Clock } from '../lib/clock.ts';
import { uuidv7 } from '../lib/ids.ts';
import { wants } from './consumer.ts';
import { insertMessages, lockConsumersAgainstDeletion, markDispatched, takeUndispatchedEvents } from './queries.ts';

const EVENTS_A_BATCH_MAX = 500;

export interface Dispatched {
  readonly events: number;
  readonly messages: number;
}

/** One batch. Any number of processes may do this at once: each takes events that no other holds. */
export function dispatchEvents(db: Database, clock: Clock): Promise<Dispatched> {
  return db.transaction(async (tx) => {
    const events = await takeUndispatchedEvents(tx, EVENTS_A_BATCH_MAX);
    if (events.length === 0) return { events: 0, messages: 0 };
    const now = clock.now();
    const consumers = (await lockConsumersAgainstDeletion(tx)).filter((consumer) => !consumer.disabled);
    const messages = events.flatMap((event) =>
      consumers
        .filter((consumer) => wants(consumer, event))
        .map((consumer) => ({ id: uuidv7(now.getTime()), eventId: event.id, consumerId: consumer.id })),
    );
    if (messages.length > 0) await insertMessages(tx, messages, now);
    await markDispatched(
      tx,
      events.map((event) => event.id),
      now,
    );
    return { events: events.length, messages: messages.length };
  });
}
