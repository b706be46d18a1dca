/** Query parameters: their one spelling each, read whatever case a client writes them in, and the shared ones' schemas. */
import { parse } from 'node:querystring';
import { Type } from 'typebox';

const CANONICAL = [
  'page',
  'pageSize',
  'after',
  'query',
  'orderBy',
  'tags',
  'format',
  'timeoutInMinutes',
  'allowSyncOnPushComplete',
  'forceUpdate',
  'strict',
  'dryRun',
  'modifiedAfter',
  'connectionId',
  'wait',
  'dataTypes',
  'eventTypes',
  'companyId',
  'limit',
  'status',
  'since',
  'until',
] as const;

/** `pageNumber` is how one well-known client calls `page`. */
const BY_LOWER_CASE: ReadonlyMap<string, string> = new Map([
  ...CANONICAL.map((name): [string, string] => [name.toLowerCase(), name]),
  ['pagenumber', 'page'],
]);

/** How many parameters are looked at; the rest of an absurd query string is ignored. */
const PARAMETERS_MAX = 100;

/** Gives a parameter that appears twice as a list, which no schema accepts: nobody can tell which one was meant. */
export function parseQueryString(text: string): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  if (text === '') return read;
  for (const [name, value] of Object.entries(parse(text, '&', '=', { maxKeys: PARAMETERS_MAX }))) {
    const canonical = BY_LOWER_CASE.get(name.toLowerCase());
    if (canonical === undefined) continue;
    read[canonical] = read[canonical] === undefined ? value : [read[canonical], value].flat();
  }
  return read;
}

const PAGE_SIZE_MAX = 5_000;
const PAGE_MAX = 1_000_000_000;

const pageParameters = {
  page: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: PAGE_MAX,
      default: 1,
      description: 'Page number; `pageNumber` works as well.',
    }),
  ),
  pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: PAGE_SIZE_MAX, default: 100 })),
};

export const listParameters = {
  ...pageParameters,
  query: Type.Optional(Type.String({ description: 'A filter in the query language, such as `status=Failed`.' })),
  orderBy: Type.Optional(Type.String({ description: 'A field to sort by; `-field` for descending.' })),
};

export interface Paging {
  readonly page: number;
  readonly pageSize: number;
}

export function pagingOf(query: { readonly page?: number; readonly pageSize?: number }): Paging {
  return { page: query.page ?? 1, pageSize: query.pageSize ?? 100 };
}
