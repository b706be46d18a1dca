/** One id for a request, told to the caller and written with everything the request leaves in the log. */
import type { IncomingMessage } from 'node:http';
import { newCorrelationId } from '../lib/ids.ts';

export const CORRELATION_HEADER = 'x-correlation-id';

const SANE = /^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$/;

/** The caller's own id where it is a plain token, so that it cannot smuggle anything into logs; else a new one. */
export function correlationIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers[CORRELATION_HEADER];
  return typeof given === 'string' && SANE.test(given) ? given : newCorrelationId();
}
