/** `query` and `orderBy` of a list, turned into SQL over what that list may be searched by. */
import { PublicError } from '../errors.ts';
import { orderBySql } from '../query/order-by.ts';
import { parseQuery } from '../query/parse.ts';
import type { Query, QueryError } from '../query/query.ts';
import { toSql, type Properties, type Where } from '../query/to-sql.ts';

export interface ListQuery {
  readonly query?: string;
  readonly orderBy?: string;
}

export interface ListFilter {
  readonly where?: Where;
  readonly orderBy?: string;
}

export interface Searchable {
  /** The singular that messages use: `PushOperation`. */
  readonly name: string;
  readonly properties: Properties;
}

export function listFilter(asked: ListQuery, searched: Searchable, firstPlaceholder = 1): ListFilter {
  return {
    ...(isGiven(asked.query) ? { where: whereOf(asked.query, searched, firstPlaceholder) } : {}),
    ...(isGiven(asked.orderBy) ? { orderBy: orderOf(asked.orderBy, searched) } : {}),
  };
}

export function whereOf(query: string, searched: Searchable, firstPlaceholder: number): Where {
  return whereOfQuery(queryOf(query, searched), searched, firstPlaceholder);
}

export function queryOf(text: string, { name }: Searchable): Query {
  const parsed = parseQuery(text);
  if (!parsed.ok) throw queryError(parsed.error, name);
  return parsed.query;
}

export function whereOfQuery(query: Query, { name, properties }: Searchable, firstPlaceholder: number): Where {
  const result = toSql(query, properties, firstPlaceholder);
  if (!result.ok) throw queryError(result.error, name);
  return result.where;
}

export function orderOf(orderBy: string, { name, properties }: Searchable): string {
  const result = orderBySql(orderBy, properties);
  if (!result.ok) throw queryError(result.error, name);
  return result.sql;
}

function queryError(error: QueryError, name: string): PublicError {
  if (error.code === 'malformed_query') return new PublicError(error.code, error.why);
  return new PublicError(error.code, `${error.property.slice(0, 200)} on ${name}`);
}

/** Clients send empty parameters for ones they have no value for. */
export function isGiven(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '';
}
