/** A push, which is one requested write, as it is read: typed by its status, so that each ending has what belongs to it. */
import { validationIn, type Validation } from './errors.ts';
import type { Records, WritableDataType } from './generated/data-types.ts';

export type { WritableDataType };
export type ReadDataType = keyof Records;

export interface Change<D extends string = ReadDataType> {
  readonly type: 'Unknown' | 'Created' | 'Modified' | 'Deleted' | 'AttachmentUploaded';
  /** The platform's id of the record, an opaque text. */
  readonly recordRef: { readonly id: string; readonly dataType: D };
  /** Of the file, after an upload. */
  readonly attachmentId?: string | null;
}

/**
 * Mostly none. The first one is named, since in a union with what a success has the type checker would else take it for
 * certain that there is one.
 */
type PossibleChanges = readonly Change[] & { readonly 0?: Change };

/** What can be asked of a push before its status is known; the endings say what each of them has. Times are UTC, ISO 8601. */
export interface PushFacts<D extends WritableDataType> {
  /** Names this one push; keep it, it is how its end is looked up. */
  readonly pushOperationKey: string;
  readonly companyId: string;
  /** The connection. */
  readonly dataConnectionKey: string;
  readonly dataType: D;
  /** 202 while it is under way; after that what the write would have been answered. */
  readonly statusCode: number;
  readonly requestedOnUtc: string;
  readonly timeoutInMinutes?: number | null;
  /** Both lists are always there, and mostly empty. */
  readonly validation: Validation;
  /** What it did to the books: after `Success`, what was asked for comes first; before that, nothing. */
  readonly changes: PossibleChanges;
  /** How many times sending began. */
  readonly attempts?: number;
  readonly links?: { readonly timeline: string };
  /** Why it has not ended yet; only while it is under way. */
  readonly waitingOn?: {
    /** Such as `rate-limit` or `platform-offline`. */
    readonly reason: string;
    readonly since: string;
    readonly notBefore?: string;
    /** When it will probably be sent; given for one queued operation, not in lists. */
    readonly estimatedStart?: string;
  } | null;
  /** When it ended; only once it has. */
  readonly completedOnUtc?: string | null;
  /** Why it ended without success; only then. */
  readonly errorMessage?: string | null;
  /** The record as the platform has it; only after a create or update that succeeded. */
  readonly data?: Records[D] | null;
}

/** Under way. `Processing` has been taken up by the gateway, and may be in the books already. */
export interface PendingPush<D extends WritableDataType = WritableDataType> extends PushFacts<D> {
  readonly status: 'Pending' | 'Processing';
}

/** Written, exactly once. */
export interface SuccessfulPush<D extends WritableDataType = WritableDataType> extends PushFacts<D> {
  readonly status: 'Success';
  readonly completedOnUtc: string;
  /** What was asked for comes first; platforms may change other records along with it. */
  readonly changes: readonly [Change<D>, ...Change[]];
}

/** Refused, by the model or the platform; nothing was written. */
export interface FailedPush<D extends WritableDataType = WritableDataType> extends PushFacts<D> {
  readonly status: 'Failed';
  readonly completedOnUtc: string;
  readonly errorMessage: string;
}

/** Its deadline (`timeoutInMinutes`) passed before it could be sent; nothing was written, and nothing will be. */
export interface TimedOutPush<D extends WritableDataType = WritableDataType> extends PushFacts<D> {
  readonly status: 'TimedOut';
  readonly completedOnUtc: string;
  readonly errorMessage: string;
}

/** It was sent, no answer came, and the platform cannot tell. Look into the books; `pushOperations.resolve` decides it. */
export interface UnknownPush<D extends WritableDataType = WritableDataType> extends PushFacts<D> {
  readonly status: 'Unknown';
  readonly completedOnUtc: string;
  readonly errorMessage: string;
}

/** One requested write and what came of it. Once its `status` is known, what belongs to that ending is certain. */
export type Push<D extends WritableDataType = WritableDataType> = PendingPush<D> | EndedPush<D>;

/** A push that is over: waiting for it gives one of these. */
export type EndedPush<D extends WritableDataType = WritableDataType> =
  SuccessfulPush<D> | FailedPush<D> | TimedOutPush<D> | UnknownPush<D>;

export type PushStatus = Push['status'];

/** Whether it is over. */
export function hasEnded<D extends WritableDataType>(push: Push<D>): push is EndedPush<D> {
  return push.status !== 'Pending' && push.status !== 'Processing';
}

/** Other servers of this wire leave lists out or send null for them. */
export function readPush<P extends Push<WritableDataType>>(push: P): P {
  const validation = validationIn(push.validation) ?? { errors: [], warnings: [] };
  return Object.assign(push, { validation, changes: push.changes ?? [] });
}
