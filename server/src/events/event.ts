/**
 * Events: facts to tell, built here with their payloads and stored in the transaction of their cause. Who is told, and
 * how, is the business of webhooks/.
 */
import { uuidv7 } from '../lib/ids.ts';
import type { DataType } from '../models/data-types.ts';
import type { EventType, PlatformEventType } from './event-types.ts';
import {
  renderCompany,
  renderConnection,
  renderReferenceCompany,
  type CompanyFacts,
  type ConnectionFacts,
  type PlatformFacts,
  type ReferenceCompanyFacts,
} from './wire.ts';

export interface LedgerpostEvent {
  readonly id: string;
  /** Absent for facts about the whole installation. */
  readonly companyId: string | undefined;
  readonly eventType: EventType;
  readonly generatedAt: Date;
  /** As the wire shows it; its members never change once the event is stored. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** An example that somebody asked for: no such thing has happened. */
  readonly isTest?: boolean;
  /** An example for this consumer alone; the feed leaves it out. */
  readonly forConsumerId?: string;
}

/** Where and when an event is told: addresses in payloads begin with `publicUrl`. */
export interface Telling {
  readonly publicUrl: string;
  readonly now: Date;
}

/** What a push came to, once it has ended. */
export interface EndedWrite {
  readonly pushId: string;
  readonly company: ReferenceCompanyFacts;
  readonly connectionId: string;
  readonly dataType: DataType;
  readonly kind: 'create' | 'update' | 'delete' | 'attach';
  readonly requestedAt: Date;
  readonly completedAt: Date;
  readonly status: 'Success' | 'Failed' | 'TimedOut';
  /** The record written; for an attachment the record that it belongs to. */
  readonly recordId?: string | undefined;
  /** The bank account of bank transactions. */
  readonly parentId?: string | undefined;
  readonly attachmentId?: string | undefined;
}

const WRITE_TYPES = {
  create: 'Create',
  update: 'Update',
  delete: 'Delete',
  attach: 'UploadAttachment',
} as const satisfies Record<EndedWrite['kind'], string>;

/** One event a push, on reaching its end. */
export function writeEvent(write: EndedWrite, { publicUrl, now }: Telling): LedgerpostEvent {
  const outcome = write.status === 'Success' ? 'successful' : 'unsuccessful';
  const recordId = toldRecordId(write);
  return {
    id: uuidv7(now.getTime()),
    companyId: write.company.id,
    eventType: `${write.dataType}.write.${outcome}`,
    generatedAt: now,
    payload: {
      id: write.pushId,
      type: WRITE_TYPES[write.kind],
      referenceCompany: renderReferenceCompany(write.company, publicUrl),
      connectionId: write.connectionId,
      requestedOnDate: write.requestedAt.toISOString(),
      completedOnDate: write.completedAt.toISOString(),
      status: write.status,
      ...(recordId === undefined ? {} : { record: { id: recordId } }),
      ...(write.attachmentId === undefined ? {} : { attachmentId: write.attachmentId }),
    },
  };
}

/** A failed write has no record to show, save that a failed attachment still belongs to one. */
function toldRecordId(write: EndedWrite): string | undefined {
  if (write.kind === 'attach') return write.recordId;
  if (write.status !== 'Success') return undefined;
  // A batch of bank transactions has no id of its own: what was written to is the account.
  return write.dataType === 'bankTransactions' ? (write.parentId ?? write.recordId) : write.recordId;
}

export interface ConnectionEventFacts {
  readonly eventType: Extract<PlatformEventType, `connection.${string}`>;
  readonly company: ReferenceCompanyFacts;
  readonly connection: ConnectionFacts;
  readonly platform: PlatformFacts;
}

export function connectionEvent(facts: ConnectionEventFacts, { publicUrl, now }: Telling): LedgerpostEvent {
  return {
    id: uuidv7(now.getTime()),
    companyId: facts.company.id,
    eventType: facts.eventType,
    generatedAt: now,
    payload: {
      referenceCompany: renderReferenceCompany(facts.company, publicUrl),
      connection: renderConnection(facts.connection, facts.platform, publicUrl),
    },
  };
}

export function companyEvent(
  eventType: 'company.created' | 'company.deleted',
  company: CompanyFacts,
  { publicUrl, now }: Telling,
): LedgerpostEvent {
  return {
    id: uuidv7(now.getTime()),
    companyId: company.id,
    eventType,
    generatedAt: now,
    payload: renderCompany(company, publicUrl),
  };
}

/** `products`: what the company is enabled for from now on. */
export function productEvent(
  eventType: 'company.product.added' | 'company.product.removed',
  { company, productId }: { readonly company: CompanyFacts; readonly productId: string },
  now: Date,
): LedgerpostEvent {
  const { id, name, description, products } = company;
  return {
    id: uuidv7(now.getTime()),
    companyId: id,
    eventType,
    generatedAt: now,
    payload: {
      id,
      name,
      ...(description === undefined ? {} : { description }),
      productId,
      productName: productName(productId),
      products: [...products],
    },
  };
}

/** `bank-feeds` is told as "Bank feeds". */
function productName(productId: string): string {
  const words = productId.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Told to the other consumers. The address stays out: it may hold a token. */
export function consumerDisabledEvent(
  consumer: { readonly id: string; readonly name: string | undefined; readonly description: string | undefined },
  { failingSince, now }: { readonly failingSince: Date; readonly now: Date },
): LedgerpostEvent {
  const { id, name, description } = consumer;
  return {
    id: uuidv7(now.getTime()),
    companyId: undefined,
    eventType: 'webhook.consumer.disabled',
    generatedAt: now,
    payload: {
      webhookId: id,
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      reason: 'Every attempt has failed since failingSince',
      failingSince: failingSince.toISOString(),
      disabledDate: now.toISOString(),
    },
  };
}

/** A fact about the whole installation. */
export function rateLimitEvent(
  eventType: 'client.rateLimit.reached' | 'client.rateLimit.reset',
  quota: { readonly dailyQuota: number; readonly quotaRemaining: number; readonly expiresAt: Date },
  now: Date,
): LedgerpostEvent {
  const { dailyQuota, quotaRemaining, expiresAt } = quota;
  return {
    id: uuidv7(now.getTime()),
    companyId: undefined,
    eventType,
    generatedAt: now,
    payload: { dailyQuota, quotaRemaining, expiryDate: expiresAt.toISOString() },
  };
}
