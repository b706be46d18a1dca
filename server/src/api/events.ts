/** /events: the feed beside the webhooks, one event, the types with an example of each, and examples on demand. */
import { Type, type Static } from 'typebox';
import { getCompany } from '../companies/change-company.ts';
import { PublicError } from '../errors.ts';
import { EVENT_TYPES, fitsEventType, isKnownEventType, meaningOf } from '../events/event-types.ts';
import { exampleEvent } from '../events/examples.ts';
import { endOfFeed, findEvent, readFeed, type FedEvent, type FeedQuery } from '../events/feed.ts';
import { isUuid } from '../lib/ids.ts';
import { envelope } from '../webhooks/envelope.ts';
import { tellExample } from '../webhooks/example.ts';
import { answers, ref } from './answers.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { cursorOf, positionFrom } from './event-cursor.ts';
import { goneSignal } from './gone-signal.ts';
import { isGiven } from './list-filter.ts';
import { idFrom } from './path-ids.ts';

export const Event = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    eventType: Type.String(),
    generatedDate: Type.String({ format: 'date-time' }),
    test: Type.Optional(Type.Boolean({ description: 'An example that somebody asked for.' })),
    payload: Type.Unsafe<Readonly<Record<string, unknown>>>({ type: 'object', additionalProperties: true }),
  },
  { $id: 'Event', additionalProperties: true, description: 'What webhooks deliver.' },
);
type Event = Static<typeof Event>;

const LIMIT_MAX = 1_000;
const LIMIT_DEFAULT = 100;
/** Below what proxies commonly allow an answer to take. */
const WAIT_SECONDS_MAX = 60;

const Feed = Type.Object(
  {
    results: Type.Array(ref<Event>(Event)),
    cursor: Type.String({ description: 'Send it as `after` to go on from here. Store it with what you have done.' }),
    hasMore: Type.Boolean({ description: 'Whether more may be there already.' }),
    _links: Type.Object({ next: Type.Object({ href: Type.String() }) }),
  },
  { additionalProperties: true },
);

const feedParameters = Type.Object({
  after: Type.Optional(
    Type.String({
      maxLength: 200,
      description: 'A `cursor` of this feed; left out, the oldest event that is kept; `latest`, from now on.',
    }),
  ),
  eventTypes: Type.Optional(Type.String({ description: 'Names or patterns such as `*.write.*`, parted by commas.' })),
  companyId: Type.Optional(Type.String({ description: 'Only events about this company.' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMIT_MAX, default: LIMIT_DEFAULT })),
  wait: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: WAIT_SECONDS_MAX,
      description: 'Seconds to hold the answer back while there is nothing to tell.',
    }),
  ),
});

