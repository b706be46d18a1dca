/** One delivery attempt over HTTP: what was answered, or why nothing was. Never throws for what a consumer did. */
import http from 'node:http';
import https from 'node:https';
import { monotonicMs } from '../lib/clock.ts';
import { makePublicLookup, type Resolve } from './addresses.ts';
import type { ClientCertificate } from './client-certificate.ts';
import { problemWithUrl } from './consumer-url.ts';

export interface PostRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly certificate?: ClientCertificate | undefined;
  /** Headers that go to the consumer's own origin only; without it redirects are not followed at all. */
  readonly followRedirects?: { readonly secretHeaders: readonly string[] } | undefined;
}

export interface PostAnswer {
  /** Absent when there was no answer. */
  readonly statusCode: number | undefined;
  readonly responseBody: string | undefined;
  readonly responseHeaders: Readonly<Record<string, string>> | undefined;
  /** As the consumer wrote it. */
  readonly retryAfter: string | undefined;
  /** Why there was no answer, or why it was not a whole one. */
  readonly error: string | undefined;
  readonly durationMs: number;
}

export interface Poster {
  readonly post: (request: PostRequest) => Promise<PostAnswer>;
  /** Breaks off whatever is still under way. */
  readonly close: () => void;
}

const ANSWER_LIMIT_MS = 15_000;
const RESPONSE_BYTES_MAX = 10_000;
/** What Node reads of an answer's headers at most; more is an error. */
const RESPONSE_HEADER_BYTES_MAX = 16_384;
/** What is kept of them. */
const KEPT_HEADERS_MAX = 50;
const KEPT_HEADER_CHARS_MAX = 500;
const REDIRECTS_MAX = 5;
const SENT_HEADERS = { 'content-type': 'application/json', accept: '*/*', 'user-agent': 'Ledgerpost-Webhooks/1' };

export function isDelivered(answer: PostAnswer): boolean {
  return answer.error === undefined && answer.statusCode !== undefined && Math.floor(answer.statusCode / 100) === 2;
}

export interface PosterOptions {
  readonly allowPrivate: boolean;
  readonly httpsOnly?: boolean;
  /** For the whole answer, from looking up the name to the last byte. */
  readonly answerLimitMs?: number;
  /** How names are resolved; the system's way by default. */
  readonly resolve?: Resolve | undefined;
}

