/**
 * A mapping between our data model and a platform's records, as a list of pairs. The one list serves three readers: the
 * way out (body to platform), the way in (platform record to data model), and the way back of complaints (the platform's
 * field to our path). So nothing can be written that is not read back, and no refusal names a field the sender never saw.
 */
import { decimalFromNumber, decimalText, parseDecimal, toNumber } from '../lib/decimal.ts';
import { pascalCase } from '../models/model.ts';
import { isMembers } from '../models/validate.ts';

type Members = Readonly<Record<string, unknown>>;

export interface Pair {
  /** `customerRef.id`, or `paymentAllocations[0].payment.id` for a list that has but one element. */
  readonly ours: string;
  readonly theirs: string;
  readonly codec: Codec;
  /** Derived by the platform: read, never written. */
  readonly isReadOnly?: true;
}

export interface Codec {
  toTheirs(value: unknown): unknown;
  toOurs(value: unknown): unknown;
  /** The pairs inside an object or a list element, for the way back of complaints. */
  readonly inner?: readonly Pair[];
  /** Where a complaint about an element without members of its own points to. */
  readonly elementMember?: string;
}

/** The value is the same on both sides. */
const plain: Codec = { toTheirs: (value) => value, toOurs: (value) => value };

/** A JSON number on our side, a decimal text on theirs. */
const decimal: Codec = {
  toTheirs(value) {
    const exact = typeof value === 'number' ? decimalFromNumber(value) : undefined;
    return exact === undefined ? value : decimalText(exact);
  },
  toOurs(value) {
    const exact = typeof value === 'string' ? parseDecimal(value) : undefined;
    return exact === undefined ? undefined : toNumber(exact);
  },
};

/** A text on our side, a number on theirs. */
const numeral: Codec = {
  toTheirs: (value) => (typeof value === 'string' ? Number(value) : value),
  toOurs: (value) => (typeof value === 'number' ? String(value) : undefined),
};

/**
 * A day. Ours is its midnight, in no zone; of what they have, the day counts as it is written. What is sent reaches them as
 * it is, since a platform may have room for more than the day.
 */
const day: Codec = {
  toTheirs: (value) => value,
  toOurs: (value) => (typeof value === 'string' && dayForm.test(value) ? midnightOf(value.slice(0, 10)) : undefined),
};

const dayForm = /^\d{4}-\d{2}-\d{2}(?:$|T)/;

/** `2026-01-05` as the wire has business dates. */
export function midnightOf(calendarDay: string): string {
  return `${calendarDay}T00:00:00`;
}

/** Words that differ: `{ Draft: 'draft' }`, ours to theirs. A word of theirs that is new to us reads as Unknown. */
function wordCodec(words: Readonly<Record<string, string>>): Codec {
  const toOurs = new Map(Object.entries(words).map(([ours, theirs]) => [theirs, ours]));
  return {
    toTheirs: (value) => (typeof value === 'string' && Object.hasOwn(words, value) ? words[value] : value),
    toOurs: (value) => (typeof value === 'string' ? (toOurs.get(value) ?? 'Unknown') : undefined),
  };
}

/** `[{ id }]` on our side, `[id]` on theirs. */
const references: Codec = {
  toTheirs: (value) => mapList(value, (item) => (isMembers(item) ? item['id'] : item)),
  toOurs: (value) => mapList(value, (id) => ({ id })),
  elementMember: 'id',
};

function objectCodec(pairs: readonly Pair[]): Codec {
  return {
    toTheirs: (value) => (isMembers(value) ? toTheirs(pairs, value) : value),
    toOurs: (value) => (isMembers(value) ? toOurs(pairs, value) : undefined),
    inner: pairs,
  };
}

function listCodec(pairs: readonly Pair[]): Codec {
  const one = objectCodec(pairs);
  return {
    toTheirs: (value) => mapList(value, (item) => one.toTheirs(item)),
    toOurs: (value) => mapList(value, (item) => one.toOurs(item)),
    inner: pairs,
  };
}

function mapList(value: unknown, map: (item: unknown) => unknown): unknown {
  return Array.isArray(value) ? value.map((item: unknown) => map(item)) : value;
}

export const same = (ours: string, theirs = ours): Pair => ({ ours, theirs, codec: plain });
export const amount = (ours: string, theirs = ours): Pair => ({ ours, theirs, codec: decimal });
export const date = (ours: string, theirs = ours): Pair => ({ ours, theirs, codec: day });
export const asText = (ours: string, theirs = ours): Pair => ({ ours, theirs, codec: numeral });
export const ids = (ours: string, theirs: string): Pair => ({ ours, theirs, codec: references });
export const object = (ours: string, theirs: string, pairs: readonly Pair[]): Pair => ({
  ours,
  theirs,
  codec: objectCodec(pairs),
});
export const list = (ours: string, theirs: string, pairs: readonly Pair[]): Pair => ({
  ours,
  theirs,
  codec: listCodec(pairs),
});
export const word = (ours: string, theirs: string, words: Readonly<Record<string, string>>): Pair => ({
  ours,
  theirs,
  codec: wordCodec(words),
});
export const derived = (pair: Pair): Pair => ({ ...pair, isReadOnly: true });

