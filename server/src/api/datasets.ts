/** Reading a company's books: asking for it, how each data type stands, and what became of each reading. */
import { Type, type Static } from 'typebox';
import { getCompany } from '../companies/change-company.ts';
import { findLinkedConnection, getConnection } from '../companies/change-connection.ts';
import type { Connection } from '../companies/connection.ts';
import { requireConnector } from '../companies/context.ts';
import { PublicError } from '../errors.ts';
import { dataTypes, isReadable, type DataType } from '../models/data-types.ts';
import type { ModelledDataType } from '../records/stored-types.ts';
import { errorsIn, warningsIn } from '../sync/findings.ts';
import { findingsOfDataset, getDataset, listDatasets, setStatuses } from '../sync/history.ts';
import { requestAll } from '../sync/request.ts';
import { storedDataTypes } from '../sync/settings.ts';
import { readableTypes } from '../sync/worker.ts';
import { answers, noContent, ref } from './answers.ts';
import { dataTypeFrom } from './data-type-path.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { listFilter, type Searchable } from './list-filter.ts';
import { PagedList, pagedList } from './paged-list.ts';
import { companyIdFrom, idFrom } from './path-ids.ts';
import { askedFor, Id, PullOperation, pullOperation, requestReading, StatusName, Time } from './pull-operation.ts';
import { listParameters, pagingOf } from './query-parameters.ts';
import { booksOfCompany } from './record-source.ts';
import { wireTime } from './wire-time.ts';

const DataStatus = Type.Object(
  {
    dataType: Type.String(),
    currentStatus: StatusName,
    lastSuccessfulSync: Type.Optional(Time),
    latestSyncId: Type.Optional(Id),
    latestSuccessfulSyncId: Type.Optional(Id),
  },
  { additionalProperties: true },
);

const ValidationItem = Type.Object(
  { ruleId: Type.String(), itemId: Type.String(), message: Type.String(), validatorName: Type.String() },
  { additionalProperties: true },
);

const ofCompany = { companyId: Type.String() };
const params = Type.Object(ofCompany);
const answersOne = answers({ 200: ref<PullOperation>(PullOperation) });

const searchable: Searchable = {
  name: 'PullOperation',
  properties: {
    id: { type: 'uuid', column: 'd.id' },
    companyId: { type: 'uuid', column: 'd.company_id' },
    connectionId: { type: 'uuid', column: 'd.connection_id' },
    dataType: { type: 'string', column: 'd.data_type' },
    status: { type: 'string', column: 'd.status' },
    errorMessage: { type: 'string', column: 'd.error_message' },
    requested: { type: 'date', column: 'd.requested_at' },
    completed: { type: 'date', column: 'd.completed_at' },
    progress: { type: 'number', column: 'd.progress' },
  },
};

export function datasetRoutes(app: ApiRoutes, deps: ApiDeps): void {
  const { db, clock, companies } = deps;

  app.post(
    '/companies/:companyId/data/all',
    {
      schema: {
        tags: ['Sync'],
        operationId: 'refreshAllData',
        summary: 'Read every data type that is read when a connection is linked',
        params,
        response: answers({ 204: noContent }),
      },
    },
    async (request, reply) => {
      const connection = await requireLinked(deps, companyIdFrom(request.params));
      await requestAll(db, placeOf(deps, connection), 'request', clock.now());
      deps.datasetsRequested?.();
      return reply.code(204).send();
    },
  );

  app.post(
    '/companies/:companyId/data/queue/:dataType',
    {
      schema: {
        tags: ['Sync'],
        operationId: 'refreshDataType',
        summary: 'Read one data type as soon as possible',
        params: Type.Object({ ...ofCompany, dataType: Type.String() }),
        querystring: Type.Object({ connectionId: Type.Optional(Type.String()) }),
        response: answersOne,
      },
    },
    async (request) => {
      const dataType = dataTypeFrom(request.params.dataType);
      return refresh(deps, companyIdFrom(request.params), { dataType, connectionId: request.query.connectionId });
    },
  );

  app.post(
    '/companies/:companyId/data/info',
    {
      schema: {
        tags: ['Sync'],
        operationId: 'refreshCompanyInfo',
        summary: 'Read what the books know of the company itself',
        params,
        response: answersOne,
      },
    },
    async (request) => refresh(deps, companyIdFrom(request.params), { dataType: 'company' }),
  );

  app.post(
    '/companies/:companyId/products/:productIdentifier/refresh',
    {
      schema: {
        tags: ['Sync'],
        operationId: 'refreshProductData',
        summary: "Read a product's data types, or all of them",
        params: Type.Object({ ...ofCompany, productIdentifier: Type.String() }),
        body: Type.Optional(Type.Object({ dataTypes: Type.Optional(Type.Array(Type.String(), { maxItems: 100 })) })),
        response: answers({ 202: noContent }),
      },
    },
    async (request, reply) => {
      const companyId = companyIdFrom(request.params);
      const connection = await requireLinked(deps, companyId);
      const given = request.body?.dataTypes ?? [];
      if (given.length === 0) await requestAll(db, placeOf(deps, connection), 'request', clock.now());
      for (const name of given) await refreshProductType(deps, connection, name);
      deps.datasetsRequested?.();
      return reply.code(202).send();
    },
  );

  app.get(
    '/companies/:companyId/dataStatus',
    {
      schema: {
        tags: ['Sync'],
        operationId: 'getDataStatus',
        summary: 'How each data type stands',
        params,
        response: answers({ 200: Type.Record(Type.String(), DataStatus) }),
      },
    },
    async (request) => dataStatus(deps, companyIdFrom(request.params)),
  );

  app.get(
    '/companies/:companyId/data/history',
    {
      schema: {
        tags: ['Sync'],
        operationId: 'listPullOperations',
        summary: 'List readings, newest first',
        params,
        querystring: Type.Object(listParameters),
        response: answers({ 200: PagedList(ref<PullOperation>(PullOperation)) }),
      },
    },
    async (request) => {
      const companyId = companyIdFrom(request.params);
      await getCompany(companies, companyId);
      const paging = pagingOf(request.query);
      const asked = { companyId, ...paging, ...listFilter(request.query, searchable, 2) };
      const { datasets, totalResults } = await listDatasets(db, asked);
      return pagedList(request.url, { results: datasets.map(pullOperation), totalResults, ...paging });
    },
  );

  app.get(
    '/companies/:companyId/data/history/:datasetId',
    {
      schema: {
        tags: ['Sync'],
        operationId: 'getPullOperation',
        summary: 'Get a reading',
        params: Type.Object({ ...ofCompany, datasetId: Type.String() }),
        response: answersOne,
      },
    },
    async (request) => {
      const { companyId, datasetId } = datasetPath(request.params);
      await getCompany(companies, companyId);
      const dataset = await getDataset(db, { companyId, datasetId });
      if (dataset === undefined) throw new PublicError('dataset_not_found', datasetId);
      return pullOperation(dataset);
    },
  );

  app.get(
    '/companies/:companyId/sync/:datasetId/validation',
    {
      schema: {
        tags: ['Sync'],
        operationId: 'getValidationResults',
        summary: 'What the records of a reading lack',
        params: Type.Object({ ...ofCompany, datasetId: Type.String() }),
        response: answers({
          200: Type.Object({ errors: Type.Array(ValidationItem), warnings: Type.Array(ValidationItem) }),
        }),
      },
    },
    async (request) => {
      const { companyId, datasetId } = datasetPath(request.params);
      await getCompany(companies, companyId);
      const findings = await findingsOfDataset(db, { companyId, datasetId });
      if (findings === undefined) throw new PublicError('dataset_not_found', datasetId);
      return { errors: errorsIn(findings), warnings: warningsIn(findings) };
    },
  );
}

