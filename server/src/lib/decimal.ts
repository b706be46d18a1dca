/**
 * Exact decimal numbers: money is never added up in binary floats. A JSON number enters by its shortest decimal text,
 * which is what the sender wrote for anything of up to 15 significant digits.
 */

/** `units × 10^-scale`, with `scale` never below zero. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

const zero: Decimal = { units: 0n, scale: 0 };

/** The widest exponent that a double can print is 324; more than that is not a number anybody means. */
const exponentMax = 400;
const textLengthMax = 1_000;

/** Reads `-12.50`, `.5` or `1e-7`. Undefined for anything that is no decimal number, or is out of all proportion. */
export function parseDecimal(text: string): Decimal | undefined {
  if (text.length > textLengthMax) return undefined;
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/.exec(text);
  if (parts === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponentText = '0'] = parts;
  const digits = whole + fraction;
  const exponent = Number(exponentText);
  if (digits === '' || Math.abs(exponent) > exponentMax) return undefined;
  const units = BigInt(digits) * (sign === '-' ? -1n : 1n);
  const scale = fraction.length - exponent;
  return scale < 0 ? { units: units * power(-scale), scale: 0 } : { units, scale };
}

/** The number by its shortest decimal text. NaN and the infinities have none. */
export function decimalFromNumber(value: number): Decimal | undefined {
  return Number.isFinite(value) ? parseDecimal(String(value)) : undefined;
}

export function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { units: unitsAt(a, scale) + unitsAt(b, scale), scale };
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  return add(a, negate(b));
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return { units: a.units * b.units, scale: a.scale + b.scale };
}

function negate(a: Decimal): Decimal {
  return { units: -a.units, scale: a.scale };
}

export function sum(values: Iterable<Decimal>): Decimal {
  let total = zero;
  for (const value of values) total = add(total, value);
  return total;
}

/** Below zero, zero, or above zero, as `Array.prototype.sort` wants it. */
export function compare(a: Decimal, b: Decimal): -1 | 0 | 1 {
  const scale = Math.max(a.scale, b.scale);
  const difference = unitsAt(a, scale) - unitsAt(b, scale);
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

/** Rounds to so many places; a half goes away from zero, as on paper. */
export function round(a: Decimal, places: number): Decimal {
  if (a.scale <= places) return a;
  const divisor = power(a.scale - places);
  const magnitude = a.units < 0n ? -a.units : a.units;
  const rounded = (magnitude + divisor / 2n) / divisor;
  return { units: a.units < 0n ? -rounded : rounded, scale: places };
}

/** How many digits stand behind the point once trailing zeros are gone. */
export function decimalPlaces(a: Decimal): number {
  let { units, scale } = a;
  while (scale > 0 && units % 10n === 0n) {
    units /= 10n;
    scale -= 1;
  }
  return scale;
}

/** How many digits carry the value: 0.0012300 has three, 1200 has two. */
export function significantDigits(a: Decimal): number {
  return String(a.units < 0n ? -a.units : a.units).replace(/0+$/, '').length;
}

/** Plain notation without an exponent: `-0.00000012`. Keeps the trailing zeros that the scale stands for. */
export function decimalText(a: Decimal): string {
  const sign = a.units < 0n ? '-' : '';
  const digits = String(a.units < 0n ? -a.units : a.units).padStart(a.scale + 1, '0');
  const point = digits.length - a.scale;
  return a.scale === 0 ? sign + digits : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** Exactly `places` digits behind the point, rounded where it had more. */
export function decimalTextWithPlaces(a: Decimal, places: number): string {
  const rounded = round(a, places);
  return decimalText({ units: unitsAt(rounded, places), scale: places });
}

/** The nearest JSON number; the way back for a value that came in as one. */
export function toNumber(a: Decimal): number {
  return Number(decimalText(a));
}

function unitsAt(a: Decimal, scale: number): bigint {
  return a.units * power(scale - a.scale);
}

function power(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}
