// The HTTP side of `/books`: the token, the faults that control has switched on, the work, and the way back.
import { timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { failureAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
import { handle } from './books-requests.ts';
import type { BooksRequest, Desk, Part } from './desk.ts';
import type { Control } from './control.ts';
import type { Fault } from './control-settings.ts';
import type { Query } from './list-query.ts';
import type { LoggedRequest, RequestLog } from './request-log.ts';
import { isoTime } from '../clock.ts';
import { attachmentBytesMax } from '../attachments.ts';
import { errorBody, Refusal } from '../problems.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** This request's line in the log of control. */
    logged: LoggedRequest | undefined;
  }
}

export interface BooksDoor {
  readonly desk: Desk;
  readonly control: Control;
  readonly log: RequestLog;
  readonly token: string;
}

interface Params {
  book?: string;
  resource?: string;
  id?: string;
  partId?: string;
}

export function addBooksRoutes(app: FastifyInstance, door: BooksDoor): void {
  app.addHook('onRequest', async (request, reply) => {
    const isForBooks = isUnder(request, '/books');
    if (isForBooks) request.logged = door.log.add(logLine(request, door.control));
    const { offline } = door.control.settings();
    const isReachable = offline === false || isUnder(request, '/control');
    if (!isReachable && offline === '503') throw new Refusal('offline', 'the sandbox has been told to be offline');
    if (!isReachable) return cut(request, reply);
    if (isForBooks && !hasToken(request, door.token))
      throw new Refusal('unauthorized', 'a bearer token is needed, and this is not it');
    return undefined;
  });
  app.addHook('onResponse', async (request, reply) => {
    if (request.logged === undefined) return;
    request.logged.status = reply.statusCode;
    request.logged.outcome = 'answered';
  });
  for (const path of ['/books', '/books/:book', '/books/:book/:resource', '/books/:book/:resource/:id'])
    app.all<Route>(path, (request, reply) => answerRequest(door, { request, reply }));
  const record = '/books/:book/:resource/:id';
  for (const path of [`${record}/transactions`, `${record}/transactions/:partId`])
    app.all<Route>(path, (request, reply) => answerRequest(door, { request, reply, part: 'transactions' }));
  void app.register((files, _options, done) => {
    addAttachmentRoutes(files, door, `${record}/attachments`);
    done();
  });
}

/** In a scope of its own: here a body is a file, whatever its type, JSON included. */
function addAttachmentRoutes(app: FastifyInstance, door: BooksDoor, root: string): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  const options = { bodyLimit: attachmentBytesMax };
  const part = 'attachments';
  for (const path of [root, `${root}/:partId`])
    app.all<Route>(path, options, (request, reply) => answerRequest(door, { request, reply, part }));
  app.all<Route>(`${root}/:partId/content`, options, (request, reply) =>
    answerRequest(door, { request, reply, part, isContent: true }),
  );
}

/** By the route as well as by the text: `/book%73` leads to the same place as `/books`. */
function isUnder(request: FastifyRequest, root: string): boolean {
  return [request.routeOptions.url ?? '', pathOf(request)].some((path) => path === root || path.startsWith(`${root}/`));
}

