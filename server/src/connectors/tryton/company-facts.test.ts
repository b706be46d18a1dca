/** Amounts of one currency in another: exact, and rounded once. */
import { expect, test } from 'vitest';
import { decimalText, parseDecimal, type Decimal } from '../../lib/decimal.ts';
import { converted, fractionOf, rateBetween } from './company-facts.ts';

const exact = (text: string): Decimal => parseDecimal(text) ?? { units: 0n, scale: 0 };

test.each([
  ['99.99', '1', '1.25', '79.99'],
  ['100', '1', '3', '33.33'],
  ['200', '1', '3', '66.67'],
  ['-200', '1', '3', '-66.67'],
  ['0.125', '1', '1', '0.13'],
  ['0.1249999999999999999', '1', '1', '0.12'],
  ['1', '1', '200', '0.01'],
  ['0.99', '1', '200', '0.00'],
  ['999999999999.99', '1', '1.25', '799999999999.99'],
])('%s at %s to %s is %s', (amount, numerator, denominator, expected) => {
  const rate = { numerator: exact(numerator), denominator: exact(denominator) };
  expect(decimalText(converted(exact(amount), rate, 2))).toBe(expected);
});

test('a rate that is given counts as it is written', () => {
  const rate = fractionOf(0.8);
  expect(rate === undefined ? '' : decimalText(converted(exact('99.99'), rate, 2))).toBe('79.99');
});

test.each([
  ['0.79', [['47.80', '60.50']]],
  ['0.8', [['80.00', '100.00']]],
  ['1.1', [['11.00', '10.00']]],
  // One amount alone would do with fewer digits than both of them.
  [
    '0.7912',
    [
      ['7.91', '10.00'],
      ['791.20', '1000.00'],
    ],
  ],
  ['0.333333333', [['33333333333.30', '100000000000.00']]],
])('%s is the shortest rate between %j', (rate, amounts) => {
  const both = amounts.map(([own = '', second = '']) => ({ own: exact(own), second: exact(second) }));
  expect(decimalText(rateBetween(both, 2) ?? exact('0'))).toBe(rate);
});

test('amounts of nothing tell no rate', () => {
  expect(rateBetween([{ own: exact('0'), second: exact('0') }], 2)).toBeUndefined();
});
