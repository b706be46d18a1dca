/**
 * A push as the wire shows it. Official clients refuse a null where they expect absence, so each member says which of
 * the two it uses.
 */
import { Type, type Static } from 'typebox';
import type { Change } from '../connectors/contract.ts';
import { dataTypes } from '../models/data-types.ts';
import type { ValidationItem } from '../models/validation.ts';
import type { Push } from '../push/push.ts';
import { hasEnded, type PushState } from '../push/state.ts';
import { wireTime } from './wire-time.ts';

const CODAT_STATUSES = ['Pending', 'Success', 'Failed', 'TimedOut'] as const;
const EXTENDED_STATUSES = [...CODAT_STATUSES, 'Processing', 'Unknown'] as const;
type ExtendedStatus = (typeof EXTENDED_STATUSES)[number];

/** Which words a caller understands: the four of official clients, or ours as well. */
export type StatusWords = 'codat' | 'extended';

export const STATUS_OF_STATE = {
  codat: {
    queued: 'Pending',
    sending: 'Pending',
    in_doubt: 'Pending',
    succeeded: 'Success',
    failed: 'Failed',
    timed_out: 'TimedOut',
    unknown: 'Failed',
  },
  extended: {
    queued: 'Pending',
    sending: 'Processing',
    in_doubt: 'Processing',
    succeeded: 'Success',
    failed: 'Failed',
    timed_out: 'TimedOut',
    unknown: 'Unknown',
  },
} as const satisfies Record<StatusWords, Record<PushState, ExtendedStatus>>;

export const STATUS_CODE_OF_STATE = {
  queued: 202,
  sending: 202,
  in_doubt: 202,
  succeeded: 200,
  failed: 400,
  timed_out: 408,
  unknown: 504,
} as const satisfies Record<PushState, number>;

export const STATUSES_HEADER = 'ledgerpost-statuses';

const Items = Type.Array(
  Type.Object(
    {
      itemId: Type.Optional(Type.String({ description: 'Path of the field, such as `LineItems[0].AccountRef.Id`.' })),
      message: Type.String(),
      validatorName: Type.Optional(Type.String()),
    },
    { additionalProperties: true },
  ),
);

const DataTypeName = Type.Unsafe<string>({ type: 'string', enum: [...dataTypes] });

export const PushOperation = Type.Object(
  {
    pushOperationKey: Type.String({ format: 'uuid' }),
    companyId: Type.String({ format: 'uuid' }),
    dataConnectionKey: Type.String({ format: 'uuid' }),
    dataConnectionId: Type.String({ description: 'The same as `dataConnectionKey`, under its older name.' }),
    dataType: DataTypeName,
    status: Type.Unsafe<ExtendedStatus>({
      type: 'string',
      enum: [...EXTENDED_STATUSES],
      description:
        '`Processing` and `Unknown` appear only when asked for with `Ledgerpost-Statuses: extended`; else they read `Pending`, and `Failed` with status code 504.',
    }),
    statusCode: Type.Integer({
      description: '202 while pending; what the same write would have been answered, after.',
    }),
    requestedOnUtc: Type.String({ format: 'date-time' }),
    completedOnUtc: Type.Optional(Type.String({ format: 'date-time', description: 'Absent while pending.' })),
    timeoutInMinutes: Type.Unsafe<number | null>({ type: ['integer', 'null'] }),
    errorMessage: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
    validation: Type.Object({ errors: Items, warnings: Items }),
    changes: Type.Array(
      Type.Object(
        {
          type: Type.Unsafe<Change['type']>({
            type: 'string',
            enum: ['Unknown', 'Created', 'Modified', 'Deleted', 'AttachmentUploaded'],
          }),
          recordRef: Type.Object({ id: Type.String(), dataType: DataTypeName }, { additionalProperties: true }),
          attachmentId: Type.Optional(Type.String()),
        },
        { additionalProperties: true },
      ),
    ),
    data: Type.Optional(
      Type.Unsafe<Push['record']>({
        type: 'object',
        additionalProperties: true,
        description: 'The written record, after a successful create or update.',
      }),
    ),
    waitingOn: Type.Optional(
      Type.Object(
        {
          reason: Type.String({
            description:
              '`turn`, `platform-answer`, `proof`, `connection-not-linked`, `platform-offline`, `rate-limit` or `platform-error`.',
          }),
          since: Type.String({ format: 'date-time' }),
          notBefore: Type.Optional(
            Type.String({ format: 'date-time', description: 'It is not tried again before this time.' }),
          ),
          estimatedStart: Type.Optional(
            Type.String({
              format: 'date-time',
              description:
                'When it will probably be sent, by its place in the queue of its connection and the pace of that. Given for one queued operation, not in lists; absent when nobody can say.',
            }),
          ),
        },
        { additionalProperties: true, description: 'Why it has not ended yet; absent once it has.' },
      ),
    ),
    attempts: Type.Integer({ description: 'How many times sending began.' }),
    links: Type.Object({ timeline: Type.String() }),
  },
  { $id: 'PushOperation', additionalProperties: true, description: 'One requested write and what came of it.' },
);

