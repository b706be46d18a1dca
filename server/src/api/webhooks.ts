/** /webhooks: the consumers that hear of events, and their signing secrets. */
import { Type, type Static } from 'typebox';
import {
  createConsumer,
  deleteConsumer,
  getConsumer,
  listConsumers,
  replaceConsumer,
  updateConsumerFields,
} from '../webhooks/change-consumer.ts';
import type { Consumer } from '../webhooks/consumer.ts';
import { getSecret, rotateSecret } from '../webhooks/secret.ts';
import { answers, noContent, ref } from './answers.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { idFrom } from './path-ids.ts';

const facts = {
  id: Type.String({ format: 'uuid' }),
  url: Type.String(),
  eventTypes: Type.Array(Type.String()),
  companyTags: Type.Array(Type.String()),
  disabled: Type.Boolean(),
  disabledReason: Type.Optional(
    Type.String({ description: '`request`, or `failures` after five days of nothing else.' }),
  ),
  disabledDate: Type.Optional(Type.String({ format: 'date-time' })),
  name: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  companyId: Type.Optional(Type.String()),
  rateLimit: Type.Optional(Type.Integer({ description: 'Messages a second, at most.' })),
  clientCertificate: Type.Optional(
    Type.Object({ subject: Type.String(), fingerprint: Type.String(), validTo: Type.String() }),
  ),
  failingSince: Type.Optional(
    Type.String({ format: 'date-time', description: 'The first failed attempt since the last success.' }),
  ),
  previousSecretExpires: Type.Optional(
    Type.String({ format: 'date-time', description: 'Until then the secret before the last rotation signs as well.' }),
  ),
  createdDate: Type.Optional(Type.String({ format: 'date-time' })),
};

export const WebhookConsumer = Type.Object(facts, { $id: 'WebhookConsumer', additionalProperties: true });
const consumerRef = ref<Static<typeof WebhookConsumer>>(WebhookConsumer);

const headerNames = Type.Array(Type.String(), { description: 'Further headers; their values are never shown.' });
const ShownConsumer = Type.Object({ ...facts, headerNames }, { additionalProperties: true });
const CreatedConsumer = Type.Object(
  { ...facts, headerNames, secret: Type.String({ description: 'Signs what is delivered; begins with `whsec_`.' }) },
  { additionalProperties: true },
);

const nullable = <T>(schema: object, type: string) =>
  Type.Optional(Type.Unsafe<T | null>({ ...schema, type: [type, 'null'] }));
const nullableText = (description?: string) =>
  nullable<string>(description === undefined ? {} : { description }, 'string');
const texts = { items: { type: 'string' }, maxItems: 200 };
const Pem = { type: 'string', maxLength: 50_000 };

const wanted = {
  eventTypes: nullable<readonly string[]>(
    { ...texts, minItems: 1, description: 'Names, or patterns such as `*`, `bills.write.*`, `*.write.unsuccessful`.' },
    'array',
  ),
  companyTags: nullable<readonly string[]>(
    { ...texts, description: '`key:value`; a company with any of them is heard of.' },
    'array',
  ),
  disabled: nullable<boolean>({}, 'boolean'),
  name: nullableText(),
  description: nullableText(),
  companyId: nullableText('Hears of this company alone.'),
  type: nullableText('An event type, as one third-party client writes it.'),
  rateLimit: nullable<number>({ minimum: 1, description: 'Messages a second, at most.' }, 'integer'),
  headers: nullable<Readonly<Record<string, string>>>(
    { additionalProperties: { type: 'string' }, description: 'Further headers of each delivery. Sealed; never shown.' },
    'object',
  ),
  clientCertificate: Type.Optional(
    Type.Unsafe<{ certificate: string; key: string; authority?: string } | string | null>({
      description: 'For mutual TLS, in PEM: `certificate` and `key`, or both in one text. Sealed; never shown.',
      type: ['object', 'string', 'null'],
      maxLength: 100_000,
      required: ['certificate', 'key'],
      properties: { certificate: Pem, key: Pem, authority: Pem },
    }),
  ),
};

