/** …/messages and …/attempts of a webhook consumer: what was sent to it, and what it answered. */
import { Type, type Static } from 'typebox';
import { PublicError } from '../errors.ts';
import { getConsumer } from '../webhooks/change-consumer.ts';
import { messageIdOf, webhookId } from '../webhooks/envelope.ts';
import {
  attemptsOfMessage,
  findMessage,
  listAttempts,
  listMessages,
  MESSAGE_STATUSES,
  type Message,
  type MessageAttempt,
} from '../webhooks/history.ts';
import { envelope } from '../webhooks/envelope.ts';
import { answers } from './answers.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { eventTypesFrom } from './events.ts';
import { momentFrom } from './moment-parameter.ts';
import { PagedList, pagedList } from './paged-list.ts';
import { listParameters, pagingOf } from './query-parameters.ts';
import { consumerIdFrom } from './webhooks.ts';

const Headers = Type.Record(Type.String(), Type.String());

const MessageFacts = {
  id: Type.String({ description: 'The `webhook-id` of its deliveries.' }),
  webhookId: Type.String(),
  eventId: Type.String(),
  eventType: Type.String(),
  status: Type.Unsafe<Message['status']>({
    type: 'string',
    enum: MESSAGE_STATUSES,
    description: '`Sending`: no attempt yet; `Attempting`: more to come; `Success`; `Failure`: given up.',
  }),
  attempts: Type.Integer(),
  nextAttemptDate: Type.Optional(Type.String({ format: 'date-time' })),
  createdDate: Type.String({ format: 'date-time' }),
  completedDate: Type.Optional(Type.String({ format: 'date-time' })),
  test: Type.Optional(Type.Boolean()),
};
export const MessageSchema = Type.Object(MessageFacts, { additionalProperties: true });

const Attempt = Type.Object(
  {
    messageId: Type.String(),
    eventType: Type.String(),
    number: Type.Integer(),
    status: Type.String({ description: '`Success` or `Failure`.' }),
    resend: Type.Boolean({ description: 'Whether it was asked for by hand.' }),
    startedDate: Type.String({ format: 'date-time' }),
    durationMs: Type.Integer(),
    request: Type.Object({ method: Type.String(), url: Type.String(), headers: Headers, body: Type.String() }),
    response: Type.Optional(Type.Object({ statusCode: Type.Integer(), headers: Headers, body: Type.String() })),
    error: Type.Optional(Type.String({ description: 'Why there was no whole answer.' })),
  },
  { additionalProperties: true },
);

const consumerParams = Type.Object({ webhookId: Type.String() });
const messageParams = Type.Object({ webhookId: Type.String(), messageId: Type.String() });

const historyParameters = {
  page: listParameters.page,
  pageSize: listParameters.pageSize,
  eventTypes: Type.Optional(Type.String({ description: 'Names or patterns, parted by commas.' })),
  since: Type.Optional(Type.String({ description: 'A date; nothing older.' })),
  until: Type.Optional(Type.String({ description: 'A date; nothing newer.' })),
};
const oneOf = <const T extends readonly string[]>(values: T) =>
  Type.Optional(Type.Unsafe<T[number]>({ type: 'string', enum: values }));

export function messageIdFrom(text: string): string {
  const id = messageIdOf(text);
  if (id === undefined) throw new PublicError('message_not_found', text.slice(0, 100));
  return id;
}

