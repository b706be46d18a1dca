/** The few shapes that nearly all calls of the API have. */
import { listPage, makeStream, type ListRequest, type Page, type Stream } from './lists.ts';
import type { Call, CallOptions, QueryValues, Send, WriteCallOptions } from './transport.ts';

export interface Calls {
  readonly read: <Body>(path: readonly string[], options?: CallOptions, query?: QueryValues) => Promise<Body>;
  readonly write: <Body = void>(
    method: Call['method'],
    path: readonly string[],
    options: WriteCallOptions,
    body?: unknown,
    query?: QueryValues,
  ) => Promise<Body>;
  readonly page: <Element>(
    path: readonly string[],
    request: ListRequest<Element> | undefined,
  ) => Promise<Page<Element>>;
  readonly all: <Element>(path: readonly string[], request: ListRequest<Element> | undefined) => Stream<Element>;
}

export function makeCalls(send: Send): Calls {
  return {
    read: async <Body>(path: readonly string[], options: CallOptions = {}, query?: QueryValues) =>
      (await send<Body>({ method: 'GET', path, query, options })).body,
    write: async <Body>(
      method: Call['method'],
      path: readonly string[],
      options: WriteCallOptions,
      body?: unknown,
      query?: QueryValues,
    ) => (await send<Body>({ method, path, query, body, options, isWrite: true })).body,
    page: (path, request = {}) => listPage(send, path, request),
    all: (path, request = {}) => makeStream(send, path, request),
  };
}
