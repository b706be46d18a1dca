/** The `orderBy` parameter: one property, with a minus sign before it for descending. */
import { inHumanOrder } from '../db/text-rules.ts';
import { malformed, type QueryError } from './query.ts';
import { findProperty, type Properties, type Property } from './to-sql.ts';

export type OrderBySql =
  { readonly ok: true; readonly sql: string } | { readonly ok: false; readonly error: QueryError };

/** What stands after ORDER BY. Rows may tie: the caller adds a unique column, or pages would overlap. */
export function orderBySql(text: string, properties: Properties): OrderBySql {
  const isDescending = text.trimStart().startsWith('-');
  const name = text.trim().slice(isDescending ? 1 : 0);
  if (name === '') return { ok: false, error: malformed('orderBy names no property.') };
  const property = findProperty(properties, name);
  // A property of many rows, or of a name that travels as a parameter, gives no order.
  if (property === undefined || typeof property.column !== 'string' || property.within !== undefined) {
    return { ok: false, error: { code: 'unknown_query_property', property: name } };
  }
  const column = isText(property) ? inHumanOrder(property.column) : property.column;
  // No NULLS FIRST or LAST: an index would no longer serve.
  return { ok: true, sql: `${column} ${isDescending ? 'DESC' : 'ASC'}` };
}

/** Ids have no order that would mean anything to people: theirs is that of their index. */
function isText({ type }: Property): boolean {
  return type === 'string' || type === 'lowered';
}
