/** Which status words a caller is answered with: by request header, else by the installation's setting. */
import type { FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { PublicError } from '../errors.ts';
import { STATUSES_HEADER, type StatusWords } from './push-operation.ts';

export function statusWords(request: FastifyRequest, config: Pick<Config, 'statuses'>): StatusWords {
  const asked = request.headers[STATUSES_HEADER];
  if (asked === undefined) return config.statuses;
  if (asked === 'extended' || asked === 'codat') return asked;
  throw new PublicError('malformed_request', 'Header Ledgerpost-Statuses must be codat or extended');
}
