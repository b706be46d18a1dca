/** Custom data types: what may be configured, and what is kept of a record. */
import { expect, test } from 'vitest';
import { checkCustomType, customRecords, membersWanted } from './custom-types.ts';

const config = {
  dataSource: 'orders',
  requiredData: { number: '$[*].number', skus: '$.lines[*].sku' },
  keyBy: ['$.id'],
  sourceModifiedDate: ['$.changedAt'],
};

test('a sound configuration is kept as it is; what may be left out is empty', () => {
  expect(checkCustomType(config)).toEqual(config);
  expect(checkCustomType({ dataSource: 'orders', keyBy: ['$.id'], sourceModifiedDate: null })).toEqual({
    dataSource: 'orders',
    requiredData: {},
    keyBy: ['$.id'],
    sourceModifiedDate: [],
  });
});

test.each([
  [7, 'The configuration must be an object'],
  [{}, 'dataSource must be a text'],
  [{ ...config, dataSource: ' ' }, 'dataSource must be a text'],
  [{ ...config, dataSource: 'x'.repeat(501) }, 'dataSource must be a text'],
  [{ dataSource: 'orders' }, 'keyBy must be a list'],
  [{ ...config, keyBy: [] }, 'keyBy must be a list of 1 to 10'],
  [{ ...config, keyBy: ['$.id', 7] }, 'keyBy[1] must be a path'],
  [{ ...config, requiredData: { total: '$..total' } }, 'requiredData.total must be a path'],
  [{ ...config, requiredData: [] }, 'requiredData must be an object'],
  [{ ...config, sourceModifiedDate: '$.at' }, 'sourceModifiedDate must be a list'],
])('%j is refused by name', (given, message) => {
  expect(() => checkCustomType(given)).toThrow(message);
});

test('of a record is kept what was asked for, by the names that the caller gave', () => {
  const record = customRecords(config)({
    id: 12,
    number: 'O-1',
    changedAt: '2026-01-02T03:04:05Z',
    lines: [{ sku: 'A' }, { sku: null }, { sku: 'B' }],
    secret: 'not asked for',
  });
  expect(record).toEqual({
    id: '12',
    content: { number: 'O-1', skus: ['A', 'B'] },
    sourceModifiedDate: '2026-01-02T03:04:05Z',
  });
});

test('what the platform has not got is left out, a stamp that is no text as well', () => {
  expect(customRecords(config)({ id: 'x', number: null, changedAt: 7 })).toEqual({ id: 'x', content: {} });
});

test.each([{}, { id: '' }, { id: null }, { id: { of: 'it' } }, { id: 'x'.repeat(257) }])(
  '%j has no id that could be kept',
  (theirs) => {
    expect(customRecords(config)(theirs)).not.toHaveProperty('id');
  },
);

test('of several parts of a key no two combinations are the same id', () => {
  const toRecord = customRecords({ ...config, keyBy: ['$.a', '$.b'] });
  const ids = [
    { a: 'x|y', b: 'z' },
    { a: 'x', b: 'y|z' },
    { a: 'x\\', b: 'y' },
    { a: 'x', b: '\\y' },
  ].map((theirs) => toRecord(theirs).id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(toRecord({ a: 'x', b: 3 }).id).toBe('x|3');
});

test('a connector is told which members of a record are wanted', () => {
  expect(membersWanted(checkCustomType(config))).toEqual([['number'], ['lines', 'sku'], ['id'], ['changedAt']]);
});
