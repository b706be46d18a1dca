/**
 * A fetch for talking to accounting platforms: bounded in time and size, and it keeps what was said, redacted, so that a
 * push's timeline can show it.
 */
import type { Clock } from './clock.ts';
import { monotonicMs } from './clock.ts';

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
  /** The calls made so far, oldest first. */
  readonly calls: readonly RecordedCall[];
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
  /** Replaced in tests. */
  readonly send?: typeof fetch;
}): RecordedFetch {
  const calls: RecordedCall[] = [];
  const send = options.send ?? globalThis.fetch;
  const redact = redactor(options.secrets);

  const recordedFetch: typeof fetch = async (input, init) => {
    const startedAt = options.clock.now();
    const started = monotonicMs();
    const request = shownRequest(input, init, redact);
    const keep = (response?: RecordedCall['response']) =>
      calls.push({
        startedAt,
        durationMs: Math.round(monotonicMs() - started),
        request,
        ...(response && { response }),
      });
    try {
      const timeout = AbortSignal.timeout(options.timeoutMs);
      const signal = init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
      const answer = await send(input, { ...init, signal, redirect: 'manual' });
      const body = await readBounded(answer);
      keep({ statusCode: answer.status, headers: shownHeaders(answer.headers, redact), body: cut(redact(body)) });
      const hasBody = ![101, 204, 205, 304].includes(answer.status);
      return new Response(hasBody ? body : null, { status: answer.status, headers: answer.headers });
    } catch (error) {
      keep();
      throw error;
    }
  };
  return { fetch: recordedFetch, calls };
}

async function readBounded(answer: Response): Promise<string> {
  if (answer.body === null) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    size += chunk.byteLength;
    if (size > ANSWER_BYTES_MAX) throw new TypeError(`the answer is larger than ${ANSWER_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
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
