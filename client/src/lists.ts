/** Lists: one page, or all pages as a stream. */
import { modifiedDates, type Moment } from './modified-dates.ts';
import { checkedQuery, queryFor, type QueryBuilder } from './query.ts';
import { renderQuery, type CallOptions, type QueryValues, type Send } from './transport.ts';

/** One page as the wire has it. */
export interface Page<Element> {
  readonly results: readonly Element[];
  /** From 1. */
  readonly pageNumber: number;
  readonly pageSize: number;
  /** Over all pages, after filtering. */
  readonly totalResults: number;
  readonly _links?: { readonly next?: { readonly href: string } };
  /** Where the company's feed of changes stood before this page was read; absent where the server has no feed. */
  readonly watermark?: string | undefined;
  /** When the server answered, by its own clock. */
  readonly answeredAt?: Date | undefined;
}

export interface ListRequest<Properties = Readonly<Record<string, unknown>>> extends CallOptions {
  /** From 1, which is the default. */
  readonly page?: number | undefined;
  /** 1 to 5 000. Default 100. */
  readonly pageSize?: number | undefined;
  /**
   * Only what meets this: a text in the query language, or a function that builds one and knows the properties:
   * `(q) => q.and(q.eq('status', 'Paid'), q.gt('totalAmount', 100))`.
   */
  readonly query?: string | ((query: QueryBuilder<Properties>) => string) | undefined;
  /** A property to sort by; `-property` for descending. */
  readonly orderBy?: string | undefined;
  /** Only what changed after this moment: a Date, a Temporal instant, or ISO 8601 text. Null: all. */
  readonly modifiedAfter?: Moment | null | undefined;
  /** Where to go on: the `position` that a stream had. Goes before all the rest. */
  readonly resumeFrom?: string | undefined;
  /** Further parameters that this list knows, such as `tags` of companies. */
  readonly also?: QueryValues | undefined;
}

/**
 * All elements of a list. Pages are fetched as they are consumed, never ahead: a slow consumer holds back the reading.
 * It may be consumed once.
 */
export interface Stream<Element> extends AsyncIterable<Element> {
  /** The same, page by page. */
  pages(): AsyncIterable<Page<Element>>;
  /**
   * Where the page in hand begins, and after it the next one; undefined once all is read. Given back as `resumeFrom`, it
   * goes on there: elements of a page that was not finished come again.
   */
  readonly position: string | undefined;
}

/** Mends what an element lacks. */
type ReadElement<Element> = (element: Element) => Element;

export async function listPage<Element, Properties>(
  send: Send,
  path: readonly string[],
  request: ListRequest<Properties>,
  read?: ReadElement<Element>,
): Promise<Page<Element>> {
  return fetchPage(send, path, { query: queryValues(request), options: request }, read);
}

async function fetchPage<Element>(
  send: Send,
  path: readonly string[],
  { query, options }: { readonly query: QueryValues; readonly options: CallOptions },
  read: ReadElement<Element> = (element) => element,
): Promise<Page<Element>> {
  const { body, headers } = await send<Page<Element>>({ method: 'GET', path, query, options });
  const watermark = headers.get('ledgerpost-watermark') ?? undefined;
  const date = headers.get('date');
  return {
    ...body,
    results: body.results.map(read),
    ...(watermark !== undefined && { watermark }),
    ...(date !== null && { answeredAt: new Date(date) }),
  };
}

export function makeStream<Element, Properties>(
  send: Send,
  path: readonly string[],
  request: ListRequest<Properties>,
  read?: ReadElement<Element>,
): Stream<Element> {
  let query: QueryValues | undefined = { pageSize: 100, ...queryValues(request) };

  async function* pages(): AsyncGenerator<Page<Element>> {
    while (query !== undefined) {
      const page: Page<Element> = await fetchPage(send, path, { query, options: request }, read);
      yield page;
      query = nextQuery(query, page);
    }
  }

  return {
    ...readable(pages),
    get position() {
      return query && renderQuery(query).slice(1);
    },
  };
}

/** Page by page, or element by element. */
export function readable<P, Element>(pages: () => AsyncIterable<P & { readonly results: readonly Element[] }>) {
  return {
    pages,
    async *[Symbol.asyncIterator](): AsyncGenerator<Element> {
      for await (const page of pages()) yield* page.results;
    },
  };
}

/** The server's own link may carry a cursor that holds while the list changes; its address is not followed. */
function nextQuery(query: QueryValues, page: Page<unknown>): QueryValues | undefined {
  const href = page._links?.next?.href;
  if (href?.includes('?') === true) return parametersIn(href.slice(href.indexOf('?')));
  const pageNumber = Number(query['page'] ?? 1);
  const isLast = page.results.length === 0 || pageNumber * page.pageSize >= page.totalResults;
  return isLast || page._links !== undefined ? undefined : { ...query, page: pageNumber + 1 };
}

function queryValues<Properties>(request: ListRequest<Properties>): QueryValues {
  if (request.resumeFrom !== undefined) return parametersIn(request.resumeFrom);
  const { page, pageSize, query, orderBy, also } = request;
  const text = typeof query === 'function' ? query(queryFor<Properties>()) : query;
  const params = { ...also, orderBy, page, pageSize, query: text && checkedQuery(text) };
  return modifiedDates.addToParams(params, request.modifiedAfter);
}

function parametersIn(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}
