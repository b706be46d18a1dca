/** `after` in the links of a push list: the row that a page begins after, so that a walk by links misses and repeats none. */
import { Type } from 'typebox';
import { PublicError } from '../errors.ts';
import { isUuid } from '../lib/ids.ts';
import type { PushOrder } from '../push/list.ts';
import type { Boundary } from '../push/page-starts.ts';

export const After = Type.String({
  maxLength: 200,
  description:
    'As found in `_links.next`: goes on exactly where the page before ended, whatever was added meanwhile. Belongs to the `page` beside it; with any other `page` it is ignored.',
});

export function renderAfter(boundary: Boundary | undefined, page: number, order: PushOrder): string | undefined {
  if (boundary === undefined || typeof order !== 'string') return undefined;
  return Buffer.from([page, order, boundary.requestedAtMicros, boundary.id].join(' ')).toString('base64url');
}

/** A caller that changes the number in a link means that page, not the row. */
export function afterFrom(text: string | undefined, page: number, order: PushOrder): Boundary | undefined {
  if (text === undefined || text === '') return undefined;
  const [forPage, forOrder, micros, id = ''] = Buffer.from(text, 'base64url').toString('utf8').split(' ');
  const requestedAtMicros = Number(micros);
  if (!/^\d{1,10}$/.test(forPage ?? '') || !/^\d{1,16}$/.test(micros ?? '') || !isUuid(id)) {
    throw new PublicError('malformed_request', 'Query parameter after must be as it stood in a link of this list');
  }
  if (forOrder !== order) {
    throw new PublicError('malformed_request', 'Query parameter after belongs to a list in another order');
  }
  return Number(forPage) === page ? { requestedAtMicros, id } : undefined;
}
