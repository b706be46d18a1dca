/** GET, POST and DELETE /apiKeys. */
import { Type } from 'typebox';
import { createApiKey, deleteApiKey, listApiKeys, rotateApiKey, type ApiKey } from './api-key-store.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { answers, noContent } from './answers.ts';
import { idFrom } from './path-ids.ts';
import { wireTime } from './wire-time.ts';

const ApiKeyDetails = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    name: Type.Optional(Type.String()),
    apiKey: Type.Optional(Type.String({ description: 'The key itself; only in the answer that creates it.' })),
    createdDate: Type.String({ format: 'date-time' }),
  },
  { additionalProperties: true },
);

/** Clients without a name to give send no body at all. */
const KeyRequest = Type.Unsafe<{ readonly name?: string | null } | null>({
  type: ['object', 'null'],
  properties: { name: { type: ['string', 'null'], maxLength: 50 } },
});

/** No one could be called so by accident, and be ended with the next rotation. */
const ZAPIER_KEY_NAME = 'Integration key: Zapier';

export function apiKeyRoutes(app: ApiRoutes, { db, clock }: ApiDeps, forgetKeys: () => void): void {
  app.get(
    '/apiKeys',
    {
      schema: {
        tags: ['API keys'],
        operationId: 'listApiKeys',
        summary: 'List API keys',
        response: answers({ 200: Type.Object({ results: Type.Array(ApiKeyDetails) }) }),
      },
    },
    async () => ({ results: (await listApiKeys(db)).map(renderApiKey) }),
  );

  app.post(
    '/apiKeys',
    {
      schema: {
        tags: ['API keys'],
        operationId: 'createApiKey',
        summary: 'Create an API key',
        body: KeyRequest,
        response: answers({ 201: ApiKeyDetails }),
      },
    },
    async (request, reply) => {
      const created = await createApiKey(db, clock, request.body?.name ?? undefined);
      return reply.code(201).send({ ...renderApiKey(created), apiKey: created.key });
    },
  );

  app.delete(
    '/apiKeys/:apiKeyId',
    {
      schema: {
        tags: ['API keys'],
        operationId: 'deleteApiKey',
        summary: 'Delete an API key',
        params: Type.Object({ apiKeyId: Type.String() }),
        response: answers({ 204: noContent }),
      },
    },
    async (request, reply) => {
      await deleteApiKey(db, idFrom(request.params.apiKeyId, 'api_key_not_found'));
      forgetKeys();
      return reply.code(204).send();
    },
  );
}

/** The key by which an automation at Zapier calls this server. */
export function integrationKeyRoute(app: ApiRoutes, { db, clock }: ApiDeps, forgetKeys: () => void): void {
  app.post(
    '/webhooks/integrationKeys/zapier',
    {
      schema: {
        tags: ['API keys'],
        operationId: 'createZapierKey',
        summary: 'Create the API key of the Zapier integration; the one before it ends',
        body: Type.Unsafe<object | null>({ type: ['object', 'null'] }),
        response: answers({ 201: Type.Object({ key: Type.String() }) }),
      },
    },
    async (_request, reply) => {
      const key = await rotateApiKey(db, clock, ZAPIER_KEY_NAME);
      forgetKeys();
      return reply.code(201).send({ key });
    },
  );
}

function renderApiKey({ id, name, createdAt }: ApiKey) {
  return { id, ...(name === undefined ? {} : { name }), createdDate: wireTime(createdAt) };
}
