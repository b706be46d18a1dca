/** One call to the server: rendered, sent, timed, retried where that is safe, and read. Nothing here knows a resource. */
import { endingSignal, pause, reasonOf } from './clock.ts';
import { boundedRetries, boundedTimeout, type RequestInfo, type Settings } from './config.ts';
import { badRequest, errorOfAnswer, isObject, LedgerpostError, RAW_BODY_MAX, type ErrorType } from './errors.ts';

/** What every call takes besides what it is about. */
export interface CallOptions {
  /** Ends the call, its retries included; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** How long one try may take, in milliseconds. Default: the client's. */
  readonly timeoutMs?: number | undefined;
  /** How many more tries there may be. Default: the client's. */
  readonly maxRetries?: number | undefined;
  /** Sent with this request only. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface WriteCallOptions extends CallOptions {
  /**
   * 1 to 255 visible characters, sent as `Idempotency-Key`. Requests with the same key, path and body are carried out
   * once, and all get the first one's answer. Default: a new UUID, which all tries of this call share.
   */
  readonly idempotencyKey?: string | undefined;
}

export type QueryValues = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Segments, not yet encoded: ids may hold anything. */
  readonly path: readonly string[];
  readonly query?: QueryValues | undefined;
  /** Sent as JSON, unless it is a file. */
  readonly body?: unknown;
  readonly file?: { readonly contentType: string; readonly bytes: Uint8Array };
  readonly options: WriteCallOptions;
  /** Without it a POST is not taken for a write, and gets no key. */
  readonly isWrite?: boolean;
  /** Gives the bytes instead of JSON. */
  readonly asBytes?: boolean;
}

export interface Answer<Body> {
  readonly body: Body;
  readonly headers: Headers;
}

export type Send = <Body>(call: Call) => Promise<Answer<Body>>;

/** The longest that a Retry-After is waited for; where the server asks for more, the caller is told. */
const RETRY_AFTER_SECONDS_MAX = 60;

