/**
 * A fetch for talking to accounting platforms: bounded in time and size, with a fence that nothing leaves after, and it
 * keeps what was said, redacted, so that a push's timeline can show it.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from './clock.ts';
import { monotonicMs } from './clock.ts';
import { callOnce, NothingLeftError } from './http-call.ts';

export interface RecordedCall {
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly request: { readonly method: string; readonly url: string; readonly headers: Shown; readonly body?: string };
  /** Absent when no answer came. */
  readonly response?: { readonly statusCode: number; readonly headers: Shown; readonly body?: string };
}

type Shown = Readonly<Record<string, string>>;

/** The part of `fetch` that connectors use; the global one would do as well, at several times the cost. */
export type PlatformFetch = (url: string | URL, init?: RequestInit) => Promise<PlatformAnswer>;

/** An answer that was read in full. */
export interface PlatformAnswer extends Pick<Response, 'status' | 'ok' | 'text' | 'json' | 'arrayBuffer'> {
  readonly headers: Pick<Headers, 'get'>;
}

export interface RecordedFetch {
  readonly fetch: PlatformFetch;
  /** The same for calls that are no part of what is to be shown, such as a log-in: they are not kept. */
  readonly ask: PlatformFetch;
  /** The calls made so far by `fetch`, oldest first. */
  readonly calls: readonly RecordedCall[];
  /** From now on the first byte of a request leaves only while `mayLeave` holds, asked when the connection stands. */
  readonly fence: (mayLeave: () => boolean) => void;
  /** Since the fence stands, a request was held back by it and none has left. */
  readonly wasHeldBack: () => boolean;
  /** Counts the next call now, where calls are counted. Gives how long to wait when there is no room for it. */
  readonly reserve: () => Promise<number | undefined>;
  /** For how long the latest call was told to wait instead of being made. */
  readonly mustWaitMs: () => number | undefined;
}

const BODY_SHOWN_MAX = 10_000;
const ANSWER_BYTES_MAX = 2_000_000;
/** Everything else stays out: a list of what may be shown cannot forget a secret header. */
const SHOWN_HEADERS = [
  'content-type',
  'idempotency-key',
  'client-reference',
  'if-match',
  'retry-after',
  'etag',
  'date',
];

/**
 * `secrets` are texts that must not be kept wherever they stand. The answer is read in full before `fetch` resolves, so
 * that an answer cut off in the middle rejects like any other broken call.
 */
export function makeRecordedFetch(options: {
  readonly timeoutMs: number;
  readonly secrets: readonly string[];
  readonly clock: Clock;
  /** Two megabytes, where nothing else is said. */
  readonly answerBytesMax?: number;
  /** Asked before each call, where the platform limits them: undefined, or how long to wait. */
  readonly gate?: (() => Promise<number | undefined>) | undefined;
}): RecordedFetch {
  const calls: RecordedCall[] = [];
  const redact = redactor(options.secrets);
  let mayLeave = () => true;
  let heldBack = 0;
  let left = 0;
  let isReserved = false;
  let waitMs: number | undefined;
  const asksFence = () => {
    const may = mayLeave();
    if (may) left += 1;
    else heldBack += 1;
    return may;
  };

  const call = async (isKept: boolean, given: string | URL, init: RequestInit = {}): Promise<PlatformAnswer> => {
    const startedAt = options.clock.now();
    const started = monotonicMs();
    const sent = await requestOf(given, init);
    const keep = (response?: RecordedCall['response']) => {
      if (!isKept) return;
      const durationMs = Math.round(monotonicMs() - started);
      calls.push({ startedAt, durationMs, request: shownRequest(sent, redact), ...(response && { response }) });
    };
    try {
      if (options.gate !== undefined && !isReserved && (await reserve()) !== undefined) {
        throw new NothingLeftError('The limit on calls is reached.', 'ERATELIMIT');
      }
      isReserved = false;
      const { status, headers, body } = await callOnce({
        ...sent,
        timeoutMs: options.timeoutMs,
        answerBytesMax: options.answerBytesMax ?? ANSWER_BYTES_MAX,
        signal: init.signal ?? undefined,
        mayLeave: asksFence,
      });
      const text = body.toString('utf8');
      keep({ statusCode: status, headers: shownHeaders(headers, redact), body: cut(redact(text)) });
      return answerOf(status, headers, body, text);
    } catch (error) {
      keep();
      throw error instanceof NothingLeftError ? new TypeError('fetch failed', { cause: error }) : error;
    }
  };
  return {
    fetch: (...asked) => call(true, ...asked),
    ask: (...asked) => call(false, ...asked),
    calls,
    fence: (condition) => {
      mayLeave = condition;
      heldBack = 0;
      left = 0;
    },
    wasHeldBack: () => heldBack > 0 && left === 0,
    reserve,
    mustWaitMs: () => waitMs,
  };

  async function reserve(): Promise<number | undefined> {
    waitMs = await options.gate?.();
    isReserved = waitMs === undefined;
    return waitMs;
  }
}

