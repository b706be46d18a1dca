/** Quantities and prices in the text of a line: what is written is read again. */
import { expect, test } from 'vitest';
import { describedIn, withQuantity } from './direct-lines.ts';

test.each([
  ['Parking', 2, 6.5, 'Parking (2 × 6.5)'],
  ['', 3, 10, '(3 × 10)'],
  ['Fuel', 0.25, 1e-7, 'Fuel (0.25 × 0.0000001)'],
  ['Given back', -1, 5, 'Given back (-1 × 5)'],
  ['Set (2 × 3)', 4, 1, 'Set (2 × 3) (4 × 1)'],
])('%j, %d times %d is %j', (description, quantity, unitAmount, text) => {
  expect(withQuantity(description, quantity, unitAmount)).toBe(text);
  expect(describedIn(text)).toEqual({ description, quantity, unitAmount });
});

test('one of a kind is its description alone', () => {
  expect(withQuantity('Parking', 1, 6.5)).toBe('Parking');
  expect(describedIn('Parking')).toEqual({ description: 'Parking', quantity: 1 });
});
