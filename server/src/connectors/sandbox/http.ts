/**
 * One request to the sandbox platform and what came of it: an answer, certainly nothing sent, or no knowing. The
 * difference between the last two decides whether a write may be sent again, so doubt always counts as "unanswered".
 */
import type { PlatformAnswer } from '../../lib/recorded-fetch.ts';
import { isMembers } from '../../models/validate.ts';
import { causeOf, wasNeverSent } from '../broken-call.ts';
import type { AttachmentFile, ConnectorIO } from '../contract.ts';
import type { SandboxMemory } from './memory.ts';

export interface SandboxSession {
  readonly url: string;
  readonly books: string;
  readonly token: string;
  readonly memory: SandboxMemory;
  readonly io: ConnectorIO;
}

export interface SandboxRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the address of the sandbox: `/books/b1/invoices`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Bytes instead of JSON. */
  readonly file?: { readonly contentType: string; readonly bytes: Uint8Array };
}

export type SandboxAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      /** Undefined where the body is empty or no JSON object. */
      readonly json: Readonly<Record<string, unknown>> | undefined;
      readonly retryAfterMs: number | undefined;
      /** The bytes of a download. */
      readonly file?: AttachmentFile;
    }
  | { readonly kind: 'not-sent'; readonly reason: string }
  | { readonly kind: 'unanswered'; readonly reason: string };

/** What the sandbox takes at most: as JSON, and as a file. */
const jsonBytesMax = 1_048_576;
const fileBytesMax = 10_485_760;
const retryAfterMsMax = 3_600_000;

export async function callSandbox(session: SandboxSession, request: SandboxRequest): Promise<SandboxAnswer> {
  const content = request.file === undefined ? request.body && JSON.stringify(request.body) : request.file.bytes;
  if (isTooLarge(content)) return tooLarge;
  try {
    const response = await fetchSandbox(session, request, content);
    return await jsonAnswer(response, session);
  } catch (error) {
    return noAnswer(error);
  }
}

/** Downloads a file: its bytes when there are any, and otherwise an answer as any other. */
export async function fetchFile(session: SandboxSession, path: string): Promise<SandboxAnswer> {
  try {
    const response = await fetchSandbox(session, { method: 'GET', path }, undefined);
    if (response.status !== 200) return await jsonAnswer(response, session);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.byteLength > fileBytesMax)
      return { kind: 'unanswered', reason: 'The sandbox sent more than any file of it has.' };
    const contentType = response.headers.get('content-type') ?? 'application/octet-stream';
    const file = { name: fileNameOf(response), contentType, bytes };
    return { kind: 'answer', status: 200, json: undefined, retryAfterMs: undefined, file };
  } catch (error) {
    return noAnswer(error);
  }
}

async function jsonAnswer(response: PlatformAnswer, session: SandboxSession): Promise<SandboxAnswer> {
  const json = parseObject(await response.text());
  return { kind: 'answer', status: response.status, json, retryAfterMs: retryAfterOf(response, session.io.now) };
}

function noAnswer(error: unknown): SandboxAnswer {
  return wasNeverSent(error)
    ? { kind: 'not-sent', reason: `The sandbox could not be reached${causeOf(error)}.` }
    : { kind: 'unanswered', reason: `The sandbox did not answer${causeOf(error)}.` };
}

/** `filename*=UTF-8''invoice%201.pdf`, or the plain form of it. */
function fileNameOf(response: PlatformAnswer): string {
  const disposition = response.headers.get('content-disposition') ?? '';
  const encoded = /filename\*=UTF-8''([^;\s]+)/i.exec(disposition)?.[1];
  const plain = /filename="([^"]*)"/.exec(disposition)?.[1];
  try {
    return encoded === undefined ? (plain ?? 'file') : decodeURIComponent(encoded);
  } catch {
    return plain ?? 'file';
  }
}

type Content = string | Uint8Array | undefined;

/** The sandbox's own answer, given here: it breaks off while the rest is still on its way, and that would leave a doubt. */
const tooLarge: SandboxAnswer = {
  kind: 'answer',
  status: 413,
  json: { error: { code: 'body_too_large', message: 'The request is larger than the sandbox takes.' } },
  retryAfterMs: undefined,
};

function isTooLarge(content: Content): boolean {
  if (typeof content !== 'string') return content !== undefined && content.byteLength > fileBytesMax;
  return content.length > jsonBytesMax / 3 && Buffer.byteLength(content) > jsonBytesMax;
}

function fetchSandbox(session: SandboxSession, request: SandboxRequest, content: Content): Promise<PlatformAnswer> {
  const { method, path, headers, file } = request;
  const contentType = file === undefined ? 'application/json' : file.contentType;
  return session.io.fetch(session.url.replace(/\/+$/, '') + path, {
    method,
    // A redirect would be a second request, and would carry the token somewhere else.
    redirect: 'manual',
    headers: {
      authorization: `Bearer ${session.token}`,
      accept: 'application/json',
      ...(content === undefined ? {} : { 'content-type': contentType }),
      ...headers,
    },
    ...(content === undefined ? {} : { body: typeof content === 'string' ? content : new Uint8Array(content) }),
  });
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMembers(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function retryAfterOf(response: PlatformAnswer, now: () => Date): number | undefined {
  const header = response.headers.get('retry-after');
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now().getTime();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), retryAfterMsMax);
}
