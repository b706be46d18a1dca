/** The nouns of the write engine: a push, what it waits for, and the attempts made for it. */
import type { Change, WaitReason, WriteKind } from '../connectors/contract.ts';
import type { RecordedCall } from '../lib/recorded-fetch.ts';
import type { WritableDataType } from '../models/data-types.ts';
import type { ValidationItem } from '../models/validation.ts';
import type { PushState } from './state.ts';

export interface Push {
  readonly id: string;
  readonly companyId: string;
  readonly connectionId: string;
  readonly dataType: WritableDataType;
  readonly kind: WriteKind;
  readonly recordId: string | undefined;
  readonly state: PushState;
  readonly requestedAt: Date;
  readonly completedAt: Date | undefined;
  readonly timeoutMinutes: number | undefined;
  readonly statusCode: number | undefined;
  readonly errorMessage: string | undefined;
  readonly errors: readonly ValidationItem[];
  readonly warnings: readonly ValidationItem[];
  readonly changes: readonly Change[];
  /** The written record in the shape of the data model, after a successful create or update. */
  readonly record: Readonly<Record<string, unknown>> | undefined;
  /** Sends that began. */
  readonly attempts: number;
  /** Present while the push has not ended. */
  readonly waitingOn: WaitingOn | undefined;
}

/** Why a push has not ended yet. */
export interface WaitingOn {
  readonly reason: WaitingReason;
  readonly since: Date;
  readonly notBefore?: Date;
  /** When it will probably be sent, by its place in the queue and the pace of its connection. Absent when nobody can say. */
  readonly estimatedStart?: Date;
}

/**
 * - `turn`: other pushes of this connection go first.
 * - `platform-answer`: it was sent, and the answer has not come yet.
 * - `proof`: it was sent and the answer was lost; we are finding out whether it landed.
 * - `connection-not-linked`: the company must link the connection again.
 * - the connector's own reasons: the platform is offline, limits us, or fails.
 */
export type WaitingReason = WaitReason | 'turn' | 'platform-answer' | 'proof' | 'connection-not-linked';

export interface PushAttempt {
  readonly id: string;
  readonly step: AttemptStep;
  /** The kind of outcome, such as `written`, `rejected`, `not-sent`, `unknown`, `found`, `absent`. */
  readonly outcome: string;
  readonly detail: string | undefined;
  readonly movedTo: PushState | undefined;
  readonly startedAt: Date;
  readonly durationMs: number;
  /** What was sent and what came back, redacted and cut to a bound. */
  readonly request: RecordedRequest | undefined;
  readonly response: RecordedResponse | undefined;
}

export type AttemptStep = 'send' | 'find' | 'expire' | 'rescue' | 'resolve';

export type RecordedRequest = RecordedCall['request'];
export type RecordedResponse = NonNullable<RecordedCall['response']>;
