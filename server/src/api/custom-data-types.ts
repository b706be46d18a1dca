/** …/custom/{customDataIdentifier}: further lists of a platform's records, under names and in shapes of the caller's own. */
import { Type } from 'typebox';
import { getConnection } from '../companies/change-connection.ts';
import type { Connection } from '../companies/connection.ts';
import { requireConnector } from '../companies/context.ts';
import { PublicError } from '../errors.ts';
import { customDataType, type CustomDataType } from '../models/data-types.ts';
import {
  checkCustomType,
  findCustomType,
  membersWanted,
  storeCustomType,
  type CustomTypeConfig,
} from '../supplemental/custom-types.ts';
import { answers, ref } from './answers.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { makeFreshList, placeParameter } from './fresh-list.ts';
import { PagedList, pagedList } from './paged-list.ts';
import { connectionIdsFrom } from './path-ids.ts';
import { askedFor, PullOperation } from './pull-operation.ts';
import { listParameters, pagingOf } from './query-parameters.ts';
import { customAnswer, WATERMARK_HEADER } from './record-answer.ts';
import { DATA_TYPES_SPELLINGS } from './supplemental-data.ts';
import { refuseFilters } from './unsupported-filters.ts';

const Path = Type.String({ examples: ['$.vendor.name'] });
const Configuration = Type.Object(
  {
    dataSource: Type.String({
      description: "The platform's own word for the list, such as `customers?status=active`.",
    }),
    requiredData: Type.Optional(
      Type.Record(Type.String(), Path, { description: 'By names of your own, the path of each value in a record.' }),
    ),
    keyBy: Type.Array(Path, { description: "The paths of the values that make the record's id." }),
    sourceModifiedDate: Type.Optional(
      Type.Array(Path, { description: "The path of the platform's own stamp; the first that leads to a text counts." }),
    ),
  },
  { additionalProperties: true },
);
const CustomRecord = Type.Object(
  {
    id: Type.String(),
    content: Type.Unsafe<object>({
      type: 'object',
      additionalProperties: true,
      description: 'The values of `requiredData`; what the platform has not got is left out.',
    }),
    modifiedDate: Type.Object({ modifiedDate: Type.String() }),
    sourceModifiedDate: Type.Optional(Type.String()),
    metadata: Type.Object({ isDeleted: Type.Boolean() }),
  },
  { additionalProperties: true },
);
/** Checked by hand, so that a refusal names the field in the words of this API. */
const ConfigurationRequest = Type.Unsafe<unknown>({
  description: 'As in the answer; `requiredData` and `sourceModifiedDate` may be left out.',
});

const identifier = { customDataIdentifier: Type.String() };
const ofIntegration = Type.Object({ platformKey: Type.String(), ...identifier });
const ofConnection = Type.Object({ companyId: Type.String(), connectionId: Type.String(), ...identifier });
const tags = ['Custom data types'];

