/** How a client is set up: what createClient takes, and what the environment says where it takes nothing. */
import { base64, utf8 } from './bytes.ts';
import { systemClock, type Clock } from './clock.ts';
import { badRequest, LedgerpostError } from './errors.ts';

/** What is told of a request to hooks. The API key is in none of it. */
export interface RequestInfo {
  readonly method: string;
  readonly url: string;
  /** 0 for the first try. */
  readonly attempt: number;
  /** The same over all tries of a write; absent for reads. */
  readonly idempotencyKey?: string | undefined;
}

export interface ResponseInfo extends RequestInfo {
  readonly statusCode: number;
  readonly headers: Headers;
  readonly durationMs: number;
}

export interface RetryInfo extends RequestInfo {
  /** What the try came to. */
  readonly error: LedgerpostError;
  /** How long it waits before the next one. */
  readonly delayMs: number;
}

/** For logs and measurements. What a hook throws is ignored; what it returns is not waited for. */
export interface Hooks {
  readonly onRequest?: (request: RequestInfo) => void;
  readonly onResponse?: (response: ResponseInfo) => void;
  readonly onRetry?: (retry: RetryInfo) => void;
}

export interface ClientOptions {
  /**
   * Address of the server, a path prefix included. Default: `LEDGERPOST_SERVER_URL` of the environment, else
   * `http://127.0.0.1:4100`.
   */
  readonly baseUrl?: string | URL | undefined;
  /**
   * The API key, or what gives it before each request. Default: `LEDGERPOST_API_KEY` of the environment. `null` sends none,
   * for a proxy that adds it.
   */
  readonly apiKey?: string | null | (() => string | Promise<string>) | undefined;
  /** How long one try may take, in milliseconds. Default 30 000. */
  readonly timeoutMs?: number | undefined;
  /** How many more tries there may be after the first. Default 3; 0 for none. */
  readonly maxRetries?: number | undefined;
  /** The first wait between tries is between 0 and this, in milliseconds; it doubles with each. Default 500. */
  readonly retryBaseMs?: number | undefined;
  /** No wait is longer, in milliseconds. Default 8 000. */
  readonly retryCapMs?: number | undefined;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** In place of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly hooks?: Hooks | undefined;
  /** For tests. */
  readonly clock?: Clock | undefined;
  /** For tests: a number from 0 up to, and without, 1. */
  readonly random?: (() => number) | undefined;
}

export interface Settings {
  readonly baseUrl: () => string;
  readonly authorization: () => Promise<string | undefined>;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly retryBaseMs: number;
  readonly retryCapMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof globalThis.fetch;
  readonly hooks: Hooks;
  readonly clock: Clock;
  readonly random: () => number;
}

export function settingsFrom(options: ClientOptions): Settings {
  return {
    baseUrl: baseUrlFrom(options.baseUrl),
    authorization: authorizationFrom(options.apiKey),
    timeoutMs: boundedTimeout(options.timeoutMs ?? 30_000),
    maxRetries: boundedRetries(options.maxRetries ?? 3),
    retryBaseMs: options.retryBaseMs ?? 500,
    retryCapMs: options.retryCapMs ?? 8_000,
    headers: options.headers ?? {},
    // Looked up at each call, so that a fetch that is installed later is used; unbound, browsers refuse it.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    hooks: options.hooks ?? {},
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  };
}

export function bounded(name: string, value: number, min: number, max: number): number {
  if (value >= min && value <= max) return value;
  throw badRequest(`${name} must be from ${min} to ${max}, and is ${value}`);
}

export const boundedTimeout = (value: number) => bounded('timeoutMs', value, 1, 2_147_483_647);
export const boundedRetries = (value: number) => bounded('maxRetries', value, 0, 20);

/** What is given is checked at once, what the environment says when it is needed. */
function baseUrlFrom(given: string | URL | undefined): () => string {
  if (given === undefined) return () => checkedUrl(environment('LEDGERPOST_SERVER_URL') ?? 'http://127.0.0.1:4100');
  const baseUrl = checkedUrl(given);
  return () => baseUrl;
}

function checkedUrl(given: string | URL): string {
  const text = String(given);
  if (!/^https?:/i.test(text) || !URL.canParse(text)) throw badRequest(`baseUrl is no http address: ${text}`);
  const { origin, pathname } = new URL(text);
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}

function authorizationFrom(apiKey: ClientOptions['apiKey']): () => Promise<string | undefined> {
  if (apiKey === null) return async () => undefined;
  return async () => {
    const key = typeof apiKey === 'function' ? await apiKey() : (apiKey ?? environment('LEDGERPOST_API_KEY'));
    if (key === undefined || key === '') {
      throw new LedgerpostError('unauthorized', 'No API key: give createClient an apiKey, or set LEDGERPOST_API_KEY');
    }
    // Official clients are given the whole header.
    return /^Basic /i.test(key) ? key : `Basic ${base64(utf8(key))}`;
  };
}

/** Browsers have no environment; Deno may refuse to show it. */
function environment(name: string): string | undefined {
  try {
    const value = typeof process === 'undefined' ? undefined : process.env[name];
    return value === '' ? undefined : value;
  } catch {
    return undefined;
  }
}
