/** The paths by which a value is picked out of a record. */
import { expect, test } from 'vitest';
import { memberNames, parseJsonPath, valueAt } from './json-path.ts';

const record = {
  id: 7,
  vendor: { name: 'Mill & Flour', 'unit price': '12.50' },
  lines: [{ sku: 'A', tags: ['x', 'y'] }, { sku: 'B' }, { tags: ['z'] }],
  nothing: null,
};

test.each([
  ['$.id', 7],
  ['$[*].id', 7],
  ['$.vendor.name', 'Mill & Flour'],
  [`$.vendor['unit price']`, '12.50'],
  [`$["vendor"].name`, 'Mill & Flour'],
  ['$.lines[1].sku', 'B'],
  ['$.lines[*].sku', ['A', 'B']],
  ['$.lines[*].tags[*]', ['x', 'y', 'z']],
  ['$.lines[9].sku', undefined],
  ['$.nothing', undefined],
  ['$.vendor.name.length', undefined],
  ['$.constructor', undefined],
  ['$.lines.length', undefined],
])('%s', (text, expected) => {
  const path = parseJsonPath(text);
  expect(path).toBeDefined();
  expect(valueAt(path ?? [], record)).toEqual(expected);
});

test.each([
  '',
  'id',
  '$',
  '$[*]',
  '$[0]',
  '$..id',
  '$.',
  '$.a[',
  '$.a[?(@.b)]',
  '$.a[1:2]',
  `$.${'a'.repeat(600)}`,
  `$${'.a'.repeat(21)}`,
])('%s is none', (text) => {
  expect(parseJsonPath(text)).toBeUndefined();
});

test('the members on the way are named without the steps into lists', () => {
  expect(memberNames(parseJsonPath('$.lines[*].account[0].code') ?? [])).toEqual(['lines', 'account', 'code']);
});
