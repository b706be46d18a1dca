/** Sending again what a consumer missed, and sending it an example. */
import { Type, type Static } from 'typebox';
import { PublicError } from '../errors.ts';
import { webhookId } from '../webhooks/envelope.ts';
import { sendExample } from '../webhooks/example.ts';
import { findMessage } from '../webhooks/history.ts';
import { getRecovery, listRecoveries, recoverFailed, replayMissed, resend } from '../webhooks/recovery.ts';
import type { Recovery as StoredRecovery } from '../webhooks/recovery-queries.ts';
import { answers } from './answers.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { momentFrom } from './moment-parameter.ts';
import { idFrom } from './path-ids.ts';
import { MessageSchema, messageIdFrom, renderMessage } from './webhook-history.ts';
import { consumerIdFrom } from './webhooks.ts';

const Recovery = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    type: Type.String({ description: '`recover`: what failed; `replay`: what was never sent.' }),
    status: Type.String({ description: '`Running` or `Complete`.' }),
    since: Type.String({ format: 'date-time' }),
    messages: Type.Integer({ description: 'That were found so far and are sent again.' }),
    createdDate: Type.String({ format: 'date-time' }),
    completedDate: Type.Optional(Type.String({ format: 'date-time' })),
  },
  { additionalProperties: true },
);

const Since = Type.Unsafe<{ readonly since?: string | null } | null>({
  type: ['object', 'null'],
  properties: { since: { type: ['string', 'null'], description: 'A date; nothing older.' } },
});

const params = Type.Object({ webhookId: Type.String() });

export function webhookRecoveryRoutes(app: ApiRoutes, { db, consumers }: ApiDeps): void {
  app.post(
    '/webhooks/:webhookId/test',
    {
      schema: {
        tags: ['Webhooks'],
        operationId: 'sendTestMessage',
        summary: 'Send a webhook consumer an example of an event type',
        params,
        body: Type.Object({ eventType: Type.String() }),
        response: answers({
          202: Type.Object({ id: Type.String(), eventId: Type.String(), eventType: Type.String() }),
        }),
      },
    },
    async (request, reply) => {
      const { event, messageId } = await sendExample(consumers, consumerIdFrom(request.params), request.body.eventType);
      return reply.code(202).send({ id: webhookId(messageId), eventId: event.id, eventType: event.eventType });
    },
  );

  app.post(
    '/webhooks/:webhookId/messages/:messageId/resend',
    {
      schema: {
        tags: ['Webhooks'],
        operationId: 'resendWebhookMessage',
        summary: 'Send a message once more, at once',
        params: Type.Object({ webhookId: Type.String(), messageId: Type.String() }),
        response: answers({ 202: MessageSchema }),
      },
    },
    async (request, reply) => {
      const consumerId = consumerIdFrom(request.params);
      const messageId = messageIdFrom(request.params.messageId);
      await resend(consumers, consumerId, messageId);
      const message = await findMessage(db, consumerId, messageId);
      if (message === undefined) throw new PublicError('message_not_found', request.params.messageId);
      return reply.code(202).send(renderMessage(message));
    },
  );

  app.post(
    '/webhooks/:webhookId/recover',
    {
      schema: {
        tags: ['Webhooks'],
        operationId: 'recoverWebhookMessages',
        summary: 'Send all messages again that failed since a time; a few at a time',
        params,
        body: Since,
        response: answers({ 202: Recovery }),
      },
    },
    async (request, reply) => {
      const since = momentFrom('since', request.body?.since);
      return reply.code(202).send(render(await recoverFailed(consumers, consumerIdFrom(request.params), since)));
    },
  );

  app.post(
    '/webhooks/:webhookId/replay',
    {
      schema: {
        tags: ['Webhooks'],
        operationId: 'replayWebhookEvents',
        summary: 'Send the events for which there never was a message, up to two weeks back; a few at a time',
        params,
        body: Since,
        response: answers({ 202: Recovery }),
      },
    },
    async (request, reply) => {
      const since = momentFrom('since', request.body?.since);
      return reply.code(202).send(render(await replayMissed(consumers, consumerIdFrom(request.params), since)));
    },
  );

  app.get(
    '/webhooks/:webhookId/recoveries',
    {
      schema: {
        tags: ['Webhooks'],
        operationId: 'listWebhookRecoveries',
        summary: 'List the last hundred recoveries and replays, newest first',
        params,
        response: answers({ 200: Type.Object({ results: Type.Array(Recovery) }) }),
      },
    },
    async (request) => ({ results: (await listRecoveries(consumers, consumerIdFrom(request.params))).map(render) }),
  );

  app.get(
    '/webhooks/:webhookId/recoveries/:recoveryId',
    {
      schema: {
        tags: ['Webhooks'],
        operationId: 'getWebhookRecovery',
        summary: 'Get a recovery or replay',
        params: Type.Object({ webhookId: Type.String(), recoveryId: Type.String() }),
        response: answers({ 200: Recovery }),
      },
    },
    async (request) => {
      const recoveryId = idFrom(request.params.recoveryId, 'recovery_not_found');
      return render(await getRecovery(consumers, consumerIdFrom(request.params), recoveryId));
    },
  );
}

function render({ id, kind, since, messages, createdAt, completedAt }: StoredRecovery): Static<typeof Recovery> {
  return {
    id,
    type: kind,
    status: completedAt === undefined ? 'Running' : 'Complete',
    since: since.toISOString(),
    messages,
    createdDate: createdAt.toISOString(),
    ...(completedAt === undefined ? {} : { completedDate: completedAt.toISOString() }),
  };
}