export function webhookHistoryRoutes(app: ApiRoutes, { db, consumers }: ApiDeps): void {
  app.get(
    '/webhooks/:webhookId/messages',
    {
      schema: {
        tags: ['Webhooks'],
        operationId: 'listWebhookMessages',
        summary: 'List the messages of a webhook consumer, newest first; the total is counted up to 10,000',
        params: consumerParams,
        querystring: Type.Object({ ...historyParameters, status: oneOf(MESSAGE_STATUSES) }),
        response: answers({ 200: PagedList(MessageSchema) }),
      },
    },
    async (request) => {
      const query = { ...historyQuery(request.params, request.query), status: request.query.status };
      await getConsumer(consumers, query.consumerId);
      const { items, total, hasMore } = await listMessages(db, query);
      const { page, pageSize } = query;
      return pagedList(request.url, {
        results: items.map(renderMessage),
        totalResults: total,
        page,
        pageSize,
        hasMore,
      });
    },
  );

  app.get(
    '/webhooks/:webhookId/messages/:messageId',
    {
      schema: {
        tags: ['Webhooks'],
        operationId: 'getWebhookMessage',
        summary: 'Get a message and its attempts',
        params: messageParams,
        response: answers({
          200: Type.Object(
            { ...MessageFacts, body: Type.String(), attemptList: Type.Array(Attempt) },
            { additionalProperties: true },
          ),
        }),
      },
    },
    async (request) => {
      const message = await requireMessage(request.params);
      const attempts = await attemptsOfMessage(db, message.id);
      return { ...renderMessage(message), body: bodyOf(message), attemptList: attempts.map(renderAttempt) };
    },
  );

  app.get(
    '/webhooks/:webhookId/messages/:messageId/attempts',
    {
      schema: {
        tags: ['Webhooks'],
        operationId: 'listWebhookMessageAttempts',
        summary: 'List the attempts of a message, oldest first',
        params: messageParams,
        response: answers({ 200: Type.Object({ results: Type.Array(Attempt) }) }),
      },
    },
    async (request) => {
      const { id } = await requireMessage(request.params);
      return { results: (await attemptsOfMessage(db, id)).map(renderAttempt) };
    },
  );

  app.get(
    '/webhooks/:webhookId/attempts',
    {
      schema: {
        tags: ['Webhooks'],
        operationId: 'listWebhookAttempts',
        summary: 'List the attempts of a webhook consumer, newest first; the total is counted up to 10,000',
        params: consumerParams,
        querystring: Type.Object({ ...historyParameters, status: oneOf(['Success', 'Failure']) }),
        response: answers({ 200: PagedList(Attempt) }),
      },
    },
    async (request) => {
      const query = { ...historyQuery(request.params, request.query), status: request.query.status };
      await getConsumer(consumers, query.consumerId);
      const { items, total, hasMore } = await listAttempts(db, query);
      const { page, pageSize } = query;
      return pagedList(request.url, {
        results: items.map(renderAttempt),
        totalResults: total,
        page,
        pageSize,
        hasMore,
      });
    },
  );

  async function requireMessage(given: Static<typeof messageParams>): Promise<Message> {
    const { id: consumerId } = await getConsumer(consumers, consumerIdFrom(given));
    const message = await findMessage(db, consumerId, messageIdFrom(given.messageId));
    if (message === undefined) throw new PublicError('message_not_found', given.messageId.slice(0, 100));
    return message;
  }
}

interface GivenQuery {
  readonly page?: number;
  readonly pageSize?: number;
  readonly eventTypes?: string;
  readonly since?: string;
  readonly until?: string;
}

function historyQuery(params: Static<typeof consumerParams>, given: GivenQuery) {
  return {
    consumerId: consumerIdFrom(params),
    eventTypes: eventTypesFrom(given.eventTypes),
    since: momentFrom('since', given.since),
    until: momentFrom('until', given.until),
    ...pagingOf(given),
  };
}

function bodyOf(event: Pick<Message, 'eventId' | 'eventType' | 'generatedAt' | 'payloadText' | 'isTest'>): string {
  return envelope({ ...event, id: event.eventId });
}

export function renderMessage(message: Message): Static<typeof MessageSchema> {
  const { nextAttemptAt, completedAt } = message;
  return {
    id: webhookId(message.id),
    webhookId: message.consumerId,
    eventId: message.eventId,
    eventType: message.eventType,
    status: message.status,
    attempts: message.attempts,
    ...(nextAttemptAt === undefined ? {} : { nextAttemptDate: nextAttemptAt.toISOString() }),
    createdDate: message.createdAt.toISOString(),
    ...(completedAt === undefined ? {} : { completedDate: completedAt.toISOString() }),
    ...(message.isTest ? { test: true } : {}),
  };
}

function renderAttempt(attempt: MessageAttempt): Static<typeof Attempt> {
  const { statusCode, error } = attempt;
  return {
    messageId: webhookId(attempt.messageId),
    eventType: attempt.event.eventType,
    number: attempt.number,
    status: attempt.isSuccess ? 'Success' : 'Failure',
    resend: attempt.isResend,
    startedDate: attempt.startedAt.toISOString(),
    durationMs: attempt.durationMs,
    request: {
      method: 'POST',
      url: attempt.url ?? '',
      headers: { ...attempt.requestHeaders },
      body: bodyOf(attempt.event),
    },
    ...(statusCode === undefined
      ? {}
      : { response: { statusCode, headers: { ...attempt.responseHeaders }, body: attempt.responseBody ?? '' } }),
    ...(error === undefined ? {} : { error }),
  };
}
