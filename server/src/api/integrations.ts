/** GET /integrations: the catalogue of platforms, and what each can do. Drawn from the connectors' own declarations. */
import { Type } from 'typebox';
import type { Connector } from '../connectors/contract.ts';
import { datatypeFeatures } from '../connectors/features.ts';
import { PublicError } from '../errors.ts';
import { answers } from './answers.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { PagedList, pagedList } from './paged-list.ts';
import { listParameters, pagingOf } from './query-parameters.ts';
import { refuseFilters } from './unsupported-filters.ts';

const Integration = Type.Object(
  {
    key: Type.String(),
    logoUrl: Type.String(),
    name: Type.String(),
    enabled: Type.Boolean(),
    sourceId: Type.String(),
    sourceType: Type.String(),
    integrationId: Type.String(),
    isOfflineConnector: Type.Boolean(),
    isBeta: Type.Boolean(),
    dataProvidedBy: Type.String(),
    datatypeFeatures: Type.Array(
      Type.Object({
        dataType: Type.String(),
        supportedFeatures: Type.Array(Type.Object({ featureType: Type.String(), featureState: Type.String() })),
      }),
    ),
  },
  { additionalProperties: true },
);

const Image = Type.Object({ image: Type.Object({ src: Type.String(), alt: Type.String() }) });
const Branding = Type.Object({
  logo: Type.Object({ full: Image, square: Image }),
  button: Type.Object({ default: Image, hover: Image }),
  sourceId: Type.String(),
});

const params = Type.Object({ platformKey: Type.String() });

export function integrationRoutes(app: ApiRoutes, { connectors, companies }: ApiDeps): void {
  const logoUrl = ({ platform }: Connector) => `${companies.publicUrl()}/integrations/${platform.key}/logo.svg`;
  const required = (key: string): Connector => {
    const connector = connectors.connectorFor(key);
    if (connector === undefined) throw new PublicError('integration_not_found', key.slice(0, 100));
    return connector;
  };

  app.get(
    '/integrations',
    {
      schema: {
        tags: ['Integrations'],
        operationId: 'listIntegrations',
        summary: 'List the platforms that can be connected',
        querystring: Type.Object(listParameters),
        response: answers({ 200: PagedList(Integration) }),
      },
    },
    async (request) => {
      refuseFilters(request.query, 'on the list of integrations');
      const { page, pageSize } = pagingOf(request.query);
      const all = connectors.listConnectors();
      const shown = all.slice((page - 1) * pageSize, page * pageSize);
      const results = shown.map((connector) => renderIntegration(connector, logoUrl(connector)));
      return pagedList(request.url, { results, page, pageSize, totalResults: all.length });
    },
  );

  app.get(
    '/integrations/:platformKey',
    {
      schema: {
        tags: ['Integrations'],
        operationId: 'getIntegration',
        summary: 'Get a platform',
        params,
        response: answers({ 200: Integration }),
      },
    },
    async (request) => {
      const connector = required(request.params.platformKey);
      return renderIntegration(connector, logoUrl(connector));
    },
  );

  app.get(
    '/integrations/:platformKey/branding',
    {
      schema: {
        tags: ['Integrations'],
        operationId: 'getIntegrationBranding',
        summary: 'Images for buttons and lists',
        params,
        response: answers({ 200: Branding }),
      },
    },
    async (request) => {
      const connector = required(request.params.platformKey);
      const image = { image: { src: logoUrl(connector), alt: `${connector.platform.name} logo` } };
      return {
        logo: { full: image, square: image },
        button: { default: image, hover: image },
        sourceId: connector.platform.sourceId,
      };
    },
  );

  app.get(
    '/integrations/:platformKey/logo.svg',
    { config: { isPublic: true }, schema: { hide: true, params } },
    async (request, reply) => {
      const { name } = required(request.params.platformKey).platform;
      return reply.type('image/svg+xml').header('cache-control', 'public, max-age=3600').send(drawLogo(name));
    },
  );
}

function renderIntegration(connector: Connector, logoUrl: string) {
  const { key, name, sourceId, sourceType, integrationId } = connector.platform;
  return {
    key,
    logoUrl,
    name,
    enabled: true,
    sourceId,
    sourceType,
    integrationId,
    isOfflineConnector: false,
    isBeta: false,
    dataProvidedBy: name,
    datatypeFeatures: datatypeFeatures(connector),
  };
}

/** The platforms' own logos are their trade marks; a plain initial says as much. */
function drawLogo(name: string): string {
  const initial = /[A-Za-z0-9]/.exec(name)?.[0]?.toUpperCase() ?? '';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img" aria-label="${initial}"><rect width="64" height="64" rx="14" fill="#1f5f4c"/><text x="32" y="43" font-family="system-ui, sans-serif" font-size="32" font-weight="600" text-anchor="middle" fill="#fff">${initial}</text></svg>`;
}
