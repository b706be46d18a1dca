/** Every event type that a consumer may subscribe to, by its wire name, and the patterns that stand for several. */
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
  'webhook.consumer.disabled',
] as const;

const writableDataTypes = Object.keys(writableTypes) as DataType[];

export const WRITE_EVENT_TYPES: readonly WriteEventType[] = writableDataTypes.flatMap((dataType) => [
  `${dataType}.write.successful` as const,
  `${dataType}.write.unsuccessful` as const,
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

/** Names of the alerting rules before webhooks; accepted, and never sent. Rules themselves stand in webhooks/rule.ts. */
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

export type PlatformEventType = (typeof PLATFORM_EVENT_TYPES)[number];
export type WriteEventType = `${DataType}.write.${'successful' | 'unsuccessful'}`;
export type EventType = PlatformEventType | WriteEventType;

/** What this server tells of. */
export const EVENT_TYPES: readonly EventType[] = [...PLATFORM_EVENT_TYPES, ...WRITE_EVENT_TYPES];

const PLATFORM_EVENTS_MEAN: Readonly<Record<PlatformEventType, string>> = {
  'company.created': 'A company was created.',
  'company.deleted': 'A company was deleted.',
  'company.product.added': 'A company was enabled for a product.',
  'company.product.removed': 'A company is enabled for a product no longer.',
  'connection.created': 'A connection was created and waits to be linked.',
  'connection.connected': 'A connection was linked.',
  'connection.failed': 'Linking a connection failed.',
  'connection.disconnected': 'A connection is linked no longer.',
  'connection.reconnected': 'A connection was linked anew.',
  'connection.deleted': 'A connection was deleted.',
  'read.completed': 'A read of a data type has ended, well or not.',
  'read.completed.initial': 'The first read after linking has ended.',
  'client.rateLimit.reached': 'The daily quota of requests is used up.',
  'client.rateLimit.reset': 'The daily quota of requests begins anew.',
  'webhook.consumer.disabled': 'A webhook consumer was disabled because all attempts failed for five days.',
};

export function meaningOf(eventType: EventType): string {
  if (eventType in PLATFORM_EVENTS_MEAN) return PLATFORM_EVENTS_MEAN[eventType as PlatformEventType];
  const isGood = eventType.endsWith('.successful');
  return isGood ? 'A write ended as Success.' : 'A write ended as Failed or TimedOut.';
}

const KNOWN: ReadonlySet<string> = new Set([...EVENT_TYPES, ...PRODUCT_EVENT_TYPES, ...LEGACY_EVENT_TYPES]);

export function isEventType(name: string): name is EventType {
  return (EVENT_TYPES as readonly string[]).includes(name);
}

/** A name, or a pattern in which `*` stands for any run of characters, that fits at least one name. */
export function isKnownEventType(pattern: string): boolean {
  if (!pattern.includes('*')) return KNOWN.has(pattern);
  return [...KNOWN].some((name) => fitsEventType(pattern, name));
}

export function fitsEventType(pattern: string, name: string): boolean {
  if (pattern === name || pattern === ALL_EVENT_TYPES) return true;
  if (!pattern.includes('*')) return false;
  const [first = '', ...parts] = pattern.split('*');
  const last = parts.pop() ?? '';
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  // Each part in its turn, as early as it comes: no pattern is slow, as a regular expression might be.
  let at = first.length;
  const end = name.length - last.length;
  for (const part of parts) {
    const found = name.slice(0, end).indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}
