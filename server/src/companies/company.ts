/** A company: a business customer of our user, owner of connections. What may be stored about it, and in which form. */
import { PublicError } from '../errors.ts';
import type { CompanyFacts } from '../events/wire.ts';
import { isStorableText } from '../lib/text.ts';

export type Company = CompanyFacts;
export type Tags = Readonly<Record<string, string>>;

export interface CompanyInput {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly tags?: Tags | null | undefined;
}

/** Left out or null: keep, save that null clears the tags. */
export interface CompanyUpdate {
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly tags?: Tags | null | undefined;
}

/** A company's own fields, checked and in the form that is stored. */
export interface CompanyFields {
  readonly name: string;
  readonly description: string | undefined;
  readonly tags: Tags;
}

const NAME_CHARS_MAX = 500;
const DESCRIPTION_CHARS_MAX = 5_000;
const TAGS_MAX = 10;
const TAG_CHARS_MAX = 100;

/** Everything but letters and digits of any script, the blank and `- ' , & @ . ? !`. */
const NOT_IN_NAMES = /[^\p{L}\p{M}\p{Nd} \-',&@.?!]/gu;

export function companyFields(input: CompanyInput): CompanyFields {
  return {
    name: cleanName(input.name),
    description: cleanDescription(input.description ?? ''),
    tags: checkedTags(input.tags ?? {}),
  };
}

export function updatedFields(before: CompanyFields, update: CompanyUpdate): CompanyFields {
  return {
    name: update.name === undefined || update.name === null ? before.name : cleanName(update.name),
    description:
      update.description === undefined || update.description === null
        ? before.description
        : cleanDescription(update.description),
    tags: update.tags === undefined ? before.tags : checkedTags(update.tags ?? {}),
  };
}

/** Clients of this API know that odd characters vanish without a word; only a name of nothing else is refused. */
export function cleanName(given: string): string {
  const name = given.replaceAll(NOT_IN_NAMES, '').trim();
  if (name === '') {
    throw new PublicError('malformed_request', "name: must hold at least one letter, digit or one of - ' , & @ . ? !");
  }
  if (name.length > NAME_CHARS_MAX) {
    throw new PublicError('malformed_request', `name: must have at most ${NAME_CHARS_MAX} characters`);
  }
  return name;
}

function cleanDescription(given: string): string | undefined {
  requireText('description', given, DESCRIPTION_CHARS_MAX);
  return given === '' ? undefined : given;
}

function checkedTags(tags: Tags): Tags {
  const entries = Object.entries(tags);
  if (entries.length > TAGS_MAX) {
    throw new PublicError('malformed_request', `tags: a company has at most ${TAGS_MAX} tags`);
  }
  for (const [key, value] of entries) {
    if (key.trim() === '') throw new PublicError('malformed_request', 'tags: a tag must have a name');
    requireText('tags', key, TAG_CHARS_MAX);
    requireText(`tags.${key}`, value, TAG_CHARS_MAX);
  }
  return tags;
}

function requireText(field: string, text: string, charsMax: number): void {
  if (text.length > charsMax) {
    throw new PublicError('malformed_request', `${field.slice(0, 120)}: must have at most ${charsMax} characters`);
  }
  if (!isStorableText(text)) {
    throw new PublicError('malformed_request', `${field}: must be text without null characters`);
  }
}
