/** /companies: list, create, get, replace, update and delete. */
import { Type, type Static } from 'typebox';
import {
  createCompany,
  deleteCompany,
  getCompany,
  listCompanies,
  replaceCompany,
  updateCompany,
} from '../companies/change-company.ts';
import { listConnectionsOfCompanies } from '../companies/change-connection.ts';
import type { Company as StoredCompany } from '../companies/company.ts';
import { renderCompany } from '../events/wire.ts';
import { answers, noContent, ref } from './answers.ts';
import { companyFilter } from './company-query.ts';
import { Connection, makeRenderConnection } from './connection-answer.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { PagedList, pagedList } from './paged-list.ts';
import { companyIdFrom } from './path-ids.ts';
import { listParameters, pagingOf } from './query-parameters.ts';

const Tags = Type.Record(Type.String(), Type.String());

export const Company = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    name: Type.String(),
    description: Type.Optional(Type.String()),
    redirect: Type.String({ description: 'Where the company is shown in the portal.' }),
    created: Type.String({ format: 'date-time' }),
    lastSync: Type.Optional(Type.String({ format: 'date-time' })),
    dataConnections: Type.Array(ref<Connection>(Connection)),
    products: Type.Array(Type.String()),
    tags: Tags,
    referenceSubsidiaryCompanies: Type.Array(Type.Object({}, { additionalProperties: true })),
  },
  { $id: 'Company', additionalProperties: true, description: 'A business customer: the owner of connections.' },
);
type Company = Static<typeof Company>;

const NullableText = Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'] }));
const NullableTags = Type.Optional(
  Type.Unsafe<Static<typeof Tags> | null>({ type: ['object', 'null'], additionalProperties: { type: 'string' } }),
);

const params = Type.Object({ companyId: Type.String() });
const CompanyRequest = Type.Object({
  name: Type.String({ minLength: 1 }),
  description: NullableText,
  tags: NullableTags,
});
const CompanyUpdate = Type.Object({ name: NullableText, description: NullableText, tags: NullableTags });
const answersCompany = answers({ 200: ref<Company>(Company) });

export function companyRoutes(app: ApiRoutes, { companies }: ApiDeps): void {
  const renderConnection = makeRenderConnection(companies);

  const render = async (listed: readonly StoredCompany[]) => {
    const connections = await listConnectionsOfCompanies(
      companies,
      listed.map(({ id }) => id),
    );
    const byCompany = Map.groupBy(connections, ({ companyId }) => companyId);
    return listed.map((company) => {
      const own = byCompany.get(company.id) ?? [];
      const syncs = own.flatMap(({ lastSyncAt }) => lastSyncAt ?? []).toSorted((a, b) => b.getTime() - a.getTime());
      return {
        ...renderCompany(company, companies.publicUrl()),
        ...(syncs[0] === undefined ? {} : { lastSync: syncs[0].toISOString() }),
        dataConnections: own.map(renderConnection),
      };
    });
  };
  const renderOne = async (company: StoredCompany) => (await render([company]))[0];

  app.get(
    '/companies',
    {
      schema: {
        tags: ['Companies'],
        operationId: 'listCompanies',
        summary: 'List companies',
        querystring: Type.Object({
          ...listParameters,
          tags: Type.Optional(Type.String({ description: 'A filter on tags, such as `region = uk`.' })),
        }),
        response: answers({ 200: PagedList(ref<Company>(Company)) }),
      },
    },
    async (request) => {
      const paging = pagingOf(request.query);
      const { items, totalResults } = await listCompanies(companies, { ...paging, ...companyFilter(request.query) });
      return pagedList(request.url, { results: await render(items), totalResults, ...paging });
    },
  );

  app.post(
    '/companies',
    {
      schema: {
        tags: ['Companies'],
        operationId: 'createCompany',
        summary: 'Create a company',
        body: CompanyRequest,
        response: answersCompany,
      },
    },
    async (request) => renderOne(await createCompany(companies, request.body)),
  );

  app.get(
    '/companies/:companyId',
    {
      schema: {
        tags: ['Companies'],
        operationId: 'getCompany',
        summary: 'Get a company',
        params,
        response: answersCompany,
      },
    },
    async (request) => renderOne(await getCompany(companies, companyIdFrom(request.params))),
  );

  app.put(
    '/companies/:companyId',
    {
      schema: {
        tags: ['Companies'],
        operationId: 'replaceCompany',
        summary: 'Replace a company: what is left out is wiped',
        params,
        body: CompanyRequest,
        response: answersCompany,
      },
    },
    async (request) => renderOne(await replaceCompany(companies, companyIdFrom(request.params), request.body)),
  );

  app.patch(
    '/companies/:companyId',
    {
      schema: {
        tags: ['Companies'],
        operationId: 'updateCompany',
        summary: 'Update a company: what is left out stays',
        params,
        body: CompanyUpdate,
        response: answersCompany,
      },
    },
    async (request) => renderOne(await updateCompany(companies, companyIdFrom(request.params), request.body)),
  );

  app.delete(
    '/companies/:companyId',
    {
      schema: {
        tags: ['Companies'],
        operationId: 'deleteCompany',
        summary: 'Delete a company and its connections',
        params,
        response: answers({ 204: noContent }),
      },
    },
    async (request, reply) => {
      await deleteCompany(companies, companyIdFrom(request.params));
      return reply.code(204).send();
    },
  );
}