function pathOf(request: FastifyRequest): string {
  const end = request.url.indexOf('?');
  return end < 0 ? request.url : request.url.slice(0, end);
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function logLine(request: FastifyRequest, control: Control) {
  const path = pathOf(request);
  return {
    at: isoTime(control.clock.now()),
    method: request.method,
    path: path.slice(0, 500),
    books: path.split('/')[2],
    idempotencyKey: header(request, 'idempotency-key'),
    reference: header(request, 'client-reference'),
  };
}

function hasToken(request: FastifyRequest, token: string): boolean {
  const given = Buffer.from(header(request, 'authorization') ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

interface Route {
  Params: Params;
  Querystring: Query;
}

interface Call {
  readonly request: FastifyRequest<Route>;
  readonly reply: FastifyReply;
  readonly part?: Part;
  readonly isContent?: boolean;
}

async function answerRequest(door: BooksDoor, call: Call): Promise<FastifyReply> {
  const { request, reply } = call;
  const { control } = door;
  const target = { method: request.method, path: pathOf(request), books: request.params.book };
  const secondsToWait = control.takeFromRate(target.books ?? '');
  if (secondsToWait !== undefined) return send(reply, rateLimited(secondsToWait));
  const { latencyMs } = control.settings();
  if (latencyMs > 0) await sleep(latencyMs, undefined, { ref: false });
  const fault = control.strike(target);
  if (fault === undefined) return send(reply, await perform(door, call));
  if (request.logged !== undefined) request.logged.fault = fault.kind;
  return misbehave(fault, () => perform(door, call), request, reply);
}

async function perform(door: BooksDoor, { request, part, isContent = false }: Call): Promise<Answer> {
  const asked: BooksRequest = {
    method: request.method === 'HEAD' ? 'GET' : request.method,
    path: pathOf(request),
    books: request.params.book,
    resource: request.params.resource,
    id: request.params.id,
    part,
    partId: request.params.partId,
    isContent,
    query: request.query,
    body: request.body,
    contentType: header(request, 'content-type'),
    fileName: header(request, 'x-file-name'),
    idempotencyKey: header(request, 'idempotency-key'),
    reference: header(request, 'client-reference'),
    ifMatch: header(request, 'if-match'),
    validateOnly: header(request, 'validate-only'),
  };
  try {
    const answer = await handle(door.desk, asked);
    if (answer.isReplay === true && request.logged !== undefined) request.logged.isReplay = true;
    return answer;
  } catch (error) {
    return failureAnswer(error);
  }
}

function rateLimited(seconds: number): Answer {
  return {
    status: 429,
    body: errorBody('rate_limited', `too many requests; try again in ${seconds} s`),
    headers: { 'retry-after': String(seconds) },
  };
}

/** A fault strikes before the work or after it; "after" always means after the commit. */
async function misbehave(
  fault: Fault,
  work: () => Promise<Answer>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  switch (fault.kind) {
    case 'status-before':
      return send(reply, faultAnswer(fault, 503));
    case 'status-after':
      await work();
      return send(reply, faultAnswer(fault, 500));
    case 'cut-before':
      return cut(request, reply);
    case 'cut-after':
      await work();
      return cut(request, reply);
    case 'truncate-after':
      return truncate(await work(), request, reply);
    case 'garbage-before':
      return sendGarbage(reply);
    case 'garbage-after':
      await work();
      return sendGarbage(reply);
    case 'stall-before':
      if (fault.delayMs === undefined) return stayAway(reply);
      await sleep(fault.delayMs, undefined, { ref: false });
      return send(reply, await work());
    case 'stall-after': {
      const answer = await work();
      if (fault.delayMs === undefined) return stayAway(reply);
      await sleep(fault.delayMs, undefined, { ref: false });
      return send(reply, answer);
    }
  }
}

function faultAnswer(fault: Fault, statusDefault: number): Answer {
  const status = fault.status ?? statusDefault;
  return {
    status,
    body: errorBody(status === 429 ? 'rate_limited' : 'fault', 'the sandbox has been told to answer so'),
    ...(fault.retryAfterSeconds !== undefined && { headers: { 'retry-after': String(fault.retryAfterSeconds) } }),
  };
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  reply.code(answer.status);
  if (answer.headers !== undefined) reply.headers(answer.headers);
  if (answer.status === 204) return reply.send();
  if (typeof answer.body !== 'string') return reply.send(Buffer.from(answer.body));
  return reply.header('content-type', 'application/json; charset=utf-8').send(answer.body);
}

function sendGarbage(reply: FastifyReply): FastifyReply {
  return reply
    .code(200)
    .header('content-type', 'text/html')
    .send('<!doctype html><title>Proxy</title><p>Welcome to the guest network</p>');
}

function cut(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.hijack();
  if (request.logged !== undefined) request.logged.outcome = 'cut';
  request.raw.socket.resetAndDestroy();
  return reply;
}

function truncate(answer: Answer, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.hijack();
  if (request.logged !== undefined) request.logged.outcome = 'cut';
  const body = Buffer.from(answer.body);
  reply.raw.writeHead(answer.status, {
    'content-type': 'application/json',
    'content-length': Math.max(2, body.length),
  });
  reply.raw.write(body.subarray(0, body.length / 2), () => request.raw.socket.destroy());
  return reply;
}

/** The socket stays open until the caller, or the end of the sandbox, closes it. */
function stayAway(reply: FastifyReply): FastifyReply {
  reply.hijack();
  return reply;
}
