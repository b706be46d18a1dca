/** One delivery attempt over HTTP: what was answered, or why nothing was. Never throws for what a consumer did. */
import http from 'node:http';
import https from 'node:https';
import { monotonicMs } from '../lib/clock.ts';
import { isPrivateHost, publicLookup } from './addresses.ts';

export interface PostRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface PostAnswer {
  /** Absent when there was no answer. */
  readonly statusCode: number | undefined;
  readonly responseBody: string | undefined;
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
const SENT_HEADERS = { 'content-type': 'application/json', accept: '*/*', 'user-agent': 'Ledgerpost-Webhooks/1' };

export function isDelivered(answer: PostAnswer): boolean {
  return answer.error === undefined && answer.statusCode !== undefined && Math.floor(answer.statusCode / 100) === 2;
}

export interface PosterOptions {
  readonly allowPrivate: boolean;
  /** For the whole answer, from looking up the name to the last byte. */
  readonly answerLimitMs?: number;
}

export function makePoster({ allowPrivate, answerLimitMs = ANSWER_LIMIT_MS }: PosterOptions): Poster {
  // No bound on sockets: how many deliveries run at once is decided before they come here.
  const options = { keepAlive: true, ...(allowPrivate ? {} : { lookup: publicLookup }) };
  const agents = { 'http:': new http.Agent(options), 'https:': new https.Agent(options) };
  const closing = new AbortController();
  return {
    post: (request) => post(request, { agents, allowPrivate, answerLimitMs, closing: closing.signal }),
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
  readonly answerLimitMs: number;
  readonly closing: AbortSignal;
}

type Outcome = Omit<PostAnswer, 'durationMs'>;

async function post(request: PostRequest, way: Way): Promise<PostAnswer> {
  const startedMs = monotonicMs();
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), way.answerLimitMs);
  const outcome = await exchange(request, way, limit.signal);
  clearTimeout(timer);
  return {
    ...outcome,
    error:
      limit.signal.aborted && outcome.error !== undefined
        ? `no whole answer within ${way.answerLimitMs / 1000} seconds`
        : outcome.error,
    durationMs: Math.round(monotonicMs() - startedMs),
  };
}

async function exchange(request: PostRequest, way: Way, signal: AbortSignal): Promise<Outcome> {
  const url = new URL(request.url);
  if (!way.allowPrivate && isPrivateHost(url.hostname)) return failed('the address is a loopback or private one');
  const first = await exchangeOnce(url, request, way, signal);
  // A kept connection that the consumer has just closed says nothing about the consumer: one try on a fresh one.
  if (first !== 'stale') return first;
  const second = way.closing.aborted ? 'stale' : await exchangeOnce(url, request, way, signal);
  return second === 'stale' ? failed('the connection was closed without an answer') : second;
}

function exchangeOnce(url: URL, request: PostRequest, way: Way, signal: AbortSignal): Promise<Outcome | 'stale'> {
  const { body, headers } = request;
  const isHttps = url.protocol === 'https:';
  return new Promise((resolve) => {
    const outgoing = (isHttps ? https : http).request(url, {
      method: 'POST',
      agent: isHttps ? way.agents['https:'] : way.agents['http:'],
      headers: { ...SENT_HEADERS, ...headers, 'content-length': Buffer.byteLength(body) },
      signal,
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

function failed(error: string, statusCode?: number): Outcome {
  return { statusCode, responseBody: undefined, error };
}

/** Reads at most 10 kB and closes the connection on a consumer that sends more. */
async function readAnswer(response: http.IncomingMessage): Promise<Outcome> {
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
    return failed(`the answer was cut off: ${reason(error)}`, response.statusCode);
  }
  return { statusCode: response.statusCode, responseBody: storable(Buffer.concat(chunks)), error: undefined };
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