/** Only what the body names is named to the platform: absent stays absent (unchanged), null stays null (cleared). */
export function toTheirs(pairs: readonly Pair[], body: Members): Members {
  const result: Record<string, unknown> = {};
  for (const { ours, theirs, codec, isReadOnly } of pairs) {
    const value = isReadOnly === true ? undefined : getAt(body, ours.split('.'));
    if (value !== undefined) setAt(result, theirs.split('.'), value === null ? null : codec.toTheirs(value));
  }
  return result;
}

/** What the platform leaves out or has as null is left out. */
export function toOurs(pairs: readonly Pair[], record: Members): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const { ours, theirs, codec } of pairs) {
    const value = getAt(record, theirs.split('.'));
    const converted = value === undefined || value === null ? undefined : codec.toOurs(value);
    if (converted !== undefined) setAt(result, ours.split('.'), converted);
  }
  return result;
}

/** Of a record as its platform has it: a property by its dotted path. */
export function memberAtPath(members: Members, path: string): unknown {
  return getAt(members, path.split('.'));
}

/** Null on the way down is null at the end: clearing `tracking` clears all that stands in it. */
function getAt(members: Members, steps: readonly string[]): unknown {
  let value: unknown = members;
  for (const step of steps) {
    if (value === null) return null;
    value = memberAt(value, step);
  }
  return value;
}

const firstOnly = '[0]';

/** `paymentAllocations[0]` is the first element of a list that has but one on the other side. */
function memberAt(value: unknown, step: string): unknown {
  const isFirst = step.endsWith(firstOnly);
  const name = isFirst ? step.slice(0, -firstOnly.length) : step;
  const member = isMembers(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  if (!isFirst || member === null) return member;
  const first: unknown = Array.isArray(member) ? member[0] : undefined;
  return first;
}

/** `target` with one member at a dotted path set, whatever stood there before. Nothing is changed in place. */
export function withMemberAt(target: Members, path: string, value: unknown): Members {
  const [step = '', ...rest] = path.split('.');
  if (rest.length === 0) return { ...target, [step]: value };
  const present = Object.hasOwn(target, step) ? target[step] : undefined;
  return { ...target, [step]: withMemberAt(isMembers(present) ? present : {}, rest.join('.'), value) };
}

/** Where two of our members share one of theirs, lists are joined, and a value is never overwritten by null. */
function setAt(target: Record<string, unknown>, steps: readonly string[], value: unknown): void {
  const [step = '', ...rest] = steps;
  const present = memberAt(target, step);
  if (rest.length > 0) {
    const inner: Record<string, unknown> = isMembers(present) ? { ...present } : {};
    setAt(inner, rest, value);
    if (step.endsWith(firstOnly)) target[step.slice(0, -firstOnly.length)] = [inner];
    else target[step] = inner;
  } else if (Array.isArray(present) && Array.isArray(value))
    target[step] = [...new Set<unknown>([...present, ...value])];
  else if (value !== null || present === undefined) target[step] = value;
}

interface Step {
  readonly name: string;
  readonly index: string;
}

/** `lines[0].accountId` of theirs as `LineItems[0].AccountRef.Id`. Undefined for a field that no pair knows. */
export function itemIdOf(pairs: readonly Pair[], field: string): string | undefined {
  const steps = field.split('.').map((part): Step => {
    const at = part.indexOf('[');
    return at < 0 ? { name: part, index: '' } : { name: part.slice(0, at), index: part.slice(at) };
  });
  return ourPath(pairs, steps);
}

function ourPath(pairs: readonly Pair[], steps: readonly Step[]): string | undefined {
  // A field that is read twice, such as a payment's amount, is complained about where it can be mended.
  const writableFirst = pairs.toSorted((a, b) => Number(a.isReadOnly ?? false) - Number(b.isReadOnly ?? false));
  for (const { ours, theirs, codec } of writableFirst) {
    const names = theirs.split('.');
    if (!names.every((name, index) => steps[index]?.name === name)) continue;
    const index = steps[names.length - 1]?.index ?? '';
    const head = ours.split('.').map(pascalCase).join('.') + index;
    const rest = steps.slice(names.length);
    if (rest.length > 0) {
      const tail = ourPath(codec.inner ?? [], rest);
      return tail === undefined ? head : `${head}.${tail}`;
    }
    return index !== '' && codec.elementMember !== undefined ? `${head}.${pascalCase(codec.elementMember)}` : head;
  }
  return undefined;
}
