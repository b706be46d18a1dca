/**
 * Requests with an Idempotency-Key are done once: a repeat gets the first answer, byte for byte. A push stores the key
 * itself, in the statement that stores the push; every other change takes the key first and leaves its answer under it.
 */
import type { Hash } from 'node:crypto';
import { pipeline, Transform } from 'node:stream';
import type { FastifyReply, FastifyRequest, RequestPayload } from 'fastify';
import { startWorkLoop } from '../db/work-loop.ts';
import { PublicError } from '../errors.ts';
import { describeError } from '../lib/log.ts';
import { getPushAsAccepted } from '../push/queries.ts';
import type { Idempotency } from '../push/request.ts';
import { whileListening } from './background.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { IDEMPOTENCY_HEADER, idempotencyId, idempotencyKeyIn, startFingerprint } from './idempotency-key.ts';
import * as store from './idempotency-store.ts';
import { renderPush } from './push-operation.ts';
import { statusWords } from './status-words.ts';

export const REPLAY_HEADER = 'idempotent-replay';
const VERBS: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** Refusals that depend on nothing but the request: done again, they come out the same. */
const SAME_AGAIN: ReadonlySet<number> = new Set([401, 405, 413, 415, 429]);
const ROWS_A_REMOVAL_MAX = 500;
const REMOVAL_PAUSE_MS = 60_000;

/** A keyed request on its way. */
interface KeyUse {
  readonly id: Buffer;
  readonly sum: Hash;
  fingerprint: Buffer | undefined;
  /** The token of the key while this request holds it. */
  holder: string | undefined;
  /** Whether this request is the first, and its answer to be kept. */
  isFirst: boolean;
  /** Lets the request go on as the first of its key, or answers it and gives true. */
  readonly begin: (request: FastifyRequest, reply: FastifyReply) => Promise<boolean>;
}

const uses = new WeakMap<FastifyRequest, KeyUse>();

/** For the request of a push. */
export function idempotencyOf(request: FastifyRequest): Idempotency | undefined {
  const use = uses.get(request);
  return use?.fingerprint && { id: use.id, fingerprint: use.fingerprint };
}

/**
 * For uploads, whose body is read by their route and not before: answers a repeat and gives true. What counts is the file;
 * clients divide the parts in another way each time.
 */
