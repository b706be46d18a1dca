// Exact decimal numbers on BigInt. Sums are kept in cents; products are rounded once, half-up (half away from zero).

export interface Decimal {
  /** The number times ten to the power of `scale`. */
  readonly units: bigint;
  readonly scale: number;
}

const form = /^-?\d{1,12}(\.\d{1,9})?$/;

export function parseDecimal(text: string): Decimal | undefined {
  if (!form.test(text)) return undefined;
  const point = text.indexOf('.');
  if (point < 0) return { units: BigInt(text), scale: 0 };
  return { units: BigInt(text.slice(0, point) + text.slice(point + 1)), scale: text.length - point - 1 };
}

/** For text that has been checked before. */
export function decimal(text: string): Decimal {
  const parsed = parseDecimal(text);
  if (parsed === undefined) throw new Error(`not a decimal: ${text}`);
  return parsed;
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return { units: a.units * b.units, scale: a.scale + b.scale };
}

export function toCents(value: Decimal): bigint {
  if (value.scale <= 2) return value.units * 10n ** BigInt(2 - value.scale);
  return divideHalfUp(value.units, 10n ** BigInt(value.scale - 2));
}

export function centsOf(text: string | undefined): bigint {
  return text === undefined ? 0n : toCents(decimal(text));
}

/** `rate` is a plain factor: 1.25 of 100 cents is 125 cents. */
export function scaleCents(cents: bigint, rate: Decimal): bigint {
  return divideHalfUp(cents * rate.units, 10n ** BigInt(rate.scale));
}

export function percentOf(cents: bigint, percent: Decimal): bigint {
  return divideHalfUp(cents * percent.units, 10n ** BigInt(percent.scale + 2));
}

export function formatCents(cents: bigint): string {
  const digits = magnitude(cents).toString().padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Whether the number has at most `places` decimal places that count. */
export function hasAtMostPlaces(value: Decimal, places: number): boolean {
  if (value.scale <= places) return true;
  return value.units % 10n ** BigInt(value.scale - places) === 0n;
}

/** -1, 0 or 1 as `a` is below, at or above `b`. */
export function compare(a: Decimal, b: Decimal): number {
  const scale = BigInt(Math.max(a.scale, b.scale));
  const left = a.units * 10n ** (scale - BigInt(a.scale));
  const right = b.units * 10n ** (scale - BigInt(b.scale));
  return left < right ? -1 : left > right ? 1 : 0;
}

export function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  const rounded = (magnitude(dividend) * 2n + divisor) / (divisor * 2n);
  return dividend < 0n ? -rounded : rounded;
}
