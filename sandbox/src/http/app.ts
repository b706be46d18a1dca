// The HTTP application: one error shape for everything, then `/books`, `/control` and `/health`.
import Fastify from 'fastify';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { failureAnswer, refusalAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
import { addBooksRoutes } from './books-routes.ts';
import type { BooksDoor } from './books-routes.ts';
import { addControlRoutes } from './control-routes.ts';
import { Refusal } from '../problems.ts';

const bodyBytesMax = 1_048_576;

export function buildApp(door: BooksDoor): FastifyInstance {
  const app = Fastify({
    bodyLimit: bodyBytesMax,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 2000 },
    frameworkErrors: (error, _request, reply) => sendError(reply, errorAnswer(error)),
  });
  app.decorateRequest('logged', undefined);
  app.setErrorHandler<FastifyError>((error, request, reply) =>
    sendError(reply, errorAnswer(error, request.routeOptions.bodyLimit)),
  );
  app.setNotFoundHandler((_request, reply) =>
    sendError(reply, refusalAnswer(new Refusal('not_found', 'there is nothing at this path'))),
  );
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null);
    else void parseJson(request, body.toString(), done);
  });
  addBooksRoutes(app, door);
  addControlRoutes(app, door.control, door.log);
  app.get('/health', () => ({ ok: true }));
  return app;
}

function sendError(reply: FastifyReply, answer: Answer): void {
  void reply
    .code(answer.status)
    .headers(answer.headers ?? {})
    .header('content-type', 'application/json; charset=utf-8')
    .send(answer.body);
}

/** The framework's own errors in our words. */
function errorAnswer(error: FastifyError, bodyLimit = bodyBytesMax): Answer {
  if (error instanceof Refusal) return refusalAnswer(error);
  if (error.statusCode === 413)
    return refusalAnswer(new Refusal('body_too_large', `the body may have ${bodyLimit / bodyBytesMax} MB at most`));
  if (error.statusCode === 415)
    return refusalAnswer(new Refusal('unsupported_media_type', 'the body must be application/json'));
  if (error.code === 'FST_ERR_CTP_INVALID_JSON_BODY' || error instanceof SyntaxError)
    return refusalAnswer(new Refusal('bad_json', 'the body is not JSON'));
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500)
    return refusalAnswer(new Refusal('bad_request', error.message));
  return failureAnswer(error);
}