export function makeSend(settings: Settings): Send {
  const { clock, hooks } = settings;

  return async <Body>(call: Call): Promise<Answer<Body>> => {
    const { options } = call;
    const maxRetries = boundedRetries(options.maxRetries ?? settings.maxRetries);
    const idempotencyKey = call.isWrite === true ? (options.idempotencyKey ?? uuid()) : undefined;
    const url = `${settings.baseUrl()}${renderPath(call.path)}${renderQuery(call.query ?? {})}`;
    for (let attempt = 0; ; attempt++) {
      const about: RequestInfo = { method: call.method, url, attempt, idempotencyKey };
      try {
        return await tryOnce<Body>(call, about);
      } catch (error) {
        if (!(error instanceof LedgerpostError) || attempt >= maxRetries || !isWorthRetrying(error)) throw error;
        const delayMs = delayBefore(error, attempt);
        if (delayMs === undefined) throw error;
        tell(() => hooks.onRetry?.({ ...about, error, delayMs }));
        await pause(clock, delayMs, options.signal);
      }
    }
  };

  async function tryOnce<Body>(call: Call, about: RequestInfo): Promise<Answer<Body>> {
    const { signal } = call.options;
    const init = await requestInit(call, about.idempotencyKey);
    const timeoutMs = boundedTimeout(call.options.timeoutMs ?? settings.timeoutMs);
    const late = () => new LedgerpostError('timeout', `No answer within ${timeoutMs} ms`);
    const ending = endingSignal(clock, timeoutMs, late, signal);
    const startedAt = clock.now();
    try {
      ending.signal.throwIfAborted();
      tell(() => hooks.onRequest?.(about));
      const answer = await settings.fetch(about.url, { ...init, signal: ending.signal });
      // The body is part of the answer: it may stall or be cut as well.
      const isFile = answer.ok && call.asBytes === true;
      const read = isFile ? new Uint8Array(await answer.arrayBuffer()) : await answer.text();
      const durationMs = clock.now() - startedAt;
      tell(() => hooks.onResponse?.({ ...about, statusCode: answer.status, headers: answer.headers, durationMs }));
      if (!answer.ok) throw errorOfAnswer(answer, String(read), clock.now());
      return { body: (typeof read === 'string' ? parsed(read, answer) : read) as Body, headers: answer.headers };
    } catch (error) {
      if (ending.signal.aborted) throw reasonOf(ending.signal);
      if (error instanceof LedgerpostError) throw error;
      throw new LedgerpostError('network_error', `The server cannot be reached: ${causeText(error)}`, { cause: error });
    } finally {
      ending.done();
    }
  }

  async function requestInit(call: Call, idempotencyKey: string | undefined): Promise<RequestInit> {
    const authorization = await settings.authorization();
    const contentType = call.file?.contentType ?? (call.body === undefined ? undefined : 'application/json');
    const body = call.file?.bytes ?? (call.body === undefined ? undefined : JSON.stringify(call.body));
    return {
      method: call.method,
      headers: {
        accept: 'application/json',
        'ledgerpost-statuses': 'extended',
        ...settings.headers,
        ...(authorization !== undefined && { authorization }),
        ...(contentType !== undefined && { 'content-type': contentType }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
        ...call.options.headers,
      },
      ...(body !== undefined && { body: body as NonNullable<RequestInit['body']> }),
    };
  }

  /** Undefined: the server wants to be left alone for longer than anybody would wait here. */
  function delayBefore({ retryAfter = 0 }: LedgerpostError, attempt: number): number | undefined {
    if (retryAfter > RETRY_AFTER_SECONDS_MAX) return undefined;
    // Full jitter: many clients that failed together do not come back together.
    const jitter = settings.random() * Math.min(settings.retryCapMs, settings.retryBaseMs * 2 ** attempt);
    return retryAfter * 1_000 + jitter;
  }
}

/**
 * Every write carries a key and a read changes nothing, so that any of them may be sent again. A 409 is worth it only where
 * the server says so: its first try is still under way.
 */
function isWorthRetrying({ type, detail }: LedgerpostError): boolean {
  const canBeRetried = isObject(detail) ? detail['canBeRetried'] : undefined;
  return type === 'conflict' ? canBeRetried === 'True' : canBeRetried !== 'False' && PASSING.has(type);
}

const PASSING: ReadonlySet<ErrorType> = new Set([
  'network_error',
  'timeout',
  'rate_limited',
  'server_error',
  'service_unavailable',
]);

function parsed(text: string, answer: Response): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LedgerpostError('json_decode_error', `The answer to ${answer.url} is not JSON`, {
      statusCode: answer.status,
      correlationId: answer.headers.get('x-correlation-id') ?? undefined,
      rawBody: text.slice(0, RAW_BODY_MAX),
      cause,
    });
  }
}

function renderPath(segments: readonly string[]): string {
  return segments
    .map((segment, index) => {
      // An empty or dotted segment would make it another path.
      if (typeof segment === 'string' && segment !== '' && segment !== '.' && segment !== '..') {
        return `/${encoded(segment)}`;
      }
      throw badRequest(`An id is missing after "${segments[index - 1]}": it is ${JSON.stringify(segment)}`);
    })
    .join('');
}

export function renderQuery(query: QueryValues): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [`${encoded(name)}=${encoded(String(value))}`],
  );
  return given.length === 0 ? '' : `?${given.join('&')}`;
}

function encoded(text: string): string {
  if (text.isWellFormed()) return encodeURIComponent(text);
  throw badRequest(`${JSON.stringify(text)} has halves of characters`);
}

/** Not crypto.randomUUID: browsers have that on secure pages only. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (byte, index) => {
    const stamped = index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte;
    return stamped.toString(16).padStart(2, '0');
  }).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function tell(hook: () => void): void {
  try {
    hook();
  } catch {
    // A log that fails must not fail a write.
  }
}

function causeText(error: unknown): string {
  return String(error instanceof Error ? (error.cause ?? error) : error);
}