export async function isRepeatedUpload(
  file: { readonly name: string; readonly contentType: string; readonly bytes: Uint8Array },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<boolean> {
  const use = uses.get(request);
  if (use === undefined) return false;
  use.sum.update(JSON.stringify([file.name, file.contentType])).update(file.bytes);
  return use.begin(request, reply);
}

export function markReplay(reply: FastifyReply): FastifyReply {
  return reply.header(REPLAY_HEADER, 'true');
}

/** To be added after authentication: a key is looked at only for callers that may ask at all. */
export function addIdempotency(app: ApiRoutes, deps: ApiDeps): void {
  const keys: store.KeyStore = { db: deps.db, sealer: deps.companies.sealer };

  app.addHook('onRequest', (request, _reply, done) => {
    if (isKeyed(request)) {
      const use = useOf(request, async (asked, reply) => begin(use, asked, reply));
      uses.set(request, use);
    }
    done();
  });
  app.addHook('preParsing', (request, _reply, payload, done) => {
    const use = uses.get(request);
    done(null, use === undefined || isUpload(request) ? payload : summed(payload, use.sum));
  });
  app.addHook('preValidation', async (request, reply) => {
    const use = uses.get(request);
    if (use === undefined || isUpload(request) || !(await use.begin(request, reply))) return;
    return reply;
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const use = uses.get(request);
    if (use === undefined || !use.isFirst) return payload;
    try {
      return await keep(use, request, reply, payload);
    } catch (error) {
      // It is done and must be answered. A repeat waits until the key is free, and is then a new attempt.
      deps.log.error('An answer could not be kept under its Idempotency-Key', {
        correlationId: request.id,
        error: describeError(error),
      });
      return payload;
    }
  });
  removeOldAnswers(app, deps);

  async function begin(use: KeyUse, request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    const keyed = { id: use.id, fingerprint: (use.fingerprint = use.sum.digest()) };
    if (!keepsKeyWithPush(request)) use.holder = await store.reserveKey(keys, keyed);
    const known = use.holder === undefined ? await store.findKey(keys, use.id) : undefined;
    use.isFirst = known === undefined && (use.holder !== undefined || keepsKeyWithPush(request));
    if (use.isFirst) return false;
    const answer = await answerOf(known, keyed.fingerprint, request, reply);
    void reply.code(answer.statusCode);
    if (answer.text !== '') void reply.type('application/json; charset=utf-8');
    await markReplay(reply).send(answer.text === '' ? undefined : answer.text);
    return true;
  }

  async function answerOf(
    known: store.KnownKey | undefined,
    fingerprint: Buffer,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<store.KeptAnswer> {
    // Absent: the one who held it has given it back between our two looks.
    if (known === undefined) throw new PublicError('idempotency_key_in_flight');
    if (!known.fingerprint.equals(fingerprint)) throw new PublicError('idempotency_key_reused');
    if (known.kind === 'in-flight') throw new PublicError('idempotency_key_in_flight');
    if (known.kind === 'answer') return known.answer;
    const push = await getPushAsAccepted(deps.db, known.pushId);
    if (push === undefined) throw new PublicError('push_not_found', known.pushId);
    const text = reply.code(200).serialize(renderPush(push, statusWords(request, deps.config)));
    if (typeof text !== 'string') throw new Error('JSON was not serialized to a text');
    return { statusCode: 200, text };
  }

  /** Gives what is to be told: the answer itself, or the one that another request with this key was faster with. */
  async function keep(use: KeyUse, request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
    const { id, fingerprint, holder } = use;
    const answer = { statusCode: reply.statusCode, text: typeof payload === 'string' ? payload : '' };
    if (holder !== undefined) {
      await (answer.statusCode === 429
        ? store.releaseKey(keys, id, holder)
        : store.keepAnswer(keys, { id, holder, answer }));
      return payload;
    }
    // An accepted push has stored its key. After a failure nobody knows, and asking again is how to find out.
    const isRefusal = answer.statusCode >= 400 && answer.statusCode < 500 && !SAME_AGAIN.has(answer.statusCode);
    if (fingerprint === undefined || !isRefusal) return payload;
    if (await store.keepRefusal(keys, { id, fingerprint }, answer)) return payload;
    const earlier = await answerOf(await store.findKey(keys, id), fingerprint, request, reply);
    void markReplay(reply).code(earlier.statusCode);
    return earlier.text;
  }
}

function isKeyed(request: FastifyRequest): boolean {
  if (request.headers[IDEMPOTENCY_HEADER] === undefined || !VERBS.has(request.method)) return false;
  return !request.is404 && request.routeOptions.config.isPublic !== true;
}

/** The reader of uploads takes the request's own stream: read here before, there would be nothing left of it. */
function isUpload({ headers }: FastifyRequest): boolean {
  return /^multipart\//i.test(headers['content-type'] ?? '');
}

function useOf({ method, url, raw, headers }: FastifyRequest, begin: KeyUse['begin']): KeyUse {
  const id = idempotencyId(method, url, idempotencyKeyIn(raw.rawHeaders));
  return {
    id,
    sum: startFingerprint(url, headers['if-match']),
    fingerprint: undefined,
    holder: undefined,
    isFirst: false,
    begin,
  };
}

/** Whatever is requested under this path becomes a push, which is stored together with the key. */
function keepsKeyWithPush(request: FastifyRequest): boolean {
  return request.routeOptions.url?.startsWith('/companies/:companyId/connections/:connectionId/push/') === true;
}

/** The same bytes, added to the sum as they pass. */
function summed(payload: RequestPayload, sum: Hash): RequestPayload {
  const passing: Transform & { receivedEncodedLength: number } = Object.assign(
    new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        sum.update(chunk);
        passing.receivedEncodedLength += chunk.length;
        done(null, chunk);
      },
    }),
    // Fastify compares it with the Content-Length.
    { receivedEncodedLength: 0 },
  );
  return pipeline(payload, passing, () => undefined);
}

function removeOldAnswers(app: ApiRoutes, { db, log }: ApiDeps): void {
  const runOnce = async () => {
    const removed = await store.removeOldAnswers(db, ROWS_A_REMOVAL_MAX);
    return { didWork: removed === ROWS_A_REMOVAL_MAX };
  };
  whileListening(app, () => startWorkLoop({ name: 'idempotency keys', pollMs: REMOVAL_PAUSE_MS, log, runOnce }));
}
