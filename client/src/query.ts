/**
 * The query language of lists, built instead of written. Each function gives a text; a part that joins others is put into
 * braces where it is joined in turn. What the server would refuse is refused here, with the reason.
 */
import { badRequest, type LedgerpostError } from './errors.ts';

/** A text in the query language. */
export type Query = string;

/** Numbers, texts, booleans and dates; null and undefined are not known to the language. */
export type QueryValue = string | number | bigint | boolean | Date;

/** Part of the wire: a longer query is refused. */
const LENGTH_MAX = 2_047;

/**
 * `property = value`; texts are compared without regard to case. A property of an object inside is written with a dot:
 * `customerRef.id`. Lists inside a record cannot be searched.
 */
export const eq = (property: string, value: QueryValue): Query => clause(property, '=', rendered(value));

/** `property != value`; what has no value does not equal, and is found. */
export const ne = (property: string, value: QueryValue): Query => clause(property, '!=', rendered(value));

/** The text has the value somewhere in it, without regard to case. */
export const contains = (property: string, value: string): Query => clause(property, '~', rendered(value));

/** Above; of numbers and dates. */
export const gt = (property: string, value: Ordered): Query => clause(property, '>', ordered(value));

/** Above or equal; of numbers and dates. */
export const gte = (property: string, value: Ordered): Query => clause(property, '>=', ordered(value));

/** Below; of numbers and dates. */
export const lt = (property: string, value: Ordered): Query => clause(property, '<', ordered(value));

/** Below or equal; of numbers and dates. */
export const lte = (property: string, value: Ordered): Query => clause(property, '<=', ordered(value));

/**
 * All parts hold. Of no parts: the empty query, which everything meets.
 *
 * ```ts
 * import { and, eq, gt, or } from '@ledgerpost/client';
 *
 * console.log(and(eq('status', 'Failed'), gt('amountDue', 0)));
 * // prints: status=Failed&&amountDue>0
 * console.log(and(eq('currency', 'GBP'), or(eq('status', 'Paid'), eq('note', 'a && b'))));
 * // prints: currency=GBP&&{status=Paid||note="a && b"}
 * ```
 */
export const and = (...parts: readonly Query[]): Query => joined('&&', parts);

/** One part holds, or more. */
export function or(...parts: readonly Query[]): Query {
  if (parts.every((part) => part.trim() === '')) throw badRequest('or() needs a part');
  return joined('||', parts);
}

/** The property is one of these values. */
export function oneOf(property: string, values: readonly QueryValue[]): Query {
  return or(...values.map((value) => eq(property, value)));
}

/** What has an order: numbers, dates, and texts that are either. */
export type Ordered = number | bigint | Date | string;

/** The same functions, where the properties of the records are known to the types. */
export interface QueryBuilder<Properties> {
  eq<P extends PropertyOf<Properties>>(property: P, value: Comparable<ValueAt<Properties, P>>): Query;
  ne<P extends PropertyOf<Properties>>(property: P, value: Comparable<ValueAt<Properties, P>>): Query;
  oneOf<P extends PropertyOf<Properties>>(property: P, values: readonly Comparable<ValueAt<Properties, P>>[]): Query;
  contains<P extends PropertyOf<Properties, string>>(property: P, value: string): Query;
  gt<P extends PropertyOf<Properties, string | number>>(property: P, value: Rank<ValueAt<Properties, P>>): Query;
  gte<P extends PropertyOf<Properties, string | number>>(property: P, value: Rank<ValueAt<Properties, P>>): Query;
  lt<P extends PropertyOf<Properties, string | number>>(property: P, value: Rank<ValueAt<Properties, P>>): Query;
  lte<P extends PropertyOf<Properties, string | number>>(property: P, value: Rank<ValueAt<Properties, P>>): Query;
  and(...parts: readonly Query[]): Query;
  or(...parts: readonly Query[]): Query;
}

