/**
 * A fetch for talking to accounting platforms: bounded in time and size, with a fence that nothing leaves after, and it
 * keeps what was said, redacted, so that a push's timeline can show it.
 */
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

export interface RecordedFetch {
  readonly fetch: typeof fetch;
  /** The same for calls that are no part of what is to be shown, such as a log-in: they are not kept. */
  readonly ask: typeof fetch;
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

  const call = async (isKept: boolean, ...[input, init]: Parameters<typeof fetch>): Promise<Response> => {
    const startedAt = options.clock.now();
    const started = monotonicMs();
    const request = shownRequest(input, init, redact);
    const keep = (response?: RecordedCall['response']) => {
      const durationMs = Math.round(monotonicMs() - started);
      if (isKept) calls.push({ startedAt, durationMs, request, ...(response && { response }) });
    };
    try {
      if (options.gate !== undefined && !isReserved && (await reserve()) !== undefined) {
        throw new NothingLeftError('The limit on calls is reached.', 'ERATELIMIT');
      }
      isReserved = false;
      const { status, headers, body } = await callOnce({
        ...(await sent(input, init)),
        timeoutMs: options.timeoutMs,
        answerBytesMax: options.answerBytesMax ?? ANSWER_BYTES_MAX,
        signal: init?.signal ?? undefined,
        mayLeave: asksFence,
      });
      keep({ statusCode: status, headers: shownHeaders(headers, redact), body: cut(redact(body.toString('utf8'))) });
      const hasBody = ![204, 205, 304].includes(status);
      return new Response(hasBody ? new Uint8Array(body) : null, { status, headers });
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

/** What goes over the wire. Text and bytes are sent as they are; a form is made into bytes first, as `fetch` does it. */
async function sent(input: Parameters<typeof fetch>[0], init: RequestInit | undefined) {
  const asked = input instanceof Request ? input : undefined;
  const url = new URL(input instanceof Request ? input.url : input);
  const headers = new Headers(init?.headers ?? asked?.headers);
  const method = (init?.method ?? asked?.method ?? 'GET').toUpperCase();
  const { body, type } = await bytesOf(init?.body ?? asked?.body ?? undefined);
  if (type !== undefined && !headers.has('content-type')) headers.set('content-type', type);
  if (body !== undefined || !['GET', 'HEAD'].includes(method)) {
    headers.set('content-length', String(body === undefined ? 0 : Buffer.byteLength(body)));
  }
  if (!headers.has('accept')) headers.set('accept', '*/*');
  if (!headers.has('user-agent')) headers.set('user-agent', 'ledgerpost');
  return { url, method, headers: Object.fromEntries(headers), body };
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

function shownRequest(
  input: Parameters<typeof fetch>[0],
  init: RequestInit | undefined,
  redact: (text: string) => string,
): RecordedCall['request'] {
  const url = new URL(input instanceof Request ? input.url : input);
  url.username = '';
  url.password = '';
  return {
    method: init?.method ?? 'GET',
    url: redact(url.href),
    headers: shownHeaders(new Headers(init?.headers), redact),
    ...(typeof init?.body === 'string' && { body: cut(redact(init.body)) }),
  };
}

function shownHeaders(headers: Headers, redact: (text: string) => string): Shown {
  return Object.fromEntries(
    [...headers].filter(([name]) => SHOWN_HEADERS.includes(name)).map(([k, v]) => [k, redact(v)]),
  );
}

function redactor(secrets: readonly string[]): (text: string) => string {
  // Very short texts would blot out half of every body, and are no secrets.
  const hidden = secrets.filter((secret) => secret.length >= 4);
  return (text) => hidden.reduce((shown, secret) => shown.replaceAll(secret, '[redacted]'), text);
}

function cut(text: string): string {
  return text.length <= BODY_SHOWN_MAX ? text : `${text.slice(0, BODY_SHOWN_MAX)}… (${text.length} characters)`;
}
