/** /webhooks: the consumers that hear of events. */
import { Type, type Static } from 'typebox';
import { createConsumer, deleteConsumer, getConsumer, getSecret, listConsumers } from '../webhooks/change-consumer.ts';
import type { Consumer } from '../webhooks/consumer.ts';
import { answers, noContent, ref } from './answers.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { idFrom } from './path-ids.ts';

const facts = {
  id: Type.String({ format: 'uuid' }),
  url: Type.String(),
  eventTypes: Type.Array(Type.String()),
  companyTags: Type.Array(Type.String()),
  disabled: Type.Boolean(),
};

export const WebhookConsumer = Type.Object(facts, { $id: 'WebhookConsumer', additionalProperties: true });
const consumerRef = ref<Static<typeof WebhookConsumer>>(WebhookConsumer);

const CreatedConsumer = Type.Object(
  { ...facts, secret: Type.String({ description: 'Signs what is delivered; begins with `whsec_`.' }) },
  { additionalProperties: true },
);

const ConsumerRequest = Type.Object({
  url: Type.String({ minLength: 1 }),
  eventTypes: Type.Array(Type.String(), { minItems: 1, maxItems: 200 }),
  companyTags: Type.Optional(
    Type.Unsafe<readonly string[] | null>({ type: ['array', 'null'], items: { type: 'string' } }),
  ),
  disabled: Type.Optional(Type.Unsafe<boolean | null>({ type: ['boolean', 'null'] })),
});

const params = Type.Object({ webhookId: Type.String() });
const consumerIdFrom = ({ webhookId }: Static<typeof params>) => idFrom(webhookId, 'consumer_not_found');

export function webhookRoutes(app: ApiRoutes, { consumers }: ApiDeps): void {
  app.get(
    '/webhooks',
    {
      schema: {
        tags: ['Webhooks'],
        operationId: 'listWebhookConsumers',
        summary: 'List webhook consumers',
        response: answers({ 200: Type.Object({ results: Type.Array(consumerRef) }) }),
      },
    },
    async () => ({ results: (await listConsumers(consumers)).map(renderConsumer) }),
  );

  app.post(
    '/webhooks',
    {
      schema: {
        tags: ['Webhooks'],
        operationId: 'createWebhookConsumer',
        summary: 'Create a webhook consumer',
        body: ConsumerRequest,
        response: answers({ 201: CreatedConsumer }),
      },
    },
    async (request, reply) => {
      const { consumer, secret } = await createConsumer(consumers, request.body);
      return reply.code(201).send({ ...renderConsumer(consumer), secret });
    },
  );

  app.get(
    '/webhooks/:webhookId',
    {
      schema: {
        tags: ['Webhooks'],
        operationId: 'getWebhookConsumer',
        summary: 'Get a webhook consumer',
        params,
        response: answers({ 200: consumerRef }),
      },
    },
    async (request) => renderConsumer(await getConsumer(consumers, consumerIdFrom(request.params))),
  );

  app.get(
    '/webhooks/:webhookId/secret',
    {
      schema: {
        tags: ['Webhooks'],
        operationId: 'getWebhookSecret',
        summary: 'Get the signing secret of a webhook consumer',
        params,
        response: answers({ 200: Type.Object({ secret: Type.String() }) }),
      },
    },
    async (request) => ({ secret: await getSecret(consumers, consumerIdFrom(request.params)) }),
  );

  app.delete(
    '/webhooks/:webhookId',
    {
      schema: {
        tags: ['Webhooks'],
        operationId: 'deleteWebhookConsumer',
        summary: 'Delete a webhook consumer',
        params,
        response: answers({ 204: noContent }),
      },
    },
    async (request, reply) => {
      await deleteConsumer(consumers, consumerIdFrom(request.params));
      return reply.code(204).send();
    },
  );
}

function renderConsumer({ id, url, eventTypes, companyTags, disabled }: Consumer) {
  return { id, url, eventTypes: [...eventTypes], companyTags: [...companyTags], disabled };
}
