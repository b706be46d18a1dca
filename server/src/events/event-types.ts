/** Every event type that a consumer may subscribe to, by its wire name. */
import { writableTypes, type DataType } from '../models/data-types.ts';

export const PLATFORM_EVENT_TYPES = [
  'company.created',
  'company.deleted',
  'company.product.added',
  'company.product.removed',
  'connection.created',
  'connection.connected',
  'connection.failed',
  'connection.disconnected',
  'connection.reconnected',
  'connection.deleted',
  'read.completed',
  'read.completed.initial',
  'client.rateLimit.reached',
  'client.rateLimit.reset',
] as const;

export const WRITE_EVENT_TYPES: readonly string[] = Object.keys(writableTypes).flatMap((dataType) => [
  `${dataType}.write.successful`,
  `${dataType}.write.unsuccessful`,
]);

/** Accepted from clients that subscribe to everything they know; nothing here gives rise to them. */
const PRODUCT_EVENT_TYPES = [
  'expenses.sync.successful',
  'expenses.sync.unsuccessful',
  'bankFeeds.sourceAccount.connected',
  'bankFeeds.sourceAccount.disconnected',
  'reports.categorizedBankStatement.generate.successful',
  'reports.categorizedBankStatement.generate.unsuccessful',
  'reports.creditModel.generate.successful',
  'reports.creditModel.generate.unsuccessful',
  'reports.spendAnalysis.generate.successful',
  'reports.spendAnalysis.generate.unsuccessful',
  'AccountCategoriesUpdated',
] as const;

/** Names of the alerting rules before webhooks; accepted, and never sent. */
const LEGACY_EVENT_TYPES = [
  'DataConnectionStatusChanged',
  'NewCompanySynchronized',
  'DataSyncCompleted',
  'DatasetDataChanged',
  'DataSyncStatusChangedToError',
  'PushOperationStatusChanged',
  'PushOperationTimedOut',
  'SyncCompleted',
  'SyncFailed',
  'SyncConnectionDeleted',
  'ClientRateLimitReached',
  'ClientRateLimitReset',
] as const;

/** Stands for every event type, those of later versions included. */
export const ALL_EVENT_TYPES = '*';

const KNOWN: ReadonlySet<string> = new Set([
  ALL_EVENT_TYPES,
  ...PLATFORM_EVENT_TYPES,
  ...WRITE_EVENT_TYPES,
  ...PRODUCT_EVENT_TYPES,
  ...LEGACY_EVENT_TYPES,
]);

export type PlatformEventType = (typeof PLATFORM_EVENT_TYPES)[number];
export type WriteEventType = `${DataType}.write.${'successful' | 'unsuccessful'}`;
export type EventType = PlatformEventType | WriteEventType;

export function isKnownEventType(name: string): boolean {
  return KNOWN.has(name);
}
