/**
 * A server of the wire as it was before there was a feed of changes: lists of customers by `modifiedAfter`, `orderBy` and page
 * numbers, no watermark, and 404 for what it does not know. Its clock stands still until somebody moves it, and its books
 * change when a page is asked for, so that a test decides what happens in the middle of a reading.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PlainCustomer {
  readonly id: string;
  readonly customerName: string;
  readonly status: 'Active';
  readonly modifiedDate: string;
  readonly metadata: { readonly isDeleted: boolean };
}

export interface PlainServer {
  readonly url: string;
  readonly books: Map<string, PlainCustomer>;
  /** Milliseconds since 1970. */
  now: number;
  /** Called before each page is looked up. */
  beforePage: () => void;
  /** Paths and queries, in the order of their arrival. */
  readonly asked: string[];
  /** Stored as changed now, or as a change that was stamped some time ago and shows only now. */
  readonly put: (id: string, change?: { readonly isDeleted?: boolean; readonly stampedMsAgo?: number }) => void;
  readonly close: () => void;
}

export async function startPlainServer(): Promise<PlainServer> {
  const books = new Map<string, PlainCustomer>();
  const asked: string[] = [];
  let versions = 0;
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://plain');
    asked.push(`${url.pathname}${url.search}`);
    response.sendDate = false;
    response.setHeader('date', new Date(plain.now).toUTCString());
    response.setHeader('content-type', 'application/json');
    if (url.pathname !== '/companies/c/data/customers') {
      response.statusCode = 404;
      response.end(
        JSON.stringify({ statusCode: 404, service: 'PublicApi', error: 'NotFound', canBeRetried: 'Unknown' }),
      );
      return;
    }
    plain.beforePage();
    response.end(JSON.stringify(page([...books.values()], url)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const plain: PlainServer = {
    url: `http://127.0.0.1:${port}`,
    books,
    now: Date.UTC(2026, 0, 1),
    beforePage: () => undefined,
    asked,
    put: (id, { isDeleted = false, stampedMsAgo = 0 } = {}) => {
      const modifiedDate = new Date(plain.now - stampedMsAgo).toISOString();
      const customerName = `${id}, version ${++versions}`;
      books.set(id, { id, customerName, status: 'Active', modifiedDate, metadata: { isDeleted } });
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return plain;
}

function page(all: readonly PlainCustomer[], url: URL): object {
  const parameter = (name: string) => url.searchParams.get(name) ?? '';
  const [pageNumber, pageSize] = [Number(parameter('page') || 1), Number(parameter('pageSize') || 100)];
  const by = parameter('orderBy') === 'modifiedDate' ? 'modifiedDate' : 'id';
  const after = parameter('modifiedAfter');
  const wanted = all
    .filter(({ modifiedDate }) => after === '' || Date.parse(modifiedDate) > Date.parse(after))
    .toSorted((left, right) => (left[by] < right[by] ? -1 : 1));
  const from = (pageNumber - 1) * pageSize;
  return {
    results: wanted.slice(from, from + pageSize),
    pageNumber,
    pageSize,
    totalResults: wanted.length,
    _links: {
      self: { href: url.pathname },
      current: { href: `${url.pathname}${url.search}` },
      ...(from + pageSize < wanted.length && { next: { href: nextHref(url, pageNumber + 1) } }),
    },
  };
}

function nextHref({ pathname, searchParams }: URL, pageNumber: number): string {
  const next = new URLSearchParams(searchParams);
  next.set('page', String(pageNumber));
  return `${pathname}?${next.toString()}`;
}