function datasetPath(given: { readonly companyId: string; readonly datasetId: string }) {
  return { companyId: companyIdFrom(given), datasetId: idFrom(given.datasetId, 'dataset_not_found') };
}

async function requireLinked({ companies }: ApiDeps, companyId: string): Promise<Connection> {
  const connection = await findLinkedConnection(companies, companyId);
  if (connection !== undefined) return connection;
  throw new PublicError('malformed_request', 'No connection of this company is linked');
}

async function connectionFor(deps: ApiDeps, companyId: string, given: string | undefined): Promise<Connection> {
  if (given === undefined || given === '') return requireLinked(deps, companyId);
  const connectionId = idFrom(given, 'connection_not_found');
  const connection = await getConnection(deps.companies, { companyId, connectionId });
  if (connection.status !== 'Linked') throw new PublicError('connection_not_linked', connectionId);
  return connection;
}

function placeOf({ companies }: ApiDeps, { id, companyId, platformKey }: Connection) {
  return { companyId, connectionId: id, readable: readableTypes(requireConnector(companies, platformKey)) };
}

async function refresh(
  deps: ApiDeps,
  companyId: string,
  wanted: { readonly dataType: DataType; readonly connectionId?: string | undefined },
): Promise<PullOperation> {
  const connection = await connectionFor(deps, companyId, wanted.connectionId);
  return askedFor(deps, connection, storedType(wanted.dataType, connection));
}

/** For this path alone a data type that is read already is a bad request. */
async function refreshProductType(deps: ApiDeps, connection: Connection, name: string): Promise<void> {
  const dataType = dataTypes.find((known) => known === name);
  if (dataType === undefined)
    throw new PublicError('malformed_request', `dataTypes: no such data type: ${name.slice(0, 100)}`);
  try {
    await requestReading(deps, connection, storedType(dataType, connection));
  } catch (error) {
    if (error instanceof PublicError && error.code === 'dataset_in_progress')
      throw new PublicError('malformed_request', error.message);
    throw error;
  }
}

function storedType(dataType: DataType, { platformKey }: Connection): ModelledDataType {
  if (dataType === 'company' || isReadable(dataType)) return dataType;
  throw new PublicError('data_type_not_supported', `'${dataType}' not supported by platform ${platformKey}`);
}

async function dataStatus(deps: ApiDeps, companyId: string): Promise<Record<string, Static<typeof DataStatus>>> {
  await getCompany(deps.companies, companyId);
  const books = await booksOfCompany(deps, { companyId }).catch((error: unknown) => {
    // A company that has never linked its books: nothing was ever read.
    if (error instanceof PublicError && error.code === 'conflict') return undefined;
    throw error;
  });
  const readable = books === undefined ? undefined : placeOf(deps, books).readable;
  const known = new Map(
    books === undefined ? [] : (await setStatuses(deps.db, books.id)).map((set) => [set.dataType, set]),
  );
  const statuses = storedDataTypes.map((dataType): [string, Static<typeof DataStatus>] => {
    const set = known.get(dataType);
    const never = readable === undefined || readable.has(dataType) ? 'Initial' : 'NotSupported';
    return [
      dataType,
      {
        dataType,
        currentStatus: set?.currentStatus ?? never,
        ...(set?.lastSuccessfulSync === undefined ? {} : { lastSuccessfulSync: wireTime(set.lastSuccessfulSync) }),
        ...(set?.latestSyncId === undefined ? {} : { latestSyncId: set.latestSyncId }),
        ...(set?.latestSuccessfulSyncId === undefined ? {} : { latestSuccessfulSyncId: set.latestSuccessfulSyncId }),
      },
    ];
  });
  return Object.fromEntries(statuses);
}
