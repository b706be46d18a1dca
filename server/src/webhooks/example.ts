/** Examples that somebody asks for: told like real events, marked as examples, to everybody who listens or to one alone. */
import { PublicError } from '../errors.ts';
import { exampleEvent } from '../events/examples.ts';
import { isEventType, type EventType } from '../events/event-types.ts';
import type { LedgerpostEvent } from '../events/event.ts';
import { placeEvents } from '../events/feed.ts';
import { insertEvents } from '../events/queries.ts';
import type { CompanyFacts } from '../events/wire.ts';
import { uuidv7 } from '../lib/ids.ts';
import { getConsumer, type ConsumersContext } from './change-consumer.ts';
import { insertMessages } from './dispatch-queries.ts';

/** To every consumer that hears of the type, and into the feed. `company`: whom it is about. */
export async function tellExample(
  context: ConsumersContext,
  eventType: string,
  company?: CompanyFacts,
): Promise<LedgerpostEvent> {
  const telling = { publicUrl: context.publicUrl(), now: context.clock.now() };
  const event = exampleEvent(requireEventType(eventType), telling, company);
  await insertEvents(context.db, [event]);
  context.eventsStored();
  return event;
}

/** To this consumer alone, whatever it listens to. Answers the message, whose attempts can be read. */
export async function sendExample(
  context: ConsumersContext,
  consumerId: string,
  eventType: string,
): Promise<{ readonly event: LedgerpostEvent; readonly messageId: string }> {
  const consumer = await getConsumer(context, consumerId);
  if (consumer.disabled) {
    throw new PublicError('conflict', `Webhook consumer ${consumerId} is disabled; enable it first`);
  }
  const now = context.clock.now();
  const telling = { publicUrl: context.publicUrl(), now };
  const event = { ...exampleEvent(requireEventType(eventType), telling), forConsumerId: consumerId };
  const messageId = uuidv7(now.getTime());
  await context.db.transaction(async (tx) => {
    await insertEvents(tx, [event]);
    await insertMessages(tx, [{ id: messageId, eventId: event.id, consumerId }], now);
    await placeEvents(tx, [event.id], now);
  });
  context.eventsStored();
  return { event, messageId };
}

function requireEventType(name: string): EventType {
  if (isEventType(name)) return name;
  throw new PublicError('malformed_request', `eventType: there is no event type "${name.slice(0, 100)}" to tell of`);
}
