/** A webhook consumer: a subscriber's address, what it wants to hear of, and the rules for both. */
import { PublicError } from '../errors.ts';
import { ALL_EVENT_TYPES, fitsEventType, isKnownEventType } from '../events/event-types.ts';
import { isUuid } from '../lib/ids.ts';
import { isStorableText } from '../lib/text.ts';
import type { ClientCertificateInput, ShownCertificate } from './client-certificate.ts';
import type { ConsumerHeaders } from './consumer-headers.ts';
import { checkedUrl, type UrlRules } from './consumer-url.ts';

/** What a caller may say of a consumer. */
export interface ConsumerFields {
  readonly url: string;
  /** Names and patterns. */
  readonly eventTypes: readonly string[];
  /** `key:value`; a consumer with none hears of every company. */
  readonly companyTags: readonly string[];
  /** Hears of this company alone. */
  readonly companyId: string | undefined;
  readonly name: string | undefined;
  readonly description: string | undefined;
  /** Messages a second. */
  readonly rateLimit: number | undefined;
  readonly disabled: boolean;
}

export interface Consumer extends ConsumerFields {
  readonly id: string;
  readonly createdAt: Date;
  readonly headerNames: readonly string[];
  readonly certificate: ShownCertificate | undefined;
  /** Until when the secret before the last rotation signs as well. */
  readonly previousSecretUntil: Date | undefined;
  readonly disabledAt: Date | undefined;
  readonly disabledReason: 'request' | 'failures' | undefined;
  /** The first failed attempt since the last success. */
  readonly failingSince: Date | undefined;
  /** An alerting rule of the older kind; absent for webhooks. */
  readonly ruleType: string | undefined;
}

/** As it comes from a caller. Left out: the default, or as it was; null: none. */
export interface ConsumerInput {
  readonly url?: string | undefined;
  readonly eventTypes?: readonly string[] | null | undefined;
  readonly companyTags?: readonly string[] | null | undefined;
  readonly companyId?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly rateLimit?: number | null | undefined;
  readonly disabled?: boolean | null | undefined;
  readonly headers?: ConsumerHeaders | null | undefined;
  readonly clientCertificate?: ClientCertificateInput | null | undefined;
  /** What one third-party client calls the event type. */
  readonly type?: string | null | undefined;
}

const COMPANY_TAGS_MAX = 10;
const COMPANY_TAG_CHARS_MAX = 128;
const EVENT_TYPES_MAX = 200;
const NAME_CHARS_MAX = 200;
const DESCRIPTION_CHARS_MAX = 2_000;
const RATE_LIMIT_MAX = 10_000;

export function consumerFields(input: ConsumerInput, rules: UrlRules): ConsumerFields {
  return {
    url: checkedUrl(input.url ?? '', rules),
    eventTypes: checkedEventTypes(eventTypesOf(input)),
    companyTags: checkedCompanyTags(input.companyTags ?? []),
    companyId: checkedCompanyId(input.companyId ?? undefined),
    name: checkedText('name', input.name, NAME_CHARS_MAX),
    description: checkedText('description', input.description, DESCRIPTION_CHARS_MAX),
    rateLimit: checkedRateLimit(input.rateLimit ?? undefined),
    disabled: input.disabled ?? false,
  };
}

/** What was left out stays. */
export function changedFields(before: ConsumerFields, input: ConsumerInput, rules: UrlRules): ConsumerFields {
  return consumerFields(
    {
      url: input.url ?? before.url,
      eventTypes: input.eventTypes ?? before.eventTypes,
      companyTags: kept(input.companyTags, before.companyTags),
      companyId: kept(input.companyId, before.companyId),
      name: kept(input.name, before.name),
      description: kept(input.description, before.description),
      rateLimit: kept(input.rateLimit, before.rateLimit),
      disabled: input.disabled ?? before.disabled,
    },
    rules,
  );
}

function kept<T>(given: T | null | undefined, before: T | undefined): T | null | undefined {
  return given === undefined ? before : given;
}

/**
 * Whoever leaves the event types out has most likely forgotten them. Only bodies as one third-party client sends them,
 * with a name, a company or a type beside the address, mean all by it.
 */
function eventTypesOf({ eventTypes, type, name, companyId }: ConsumerInput): readonly string[] {
  if (eventTypes !== undefined && eventTypes !== null) return eventTypes;
  if (typeof type === 'string' && isKnownEventType(type)) return [type];
  if ([type, name, companyId].some((each) => each !== undefined)) return [ALL_EVENT_TYPES];
  throw new PublicError('malformed_request', "body must have required property 'eventTypes'");
}

function checkedEventTypes(eventTypes: readonly string[]): readonly string[] {
  if (eventTypes.length === 0) throw refused('eventTypes', 'must name at least one event type');
  if (eventTypes.length > EVENT_TYPES_MAX) throw refused('eventTypes', `must be at most ${EVENT_TYPES_MAX}`);
  const unknown = eventTypes.find((name) => !isKnownEventType(name));
  if (unknown !== undefined) throw refused('eventTypes', `there is no event type "${unknown.slice(0, 100)}"`);
  return [...new Set(eventTypes)];
}

function checkedCompanyTags(tags: readonly string[]): readonly string[] {
  if (tags.length > COMPANY_TAGS_MAX) throw refused('companyTags', `must be at most ${COMPANY_TAGS_MAX} tags`);
  for (const tag of tags) {
    if (tag.length > COMPANY_TAG_CHARS_MAX) {
      throw refused('companyTags', `a tag must have at most ${COMPANY_TAG_CHARS_MAX} characters`);
    }
    if (!/^[^:]+:./su.test(tag) || !isStorableText(tag)) {
      throw refused('companyTags', 'a tag must be written as key:value');
    }
  }
  return tags;
}

function checkedCompanyId(companyId: string | undefined): string | undefined {
  if (companyId !== undefined && !isUuid(companyId)) throw refused('companyId', 'must be the id of a company');
  return companyId?.toLowerCase();
}

function checkedText(field: string, text: string | null | undefined, charsMax: number): string | undefined {
  if (text === null || text === undefined || text === '') return undefined;
  if (text.length > charsMax) throw refused(field, `must have at most ${charsMax} characters`);
  if (!isStorableText(text)) throw refused(field, 'must be text without null characters');
  return text;
}

function checkedRateLimit(rateLimit: number | undefined): number | undefined {
  if (rateLimit === undefined) return undefined;
  if (Number.isInteger(rateLimit) && rateLimit >= 1 && rateLimit <= RATE_LIMIT_MAX) return rateLimit;
  throw refused('rateLimit', `must be a whole number of messages a second from 1 to ${RATE_LIMIT_MAX}`);
}

function refused(field: string, rule: string): PublicError {
  return new PublicError('malformed_request', `${field}: ${rule}`);
}

/** What decides who hears of an event. */
export interface Heard {
  readonly eventType: string;
  readonly companyId?: string | undefined;
  /** Of the company that the event is about; absent when it is about none. */
  readonly companyTags: Readonly<Record<string, string>> | undefined;
}

export function wants(
  consumer: Pick<Consumer, 'eventTypes' | 'companyTags'> & { readonly companyId?: string | undefined },
  event: Heard,
): boolean {
  const { eventTypes, companyTags } = consumer;
  if (!eventTypes.some((pattern) => fitsEventType(pattern, event.eventType))) return false;
  if (event.companyTags === undefined) return true;
  if (consumer.companyId !== undefined && consumer.companyId !== event.companyId) return false;
  if (companyTags.length === 0) return true;
  return Object.entries(event.companyTags).some(([key, value]) => companyTags.includes(`${key}:${value}`));
}
