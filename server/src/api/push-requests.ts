/**
 * POST, PUT and DELETE …/push/…: takes a write in. The body goes on as the text that arrived, and the answer leaves only
 * once the push is stored.
 */
import type { FastifySchemaCompiler } from 'fastify';
import { Type, type TSchema } from 'typebox';
import type { WriteKind } from '../connectors/contract.ts';
import { makeAccept, PushParameters, type PushTarget } from './accept-push.ts';
import { answers, ref } from './answers.ts';
import { dataTypeFrom } from './data-type-path.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { keepJsonObjectText, objectText } from './json-body.ts';
import { connectionIdsFrom, recordIdFrom } from './path-ids.ts';
import { PushOperation } from './push-operation.ts';

const connectionParameters = { companyId: Type.String(), connectionId: Type.String() };
const typeParameters = { ...connectionParameters, dataType: Type.String() };
const recordParameters = { ...typeParameters, recordId: Type.String() };

/** For the document only: the field rules stand in the models, and breaking them fails the push, not the request. */
const RecordBody = Type.Unsafe<unknown>({
  type: 'object',
  additionalProperties: true,
  description: 'The record in the shape that the options endpoint describes.',
});

const shared = {
  tags: ['Push'],
  querystring: PushParameters,
  response: answers({ 200: ref<PushOperation>(PushOperation) }),
};

export function pushRequestRoutes(app: ApiRoutes, deps: ApiDeps): void {
  const accept = makeAccept(deps);
  keepJsonObjectText(app);

  app.post(
    '/companies/:companyId/connections/:connectionId/push/:dataType',
    {
      schema: {
        ...shared,
        operationId: 'createRecord',
        summary: 'Create a record',
        params: Type.Object(typeParameters),
        body: RecordBody,
      },
      validatorCompiler: trustBody(app),
    },
    async (request, reply) => {
      const { params, body } = request;
      const target = { ...connectionIdsFrom(params), dataType: dataTypeFrom(params.dataType), kind: 'create' } as const;
      return accept(target, { bodyText: objectText(body) }, request, reply);
    },
  );

  app.post(
    '/companies/:companyId/connections/:connectionId/push/bankAccounts/:accountId/bankTransactions',
    {
      schema: {
        ...shared,
        operationId: 'createBankTransactions',
        summary: 'Create bank transactions',
        params: Type.Object({ ...connectionParameters, accountId: Type.String() }),
        body: RecordBody,
      },
      validatorCompiler: trustBody(app),
    },
    async (request, reply) => {
      const { params, body } = request;
      const parentId = recordIdFrom(params.accountId);
      const target = { ...connectionIdsFrom(params), dataType: 'bankTransactions', kind: 'create', parentId } as const;
      return accept(target, { bodyText: objectText(body) }, request, reply);
    },
  );

  app.put(
    '/companies/:companyId/connections/:connectionId/push/:dataType/:recordId',
    {
      schema: {
        ...shared,
        operationId: 'updateRecord',
        summary: 'Update a record',
        params: Type.Object(recordParameters),
        body: RecordBody,
      },
      validatorCompiler: trustBody(app),
    },
    async (request, reply) => {
      const target = recordTarget(request.params, 'update');
      return accept(target, { bodyText: objectText(request.body) }, request, reply);
    },
  );

  app.delete(
    '/companies/:companyId/connections/:connectionId/push/:dataType/:recordId',
    {
      schema: {
        ...shared,
        operationId: 'deleteRecord',
        summary: 'Delete a record',
        params: Type.Object(recordParameters),
      },
    },
    async (request, reply) => accept(recordTarget(request.params, 'delete'), {}, request, reply),
  );
}

type Params = Readonly<Record<'companyId' | 'connectionId' | 'dataType' | 'recordId', string>>;

function recordTarget(params: Params, kind: WriteKind): PushTarget {
  const dataType = dataTypeFrom(params.dataType);
  return { ...connectionIdsFrom(params), dataType, kind, recordId: recordIdFrom(params.recordId) };
}

/** The parser has checked all that is asked of a body here, and hands on a text. */
function trustBody(app: ApiRoutes): FastifySchemaCompiler<TSchema> {
  const compile = app.validatorCompiler;
  if (compile === undefined) throw new Error('The server has no validator compiler');
  return (route) => (route.httpPart === 'body' ? () => true : compile(route));
}
