/** Exact decimal arithmetic, at the edges where binary floats go wrong. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  add,
  compare,
  decimalFromNumber,
  decimalPlaces,
  decimalText,
  decimalTextWithPlaces,
  multiply,
  parseDecimal,
  round,
  significantDigits,
  subtract,
  sum,
  toNumber,
  type Decimal,
} from './decimal.ts';

function decimal(text: string): Decimal {
  const value = parseDecimal(text);
  if (value === undefined) throw new Error(`${text} is no decimal`);
  return value;
}

describe('decimal numbers', () => {
  test.each([
    ['0.1', '0.1'],
    ['-12.50', '-12.50'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1e-7', '0.0000001'],
    ['1.25e3', '1250'],
    ['-0', '0'],
    ['+3', '3'],
  ])('%s is read as %s', (text, plain) => {
    expect(decimalText(decimal(text))).toBe(plain);
  });

  test.each(['', '.', '-', '1,5', '0x1f', 'NaN', 'Infinity', '1e99999', '1e401', '--1', '1 ', '9'.repeat(1_001)])(
    '%s is no decimal',
    (text) => {
      expect(parseDecimal(text)).toBeUndefined();
    },
  );

  test('a tenth and two tenths are three tenths', () => {
    expect(decimalText(add(decimal('0.1'), decimal('0.2')))).toBe('0.3');
    expect(compare(add(decimal('0.1'), decimal('0.2')), decimal('0.30'))).toBe(0);
  });

  test('ten thousand cents add up to a hundred, exactly', () => {
    expect(decimalText(sum(Array.from({ length: 10_000 }, () => decimal('0.01'))))).toBe('100.00');
  });

  test('products and differences are exact', () => {
    expect(decimalText(multiply(decimal('1.005'), decimal('3')))).toBe('3.015');
    expect(decimalText(subtract(decimal('1'), decimal('0.9')))).toBe('0.1');
  });

  test.each([
    ['1.005', 2, '1.01'],
    ['-1.005', 2, '-1.01'],
    ['1.0049', 2, '1.00'],
    ['2.5', 0, '3'],
    ['7', 2, '7'],
  ])('%s rounded to %d places is %s', (text, places, rounded) => {
    expect(decimalText(round(decimal(text), places))).toBe(rounded);
  });

  test('a fixed number of places pads as well as rounds', () => {
    expect(decimalTextWithPlaces(decimal('7'), 2)).toBe('7.00');
    expect(decimalTextWithPlaces(decimal('0.999'), 2)).toBe('1.00');
  });

  test('places and digits are counted without idle zeros', () => {
    expect(decimalPlaces(decimal('1.2300'))).toBe(2);
    expect(significantDigits(decimal('0.0012300'))).toBe(3);
    expect(significantDigits(decimal('1200'))).toBe(2);
  });

  test('not a number has no decimal', () => {
    expect(decimalFromNumber(Number.NaN)).toBeUndefined();
    expect(decimalFromNumber(Number.POSITIVE_INFINITY)).toBeUndefined();
  });

  test('every JSON number comes back as it went in', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const exact = decimalFromNumber(value);
        expect(exact).toBeDefined();
        if (exact !== undefined) expect(toNumber(exact)).toBe(value === 0 ? 0 : value);
      }),
    );
  });

  test('addition loses nothing, whatever the sizes', () => {
    const cents = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
    fc.assert(
      fc.property(cents, cents, (a, b) => {
        const total = add({ units: a, scale: 2 }, { units: b, scale: 5 });
        expect(total.units).toBe(a * 1000n + b);
        expect(compare(subtract(total, { units: b, scale: 5 }), { units: a, scale: 2 })).toBe(0);
      }),
    );
  });
});
