/** The feed of events: what webhooks tell, to be read in order from a cursor on. */
import type { Calls } from './calls.ts';
import type { EventTypePattern } from './consumers.ts';
import { readable } from './lists.ts';
import type { WebhookEvent } from './webhook-events.ts';
import type { CallOptions } from './transport.ts';

export interface EventsRequest extends CallOptions {
  /** The `cursor` of a page before. Left out: the oldest event that is kept; `latest`: from now on. */
  readonly after?: string | undefined;
  /** Names or patterns. Default: all. */
  readonly eventTypes?: readonly EventTypePattern[] | undefined;
  /** Only events about this company. */
  readonly companyId?: string | undefined;
  /** How many a page has at most: 1 to 1 000. Default 100. */
  readonly limit?: number | undefined;
  /** 0 to 60: seconds to hold the answer back while there is nothing to tell. Default 0. */
  readonly waitSeconds?: number | undefined;
}

export interface EventsPage {
  readonly results: readonly WebhookEvent[];
  /** To be stored with what was done with these, and to be asked with the next time. */
  readonly cursor: string;
  readonly hasMore: boolean;
}

export interface EventStream extends AsyncIterable<WebhookEvent> {
  pages(): AsyncIterable<EventsPage>;
  /** Everything up to here was consumed. */
  readonly cursor: string | undefined;
}

export function makeEvents(settings: { readonly timeoutMs: number }, { read }: Calls) {
  function list(request: EventsRequest = {}): Promise<EventsPage> {
    const { after, eventTypes, companyId, limit, waitSeconds: wait } = request;
    const query = { after, eventTypes: eventTypes?.join(','), companyId, limit, wait };
    const timeoutMs = (request.timeoutMs ?? settings.timeoutMs) + (wait ?? 0) * 1_000;
    return read(['events'], { ...request, timeoutMs }, query);
  }

  /**
   * Events in their order. Ends where the feed does; with `follow` it waits for more instead, until its signal fires or
   * the loop over it is left.
   */
  function stream(request: EventsRequest & { readonly follow?: boolean } = {}): EventStream {
    let cursor = request.after;
    const waitSeconds = request.waitSeconds ?? (request.follow === true ? 30 : 0);

    async function* pages(): AsyncGenerator<EventsPage> {
      for (;;) {
        const page = await list({ ...request, after: cursor, waitSeconds });
        yield page;
        cursor = page.cursor;
        if (!page.hasMore && request.follow !== true) return;
      }
    }

    return {
      ...readable(pages),
      get cursor() {
        return cursor;
      },
    };
  }

  /** One event. Rejects with `not_found` once it is no longer kept. */
  function get(request: { readonly eventId: string } & CallOptions): Promise<WebhookEvent> {
    return read(['events', request.eventId], request);
  }

  return { list, stream, get };
}
