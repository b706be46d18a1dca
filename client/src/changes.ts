/** The feed of changes of a company's records: what changed and what was deleted since a watermark, losing nothing. */
import { makeCalls } from './calls.ts';
import { readable } from './lists.ts';
import type { ReadDataType } from './push.ts';
import type { ReadRecord } from './read-record.ts';
import type { CallOptions, Send } from './transport.ts';

export interface ChangesRequest extends CallOptions {
  readonly companyId: string;
  /** Only changes after this: the `watermark` of a page before, or of a list. Left out: from the beginning. */
  readonly after?: string | undefined;
  /** How many changes a page has at most. Default: the server's. */
  readonly pageSize?: number | undefined;
}

export type RecordChange<D extends ReadDataType = ReadDataType> = {
  readonly [T in D]: {
    readonly dataType: T;
    readonly connectionId: string;
    /** Of the record. */
    readonly id: string;
    readonly modifiedDate: string;
    /** The platform no longer has it; `record` is what it was last. */
    readonly isDeleted: boolean;
    readonly record: ReadRecord<T>;
  };
}[D];

export interface ChangesPage<D extends ReadDataType = ReadDataType> {
  readonly results: readonly RecordChange<D>[];
  /** To be stored once these changes are, and to be asked with the next time. */
  readonly watermark: string;
  /** Of whose records is told. What was kept of any other connection of the company has gone with it. */
  readonly connectionIds?: readonly string[];
  /** Whether there is more right now. */
  readonly hasMore: boolean;
}

/** The changes there are now; it ends where the feed does, and does not wait for more. It may be consumed once. */
export interface ChangeFeed<D extends ReadDataType = ReadDataType> extends AsyncIterable<RecordChange<D>> {
  /** The same, page by page: store `watermark` after each page that was dealt with. */
  pages(): AsyncIterable<ChangesPage<D>>;
  /** Everything up to here was consumed; undefined before the first page was. */
  readonly watermark: string | undefined;
}

export function changeFeed<D extends ReadDataType>(
  send: Send,
  request: ChangesRequest & { readonly dataTypes?: readonly D[] | undefined },
): ChangeFeed<D> {
  let watermark = request.after;
  let isOver = false;

  async function* pages(): AsyncGenerator<ChangesPage<D>> {
    while (!isOver) {
      const page = await fetchChanges(send, request, watermark);
      yield page;
      // Only now has it been dealt with.
      watermark = page.watermark;
      isOver = !page.hasMore;
    }
  }

  return {
    ...readable(pages),
    get watermark() {
      return watermark;
    },
  };
}

async function fetchChanges<D extends ReadDataType>(
  send: Send,
  request: ChangesRequest & { readonly dataTypes?: readonly D[] | undefined },
  after: string | undefined,
): Promise<ChangesPage<D>> {
  const { dataTypes, pageSize } = request;
  const query = { dataTypes: dataTypes?.join(','), after, pageSize };
  return makeCalls(send).read(['companies', request.companyId, 'changes'], request, query);
}

/** The feed over all data types, or those that are named. */
export function makeChanges(send: Send) {
  return {
    /**
     * What changed in a company's books, as far as the gateway has read and written them; one watermark for all types.
     * Rejects with `bad_request` where the watermark is not one of this company's.
     */
    stream<D extends ReadDataType = ReadDataType>(
      request: ChangesRequest & { readonly dataTypes?: readonly D[] | undefined },
    ): ChangeFeed<D> {
      return changeFeed(send, request);
    },
    /** One page of it. */
    list<D extends ReadDataType = ReadDataType>(
      request: ChangesRequest & { readonly dataTypes?: readonly D[] | undefined },
    ): Promise<ChangesPage<D>> {
      return fetchChanges(send, request, request.after);
    },
  };
}
