/**
 * What browsers want to be told before a page of another site may call the API (CORS). Pages of allowed origins are told
 * so; all others get the answer that anybody gets, and their browser keeps it from them.
 *
 * No cookie is ever asked for: a page shows an API key, like every other caller.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AllowedOrigins } from './allowed-origins.ts';
import { isPublic } from './authentication.ts';
import { CORRELATION_HEADER } from './correlation.ts';
import { REPLAY_HEADER } from './idempotency.ts';
import { IDEMPOTENCY_HEADER } from './idempotency-key.ts';
import { STATUSES_HEADER } from './push-operation.ts';
import { QUOTA_HEADERS } from './quota.ts';
import { WATERMARK_HEADER } from './record-answer.ts';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const REQUEST_HEADERS = [
  'authorization',
  'content-type',
  'if-match',
  'if-none-match',
  CORRELATION_HEADER,
  IDEMPOTENCY_HEADER,
  STATUSES_HEADER,
].join(', ');
const ANSWER_HEADERS = [
  'content-disposition',
  'date',
  'etag',
  'retry-after',
  CORRELATION_HEADER,
  REPLAY_HEADER,
  WATERMARK_HEADER,
  ...QUOTA_HEADERS,
].join(', ');
/** How long a browser need not ask again. */
const REMEMBERED_SECONDS = '600';

/** Puts on the answer what a page may know; true where the request was a browser's question and has been answered. */
export async function answerCrossOrigin(
  origins: AllowedOrigins,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<boolean> {
  // Public pages are for everybody to open, and the link page is nobody else's to read.
  if (isPublic(request)) return false;
  // Whoever keeps answers must not give one page the answer of another.
  void reply.header('vary', 'origin');
  const { origin } = request.headers;
  if (origin === undefined || !(await origins.includes(origin))) return false;
  void reply.header('access-control-allow-origin', origin);
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
    void reply.header('access-control-expose-headers', ANSWER_HEADERS);
    return false;
  }
  await reply
    .header('access-control-allow-methods', METHODS)
    .header('access-control-allow-headers', REQUEST_HEADERS)
    .header('access-control-max-age', REMEMBERED_SECONDS)
    .code(204)
    .send();
  return true;
}
