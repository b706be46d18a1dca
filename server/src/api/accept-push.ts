/** What all requests for a push have in common: their parameters, the check that the platform can do it, the answer. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Connector, WriteKind } from '../connectors/contract.ts';
import { PublicError } from '../errors.ts';
import { isWritable, type DataType, type WritableDataType } from '../models/data-types.ts';
import type { AttachedFile } from '../push/request.ts';
import { makeConnectorOf } from './connection-platform.ts';
import type { ApiDeps } from './deps.ts';
import { answerDryRun } from './dry-run.ts';
import { idempotencyOf, markReplay } from './idempotency.ts';
import { renderPush, type PushOperation } from './push-operation.ts';
import { statusWords } from './status-words.ts';

/** A year: long enough for a business that opens its books once a season. */
const TIMEOUT_MINUTES_MAX = 525_600;

export const PushParameters = Type.Object({
  timeoutInMinutes: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: TIMEOUT_MINUTES_MAX,
      description: 'Once so much time has passed it is never sent, and ends as `TimedOut`.',
    }),
  ),
  allowSyncOnPushComplete: Type.Optional(
    Type.Boolean({ default: true, description: 'Whether what was written is readable at once.' }),
  ),
  forceUpdate: Type.Optional(
    Type.Boolean({ default: false, description: 'Update even if the record has changed since it was last read.' }),
  ),
  strict: Type.Optional(
    Type.Boolean({ description: 'Fail on members that the model does not have, instead of a warning each.' }),
  ),
  dryRun: Type.Optional(
    Type.Boolean({ default: false, description: 'Say what would happen; nothing is written and no push is made.' }),
  ),
});

export interface PushQuery {
  readonly timeoutInMinutes?: number;
  readonly allowSyncOnPushComplete?: boolean;
  readonly forceUpdate?: boolean;
  readonly strict?: boolean;
  readonly dryRun?: boolean;
}

export interface PushTarget {
  readonly companyId: string;
  readonly connectionId: string;
  readonly dataType: DataType;
  readonly kind: WriteKind;
  readonly recordId?: string;
  readonly parentId?: string;
}

/** What a request carries: JSON text that is known to be one object, or a file, or nothing. */
export interface PushContent {
  readonly bodyText?: string;
  readonly file?: AttachedFile;
}

export function makeAccept(deps: ApiDeps) {
  const connectorOf = makeConnectorOf(deps);
  return async (
    target: PushTarget,
    content: PushContent,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<PushOperation | FastifyReply> => {
    const query = request.query as PushQuery;
    // All that can be wrong with a request is found before the push is stored.
    const words = statusWords(request, deps.config);
    const connector = await connectorOf(target);
    const wanted = { ...target, dataType: supportedDataType(connector, target, reply) };
    const conditions = {
      forceUpdate: query.forceUpdate ?? false,
      strict: query.strict ?? deps.config.strict,
      ...expectedStamp(request),
    };
    if (query.dryRun === true) {
      const foreseen = await answerDryRun(deps, connector, { ...wanted, ...content, ...conditions });
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(foreseen));
    }
    const idempotency = idempotencyOf(request);
    const outcome = await deps.requestPush({
      ...wanted,
      ...content,
      ...conditions,
      ...(query.timeoutInMinutes === undefined ? {} : { timeoutMinutes: query.timeoutInMinutes }),
      allowSync: query.allowSyncOnPushComplete ?? true,
      correlationId: request.id,
      ...(idempotency === undefined ? {} : { idempotency }),
    });
    if (outcome.kind === 'refused') throw new PublicError(outcome.code, outcome.about);
    if (outcome.kind === 'repeated') void markReplay(reply);
    return renderPush(outcome.push, words);
  };
}

/** If-Match takes the ETag of a record that was read; a star only asks that there be one. */
function expectedStamp(request: FastifyRequest): { readonly expectedStamp?: string } {
  const given = request.headers['if-match']?.trim();
  if (given === undefined || given === '' || given === '*') return {};
  const quoted = /^(?:W\/)?"([^"]{1,500})"$/.exec(given)?.[1];
  if (quoted === undefined) throw new PublicError('malformed_request', 'If-Match must be one ETag in double quotes');
  return { expectedStamp: quoted };
}

const VERBS = {
  create: 'POST',
  update: 'PUT',
  delete: 'DELETE',
  attach: 'POST',
} as const satisfies Record<WriteKind, string>;

const KINDS_OF_PATH: Readonly<Record<WriteKind, readonly WriteKind[]>> = {
  create: ['create'],
  update: ['update', 'delete'],
  delete: ['update', 'delete'],
  attach: ['attach'],
};

/** Refuses a verb that the platform does not have for this type, and says which ones this path takes instead. */
function supportedDataType(
  connector: Connector,
  { dataType, kind }: PushTarget,
  reply: FastifyReply,
): WritableDataType {
  const writes = connector.writes[dataType] ?? {};
  if (isWritable(dataType) && writes[kind] !== undefined) return dataType;
  const kindsOfPath = KINDS_OF_PATH[kind];
  const allowed = kindsOfPath.filter((each) => writes[each] !== undefined).map((each) => VERBS[each]);
  void reply.header('allow', allowed.join(', '));
  throw new PublicError(
    'method_not_allowed',
    `${VERBS[kind]} of Datatype '${dataType}' not supported by platform ${connector.platform.key}`,
  );
}
