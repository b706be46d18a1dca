/** GET …/push, …/push/{key} and …/push/{key}/timeline: what became of the pushes of a company. */
import { Type } from 'typebox';
import { getCompany } from '../companies/change-company.ts';
import { PublicError } from '../errors.ts';
import { makeListPushes } from '../push/list.ts';
import type { PushAttempt } from '../push/push.ts';
import { getPush, listAttempts } from '../push/queries.ts';
import { hasEnded } from '../push/state.ts';
import { answers, ref } from './answers.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { goneSignal } from './gone-signal.ts';
import { PagedList, pagedList } from './paged-list.ts';
import { companyIdFrom, idFrom } from './path-ids.ts';
import { PushOperation, renderPush } from './push-operation.ts';
import { After, afterFrom, renderAfter } from './push-cursor.ts';
import { pushFilter } from './push-query.ts';
import { listParameters, pagingOf } from './query-parameters.ts';
import { statusWords } from './status-words.ts';
import { wireTime } from './wire-time.ts';

const Recorded = {
  headers: Type.Optional(Type.Record(Type.String(), Type.String())),
  body: Type.Optional(Type.String({ description: 'Redacted, and cut where it is long.' })),
};

const Timeline = Type.Object({
  results: Type.Array(
    Type.Object(
      {
        id: Type.String(),
        step: Type.String({ description: '`send`, `find`, `expire`, `rescue` or `resolve`.' }),
        outcome: Type.String(),
        detail: Type.Optional(Type.String()),
        movedTo: Type.Optional(Type.String({ description: 'The state that the step led to.' })),
        startedOnUtc: Type.String({ format: 'date-time' }),
        durationMs: Type.Number(),
        request: Type.Optional(Type.Object({ method: Type.String(), url: Type.String(), ...Recorded })),
        response: Type.Optional(Type.Object({ statusCode: Type.Integer(), ...Recorded })),
      },
      { additionalProperties: true },
    ),
  ),
});

const pushParameters = Type.Object({ companyId: Type.String(), pushOperationKey: Type.String() });

/** Below what proxies commonly allow an answer to take. */
const WAIT_SECONDS_MAX = 60;

export function pushHistoryRoutes(app: ApiRoutes, { db, config, companies, endings }: ApiDeps): void {
  const listPushes = makeListPushes(db);

  /** Tells an unknown company from an unknown key. */
  const notFound = async (companyId: string, pushId: string): Promise<PublicError> => {
    await getCompany(companies, companyId);
    return new PublicError('push_not_found', pushId);
  };

  app.get(
    '/companies/:companyId/push',
    {
      schema: {
        tags: ['Push'],
        operationId: 'listPushOperations',
        summary: 'List push operations, newest first',
        params: Type.Object({ companyId: Type.String() }),
        querystring: Type.Object({ ...listParameters, after: Type.Optional(After) }),
        response: answers({ 200: PagedList(ref<PushOperation>(PushOperation)) }),
      },
    },
    async (request) => {
      const words = statusWords(request, config);
      const companyId = companyIdFrom(request.params);
      const paging = pagingOf(request.query);
      const filter = pushFilter(request.query, words);
      const after = afterFrom(request.query.after, paging.page, filter.order);
      await getCompany(companies, companyId);
      const found = await listPushes({ companyId, ...filter, ...paging, ...(after === undefined ? {} : { after }) });
      const results = found.pushes.map((push) => renderPush(push, words));
      const nextAfter = renderAfter(found.nextAfter, paging.page + 1, filter.order);
      return pagedList(request.url, { ...paging, ...found, results, nextAfter });
    },
  );

  app.get(
    '/companies/:companyId/push/:pushOperationKey',
    {
      schema: {
        tags: ['Push'],
        operationId: 'getPushOperation',
        summary: 'Get a push operation',
        params: pushParameters,
        querystring: Type.Object({
          wait: Type.Optional(
            Type.Integer({
              minimum: 0,
              maximum: WAIT_SECONDS_MAX,
              description: 'Seconds to hold the answer back while the push has not ended.',
            }),
          ),
        }),
        response: answers({ 200: ref<PushOperation>(PushOperation) }),
      },
    },
    async (request, reply) => {
      const words = statusWords(request, config);
      const { companyId, pushId } = pushPath(request.params);
      const { wait = 0 } = request.query;
      let push = await getPush(db, { companyId, pushId });
      if (push !== undefined && wait > 0 && !hasEnded(push.state)) {
        await endings.until(pushId, wait * 1_000, goneSignal(reply.raw));
        push = await getPush(db, { companyId, pushId });
      }
      if (push === undefined) throw await notFound(companyId, pushId);
      return renderPush(push, words);
    },
  );

  app.get(
    '/companies/:companyId/push/:pushOperationKey/timeline',
    {
      schema: {
        tags: ['Push'],
        operationId: 'getPushTimeline',
        summary: 'Everything that was tried for a push operation, oldest first',
        params: pushParameters,
        response: answers({ 200: Timeline }),
      },
    },
    async (request) => {
      const { companyId, pushId } = pushPath(request.params);
      const attempts = await listAttempts(db, { companyId, pushId });
      if (attempts.length === 0 && (await getPush(db, { companyId, pushId })) === undefined) {
        throw await notFound(companyId, pushId);
      }
      return { results: attempts.map(renderAttempt) };
    },
  );
}

function pushPath(params: { readonly companyId: string; readonly pushOperationKey: string }) {
  return { companyId: companyIdFrom(params), pushId: idFrom(params.pushOperationKey, 'push_not_found') };
}

/** Fires when the caller has gone away before its answer. */
function renderAttempt({ startedAt, detail, movedTo, request, response, ...attempt }: PushAttempt) {
  return {
    ...attempt,
    startedOnUtc: wireTime(startedAt),
    ...(detail === undefined ? {} : { detail }),
    ...(movedTo === undefined ? {} : { movedTo }),
    ...(request === undefined ? {} : { request }),
    ...(response === undefined ? {} : { response }),
  };
}
