/** The envelope of every paged list, with links that lead through it. */
import { Type, type TSchema } from 'typebox';
import type { Paging } from './query-parameters.ts';

const Link = Type.Object({ href: Type.String() });

export const Links = Type.Object(
  { self: Link, current: Link, next: Type.Optional(Link), previous: Type.Optional(Link) },
  { $id: 'Links', additionalProperties: true, description: '`next` and `previous` are absent at the ends.' },
);

/** Parameters that say which part of the list is meant. */
const PLACE = /^(page|pagenumber|pagesize|after)$/i;

export function PagedList(result: TSchema) {
  return Type.Object(
    {
      results: Type.Array(result),
      pageNumber: Type.Integer(),
      pageSize: Type.Integer(),
      totalResults: Type.Integer(),
      _links: Type.Unsafe<object>({ $ref: 'Links#' }),
    },
    { additionalProperties: true },
  );
}

export interface Page<Result> extends Paging {
  readonly results: readonly Result[];
  readonly totalResults: number;
  /** Whether a next page exists, where that is known better than from the total. */
  readonly hasMore?: boolean;
  /** Where the next page begins, in words of our own. */
  readonly nextAfter?: string | undefined;
}

/** `url` is the request's own, path and query. */
export function pagedList<Result>(url: string, asked: Page<Result>) {
  const { results, page, pageSize, totalResults, hasMore = page * pageSize < totalResults, nextAfter } = asked;
  const [path = '', queryText = ''] = url.split('?', 2);
  const link = (target: number, after?: string) => {
    const others = [...new URLSearchParams(queryText)].filter(([name]) => !PLACE.test(name));
    const parameters = new URLSearchParams(others);
    parameters.set('page', String(target));
    parameters.set('pageSize', String(pageSize));
    if (after !== undefined) parameters.set('after', after);
    return { href: `${path}?${parameters.toString()}` };
  };
  return {
    results,
    pageNumber: page,
    pageSize,
    totalResults,
    _links: {
      self: { href: path },
      current: link(page),
      ...(hasMore ? { next: link(page + 1, nextAfter) } : {}),
      ...(page > 1 ? { previous: link(page - 1) } : {}),
    },
  };
}