const ConsumerRequest = Type.Object({ url: Type.String({ minLength: 1 }), ...wanted });
const ConsumerUpdate = Type.Object({ url: Type.Optional(Type.String({ minLength: 1 })), ...wanted });

const RotationRequest = Type.Unsafe<{ overlapSeconds?: number | null; secret?: string | null } | null>({
  type: ['object', 'null'],
  properties: {
    overlapSeconds: {
      type: ['number', 'null'],
      description: 'For how long the old secret signs as well: 86400 by default, at most 604800.',
    },
    secret: { type: ['string', 'null'], maxLength: 200, description: 'A secret of your own instead of a random one.' },
  },
});

const params = Type.Object({ webhookId: Type.String() });

export function consumerIdFrom({ webhookId }: Static<typeof params>): string {
  return idFrom(webhookId, 'consumer_not_found');
}

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
    async () => ({ results: (await listConsumers(consumers)).map(renderListed) }),
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
        response: answers({ 200: ShownConsumer }),
      },
    },
    async (request) => renderConsumer(await getConsumer(consumers, consumerIdFrom(request.params))),
  );

  app.patch(
    '/webhooks/:webhookId',
    {
      schema: {
        tags: ['Webhooks'],
        operationId: 'updateWebhookConsumer',
        summary: 'Update a webhook consumer: what is left out stays',
        params,
        body: ConsumerUpdate,
        response: answers({ 200: ShownConsumer }),
      },
    },
    async (request) =>
      renderConsumer(await updateConsumerFields(consumers, consumerIdFrom(request.params), request.body)),
  );

  app.put(
    '/webhooks/:webhookId',
    {
      schema: {
        tags: ['Webhooks'],
        operationId: 'replaceWebhookConsumer',
        summary: 'Replace a webhook consumer: what is left out is wiped, save what is sealed',
        params,
        body: ConsumerRequest,
        response: answers({ 200: ShownConsumer }),
      },
    },
    async (request) => renderConsumer(await replaceConsumer(consumers, consumerIdFrom(request.params), request.body)),
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

  app.post(
    '/webhooks/:webhookId/secret/rotate',
    {
      schema: {
        tags: ['Webhooks'],
        operationId: 'rotateWebhookSecret',
        summary: 'Replace the signing secret; the old one signs as well for a while',
        params,
        body: RotationRequest,
        response: answers({
          200: Type.Object({ secret: Type.String(), previousSecretExpires: Type.String({ format: 'date-time' }) }),
        }),
      },
    },
    async (request) => {
      const id = consumerIdFrom(request.params);
      const { secret, previousUntil } = await rotateSecret(consumers, id, request.body ?? {});
      return { secret, previousSecretExpires: previousUntil.toISOString() };
    },
  );
}

function renderListed(consumer: Consumer): Static<typeof WebhookConsumer> {
  const { disabledAt, disabledReason, failingSince, previousSecretUntil, certificate } = consumer;
  const { name, description, companyId, rateLimit } = consumer;
  return {
    id: consumer.id,
    url: consumer.url,
    eventTypes: [...consumer.eventTypes],
    companyTags: [...consumer.companyTags],
    disabled: consumer.disabled,
    ...(disabledReason === undefined ? {} : { disabledReason }),
    ...(disabledAt === undefined ? {} : { disabledDate: disabledAt.toISOString() }),
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(companyId === undefined ? {} : { companyId }),
    ...(rateLimit === undefined ? {} : { rateLimit }),
    ...(certificate === undefined ? {} : { clientCertificate: { ...certificate } }),
    ...(failingSince === undefined ? {} : { failingSince: failingSince.toISOString() }),
    ...(previousSecretUntil === undefined ? {} : { previousSecretExpires: previousSecretUntil.toISOString() }),
    createdDate: consumer.createdAt.toISOString(),
  };
}

function renderConsumer(consumer: Consumer): Static<typeof ShownConsumer> {
  return { ...renderListed(consumer), headerNames: [...consumer.headerNames] };
}
