/**
 * Turns whatever a request came to, when it went wrong, into the wire's one error body. Internals go to the log and
 * never further.
 */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import { describeDatabaseError, isConnectionLost } from '../db/pool.ts';
import { ERRORS, errorKind, PublicError, type ErrorCode } from '../errors.ts';
import type { Log } from '../lib/log.ts';

const ErrorItem = Type.Object({
  itemId: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
  validatorName: Type.Optional(Type.String()),
});

export const ErrorMessage = Type.Object(
  {
    statusCode: Type.Integer(),
    service: Type.String(),
    error: Type.String(),
    correlationId: Type.String(),
    validation: Type.Optional(
      Type.Object({ errors: Type.Array(ErrorItem), warnings: Type.Array(ErrorItem) }, { additionalProperties: true }),
    ),
    canBeRetried: Type.String({ description: '`True`, `False` or `Unknown`: a string, as official clients expect.' }),
    detailedErrorCode: Type.Integer(),
  },
  { $id: 'ErrorMessage', additionalProperties: true, description: 'The body of every answer that is not a success.' },
);

export function errorMessage(code: ErrorCode, text: string, correlationId: string): Static<typeof ErrorMessage> {
  const kind = errorKind(code);
  return {
    statusCode: kind.statusCode,
    service: kind.service ?? 'PublicApi',
    error: text,
    correlationId,
    canBeRetried: kind.canBeRetried ?? 'Unknown',
    detailedErrorCode: 0,
  };
}

/** The error as it may be told. Anything that is neither ours nor the framework's is an internal one. */
export function publicError(error: unknown): PublicError {
  if (error instanceof PublicError) return error;
  if (isConnectionLost(error)) {
    return new PublicError('not_ready', 'The database cannot be reached', describeDatabaseError(error));
  }
  if (isFrameworkError(error)) return frameworkError(error);
  return new PublicError('internal', '', describeDatabaseError(error));
}

export function sendError(error: PublicError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const body = errorMessage(error.code, error.message, request.id);
  if (error.code === 'unauthorized') void reply.header('www-authenticate', 'Basic realm="Ledgerpost", charset="UTF-8"');
  void reply.header('x-correlation-id', request.id);
  return reply.code(body.statusCode).type('application/json; charset=utf-8').send(JSON.stringify(body));
}

/** Fastify's error handler: tells the caller what may be told, and the log what we need to know. */
export function makeErrorHandler(log: Log) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const told = publicError(error);
    const isOurFault = ERRORS[told.code].statusCode >= 500;
    if (isOurFault || told.internal !== undefined) {
      log[isOurFault ? 'error' : 'info'](isOurFault ? 'A request failed' : 'A request was refused', {
        correlationId: request.id,
        method: request.method,
        route: request.routeOptions.url,
        code: told.code,
        error: told.internal ?? told.message,
      });
    }
    if (told.code === 'body_too_large') readToTheEnd(request, reply);
    return sendError(told, request, reply);
  };
}

/**
 * Lets the rest of a refused body come in and drops it, for as long as a request may take. Closing at once, as Fastify
 * would, resets the connection under a client that is still sending: it sees no 413 but a broken line, and tries again.
 */
function readToTheEnd(request: FastifyRequest, reply: FastifyReply): void {
  void reply.removeHeader('connection');
  request.raw.resume();
}

function isFrameworkError(error: unknown): error is FastifyError {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('FST_ERR_')
  );
}

function frameworkError(error: FastifyError): PublicError {
  if (error.validation !== undefined) return validationError(error);
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new PublicError('body_too_large', 'The body is larger than 1 MB');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new PublicError(
        'unsupported_media_type',
        'The Content-Type of the body is not one that this path takes: application/json, or multipart/form-data for files',
      );
    case 'FST_ERR_BAD_URL':
      return new PublicError('malformed_request', 'The path is not validly percent-encoded');
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new PublicError('malformed_request', 'A segment of the path is too long');
    default: {
      const isCallersFault = error.statusCode !== undefined && error.statusCode < 500;
      return isCallersFault
        ? new PublicError('malformed_request', error.message)
        : new PublicError('internal', '', describeDatabaseError(error));
    }
  }
}

const PLACES: Readonly<Record<string, string>> = {
  querystring: 'Query parameter',
  params: 'Path parameter',
  headers: 'Header',
  body: 'Body member',
};

/** "Query parameter page must be >= 1", "Body member tags/region must be string", "The body must be object". */
function validationError(error: FastifyError): PublicError {
  const [first] = error.validation ?? [];
  const place = PLACES[error.validationContext ?? ''] ?? 'Body member';
  const path = first?.instancePath.slice(1) ?? '';
  const named = path === '' ? `The ${error.validationContext ?? 'body'}` : `${place} ${path}`;
  const allowed: unknown = first?.params['allowedValues'];
  const choices = Array.isArray(allowed) ? `: ${allowed.join(', ')}` : '';
  return new PublicError('malformed_request', `${named} ${first?.message ?? 'is not valid'}${choices}`);
}