/** Paths to the properties that can be searched: those of lists and of free objects are left out. */
export type PropertyOf<T, Value = string | number | boolean> = {
  [K in keyof T & string]-?: NonNullable<T[K]> extends Value
    ? K
    : NonNullable<T[K]> extends readonly unknown[]
      ? never
      : string extends keyof NonNullable<T[K]>
        ? never
        : NonNullable<T[K]> extends object
          ? `${K}.${PropertyOf<NonNullable<T[K]>, Value>}`
          : never;
}[keyof T & string];

type ValueAt<T, P extends string> = P extends `${infer Head}.${infer Rest}`
  ? Head extends keyof T
    ? ValueAt<NonNullable<T[Head]>, Rest>
    : never
  : P extends keyof T
    ? NonNullable<T[P]>
    : never;

/** A text may be a date; words of a closed list stay what they are. */
type Comparable<Value> = Value extends string ? (string extends Value ? string | Date : Value) : Value;
type Rank<Value> = Value extends number ? number | bigint : string | Date;

const builder = { eq, ne, oneOf, contains, gt, gte, lt, lte, and, or };

/**
 * The functions above for records of one type: `queryFor<Invoice>().eq('amuntDue', 0)` does not compile.
 *
 * ```ts
 * import { queryFor, type Invoice } from '@ledgerpost/client';
 *
 * const q = queryFor<Invoice>();
 * console.log(q.and(q.eq('customerRef.id', '61'), q.gte('issueDate', '2026-01-01')));
 * // prints: customerRef.id=61&&issueDate>=2026-01-01
 * ```
 */
export function queryFor<Properties>(): QueryBuilder<Properties> {
  return builder as QueryBuilder<Properties>;
}

/** Refuses what is too long to be read; the query itself otherwise. */
export function checkedQuery(text: Query): Query {
  if (text.length > LENGTH_MAX) throw badRequest(`The query is longer than ${LENGTH_MAX} characters`);
  if (text.includes('\0') || !text.isWellFormed()) throw badRequest('The query is no valid text');
  return text;
}

function clause(property: string, operator: string, value: string): Query {
  if (property.trim() !== property || property === '' || /[=!<>~&|{}"\\]/.test(property)) {
    throw badRequest(`A query cannot name the property ${JSON.stringify(property)}`);
  }
  return checkedQuery(`${property}${operator}${value}`);
}

function joined(joiner: '&&' | '||', parts: readonly Query[]): Query {
  const given = parts.filter((part) => part.trim() !== '');
  const [only = ''] = given;
  if (given.length < 2) return only;
  return checkedQuery(given.map((part) => (joins(part) ? `{${part}}` : part)).join(joiner));
}

/** Whether the text joins parts itself: a joiner stands outside of quotes, and no backslash before it. */
function joins(text: Query): boolean {
  return /^(?:[^"\\&|]|\\.|"(?:[^"\\]|\\.)*"|&(?!&)|\|(?!\|))*(?:&&|\|\|)/s.test(text);
}

function rendered(value: QueryValue): string {
  if (typeof value === 'string') return isPlain(value) ? value : quoted(value);
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  // All digits and no exponent, which the language does not know.
  if (typeof value === 'number' && Number.isFinite(value))
    return value.toLocaleString('en-US', { useGrouping: false, maximumSignificantDigits: 21 });
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  throw incomparable(value);
}

function ordered(value: Ordered): string {
  if (typeof value !== 'string' || isNumber(value) || isMoment(value)) return rendered(value);
  throw badRequest(`"${value}" has no order: it is neither a number nor a date`);
}

/** Without a sign of the language, and without blanks at its ends, a value needs no quotes. */
function isPlain(value: string): boolean {
  return value !== '' && value.trim() === value && !/[&|{}"\\]/.test(value);
}

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

function incomparable(value: unknown): LedgerpostError {
  return badRequest(`A query cannot compare with ${String(value)}`);
}

function isNumber(text: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text);
}

/** A date that exists, perhaps with a time and a zone. */
function isMoment(text: string): boolean {
  const form = /^((?!0000)\d{4}-\d\d-\d\d)([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)?)?$/i;
  const day = form.exec(text)?.[1];
  // JavaScript takes 30 February for 1 March.
  return day !== undefined && !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day);
}
