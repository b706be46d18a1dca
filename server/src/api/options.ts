/** GET …/options/{dataType}: the fields that the platform accepts for a data type, with choices from the company's books. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Connector } from '../connectors/contract.ts';
import type { DataType } from '../models/data-types.ts';
import { renderJsonSchema } from '../models/json-schema.ts';
import { modelVersion } from '../models/model-version.ts';
import type { PushModel } from '../models/model.ts';
import { renderOptions } from '../models/options.ts';
import { answers } from './answers.ts';
import { makeConnectorOf } from './connection-platform.ts';
import { dataTypeFrom, notSupported } from './data-type-path.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { connectionIdsFrom } from './path-ids.ts';
import { openSession } from './platform-session.ts';

const FORMATS = ['codat', 'json-schema'] as const;

/** The tree is recursive; it goes out as the models render it. */
const PushOption = Type.Unsafe<object>({
  type: 'object',
  additionalProperties: true,
  description:
    'A node: `type`, `displayName`, `description`, `required`, and as needed `properties`, `options`, `validation`. The root also has `modelVersion`, which changes when anything about the model does, and `operations` where the platform tells what the user of the connection may do.',
});

const connectionParameters = { companyId: Type.String(), connectionId: Type.String() };
const format = Type.Optional(
  Type.Unsafe<(typeof FORMATS)[number]>({ type: 'string', enum: [...FORMATS], default: 'codat' }),
);
const refresh = Type.Optional(
  Type.Boolean({
    description: 'Asks the platform anew where limits and choices are otherwise kept for a minute.',
    default: false,
  }),
);
const querystring = Type.Object({ format, refresh });

export function optionsRoutes(app: ApiRoutes, deps: ApiDeps): void {
  const connectorOf = makeConnectorOf(deps);

  const render = async (
    path: { readonly companyId: string; readonly connectionId: string },
    dataType: DataType,
    { format: wanted = 'codat', refresh: isFresh = false }: OptionsQuery,
    { request, reply }: Exchange,
  ) => {
    const connector = await connectorOf(path);
    const model = await modelOf(deps, { connector, connectionId: path.connectionId, dataType, isFresh });
    const version = modelVersion(model);
    const etag = `"${version}-${wanted}"`;
    void reply.header('etag', etag).header('cache-control', 'private, no-cache');
    if (isKnownTo(request, etag)) return reply.code(304).send();
    const rendered = wanted === 'json-schema' ? renderJsonSchema(model) : renderOptions(model);
    return { ...rendered, modelVersion: version };
  };

  app.get(
    '/companies/:companyId/connections/:connectionId/options/:dataType',
    {
      schema: {
        tags: ['Options'],
        operationId: 'getOptions',
        summary: 'The fields that a create or update accepts',
        params: Type.Object({ ...connectionParameters, dataType: Type.String() }),
        querystring,
        response: answers({ 200: PushOption }),
      },
    },
    async (request, reply) => {
      const { params, query } = request;
      return render(connectionIdsFrom(params), dataTypeFrom(params.dataType), query, { request, reply });
    },
  );

  app.get(
    '/companies/:companyId/connections/:connectionId/options/bankAccounts/:accountId/bankTransactions',
    {
      schema: {
        tags: ['Options'],
        operationId: 'getBankTransactionOptions',
        summary: 'The fields that bank transactions accept',
        params: Type.Object({ ...connectionParameters, accountId: Type.String() }),
        querystring,
        response: answers({ 200: PushOption }),
      },
    },
    async (request, reply) => {
      const { params, query } = request;
      return render(connectionIdsFrom(params), 'bankTransactions', query, { request, reply });
    },
  );

  // As it was spelt until 2023.
  app.get(
    '/companies/:companyId/connections/:connectionId/dataTypes/:dataType/options/:verb',
    {
      schema: {
        hide: true,
        params: Type.Object({ ...connectionParameters, dataType: Type.String(), verb: Type.String() }),
        querystring,
      },
    },
    async (request, reply) => {
      const { params, query } = request;
      return render(connectionIdsFrom(params), dataTypeFrom(params.dataType), query, { request, reply });
    },
  );
}

interface OptionsQuery {
  readonly format?: (typeof FORMATS)[number];
  readonly refresh?: boolean;
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Whether the caller has the very answer that it would get. */
function isKnownTo(request: FastifyRequest, etag: string): boolean {
  const known = request.headers['if-none-match'] ?? '';
  return known.split(',').some((each) => each.trim().replace(/^W\//, '') === etag);
}

interface Wanted {
  readonly connector: Connector;
  readonly connectionId: string;
  readonly dataType: DataType;
  readonly isFresh: boolean;
}

/** Create and update share one model. Before a connection is linked, the model has no choices from its books. */
async function modelOf(deps: ApiDeps, { connector, connectionId, dataType, isFresh }: Wanted): Promise<PushModel> {
  const writes = connector.writes[dataType];
  const write = writes?.create ?? writes?.update;
  if (write === undefined) throw notSupported(dataType, connector.platform.key);
  if (write.modelFor === undefined) return write.model;
  const session = await openSession(deps, { connector, connectionId });
  if (session === undefined) return write.model;
  const model = await write.modelFor(session, { isFresh });
  if (model.operations === undefined) return model;
  // A right to what the connector cannot do is no use to anybody.
  return { ...model, operations: model.operations.filter((operation) => writes?.[operation] !== undefined) };
}