export function eventRoutes(app: ApiRoutes, { db, clock, companies, consumers, arrivals }: ApiDeps): void {
  const nextPage = async (query: FeedQuery, untilMs: number, signal: AbortSignal) => {
    let page = await readFeed(db, query);
    for (;;) {
      const leftMs = untilMs - clock.now().getTime();
      if (page.events.length > 0 || signal.aborted || leftMs <= 0) return page;
      // What does not fit is passed over, and is not looked at again.
      if (!page.hasMore) await arrivals.after(page.last, leftMs, signal);
      page = await readFeed(db, { ...query, after: page.last });
    }
  };

  app.get(
    '/events',
    {
      schema: {
        tags: ['Events'],
        operationId: 'listEvents',
        summary: 'Read the feed of events: oldest first, from a cursor on',
        querystring: feedParameters,
        response: answers({ 200: Feed }),
      },
    },
    async (request, reply) => {
      const { after, limit = LIMIT_DEFAULT, wait = 0 } = request.query;
      const position = await positionFrom(after, () => endOfFeed(db));
      const query = { after: position, limit, ...filterOf(request.query) };
      const untilMs = clock.now().getTime() + wait * 1_000;
      const page = await nextPage(query, untilMs, goneSignal(reply.raw));
      const cursor = cursorOf(page.last);
      return {
        results: page.events.map(renderEvent),
        cursor,
        hasMore: page.hasMore,
        _links: { next: { href: nextHref(request.url, cursor) } },
      };
    },
  );

  app.get(
    '/events/types',
    {
      schema: {
        tags: ['Events'],
        operationId: 'listEventTypes',
        summary: 'List the event types, each with an example',
        response: answers({
          200: Type.Object({
            results: Type.Array(
              Type.Object({ eventType: Type.String(), description: Type.String(), example: ref<Event>(Event) }),
            ),
          }),
        }),
      },
    },
    async () => {
      const telling = { publicUrl: companies.publicUrl(), now: clock.now() };
      return {
        results: EVENT_TYPES.map((eventType) => ({
          eventType,
          description: meaningOf(eventType),
          example: renderToldEvent(exampleEvent(eventType, telling)),
        })),
      };
    },
  );

  app.get(
    '/events/:eventId',
    {
      schema: {
        tags: ['Events'],
        operationId: 'getEvent',
        summary: 'Get an event',
        params: Type.Object({ eventId: Type.String() }),
        response: answers({ 200: ref<Event>(Event) }),
      },
    },
    async (request) => {
      const id = idFrom(request.params.eventId, 'event_not_found');
      const event = await findEvent(db, id);
      if (event === undefined) throw new PublicError('event_not_found', id);
      return renderEvent(event);
    },
  );

  app.post(
    '/events/test',
    {
      schema: {
        tags: ['Events'],
        operationId: 'sendTestEvent',
        summary: 'Tell everybody who listens an example of an event type',
        body: Type.Object({
          eventType: Type.String(),
          companyId: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'] })),
        }),
        response: answers({ 200: ref<Event>(Event) }),
      },
    },
    async (request) => {
      const { eventType, companyId } = request.body;
      const about = isGiven(companyId ?? undefined) ? idFrom(companyId ?? '', 'company_not_found') : undefined;
      const company = about === undefined ? undefined : await getCompany(companies, about);
      return renderToldEvent(await tellExample(consumers, eventType, company));
    },
  );
}

function filterOf({ eventTypes, companyId }: Static<typeof feedParameters>) {
  if (isGiven(companyId) && !isUuid(companyId)) throw new PublicError('company_not_found', companyId);
  return {
    eventTypes: eventTypesFrom(eventTypes),
    companyId: isGiven(companyId) ? companyId : undefined,
  };
}

/** The names that the patterns stand for; undefined for all. */
export function eventTypesFrom(text: string | undefined): string[] | undefined {
  if (!isGiven(text)) return undefined;
  const patterns = text.split(',').map((pattern) => pattern.trim());
  const unknown = patterns.find((pattern) => !isKnownEventType(pattern));
  if (unknown !== undefined) {
    throw new PublicError('malformed_request', `eventTypes: there is no event type "${unknown.slice(0, 100)}"`);
  }
  return EVENT_TYPES.filter((name) => patterns.some((pattern) => fitsEventType(pattern, name)));
}

function renderEvent(event: FedEvent): Event {
  return JSON.parse(envelope(event)) as Event;
}

function renderToldEvent(event: {
  readonly id: string;
  readonly eventType: string;
  readonly generatedAt: Date;
  readonly payload: Readonly<Record<string, unknown>>;
}): Event {
  const { id, eventType, generatedAt, payload } = event;
  return { id, eventType, generatedDate: generatedAt.toISOString(), test: true, payload };
}

function nextHref(url: string, cursor: string): string {
  const [path = '', queryText = ''] = url.split('?', 2);
  const parameters = new URLSearchParams(
    [...new URLSearchParams(queryText)].filter(([name]) => !/^after$/i.test(name)),
  );
  parameters.set('after', cursor);
  return `${path}?${parameters.toString()}`;
}
