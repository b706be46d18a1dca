/** What the lists of companies and of connections can be searched and sorted by. Every name is the wire's. */
import type { Property, Where } from '../query/to-sql.ts';
import { isGiven, listFilter, whereOf, type ListFilter, type ListQuery } from './list-filter.ts';

const connectionProperties = {
  id: { type: 'uuid', column: 'connection.id' },
  status: { type: 'string', column: 'connection.status' },
  integrationKey: { type: 'string', column: 'connection.platform_key' },
  platformKey: { type: 'string', column: 'connection.platform_key' },
  created: { type: 'date', column: 'connection.created_at' },
} as const satisfies Readonly<Record<string, Property>>;

/** True of a company when it is true of any of its connections. */
const ofAnyConnection = (condition: string) =>
  `EXISTS (SELECT 1 FROM connections connection
     WHERE connection.company_id = company.id AND connection.deleted_at IS NULL AND ${condition})`;

const companyProperties: Readonly<Record<string, Property>> = {
  id: { type: 'uuid', column: 'company.id' },
  name: { type: 'string', column: 'company.name' },
  description: { type: 'string', column: 'company.description' },
  created: { type: 'date', column: 'company.created_at' },
  ...Object.fromEntries(
    Object.entries(connectionProperties).map(([name, property]) => [
      `dataConnections.${name}`,
      { ...property, within: ofAnyConnection },
    ]),
  ),
};

/** Tag keys are the caller's own words, so each travels as a parameter. */
const tagProperty = (key: string): Property => ({
  type: 'string',
  column: { key, of: (placeholder) => `(company.tags ->> ${placeholder}::text)` },
});

export function companyFilter(asked: ListQuery & { readonly tags?: string }): ListFilter {
  const filter = listFilter(asked, { name: 'Company', properties: companyProperties });
  if (!isGiven(asked.tags)) return filter;
  const first = (filter.where?.values.length ?? 0) + 1;
  const tags = whereOf(asked.tags, { name: 'Tags', properties: tagProperty }, first);
  return { ...filter, where: filter.where === undefined ? tags : both(filter.where, tags) };
}

export function connectionFilter(asked: ListQuery): ListFilter {
  return listFilter(asked, { name: 'Connection', properties: connectionProperties });
}

function both(a: Where, b: Where): Where {
  return { sql: `(${a.sql}) AND (${b.sql})`, values: [...a.values, ...b.values] };
}
