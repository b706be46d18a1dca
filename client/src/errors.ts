/** The one error that calls reject with, and how an answer that is no success becomes one. */

/** What kind of thing went wrong; every error has exactly one. */
export type ErrorType =
  /** 400 and other refusals of the request itself (405, 413, 415); also what the client refuses before sending. */
  | 'bad_request'
  /** 401, no API key at all, or a webhook whose signature does not hold. */
  | 'unauthorized'
  /** 402. */
  | 'payment_required'
  /** 403. */
  | 'forbidden'
  /** 404. */
  | 'not_found'
  /** 409. */
  | 'conflict'
  /** 422. */
  | 'unprocessable'
  /** 429; `retryAfter` says when there is room again. */
  | 'rate_limited'
  /** 500 and all other 5xx but 503. */
  | 'server_error'
  /** 503. */
  | 'service_unavailable'
  /** No answer, or half of one: refused, cut, unreachable, no such host. */
  | 'network_error'
  /** No answer in time; 408; or the end of a wait for a push, which itself goes on. */
  | 'timeout'
  /** An answer, an event or a file that should be JSON and is not. */
  | 'json_decode_error'
  /** None of these. */
  | 'unknown';

/** What is wrong with one field. */
export interface ValidationItem {
  /** Path of the field, in Pascal case: `LineItems[0].AccountRef.Id`. */
  readonly itemId?: string | null;
  readonly message?: string | null;
  /** The kind of record that was checked: `Account`. */
  readonly validatorName?: string | null;
}

/** Errors fail a write, warnings do not. */
export interface Validation {
  readonly errors: readonly ValidationItem[];
  readonly warnings: readonly ValidationItem[];
}

export interface LedgerpostErrorFacts {
  readonly statusCode?: number | undefined;
  readonly correlationId?: string | undefined;
  readonly retryAfter?: number | undefined;
  readonly validation?: Validation | undefined;
  readonly rawBody?: string | undefined;
  readonly detail?: unknown;
  readonly cause?: unknown;
}

/**
 * Thrown by everything in this package. Read `type` first:
 *
 * ```ts
 * import { createClient, LedgerpostError } from '@ledgerpost/client';
 *
 * const client = createClient();
 * try {
 *   await client.companies.get({ companyId: '00000000-0000-0000-0000-000000000000' });
 * } catch (error) {
 *   if (!(error instanceof LedgerpostError)) throw error;
 *   console.log(error.type, error.statusCode);
 * }
 * // prints: not_found 404
 * ```
 */
export class LedgerpostError extends Error {
  override readonly name = 'LedgerpostError';
  declare readonly type: ErrorType;
  /** Of the HTTP answer; absent when there was none. */
  declare readonly statusCode: number | undefined;
  /** Names the request in the server's log. */
  declare readonly correlationId: string | undefined;
  /** Seconds to wait before the next try, where the server said so. */
  declare readonly retryAfter: number | undefined;
  /** Which fields were refused, where the server said so. */
  declare readonly validation: Validation | undefined;
  /** The answer's body as it came, cut after 64 kB. */
  declare readonly rawBody: string | undefined;
  /**
   * The parsed body of an answer; for a wait that ended, the push as last seen; for a webhook, one of `missing_headers`,
   * `invalid_timestamp`, `expired`, `invalid_signature`, `invalid_secret`.
   */
  declare readonly detail: unknown;

  constructor(type: ErrorType, message: string, facts: LedgerpostErrorFacts = {}) {
    super(message);
    Object.assign(this, { type, ...facts });
  }
}

export const RAW_BODY_MAX = 65_536;

const TYPES: Readonly<Record<number, ErrorType>> = {
  400: 'bad_request',
  401: 'unauthorized',
  402: 'payment_required',
  403: 'forbidden',
  404: 'not_found',
  408: 'timeout',
  409: 'conflict',
  422: 'unprocessable',
  429: 'rate_limited',
  503: 'service_unavailable',
};

function typeOfStatus(statusCode: number): ErrorType {
  const known = TYPES[statusCode];
  if (known !== undefined) return known;
  if (statusCode >= 500) return 'server_error';
  return statusCode >= 400 ? 'bad_request' : 'unknown';
}

/** An answer that is no success, read. Bodies of strangers, such as a proxy's page, are kept and not understood. */
export function errorOfAnswer(answer: Response, text: string, now: number): LedgerpostError {
  const detail = parsedObject(text);
  const { error, correlationId } = detail;
  return new LedgerpostError(
    typeOfStatus(answer.status),
    typeof error === 'string' ? error : `The server answered ${answer.status}`,
    {
      statusCode: answer.status,
      correlationId: typeof correlationId === 'string' ? correlationId : undefined,
      retryAfter: retryAfterIn(answer.headers.get('retry-after'), now),
      validation: validationIn(detail['validation']),
      rawBody: text.slice(0, RAW_BODY_MAX),
      detail,
    },
  );
}

/** Seconds; the header has seconds or a date. */
function retryAfterIn(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const seconds = Number.isNaN(Number(header)) ? (Date.parse(header) - now) / 1_000 : Number(header);
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

function parsedObject(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? body : {};
  } catch {
    return {};
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Both lists, whatever a server leaves out. */
export function validationIn(value: unknown): Validation | undefined {
  if (!isObject(value)) return undefined;
  const items = (list: unknown) => (Array.isArray(list) ? (list as readonly ValidationItem[]) : []);
  return { errors: items(value['errors']), warnings: items(value['warnings']) };
}

export function badRequest(message: string, detail?: unknown): LedgerpostError {
  return new LedgerpostError('bad_request', message, { detail });
}
