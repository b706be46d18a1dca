/** GET …/data/{dataType}: records as they are kept, one page or one record. */
import { Type } from 'typebox';
import type { FastifyReply } from 'fastify';
import { getConnection } from '../companies/change-connection.ts';
import type { PlatformRecord } from '../connectors/contract.ts';
import { PublicError } from '../errors.ts';
import { findRecord } from '../records/list.ts';
import { awaitFirstRead } from '../sync/first-read.ts';
import { answers } from './answers.ts';
import { changesRoute } from './changes.ts';
import { answerCompanyInfo } from './company-info.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { PagedList, pagedList } from './paged-list.ts';
import { makeFreshList, placeParameter } from './fresh-list.ts';
import { connectionIdsFrom, recordIdFrom } from './path-ids.ts';
import { listParameters, pagingOf, type Paging } from './query-parameters.ts';
import { recordAnswers, WATERMARK_HEADER } from './record-answer.ts';
import { recordFilter, type RecordListQuery } from './record-query.ts';
import {
  booksOfCompany,
  freshSet,
  recordsOfCompany,
  recordsOfConnection,
  requireOwnPath,
  requireParent,
  type RecordSource,
} from './record-source.ts';
import { withSubCategories } from './tracking-tree.ts';

const AnyRecord = Type.Unsafe<PlatformRecord>({ type: 'object', additionalProperties: true });
const listQuery = Type.Object({
  ...listParameters,
  modifiedAfter: Type.Optional(
    Type.String({ description: 'Only records that changed after this moment; a time without a zone is UTC.' }),
  ),
  ...placeParameter,
});
const ofCompany = { companyId: Type.String(), dataType: Type.String() };
const ofConnection = { ...ofCompany, connectionId: Type.String() };
const recordId = { recordId: Type.String() };
const accountId = { accountId: Type.String() };
const listAnswer = answers({ 200: PagedList(AnyRecord) });
const singleAnswer = answers({ 200: AnyRecord });
/** Records are JSON already: a serializer made from a schema that allows everything says the same in twice the time. */
const plainJson = { serializerCompiler: () => (answer: unknown) => JSON.stringify(answer) };

type ListQuery = Partial<Paging> & RecordListQuery & { readonly after?: string };