export type PushOperation = Static<typeof PushOperation>;

export function renderPush(push: Push, words: StatusWords): PushOperation {
  return {
    pushOperationKey: push.id,
    companyId: push.companyId,
    dataConnectionKey: push.connectionId,
    dataConnectionId: push.connectionId,
    dataType: push.dataType,
    status: STATUS_OF_STATE[words][push.state],
    statusCode: statusCodeOf(push),
    requestedOnUtc: wireTime(push.requestedAt),
    ...(push.completedAt === undefined ? {} : { completedOnUtc: wireTime(push.completedAt) }),
    timeoutInMinutes: push.timeoutMinutes ?? null,
    errorMessage: errorMessageOf(push),
    validation: { errors: push.errors.map(renderItem), warnings: push.warnings.map(renderItem) },
    changes: push.changes.map(renderChange),
    ...(hasData(push) ? { data: push.record } : {}),
    ...(push.waitingOn === undefined || hasEnded(push.state) ? {} : { waitingOn: renderWaiting(push.waitingOn) }),
    attempts: push.attempts,
    links: { timeline: `/companies/${push.companyId}/push/${push.id}/timeline` },
  };
}

function statusCodeOf({ state, statusCode }: Push): number {
  return state === 'failed' ? (statusCode ?? STATUS_CODE_OF_STATE.failed) : STATUS_CODE_OF_STATE[state];
}

const OUTCOME_UNKNOWN = 'Outcome unknown';

function errorMessageOf({ state, errorMessage }: Push): string | null {
  switch (state) {
    case 'queued':
    case 'sending':
    case 'in_doubt':
    case 'succeeded':
      return null;
    case 'failed':
      return errorMessage ?? 'The push failed';
    case 'timed_out':
      return errorMessage ?? 'Timed out: the deadline passed before it could be sent';
    case 'unknown':
      if (errorMessage === undefined) return OUTCOME_UNKNOWN;
      return errorMessage.startsWith(OUTCOME_UNKNOWN) ? errorMessage : `${OUTCOME_UNKNOWN}: ${errorMessage}`;
  }
}

function hasData(push: Push): boolean {
  const mayHave = push.kind === 'create' || push.kind === 'update';
  return mayHave && push.state === 'succeeded' && push.record !== undefined;
}

function renderItem({ itemId, message, validatorName }: ValidationItem) {
  return {
    ...(itemId === undefined ? {} : { itemId }),
    message,
    ...(validatorName === undefined ? {} : { validatorName }),
  };
}

function renderChange({ type, recordRef, attachmentId }: Change) {
  return {
    type,
    recordRef: { id: recordRef.id, dataType: recordRef.dataType },
    ...(attachmentId === undefined ? {} : { attachmentId }),
  };
}

function renderWaiting({ reason, since, notBefore, estimatedStart }: NonNullable<Push['waitingOn']>) {
  return {
    reason,
    since: wireTime(since),
    ...(notBefore === undefined ? {} : { notBefore: wireTime(notBefore) }),
    ...(estimatedStart === undefined ? {} : { estimatedStart: wireTime(estimatedStart) }),
  };
}
