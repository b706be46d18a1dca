/** Values of Tryton's condition language, and how Python compares them: 1 equals true, 0 and '' are false, null is not ''. */
import { compare, decimalFromNumber, parseDecimal } from '../../lib/decimal.ts';
import { isMembers } from '../../models/validate.ts';

export type Members = Readonly<Record<string, unknown>>;

export function isTruthy(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isMembers(value)) {
    const text = decimalTextOf(value);
    if (text !== undefined) return isNonZero(text);
    return Object.keys(value).length > 0;
  }
  return Boolean(value);
}

function isNonZero(text: string): boolean {
  const decimal = parseDecimal(text);
  return decimal === undefined || decimal.units !== 0n;
}

export function isEqual(left: unknown, right: unknown): boolean {
  const [one, other] = [exact(left), exact(right)];
  if (one !== undefined && other !== undefined) return compare(one, other) === 0;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => isEqual(item, right[index]));
  }
  if (isMembers(left) && isMembers(right)) {
    const names = Object.keys(left);
    const isSame = (name: string) => Object.hasOwn(right, name) && isEqual(left[name], right[name]);
    return names.length === Object.keys(right).length && names.every(isSame);
  }
  return left === right || (isNothing(left) && isNothing(right));
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined;
}

function exact(value: unknown) {
  if (typeof value === 'boolean') return decimalFromNumber(Number(value));
  if (typeof value === 'number') return decimalFromNumber(value);
  const text = decimalTextOf(value);
  return text === undefined ? undefined : parseDecimal(text);
}

function decimalTextOf(value: unknown): string | undefined {
  if (!isMembers(value) || value['__class__'] !== 'Decimal') return undefined;
  const { decimal } = value;
  return typeof decimal === 'string' ? decimal : undefined;
}

/** For less and greater, which Tryton works out in floats itself. A date counts as its midnight. */
export function asNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'string') return textAsNumber(value);
  if (!isMembers(value)) return undefined;
  const text = decimalTextOf(value);
  if (text !== undefined) return textAsNumber(text);
  const { __class__: kind, microsecond } = value;
  if (kind !== 'date' && kind !== 'datetime') return undefined;
  const seconds = millisecondsOf(value) / 1_000;
  return typeof microsecond === 'number' ? seconds + microsecond / 1e6 : seconds;
}

function textAsNumber(text: string): number | undefined {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** Without its microseconds. */
export function millisecondsOf(value: Members): number {
  const part = (name: string, otherwise: number) => {
    const given = value[name];
    return typeof given === 'number' ? given : otherwise;
  };
  const [year, month, day] = [part('year', 1970), part('month', 1), part('day', 1)];
  return Date.UTC(year, month - 1, day, part('hour', 0), part('minute', 0), part('second', 0));
}
