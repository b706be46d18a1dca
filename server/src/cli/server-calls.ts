/** Calls to the server, for commands: its address and key, its errors as exit codes, its pages as one stream. */
import { CommandFailure, type ExitName } from './exit-codes.ts';

export interface ServerCalls {
  readonly url: string;
  /** The parsed answer; fails the command with the server's own words where it is an error. */
  readonly call: <Answer>(method: string, path: string, sent?: Sent) => Promise<Answer>;
  /** All elements of a list, page by page. */
  readonly all: <Element>(path: string, query?: Query, pageSize?: number) => AsyncGenerator<Page<Element>>;
}

interface Sent {
  readonly query?: Query;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Longer than usual, where the server holds its answer back on purpose. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Page<Element> {
  readonly elements: readonly Element[];
  readonly total: number;
}

const TIMEOUT_MS = 30_000;
const PAGE_SIZE = 1_000;

export function makeServerCalls(server: { readonly url: string; readonly apiKey: string }): ServerCalls {
  const authorization = `Basic ${Buffer.from(server.apiKey).toString('base64')}`;
  return { url: server.url, call, all };

  async function call<Answer>(method: string, path: string, sent: Sent = {}): Promise<Answer> {
    const { status, text } = await answerTo(method, `${server.url}${path}${renderQuery(sent.query ?? {})}`, sent);
    const body = parsed(text);
    if (status >= 200 && status < 300) return body as Answer;
    throw new CommandFailure(exitOf(status), `${errorText(body) ?? `The server answered ${status}`} (${status})`);
  }

  async function answerTo(method: string, url: string, { body, headers, signal, timeoutMs = TIMEOUT_MS }: Sent) {
    const bound = AbortSignal.timeout(timeoutMs);
    try {
      const answer = await fetch(url, {
        method,
        headers: {
          authorization,
          'ledgerpost-statuses': 'extended',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        signal: signal === undefined ? bound : AbortSignal.any([bound, signal]),
      });
      return { status: answer.status, text: await answer.text() };
    } catch (error) {
      throw new CommandFailure('unreachable', `${server.url} does not answer: ${networkReason(error)}`);
    }
  }

  async function* all<Element>(path: string, query: Query = {}, pageSize = PAGE_SIZE): AsyncGenerator<Page<Element>> {
    for (let page = 1, seen = 0; ; page++) {
      const answer = await call<{ readonly results: readonly Element[]; readonly totalResults: number }>('GET', path, {
        query: { ...query, page, pageSize },
      });
      yield { elements: answer.results, total: answer.totalResults };
      seen += answer.results.length;
      if (answer.results.length === 0 || seen >= answer.totalResults) return;
    }
  }
}

function renderQuery(query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorText(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('error' in body)) return undefined;
  return typeof body.error === 'string' ? body.error : undefined;
}

function exitOf(status: number): ExitName {
  if (status === 404) return 'notFound';
  return status < 500 ? 'refused' : 'unexpected';
}

/** The system's word for it stands in the cause: fetch itself only says that it failed. */
export function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'no answer in time';
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message;
}
