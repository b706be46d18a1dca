/** GET …/data/{dataType}: records as the platform holds them now, one page or one record. */
import { Type } from 'typebox';
import type { FastifyReply } from 'fastify';
import type { PageQuery, PlatformRecord } from '../connectors/contract.ts';
import { PublicError } from '../errors.ts';
import { readMoment } from '../query/moment.ts';
import { answers } from './answers.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { PagedList, pagedList } from './paged-list.ts';
import { notSupported } from './data-type-path.ts';
import { recordIdFrom } from './path-ids.ts';
import { companySource, connectionSource, rememberSeen, settled, type Source } from './platform-source.ts';
import { listParameters, pagingOf, type Paging } from './query-parameters.ts';
import { refuseFilters } from './unsupported-filters.ts';

const AnyRecord = Type.Unsafe<PlatformRecord>({ type: 'object', additionalProperties: true });
const listQuery = Type.Object({ ...listParameters, modifiedAfter: Type.Optional(Type.String()) });
const ofCompany = { companyId: Type.String(), dataType: Type.String() };
const ofConnection = { ...ofCompany, connectionId: Type.String() };
const recordId = { recordId: Type.String() };
const accountId = { accountId: Type.String() };
const listAnswer = answers({ 200: PagedList(AnyRecord) });
const recordAnswer = answers({ 200: AnyRecord });

export function dataRoutes(app: ApiRoutes, deps: ApiDeps): void {
  const list = async (url: string, query: ListQuery, source: Source, parentId?: string) => {
    refuseFilters(query, 'on live reads');
    if (source.read.below !== undefined && parentId === undefined) {
      throw notSupported(source.dataType, source.connector.platform.key);
    }
    const paging = pagingOf(query);
    const below = parentId === undefined ? {} : { parentId };
    const { records, totalResults } = await readPage(source, paging, { ...changedAfter(query), ...below });
    await rememberSeen(source, records);
    return pagedList(url, { results: records.map(renderRecord), totalResults, ...paging });
  };
  const single = async (id: string, source: Source, reply: FastifyReply) => {
    if (source.read.below !== undefined) throw notSupported(source.dataType, source.connector.platform.key);
    const record = await settled(source, await source.read.get(source.session, id));
    if (record === undefined) throw new PublicError('record_not_found', `${source.dataType} for ID ${id}`);
    await rememberSeen(source, [record]);
    const stamp = source.connector.stampOf?.(record);
    if (stamp !== undefined) void reply.header('etag', JSON.stringify(stamp));
    return renderRecord(record);
  };
  app.get(
    '/companies/:companyId/data/:dataType',
    {
      schema: {
        tags: ['Data'],
        operationId: 'listCompanyRecords',
        summary: "List records of the company's linked connection",
        params: Type.Object(ofCompany),
        querystring: listQuery,
        response: listAnswer,
      },
    },
    async ({ params, query, url }) => list(url, query, await companySource(deps, params)),
  );

  app.get(
    '/companies/:companyId/data/bankAccounts/:accountId/bankTransactions',
    {
      schema: {
        tags: ['Data'],
        operationId: 'listCompanyBankTransactions',
        summary: "List transactions of a bank account in the books of the company's linked connection",
        params: Type.Object({ companyId: Type.String(), ...accountId }),
        querystring: listQuery,
        response: listAnswer,
      },
    },
    async ({ params, query, url }) => {
      const source = await companySource(deps, { ...params, dataType: 'bankTransactions' });
      return list(url, query, source, recordIdFrom(params.accountId));
    },
  );

  app.get(
    '/companies/:companyId/data/:dataType/:recordId',
    {
      schema: {
        tags: ['Data'],
        operationId: 'getCompanyRecord',
        summary: "Get a record of the company's linked connection",
        params: Type.Object({ ...ofCompany, ...recordId }),
        response: recordAnswer,
      },
    },
    async ({ params }, reply) => single(recordIdFrom(params.recordId), await companySource(deps, params), reply),
  );

  app.get(
    '/companies/:companyId/connections/:connectionId/data/:dataType',
    {
      schema: {
        tags: ['Data'],
        operationId: 'listConnectionRecords',
        summary: 'List records of a connection',
        params: Type.Object(ofConnection),
        querystring: listQuery,
        response: listAnswer,
      },
    },
    async ({ params, query, url }) => list(url, query, await connectionSource(deps, params)),
  );

  app.get(
    '/companies/:companyId/connections/:connectionId/data/bankAccounts/:accountId/bankTransactions',
    {
      schema: {
        tags: ['Data'],
        operationId: 'listConnectionBankTransactions',
        summary: 'List transactions of a bank account of a connection',
        params: Type.Object({ companyId: Type.String(), connectionId: Type.String(), ...accountId }),
        querystring: listQuery,
        response: listAnswer,
      },
    },
    async ({ params, query, url }) => {
      const source = await connectionSource(deps, { ...params, dataType: 'bankTransactions' });
      return list(url, query, source, recordIdFrom(params.accountId));
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
        response: recordAnswer,
      },
    },
    async ({ params }, reply) => single(recordIdFrom(params.recordId), await connectionSource(deps, params), reply),
  );
}

type ListQuery = Partial<Paging> & Readonly<Record<string, unknown>>;

/** An instant, or a local time that is read as UTC, as the helper of one well-known client sends it. */
function changedAfter({ modifiedAfter }: ListQuery): { readonly changedAfter?: Date } {
  if (typeof modifiedAfter !== 'string' || modifiedAfter.trim() === '') return {};
  const moment = readMoment(modifiedAfter.trim());
  if (moment === undefined)
    throw new PublicError('malformed_request', 'modifiedAfter must be an ISO 8601 date and time');
  return { changedAfter: new Date(moment) };
}

/** Platforms bound their own pages, and one answer of theirs must fit into memory with room to spare. */
const PLATFORM_PAGE_SIZE = 200;

/** Platforms are read from their first record on, so a later page costs what is before it. */
async function readPage(source: Source, { page, pageSize }: Paging, filter: Omit<PageQuery, 'after' | 'pageSize'>) {
  const start = (page - 1) * pageSize;
  const records: PlatformRecord[] = [];
  let totalResults = 0;
  for (let after: string | undefined; ;) {
    const wanted = { pageSize: PLATFORM_PAGE_SIZE, ...(after === undefined ? {} : { after }), ...filter };
    const part = await settled(source, await source.read.page(source.session, wanted));
    const skipped = Math.max(0, start - totalResults);
    records.push(...part.records.slice(skipped, skipped + pageSize - records.length));
    totalResults += part.records.length;
    if (part.next === undefined) return { records, totalResults };
    after = part.next;
  }
}

/** Read live, a record was last seen to change when the platform says it did. */
function renderRecord(record: PlatformRecord): PlatformRecord {
  const changed = record['sourceModifiedDate'];
  if (typeof changed !== 'string' || record['modifiedDate'] !== undefined) return record;
  return { ...record, modifiedDate: /(?:Z|[+-]\d\d:\d\d)$/.test(changed) ? changed : `${changed}Z` };
}
