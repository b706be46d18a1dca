/** A webhook consumer: a subscriber's address, what it wants to hear of, and the rules for both. */
import { PublicError } from '../errors.ts';
import { ALL_EVENT_TYPES, isKnownEventType } from '../events/event-types.ts';
import { isStorableText } from '../lib/text.ts';
import { isPrivateHost } from './addresses.ts';

export interface Consumer {
  readonly id: string;
  readonly url: string;
  readonly eventTypes: readonly string[];
  /** `key:value`; a consumer with none hears of every company. */
  readonly companyTags: readonly string[];
  readonly disabled: boolean;
  readonly createdAt: Date;
}

export interface ConsumerInput {
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly companyTags?: readonly string[] | null | undefined;
  readonly disabled?: boolean | null | undefined;
}

export type ConsumerFields = Pick<Consumer, 'url' | 'eventTypes' | 'companyTags' | 'disabled'>;

const URL_CHARS_MAX = 2048;
const COMPANY_TAGS_MAX = 10;
const COMPANY_TAG_CHARS_MAX = 128;

export function consumerFields(input: ConsumerInput, allowPrivate: boolean): ConsumerFields {
  return {
    url: checkedUrl(input.url, allowPrivate),
    eventTypes: checkedEventTypes(input.eventTypes),
    companyTags: checkedCompanyTags(input.companyTags ?? []),
    disabled: input.disabled ?? false,
  };
}

function checkedUrl(given: string, allowPrivate: boolean): string {
  // An address may hold a password or a token, so no message repeats it.
  if (given.length > URL_CHARS_MAX) throw refused('url', `must have at most ${URL_CHARS_MAX} characters`);
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw refused('url', 'must be an address that begins with https:// or http://');
  }
  if (url.username !== '' || url.password !== '') throw refused('url', 'must not hold a user name or password');
  if (!allowPrivate && isPrivateHost(url.hostname)) {
    throw refused('url', 'must not lead to a loopback or private address on this server');
  }
  return given;
}

function checkedEventTypes(eventTypes: readonly string[]): readonly string[] {
  if (eventTypes.length === 0) throw refused('eventTypes', 'must name at least one event type');
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

function refused(field: string, rule: string): PublicError {
  return new PublicError('malformed_request', `${field}: ${rule}`);
}

/** What decides who hears of an event. */
export interface Heard {
  readonly eventType: string;
  /** Of the company that the event is about; absent when it is about none. */
  readonly companyTags: Readonly<Record<string, string>> | undefined;
}

export function wants(consumer: Pick<Consumer, 'eventTypes' | 'companyTags'>, event: Heard): boolean {
  const { eventTypes, companyTags } = consumer;
  if (!eventTypes.includes(ALL_EVENT_TYPES) && !eventTypes.includes(event.eventType)) return false;
  if (companyTags.length === 0 || event.companyTags === undefined) return true;
  return Object.entries(event.companyTags).some(([key, value]) => companyTags.includes(`${key}:${value}`));
}
