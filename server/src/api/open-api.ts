/** The OpenAPI document: gathered from the routes' own schemas, served, and browsable at /docs. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { allModels } from '../models/all-models.ts';
import { modelName } from '../models/model.ts';
import { renderComponents } from '../models/json-schema.ts';
import type { ApiRoutes } from './deps.ts';

/** In the order in which a newcomer meets them. */
const TAGS = [
  'Companies',
  'Connections',
  'Integrations',
  'Options',
  'Push',
  'Data',
  'Webhooks',
  'API keys',
  'Operations',
] as const;

export function gatherOpenApi(app: ApiRoutes): void {
  void app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Ledgerpost API',
        version: '1.0.0',
        description:
          'One API to write to accounting platforms and read from them. Writes are accepted durably and carried out exactly once.',
      },
      servers: [{ url: '/' }],
      security: [{ apiKey: [] }],
      tags: TAGS.map((name) => ({ name })),
      components: {
        securitySchemes: {
          apiKey: {
            type: 'apiKey',
            in: 'header',
            name: 'Authorization',
            description: '`Basic ` followed by the Base64 of the API key.',
          },
        },
      },
    },
    transformObject: (document) =>
      'openapiObject' in document ? withRecords(document.openapiObject) : document.swaggerObject,
    refResolver: {
      buildLocalReference: (schema, _base, _fragment, index) => schemaName(schema['$id']) ?? `Schema${index}`,
    },
  });
  void app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    theme: {
      title: 'Ledgerpost API',
      css: [{ filename: 'theme.css', content: '.swagger-ui .topbar { display: none }' }],
    },
  });
}

export function openApiRoute(app: ApiRoutes): void {
  app.get('/openapi.json', { config: { isPublic: true }, schema: { hide: true } }, async () => app.swagger());
}

/**
 * Puts the shapes of the records into the document, from the models. The routes themselves take any object: breaking a
 * field's rule fails the push, not the request.
 */
function withRecords(document: object): object {
  const { components, paths } = document as OpenApi;
  const anyRecord = { anyOf: allModels.map((model) => ({ $ref: `#/components/schemas/${modelName(model)}` })) };
  const bodies = Object.values(paths).flatMap((operations) => Object.values(operations));
  for (const { tags, requestBody } of bodies) {
    const json = tags?.includes('Push') === true ? requestBody?.content['application/json'] : undefined;
    if (json !== undefined) json.schema = anyRecord;
  }
  return {
    ...document,
    components: { ...components, schemas: { ...components.schemas, ...renderComponents(allModels) } },
  };
}

/** As far as it is looked at here. */
interface OpenApi {
  readonly components: { readonly schemas?: Readonly<Record<string, unknown>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly tags?: readonly string[];
  readonly requestBody?: { readonly content: Record<string, { schema: unknown }> };
}

function schemaName(id: unknown): string | undefined {
  return typeof id === 'string' ? id : undefined;
}
