import { describe, expect, test } from 'vitest';
import {
  centsOf,
  compare,
  decimal,
  formatCents,
  hasAtMostPlaces,
  multiply,
  parseDecimal,
  percentOf,
  scaleCents,
  toCents,
} from './decimal.ts';

describe('a decimal', () => {
  test.each(['', '1.', '.5', '1e3', '+1', '1,000', ' 1', '1234567890123', '0.1234567891', 'NaN', '--1'])(
    'that is written %j is refused',
    (text) => {
      expect(parseDecimal(text)).toBeUndefined();
    },
  );

  test.each([
    ['0', '0.00'],
    ['-0.01', '-0.01'],
    ['999999999999.99', '999999999999.99'],
    ['0.005', '0.01'],
    ['-0.005', '-0.01'],
    ['0.0049', '0.00'],
    ['2.675', '2.68'],
    ['1.1', '1.10'],
  ])('%s comes to %s, rounded half away from zero', (text, cents) => {
    expect(formatCents(centsOf(text))).toBe(cents);
  });

  test('products are exact before they are rounded once', () => {
    expect(formatCents(toCents(multiply(decimal('0.1'), decimal('0.2'))))).toBe('0.02');
    expect(formatCents(toCents(multiply(decimal('3'), decimal('33.335'))))).toBe('100.01');
    expect(formatCents(percentOf(1999n, decimal('17.5')))).toBe('3.50');
    expect(formatCents(scaleCents(10_000n, decimal('1.234567891')))).toBe('123.46');
    expect(formatCents(scaleCents(-10_050n, decimal('0.5')))).toBe('-50.25');
  });

  test('places that are only zeros do not count', () => {
    expect(hasAtMostPlaces(decimal('1.50000'), 2)).toBe(true);
    expect(hasAtMostPlaces(decimal('1.501'), 2)).toBe(false);
  });

  test('numbers of different scale compare by value', () => {
    expect(compare(decimal('1.50'), decimal('1.5'))).toBe(0);
    expect(compare(decimal('-2'), decimal('-1.999'))).toBe(-1);
    expect(compare(decimal('0.000000001'), decimal('0'))).toBe(1);
  });
});