interface Sent {
  readonly url: URL;
  readonly method: string;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
}

/** What goes over the wire. Text and bytes are sent as they are; a form is made into bytes first, as `fetch` does it. */
async function requestOf(given: string | URL, init: RequestInit): Promise<Sent> {
  const url = new URL(given);
  const method = (init.method ?? 'GET').toUpperCase();
  const { body, type } = await bytesOf(init.body ?? undefined);
  const hasBody = body !== undefined || !['GET', 'HEAD'].includes(method);
  const headers = {
    accept: '*/*',
    'user-agent': 'ledgerpost',
    ...(type !== undefined && { 'content-type': type }),
    ...plainHeaders(init.headers),
    ...(hasBody && { 'content-length': String(body === undefined ? 0 : Buffer.byteLength(body)) }),
  };
  return { url, method, headers, body };
}

function plainHeaders(given: RequestInit['headers']): Record<string, string> {
  if (given === undefined) return {};
  const pairs = given instanceof Headers || Array.isArray(given) ? [...given] : Object.entries(given);
  return Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

async function bytesOf(
  body: NonNullable<RequestInit['body']> | undefined,
): Promise<{ body: string | Uint8Array | undefined; type?: string }> {
  if (body === undefined || body instanceof Uint8Array) return { body };
  if (typeof body === 'string') return { body, type: 'text/plain;charset=UTF-8' };
  const form = new Response(body);
  const type = form.headers.get('content-type') ?? undefined;
  return { body: new Uint8Array(await form.arrayBuffer()), ...(type !== undefined && { type }) };
}

/** Without a `Response`: making one, its headers and its stream cost a twentieth of all that a push costs here. */
function answerOf(status: number, headers: IncomingHttpHeaders, body: Buffer, text: string): PlatformAnswer {
  const withoutMark = text.startsWith('\uFEFF') ? text.slice(1) : text;
  return {
    status,
    ok: status >= 200 && status < 300,
    headers: { get: (name) => headerIn(headers, name.toLowerCase()) ?? null },
    text: async () => withoutMark,
    json: async () => JSON.parse(withoutMark) as unknown,
    arrayBuffer: async () => new Uint8Array(body).buffer,
  };
}

function headerIn(headers: Readonly<Record<string, string | string[] | undefined>>, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function shownRequest({ url, method, headers, body }: Sent, redact: (text: string) => string): RecordedCall['request'] {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  return {
    method,
    url: redact(shown.href),
    headers: shownHeaders(headers, redact),
    ...(typeof body === 'string' && { body: cut(redact(body)) }),
  };
}

function shownHeaders(headers: Sent['headers'] | IncomingHttpHeaders, redact: (text: string) => string): Shown {
  const shown: Record<string, string> = {};
  for (const name of SHOWN_HEADERS) {
    const value = headerIn(headers, name);
    if (value !== undefined) shown[name] = redact(value);
  }
  return shown;
}

function redactor(secrets: readonly string[]): (text: string) => string {
  // Very short texts would blot out half of every body, and are no secrets.
  const hidden = secrets.filter((secret) => secret.length >= 4);
  return (text) => hidden.reduce((shown, secret) => shown.replaceAll(secret, '[redacted]'), text);
}

function cut(text: string): string {
  return text.length <= BODY_SHOWN_MAX ? text : `${text.slice(0, BODY_SHOWN_MAX)}… (${text.length} characters)`;
}