export function makePoster(rules: PosterOptions): Poster {
  const { allowPrivate, httpsOnly = false, answerLimitMs = ANSWER_LIMIT_MS, resolve } = rules;
  // No bound on sockets: how many deliveries run at once is decided before they come here. What the lookup gives is what
  // the socket connects to: a name cannot lead elsewhere between the check and the connection.
  const options = { keepAlive: true, ...(allowPrivate ? {} : { lookup: makePublicLookup(resolve) }) };
  const agents = { 'http:': new http.Agent(options), 'https:': new https.Agent(options) };
  const closing = new AbortController();
  return {
    post: (request) => post(request, { agents, allowPrivate, httpsOnly, answerLimitMs, closing: closing.signal }),
    close: () => {
      closing.abort();
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

interface Way {
  readonly agents: { readonly 'http:': http.Agent; readonly 'https:': https.Agent };
  readonly allowPrivate: boolean;
  readonly httpsOnly: boolean;
  readonly answerLimitMs: number;
  readonly closing: AbortSignal;
}

interface Outcome extends Omit<PostAnswer, 'durationMs' | 'retryAfter'> {
  readonly location?: string | undefined;
  readonly retryAfter?: string | undefined;
}

async function post(request: PostRequest, way: Way): Promise<PostAnswer> {
  const startedMs = monotonicMs();
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), way.answerLimitMs);
  const { location: _, ...outcome } = await followed(request, way, limit.signal);
  clearTimeout(timer);
  return {
    ...outcome,
    retryAfter: outcome.retryAfter,
    error:
      limit.signal.aborted && outcome.error !== undefined
        ? `no whole answer within ${way.answerLimitMs / 1000} seconds`
        : outcome.error,
    durationMs: Math.round(monotonicMs() - startedMs),
  };
}

/** Every hop is checked like the first address, and all of them share one limit of time. */
async function followed(request: PostRequest, way: Way, signal: AbortSignal): Promise<Outcome> {
  let hop = request;
  for (let hops = 0; ; hops += 1) {
    const outcome = await exchange(hop, way, signal);
    if (request.followRedirects === undefined || outcome.location === undefined) return outcome;
    if (hops === REDIRECTS_MAX) return failed(`more than ${REDIRECTS_MAX} redirects`, outcome.statusCode);
    const target = URL.canParse(outcome.location, hop.url) ? new URL(outcome.location, hop.url) : undefined;
    if (target === undefined) return failed('the redirect leads to no address', outcome.statusCode);
    const isSameOrigin = target.origin === new URL(request.url).origin;
    const headers = isSameOrigin ? request.headers : without(request.headers, request.followRedirects.secretHeaders);
    hop = { ...request, url: target.href, headers, certificate: isSameOrigin ? request.certificate : undefined };
  }
}

function without(headers: PostRequest['headers'], names: readonly string[]): PostRequest['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name.toLowerCase())));
}

async function exchange(request: PostRequest, way: Way, signal: AbortSignal): Promise<Outcome> {
  const problem = problemWithUrl(request.url, {
    allowPrivateWebhooks: way.allowPrivate,
    webhookHttpsOnly: way.httpsOnly,
  });
  if (problem !== undefined) return failed(`the address ${problem}`);
  const url = new URL(request.url);
  const first = await exchangeOnce(url, request, way, signal);
  // A kept connection that the consumer has just closed says nothing about the consumer: one try on a fresh one.
  if (first !== 'stale') return first;
  const second = way.closing.aborted ? 'stale' : await exchangeOnce(url, request, way, signal);
  return second === 'stale' ? failed('the connection was closed without an answer') : second;
}

function exchangeOnce(url: URL, request: PostRequest, way: Way, signal: AbortSignal): Promise<Outcome | 'stale'> {
  const { body, headers, certificate } = request;
  const isHttps = url.protocol === 'https:';
  const shown = isHttps && certificate !== undefined ? tlsOf(certificate) : {};
  return new Promise((resolve) => {
    const outgoing = (isHttps ? https : http).request(url, {
      method: 'POST',
      agent: isHttps ? way.agents['https:'] : way.agents['http:'],
      headers: { ...SENT_HEADERS, ...headers, 'content-length': Buffer.byteLength(body) },
      maxHeaderSize: RESPONSE_HEADER_BYTES_MAX,
      signal,
      ...shown,
    });
    outgoing.on('response', (response) => resolve(readAnswer(response)));
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const isStale = outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      resolve(isStale ? 'stale' : failed(reason(error)));
    });
    // The last word where neither came, as after an answer that would switch protocols.
    outgoing.on('close', () => resolve(failed('the connection was closed without an answer')));
    outgoing.end(body);
  });
}

/** The agent keeps connections with different certificates apart. */
function tlsOf({ certificate, key, authority }: ClientCertificate) {
  return { cert: certificate, key, ...(authority === undefined ? {} : { ca: authority }) };
}

function failed(error: string, statusCode?: number): Outcome {
  return { statusCode, responseBody: undefined, responseHeaders: undefined, error };
}

/** Reads at most 10 kB and closes the connection on a consumer that sends more. */
async function readAnswer(response: http.IncomingMessage): Promise<Outcome> {
  const { statusCode, headers } = response;
  const responseHeaders = keptHeaders(response);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk.subarray(0, RESPONSE_BYTES_MAX - size));
      size += chunk.length;
      // Leaving the loop destroys the response and with it the connection.
      if (size >= RESPONSE_BYTES_MAX) break;
    }
  } catch (error) {
    return { ...failed(`the answer was cut off: ${reason(error)}`, statusCode), responseHeaders };
  }
  const isRedirect = statusCode !== undefined && [301, 302, 303, 307, 308].includes(statusCode);
  return {
    statusCode,
    responseBody: storable(Buffer.concat(chunks)),
    responseHeaders,
    error: undefined,
    location: isRedirect ? headers.location : undefined,
    retryAfter: headers['retry-after'],
  };
}

/** Cookies are secrets of the consumer's. */
function keptHeaders({ headers }: http.IncomingMessage): Record<string, string> {
  const kept = Object.entries(headers)
    .filter(([name]) => name !== 'set-cookie')
    .slice(0, KEPT_HEADERS_MAX);
  return Object.fromEntries(
    kept.map(([name, value]) => [name, storable(Buffer.from(String(value).slice(0, KEPT_HEADER_CHARS_MAX)))]),
  );
}

/** PostgreSQL's text holds no null characters. */
function storable(bytes: Buffer): string {
  return bytes.toString('utf8').replaceAll('\u0000', '\uFFFD');
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Several addresses were tried: the sum of them has an empty message.
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(reason).join('; ');
  return error.message;
}
