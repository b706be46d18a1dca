/** /companies/{id}/connections: list, create, get, unlink, delete, and authorization without a browser. */
import { Type } from 'typebox';
import {
  createConnection,
  deleteConnection,
  getConnection,
  listConnections,
  unlinkConnection,
} from '../companies/change-connection.ts';
import { requireConnector } from '../companies/context.ts';
import { authorizeConnection } from '../companies/link.ts';
import { PublicError } from '../errors.ts';
import { answers, noContent, ref } from './answers.ts';
import { Connection, makeRenderConnection } from './connection-answer.ts';
import { connectionFilter } from './company-query.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { PagedList, pagedList } from './paged-list.ts';
import { companyIdFrom, connectionIdsFrom } from './path-ids.ts';
import { listParameters, pagingOf } from './query-parameters.ts';

const companyParameters = Type.Object({ companyId: Type.String() });
const params = Type.Object({ companyId: Type.String(), connectionId: Type.String() });
const answersConnection = answers({ 200: ref<Connection>(Connection) });

/** An older client sends the bare key as a JSON text. */
const ConnectionRequest = Type.Unsafe<{ readonly platformKey: string } | string>({
  type: ['object', 'string'],
  required: ['platformKey'],
  properties: { platformKey: { type: 'string' } },
});

const Authorization = Type.Unsafe<Readonly<Record<string, string>> | null>({
  type: ['object', 'null'],
  additionalProperties: { type: 'string' },
  description: "The link fields of the platform's card; `{}` where it asks for none.",
});

export function connectionRoutes(app: ApiRoutes, { companies, connectorIO }: ApiDeps): void {
  const render = makeRenderConnection(companies);

  app.get(
    '/companies/:companyId/connections',
    {
      schema: {
        tags: ['Connections'],
        operationId: 'listConnections',
        summary: 'List connections',
        params: companyParameters,
        querystring: Type.Object(listParameters),
        response: answers({ 200: PagedList(ref<Connection>(Connection)) }),
      },
    },
    async (request) => {
      const paging = pagingOf(request.query);
      const { items, totalResults } = await listConnections(companies, companyIdFrom(request.params), {
        ...paging,
        ...connectionFilter(request.query),
      });
      return pagedList(request.url, { results: items.map(render), totalResults, ...paging });
    },
  );

  app.post(
    '/companies/:companyId/connections',
    {
      schema: {
        tags: ['Connections'],
        operationId: 'createConnection',
        summary: 'Create a connection, to be linked at its linkUrl',
        params: companyParameters,
        body: ConnectionRequest,
        response: answersConnection,
      },
    },
    async (request) => {
      const { body } = request;
      const platformKey = typeof body === 'string' ? body : body.platformKey;
      return render(await createConnection(companies, { companyId: companyIdFrom(request.params), platformKey }));
    },
  );

  app.get(
    '/companies/:companyId/connections/:connectionId',
    {
      schema: {
        tags: ['Connections'],
        operationId: 'getConnection',
        summary: 'Get a connection',
        params,
        response: answersConnection,
      },
    },
    async (request) => render(await getConnection(companies, connectionIdsFrom(request.params))),
  );

  app.patch(
    '/companies/:companyId/connections/:connectionId',
    {
      schema: {
        tags: ['Connections'],
        operationId: 'unlinkConnection',
        summary: 'Unlink a connection',
        params,
        body: Type.Object({ status: Type.Optional(Type.String({ description: '`Unlinked`' })) }),
        response: answersConnection,
      },
    },
    async (request) => {
      if (request.body.status !== 'Unlinked') {
        throw new PublicError('malformed_request', 'Body member status must be Unlinked, the only change there is');
      }
      return render(await unlinkConnection(companies, connectionIdsFrom(request.params)));
    },
  );

  app.delete(
    '/companies/:companyId/connections/:connectionId',
    {
      schema: {
        tags: ['Connections'],
        operationId: 'deleteConnection',
        summary: 'Delete a connection',
        params,
        // Not 204: official clients know only this.
        response: answers({ 200: noContent }),
      },
    },
    async (request, reply) => {
      await deleteConnection(companies, connectionIdsFrom(request.params));
      return reply.code(200).send();
    },
  );

  app.put(
    '/companies/:companyId/connections/:connectionId/authorization',
    {
      schema: {
        tags: ['Connections'],
        operationId: 'authorizeConnection',
        summary: 'Link a connection without a browser',
        params,
        body: Authorization,
        response: answersConnection,
      },
    },
    async (request) => {
      const path = connectionIdsFrom(request.params);
      const { platformKey } = await getConnection(companies, path);
      const io = connectorIO(requireConnector(companies, platformKey));
      return render(await authorizeConnection(companies, path, { fields: request.body ?? {}, io }));
    },
  );
}