export function customDataTypeRoutes(app: ApiRoutes, deps: ApiDeps): void {
  const { db, clock, connectors } = deps;
  const listFresh = makeFreshList(deps);

  for (const spelling of DATA_TYPES_SPELLINGS) {
    const path = `/integrations/:platformKey/${spelling}/custom/:customDataIdentifier`;
    const hide = spelling !== 'dataTypes';
    app.get(
      path,
      {
        schema: {
          hide,
          tags,
          ...(hide ? {} : { operationId: 'getCustomDataTypeConfiguration' }),
          summary: 'Get the configuration of a custom data type',
          params: ofIntegration,
          response: answers({ 200: Configuration }),
        },
      },
      async ({ params }) => {
        if (connectors.connectorFor(params.platformKey) === undefined) throw noIntegration(params.platformKey);
        return requireConfigured(deps, params.platformKey, typeFrom(params));
      },
    );

    app.put(
      path,
      {
        schema: {
          hide,
          tags,
          ...(hide ? {} : { operationId: 'configureCustomDataType' }),
          summary: 'Configure a custom data type',
          params: ofIntegration,
          body: ConfigurationRequest,
          response: answers({ 200: Configuration }),
        },
      },
      async ({ params, body }) => {
        const { platformKey } = params;
        const connector = connectors.connectorFor(platformKey);
        if (connector === undefined) throw noIntegration(platformKey);
        const dataType = typeFrom(params);
        const given = checkCustomType(body);
        const read = connector.customRead?.({ dataSource: given.dataSource, members: membersWanted(given) });
        if (read === undefined) {
          throw new PublicError('data_type_not_supported', `'${dataType}' not supported by platform ${platformKey}`);
        }
        if (read.kind === 'refused') throw new PublicError('malformed_request', `dataSource: ${read.reason}`);
        await storeCustomType({ db, clock }, { platformKey, dataType }, given);
        return given;
      },
    );
  }

  app.post(
    '/companies/:companyId/connections/:connectionId/data/queue/custom/:customDataIdentifier',
    {
      schema: {
        tags,
        operationId: 'refreshCustomDataType',
        summary: 'Read a custom data type as soon as possible',
        params: ofConnection,
        response: answers({ 200: ref<PullOperation>(PullOperation) }),
      },
    },
    async ({ params }) => {
      const { connection, dataType } = await setFrom(deps, params);
      if (connection.status !== 'Linked') throw new PublicError('connection_not_linked', connection.id);
      return askedFor(deps, connection, dataType);
    },
  );

  app.get(
    '/companies/:companyId/connections/:connectionId/data/custom/:customDataIdentifier',
    {
      schema: {
        tags,
        operationId: 'listCustomDataTypeRecords',
        summary: 'List the records of a custom data type',
        params: ofConnection,
        querystring: Type.Object({ ...listParameters, ...placeParameter }),
        response: answers({ 200: PagedList(CustomRecord) }),
      },
    },
    async ({ params, query, url }, reply) => {
      refuseFilters(query, 'for custom data types');
      const { connection, dataType } = await setFrom(deps, params);
      const paging = pagingOf(query);
      const { companyId, id: connectionId } = connection;
      const asked = { companyId, connectionId, dataType, filter: {}, order: 'oldest-change', ...paging } as const;
      const { records, page, watermark } = await listFresh(asked, query.after);
      void reply.header(WATERMARK_HEADER, watermark);
      return pagedList(url, { ...paging, ...page, results: records.map(customAnswer) });
    },
  );
}

function noIntegration(platformKey: string): PublicError {
  return new PublicError('integration_not_found', platformKey.slice(0, 100));
}

function typeFrom({ customDataIdentifier }: { readonly customDataIdentifier: string }): CustomDataType {
  const dataType = customDataType(customDataIdentifier);
  if (dataType !== undefined) return dataType;
  throw new PublicError(
    'malformed_request',
    'Path parameter customDataIdentifier must be 1 to 64 letters, digits, dots, hyphens and underscores, a letter or a digit first',
  );
}

/** What is not configured has no records, whatever was read under an earlier configuration. */
async function requireConfigured(
  { db }: Pick<ApiDeps, 'db'>,
  platformKey: string,
  dataType: CustomDataType,
): Promise<CustomTypeConfig> {
  const config = await findCustomType(db, { platformKey, dataType });
  if (config !== undefined) return config;
  throw new PublicError('data_type_not_found', `'${dataType}' not configured for platform ${platformKey}`);
}

async function setFrom(
  deps: ApiDeps,
  params: { readonly companyId: string; readonly connectionId: string; readonly customDataIdentifier: string },
): Promise<{ readonly connection: Connection; readonly dataType: CustomDataType }> {
  const dataType = typeFrom(params);
  const connection = await getConnection(deps.companies, connectionIdsFrom(params));
  await requireConfigured(deps, requireConnector(deps.companies, connection.platformKey).platform.key, dataType);
  return { connection, dataType };
}
