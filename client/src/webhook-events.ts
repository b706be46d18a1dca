/** What webhooks and the feed of events tell, typed by `eventType`. */
import type { Connection, ReferenceCompany } from './companies.ts';
import type { WritableDataType } from './push.ts';

interface Envelope<Type extends string, Payload> {
  /** Of the event; deliveries of it may come twice. */
  readonly id: string;
  readonly eventType: Type;
  /** UTC, ISO 8601. */
  readonly generatedDate: string;
  readonly payload: Payload;
}

interface WriteFacts {
  /** The pushOperationKey. */
  readonly id: string;
  readonly type: 'Create' | 'Update' | 'Delete' | 'UploadAttachment';
  readonly referenceCompany: ReferenceCompany;
  readonly connectionId: string;
  readonly requestedOnDate: string;
  readonly completedOnDate: string;
}

export interface WriteSucceeded extends WriteFacts {
  readonly status: 'Success';
  /** The record that was written; for bank transactions their account. */
  readonly record: { readonly id: string };
  readonly attachmentId?: string | null;
}

export interface WriteDidNotSucceed extends WriteFacts {
  readonly status: 'Failed' | 'TimedOut';
  /** For an attachment: the record that it was meant for. */
  readonly record?: { readonly id: string } | null;
}

/** One member for each data type, so that a test of `eventType` tells which it is. */
type WriteEvent = {
  [D in WritableDataType]:
    Envelope<`${D}.write.successful`, WriteSucceeded> | Envelope<`${D}.write.unsuccessful`, WriteDidNotSucceed>;
}[WritableDataType];

type ConnectionEventType = 'created' | 'connected' | 'failed' | 'disconnected' | 'reconnected' | 'deleted';
type ConnectionEvent = {
  [T in ConnectionEventType]: Envelope<
    `connection.${T}`,
    { readonly referenceCompany: ReferenceCompany; readonly connection: Connection }
  >;
}[ConnectionEventType];

export interface ReadCompleted {
  readonly referenceCompany: ReferenceCompany;
  /** Absent where everything was read; null is what Codat's documents say. */
  readonly modifiedFromDate?: string | null;
  readonly dataTypes: readonly {
    readonly connectionId: string;
    readonly dataType: string;
    /** Whether anything changed. */
    readonly recordsModified: boolean;
    readonly status: string;
    readonly issues?: readonly object[] | null;
  }[];
}

interface RateLimit {
  readonly dailyQuota: number;
  readonly quotaRemaining: number;
  readonly expiryDate: string;
}

interface ProductChange {
  readonly id: string;
  readonly name: string;
  readonly productId: string;
  readonly productName: string;
  readonly products: readonly string[];
}

/** Every event that this version of the server tells. */
export type LedgerpostEvent =
  | WriteEvent
  | ConnectionEvent
  | Envelope<'company.created', ReferenceCompany>
  | Envelope<'company.deleted', ReferenceCompany>
  | Envelope<'company.product.added', ProductChange>
  | Envelope<'company.product.removed', ProductChange>
  | Envelope<'read.completed', ReadCompleted>
  | Envelope<'read.completed.initial', ReadCompleted>
  | Envelope<'client.rateLimit.reached', RateLimit>
  | Envelope<'client.rateLimit.reset', RateLimit>
  | Envelope<
      'webhook.consumer.disabled',
      {
        readonly webhookId: string;
        readonly name?: string;
        readonly description?: string;
        readonly reason: string;
        readonly failingSince: string;
        readonly disabledDate: string;
      }
    >;

export type EventType = LedgerpostEvent['eventType'];

/** What `webhooks.verify` gives. A newer server may tell more: end a `switch` over `eventType` with a `default`. */
export type WebhookEvent = LedgerpostEvent;
