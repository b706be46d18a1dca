/**
 * One JSON-RPC request to Tryton and what came of it. Tryton answers HTTP 200 to nearly everything; what it means stands
 * in the body. Whatever leaves a doubt whether the request was carried out is `unknown`.
 */
import { causeOf, wasNeverSent } from '../broken-call.ts';
import type { PlatformAnswer, PlatformFetch } from '../../lib/recorded-fetch.ts';
import type { Members } from './values.ts';
import { isMembers } from '../../models/validate.ts';

export interface RpcRequest {
  /** Without a trailing slash. */
  readonly url: string;
  /** Empty for what is asked of the server itself. */
  readonly database: string;
  /** `model.party.party.create` */
  readonly method: string;
  readonly params: readonly unknown[];
  readonly authorization?: string;
}

export type RpcAnswer =
  | { readonly kind: 'result'; readonly value: unknown }
  /** The platform has looked and refuses: nothing was written. */
  | { readonly kind: 'user-error'; readonly message: string; readonly description: string; readonly domain: unknown }
  /** It wants to be told that it may go on: nothing was written. */
  | { readonly kind: 'user-warning'; readonly name: string; readonly message: string; readonly description: string }
  /** Somebody changed the record since its `_timestamp`: nothing was written. */
  | { readonly kind: 'concurrency'; readonly message: string }
  /** Two transactions were in each other's way; this one was rolled back, and may be repeated. */
  | { readonly kind: 'transient-lock'; readonly message: string }
  /** An exception inside Tryton: an unknown field or model, a value of a wrong type. The transaction was rolled back. */
  | { readonly kind: 'platform-bug'; readonly message: string }
  /** The session has ended. */
  | { readonly kind: 'unauthorized' }
  /** Tryton does not take the user and the password for a log-in. */
  | { readonly kind: 'wrong-password' }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number | undefined }
  | { readonly kind: 'unknown-database' }
  /** The method is not open to callers. */
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'not-sent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** The two sentences of PostgreSQL after which the same request may simply be made again. */
const lockMessages = ['could not obtain lock on row', 'could not serialize access due to'];
/** Tryton lost its PostgreSQL, perhaps in the middle of a commit: nobody knows what became of the transaction. */
const lostDatabase =
  /connection already closed|server closed the connection|terminating connection|connection (to|not open|timed)|could not (connect|receive|send)|SSL|EOF detected/i;

export async function callRpc(fetch: PlatformFetch, request: RpcRequest): Promise<RpcAnswer> {
  const { url, database, method, params, authorization } = request;
  const path = database === '' ? '/' : `/${encodeURIComponent(database)}/`;
  try {
    const response = await fetch(url + path, {
      method: 'POST',
      // A redirect would be a second request, and would carry the session somewhere else.
      redirect: 'manual',
      headers: {
        'content-type': 'application/json',
        ...(authorization === undefined ? {} : { authorization }),
      },
      // Exactly these three members: with any other Tryton answers a bare error page.
      body: JSON.stringify({ id: 1, method, params }),
    });
    return readAnswer(response.status, await response.text(), retryAfterOf(response));
  } catch (error) {
    return wasNeverSent(error)
      ? { kind: 'not-sent', reason: `Tryton could not be reached${causeOf(error)}.` }
      : { kind: 'unknown', reason: `Tryton did not answer${causeOf(error)}.` };
  }
}

function readAnswer(status: number, text: string, retryAfterMs: number | undefined): RpcAnswer {
  switch (status) {
    case 200:
      return readBody(text);
    case 401:
      return { kind: 'unauthorized' };
    case 403:
      return { kind: 'forbidden' };
    case 404:
      return { kind: 'unknown-database' };
    case 429:
      return { kind: 'throttled', retryAfterMs };
    default:
      return { kind: 'unknown', reason: `Tryton answered ${status}, which does not tell whether it wrote.` };
  }
}

function readBody(text: string): RpcAnswer {
  const body = parseObject(text);
  if (body === undefined || body['id'] !== 1) {
    return { kind: 'unknown', reason: 'Tryton answered with something that is no JSON-RPC answer.' };
  }
  if (!('error' in body)) return { kind: 'result', value: body['result'] ?? null };
  const error: unknown = body['error'];
  return readError(Array.isArray(error) ? error : [error]);
}

/** `['UserError', [message, description, domain]]`, `['UserWarning', [name, message, description]]`, or an exception. */
function readError([name, detail]: readonly unknown[]): RpcAnswer {
  const [first, second, third] = Array.isArray(detail) ? detail : [detail];
  if (name === 'UserError') {
    return { kind: 'user-error', message: textOf(first), description: textOf(second), domain: third ?? null };
  }
  if (name === 'UserWarning') {
    return { kind: 'user-warning', name: textOf(first), message: textOf(second), description: textOf(third) };
  }
  if (name === 'ConcurrencyException') return { kind: 'concurrency', message: textOf(first) };
  const message = textOf(name);
  if (lockMessages.some((part) => message.includes(part))) return { kind: 'transient-lock', message: message.trim() };
  // Seen while several databases were loaded at once: an exception without a word tells nothing of the transaction.
  if (message.trim() === '') return { kind: 'unknown', reason: 'Tryton failed without a word.' };
  if (lostDatabase.test(message)) return { kind: 'unknown', reason: `Tryton lost its database: ${message.trim()}` };
  return { kind: 'platform-bug', message };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value);
}

function parseObject(text: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMembers(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const retryAfterMsMax = 3_600_000;

function retryAfterOf(response: PlatformAnswer): number | undefined {
  const header = response.headers.get('retry-after') ?? '';
  return /^\d{1,9}$/.test(header) ? Math.min(Number(header) * 1_000, retryAfterMsMax) : undefined;
}
