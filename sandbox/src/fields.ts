// The fields of a record, described once: what each accepts, and the check that lists everything wrong with an input.
import { compare, decimal as exact, hasAtMostPlaces, parseDecimal } from './decimal.ts';
import { isObject } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import type { Problem, ProblemCode } from './problems.ts';

/** Where problems are gathered, and where references are looked up. */
export interface Checking {
  readonly problems: Problem[];
  find(resource: string, id: string): { readonly body: JsonObject } | undefined;
}

export interface Field<T> {
  readonly isRequired?: boolean;
  readonly isReadOnly?: boolean;
  check(value: Json, at: string, checking: Checking): T | undefined;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;
export type Checked<F extends Fields> = { [K in keyof F]?: F[K] extends Field<infer T> ? T : never };

/** Members that the sandbox gives to every record and ignores when they are sent. */
const ownMembers = new Set(['id', 'createdAt', 'updatedAt', 'version']);
/** Past this many problems a list of them helps nobody. */
const problemsMax = 100;

export function report(
  checking: Checking,
  field: string,
  code: ProblemCode,
  message: string,
  limit?: number,
): undefined {
  if (checking.problems.length >= problemsMax) return undefined;
  checking.problems.push({ field, code, message, ...(limit !== undefined && { limit }) });
  return undefined;
}

export function checkFields<F extends Fields>(
  fields: F,
  input: JsonObject,
  at: string,
  checking: Checking,
): Checked<F> {
  const checked: Record<string, unknown> = {};
  for (const name of Object.keys(input)) {
    if (!Object.hasOwn(fields, name) && !(at === '' && ownMembers.has(name)))
      report(checking, join(at, name.slice(0, 100)), 'unknown_field', 'is not a member of this record');
  }
  for (const [name, field] of Object.entries(fields)) {
    if (field.isReadOnly) continue;
    const value = Object.hasOwn(input, name) ? input[name] : undefined;
    if (value === undefined || value === null) {
      if (field.isRequired) report(checking, join(at, name), 'required', 'is required');
      continue;
    }
    const result = field.check(value, join(at, name), checking);
    if (result !== undefined) checked[name] = result;
  }
  // Each value came from the check of the field of that name.
  return checked as Checked<F>;
}

function join(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`;
}

export function required<T>(field: Field<T>): Field<T> {
  return { ...field, isRequired: true };
}

export function readOnly(): Field<never> {
  return { isReadOnly: true, check: () => undefined };
}

export function text(lengthMax: number): Field<string> {
  return {
    check(value, at, checking) {
      if (typeof value !== 'string') return report(checking, at, 'wrong_type', 'must be a string');
      if (value.length > lengthMax)
        return report(checking, at, 'too_long', `must be at most ${lengthMax} characters`, lengthMax);
      return value;
    },
  };
}

/** Text that must not be blank, such as a name. */
export function name(lengthMax: number): Field<string> {
  const plain = text(lengthMax);
  return {
    isRequired: true,
    check(value, at, checking) {
      if (typeof value === 'string' && value.trim() === '')
        return report(checking, at, 'required', 'must not be blank');
      return plain.check(value, at, checking);
    },
  };
}

export function email(): Field<string> {
  const plain = text(255);
  return {
    check(value, at, checking) {
      const given = plain.check(value, at, checking);
      if (given === undefined || given === '' || /^[^\s@]+@[^\s@]+$/.test(given)) return given;
      return report(checking, at, 'invalid', 'must be an email address');
    },
  };
}

export interface DecimalRange {
  readonly min?: string;
  readonly above?: string;
  readonly max?: string;
  readonly places?: number;
}

export function decimal(range: DecimalRange = {}): Field<string> {
  return {
    check(value, at, checking) {
      if (typeof value !== 'string')
        return report(checking, at, 'wrong_type', 'must be a decimal string such as "120.00"');
      const parsed = parseDecimal(value);
      if (parsed === undefined)
        return report(checking, at, 'invalid', 'must be a decimal of at most 12 digits before and 9 after the point');
      if (range.places !== undefined && !hasAtMostPlaces(parsed, range.places))
        return report(checking, at, 'too_precise', `must have at most ${range.places} decimal places`, range.places);
      if (range.min !== undefined && compare(parsed, exact(range.min)) < 0)
        return report(checking, at, 'out_of_range', `must be at least ${range.min}`);
      if (range.above !== undefined && compare(parsed, exact(range.above)) <= 0)
        return report(checking, at, 'out_of_range', `must be more than ${range.above}`);
      if (range.max !== undefined && compare(parsed, exact(range.max)) > 0)
        return report(checking, at, 'out_of_range', `must be at most ${range.max}`);
      return value;
    },
  };
}

export const percentage = decimal({ min: '0', max: '100' });

const dateForm =
  /^(\d{4})-(\d{2})-(\d{2})(T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)?)?$/;

export function isDate(value: string): boolean {
  const parts = dateForm.exec(value);
  if (parts === null) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  if (year < 1900 || month < 1 || month > 12 || day < 1) return false;
  return day <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

export function date(): Field<string> {
  return {
    check(value, at, checking) {
      if (typeof value !== 'string') return report(checking, at, 'wrong_type', 'must be a date such as "2026-01-31"');
      return isDate(value) ? value : report(checking, at, 'invalid', 'must be a date such as "2026-01-31"');
    },
  };
}

export function flag(): Field<boolean> {
  return {
    check: (value, at, checking) =>
      typeof value === 'boolean' ? value : report(checking, at, 'wrong_type', 'must be true or false'),
  };
}

export function choice<const T extends string>(...choices: readonly T[]): Field<T> {
  return {
    check(value, at, checking) {
      if (typeof value !== 'string') return report(checking, at, 'wrong_type', 'must be a string');
      const found = choices.find((one) => one === value);
      return found ?? report(checking, at, 'invalid_choice', `must be one of ${choices.join(', ')}`);
    },
  };
}

const currencies = new Set([...Intl.supportedValuesOf('currency'), 'XXX']);

export function currency(): Field<string> {
  return {
    check(value, at, checking) {
      if (typeof value !== 'string') return report(checking, at, 'wrong_type', 'must be a string');
      return currencies.has(value)
        ? value
        : report(checking, at, 'invalid_currency', 'must be an ISO 4217 currency code');
    },
  };
}

/** The id of an existing, unarchived record of one of these resources. */
export function reference(...resources: readonly string[]): Field<string> {
  return {
    check(value, at, checking) {
      if (typeof value !== 'string') return report(checking, at, 'wrong_type', 'must be the id of a record');
      for (const resource of resources) {
        const found = checking.find(resource, value);
        if (found === undefined) continue;
        if (found.body['status'] === 'archived')
          return report(checking, at, 'archived_reference', 'names an archived record');
        return value;
      }
      return report(checking, at, 'unknown_reference', `names no record in ${resources.join(' or ')}`);
    },
  };
}

export function list<T>(of: Field<T>, lengthMax: number, lengthMin = 0): Field<T[]> {
  return {
    check(value, at, checking) {
      if (!Array.isArray(value)) return report(checking, at, 'wrong_type', 'must be a list');
      if (value.length > lengthMax)
        return report(checking, at, 'too_many', `must have at most ${lengthMax} entries`, lengthMax);
      if (value.length < lengthMin)
        return report(checking, at, 'too_few', `must have at least ${lengthMin} entries`, lengthMin);
      const checked: T[] = [];
      for (const [index, one] of value.entries()) {
        const result = of.check(one, `${at}[${index}]`, checking);
        if (result !== undefined) checked.push(result);
      }
      return checked;
    },
  };
}

export function group<F extends Fields>(fields: F): Field<Checked<F>> {
  return {
    check(value, at, checking) {
      if (!isObject(value)) return report(checking, at, 'wrong_type', 'must be an object');
      return checkFields(fields, value, at, checking);
    },
  };
}

/** Deeper values would overflow the stack of whoever writes them out. */
const levelsMax = 50;

function isDeeperThan(levels: number, value: Json): boolean {
  if (value === null || typeof value !== 'object') return false;
  return levels === 0 || Object.values(value).some((one) => isDeeperThan(levels - 1, one));
}

/** Any JSON object, kept as it is. */
export function freeObject(lengthMax: number): Field<JsonObject> {
  return {
    check(value, at, checking) {
      if (!isObject(value)) return report(checking, at, 'wrong_type', 'must be an object');
      if (isDeeperThan(levelsMax, value))
        return report(checking, at, 'out_of_range', `may be nested ${levelsMax} levels deep`);
      if (JSON.stringify(value).length > lengthMax)
        return report(checking, at, 'too_long', `must be at most ${lengthMax} characters of JSON`, lengthMax);
      return value;
    },
  };
}