export function dataRoutes(app: ApiRoutes, deps: ApiDeps): void {
  changesRoute(app, deps);
  const listFresh = makeFreshList(deps);

  const list = async (url: string, query: ListQuery, source: RecordSource, reply: FastifyReply, parentId?: string) => {
    const { dataType } = source;
    if (parentId === undefined) requireOwnPath(source);
    const paging = pagingOf(query);
    const asked = { ...source, ...recordFilter(dataType, query), ...paging, parentId };
    const { records, page, watermark } = await listFresh(asked, query.after);
    if (parentId !== undefined && page.totalResults === 0) await requireParent(deps, source, parentId);
    void reply.header(WATERMARK_HEADER, watermark);
    const results = await recordAnswers(deps.db, source.connectionId, records);
    return pagedList(url, { ...paging, ...page, results });
  };

  const single = async (id: string, source: RecordSource, reply: FastifyReply) => {
    const { dataType, connector } = source;
    requireOwnPath(source);
    const { isSynced } = await freshSet(deps, source, id);
    const find = () => findRecord(deps.db, { ...source, recordId: id });
    const known = await find();
    const isRead = isSynced || known !== undefined || (await awaitFirstRead(deps.db, source));
    if (!isRead) throw new PublicError('data_not_synced', dataType);
    const record = known ?? (isSynced ? undefined : await find());
    if (record === undefined) {
      throw new PublicError('record_not_found', `${dataType} for ID ${id}`);
    }
    const stamp = connector.stampOf?.(record.content);
    if (stamp !== undefined) void reply.header('etag', JSON.stringify(stamp));
    const [answer = record.content] = await recordAnswers(deps.db, source.connectionId, [record]);
    return dataType === 'trackingCategories' ? withSubCategories(deps.db, source, answer) : answer;
  };

  app.get(
    '/companies/:companyId/data/info',
    {
      schema: {
        tags: ['Data'],
        operationId: 'getCompanyInfo',
        summary: 'Get what the books say of the company itself',
        params: Type.Object({ companyId: Type.String() }),
        response: singleAnswer,
      },
    },
    async ({ params }) => answerCompanyInfo(deps, await booksOfCompany(deps, params)),
  );

  app.get(
    '/companies/:companyId/connections/:connectionId/data/info',
    {
      schema: {
        tags: ['Data'],
        operationId: 'getConnectionInfo',
        summary: 'Get what the books of a connection say of the company itself',
        params: Type.Object({ companyId: Type.String(), connectionId: Type.String() }),
        response: singleAnswer,
      },
    },
    async ({ params }) => answerCompanyInfo(deps, await getConnection(deps.companies, connectionIdsFrom(params))),
  );

  app.get(
    '/companies/:companyId/data/:dataType',
    {
      ...plainJson,
      schema: {
        tags: ['Data'],
        operationId: 'listCompanyRecords',
        summary: "List records of the company's books",
        params: Type.Object(ofCompany),
        querystring: listQuery,
        response: listAnswer,
      },
    },
    async ({ params, query, url }, reply) => list(url, query, await recordsOfCompany(deps, params), reply),
  );

  app.get(
    '/companies/:companyId/data/bankAccounts/:accountId/bankTransactions',
    {
      ...plainJson,
      schema: {
        tags: ['Data'],
        operationId: 'listCompanyBankTransactions',
        summary: "List transactions of a bank account in the company's books",
        params: Type.Object({ companyId: Type.String(), ...accountId }),
        querystring: listQuery,
        response: listAnswer,
      },
    },
    async ({ params, query, url }, reply) => {
      const source = await recordsOfCompany(deps, { ...params, dataType: 'bankTransactions' });
      return list(url, query, source, reply, recordIdFrom(params.accountId));
    },
  );

  app.get(
    '/companies/:companyId/data/:dataType/:recordId',
    {
      schema: {
        tags: ['Data'],
        operationId: 'getCompanyRecord',
        summary: "Get a record of the company's books",
        params: Type.Object({ ...ofCompany, ...recordId }),
        response: singleAnswer,
      },
    },
    async ({ params }, reply) => single(recordIdFrom(params.recordId), await recordsOfCompany(deps, params), reply),
  );

  app.get(
    '/companies/:companyId/connections/:connectionId/data/:dataType',
    {
      ...plainJson,
      schema: {
        tags: ['Data'],
        operationId: 'listConnectionRecords',
        summary: 'List records of a connection',
        params: Type.Object(ofConnection),
        querystring: listQuery,
        response: listAnswer,
      },
    },
    async ({ params, query, url }, reply) => list(url, query, await recordsOfConnection(deps, params), reply),
  );

  app.get(
    '/companies/:companyId/connections/:connectionId/data/bankAccounts/:accountId/bankTransactions',
    {
      ...plainJson,
      schema: {
        tags: ['Data'],
        operationId: 'listConnectionBankTransactions',
        summary: 'List transactions of a bank account of a connection',
        params: Type.Object({ companyId: Type.String(), connectionId: Type.String(), ...accountId }),
        querystring: listQuery,
        response: listAnswer,
      },
    },
    async ({ params, query, url }, reply) => {
      const source = await recordsOfConnection(deps, { ...params, dataType: 'bankTransactions' });
      return list(url, query, source, reply, recordIdFrom(params.accountId));
    },
  );

  app.get(
    '/companies/:companyId/connections/:connectionId/data/:dataType/:recordId',
    {
      schema: {
        tags: ['Data'],
        operationId: 'getConnectionRecord',
        summary: 'Get a record of a connection',
        params: Type.Object({ ...ofConnection, ...recordId }),
        response: singleAnswer,
      },
    },
    async ({ params }, reply) => single(recordIdFrom(params.recordId), await recordsOfConnection(deps, params), reply),
  );
}
