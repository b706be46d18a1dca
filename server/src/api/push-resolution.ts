/** POST …/push/{key}/resolution: an operator tells what became of a push that nobody else could tell of. */
import { Type } from 'typebox';
import { getCompany } from '../companies/change-company.ts';
import { PublicError } from '../errors.ts';
import { getPush } from '../push/queries.ts';
import { resolvePush } from '../push/resolve.ts';
import { answers, ref } from './answers.ts';
import { apiKeyIdOf } from './authentication.ts';
import { listApiKeys } from './api-key-store.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { companyIdFrom, idFrom, RECORD_ID_LENGTH_MAX } from './path-ids.ts';
import { PushOperation, renderPush } from './push-operation.ts';
import { statusWords } from './status-words.ts';

const ResolutionRequest = Type.Object({
  outcome: Type.Unsafe<'Success' | 'Failed'>({
    type: 'string',
    enum: ['Success', 'Failed'],
    description: '`Success`: the platform has it. `Failed`: it does not.',
  }),
  reason: Type.String({
    minLength: 1,
    maxLength: 1_000,
    pattern: '\\S',
    description: 'What the decision rests on; kept in the timeline.',
  }),
  recordId: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: RECORD_ID_LENGTH_MAX,
      description: "The platform's id of the record; required for `Success` of a create.",
    }),
  ),
});

export function pushResolutionRoute(app: ApiRoutes, deps: ApiDeps): void {
  const { db, config, companies, settle } = deps;
  const { connectorFor } = companies;

  app.post(
    '/companies/:companyId/push/:pushOperationKey/resolution',
    {
      schema: {
        tags: ['Push'],
        operationId: 'resolvePushOperation',
        summary: 'Decide a push operation whose outcome is unknown',
        params: Type.Object({ companyId: Type.String(), pushOperationKey: Type.String() }),
        body: ResolutionRequest,
        response: answers({ 200: ref<PushOperation>(PushOperation) }),
      },
    },
    async (request) => {
      const words = statusWords(request, config);
      const place = {
        companyId: companyIdFrom(request.params),
        pushId: idFrom(request.params.pushOperationKey, 'push_not_found'),
      };
      const { outcome, reason, recordId } = request.body;
      if (outcome === 'Failed' && recordId !== undefined) {
        throw new PublicError('malformed_request', 'Body member recordId must be left out where the outcome is Failed');
      }
      const decidedBy = await keyName(deps, apiKeyIdOf(request));
      const resolution = await resolvePush({ db, settle, connectorFor }, place, {
        isWritten: outcome === 'Success',
        reason,
        recordId,
        decidedBy,
      });
      const push = await getPush(db, place);
      if (push === undefined) {
        await getCompany(companies, place.companyId);
        throw new PublicError('push_not_found', place.pushId);
      }
      switch (resolution.kind) {
        case 'resolved':
          return renderPush(push, words);
        case 'not-unknown':
          throw new PublicError('push_not_unknown', place.pushId);
        case 'record-wanted':
          throw new PublicError('malformed_request', 'Body member recordId is required for Success of a create');
        case 'other-record':
          throw new PublicError(
            'malformed_request',
            `Body member recordId must be ${resolution.recordId}, which the push operation is about, or left out`,
          );
      }
    },
  );
}

/** As the timeline shows it: keys may be deleted, and names be given twice. */
async function keyName({ db }: ApiDeps, keyId: string | undefined): Promise<string> {
  const name = (await listApiKeys(db)).find((key) => key.id === keyId)?.name;
  return name === undefined ? `API key ${keyId}` : `API key ${keyId} (${name})`;
}
