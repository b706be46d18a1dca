/** Supplemental data configurations. */
import { expect, test } from 'vitest';
import { checkConfig, toPlatformProperties } from './config.ts';

const config = { order: { dataSource: '/Invoices', pushData: { theme: 'BrandingTheme.Name' }, pullData: { x: 'X' } } };

test('values reach the platform under its own names, dotted paths included', () => {
  const given = { content: { order: { theme: 'Winter' } } };
  expect(toPlatformProperties(config, given, 'Invoice')).toEqual({
    properties: { 'BrandingTheme.Name': 'Winter' },
    errors: [],
  });
});

test('a value that nobody configured fails the write by name instead of being lost', () => {
  const content = { order: { x: 1, toString: 3 }, other: { y: 2 } };
  const { errors } = toPlatformProperties(config, { content }, 'Invoice');
  expect(errors.map((error) => error.itemId)).toEqual([
    'SupplementalData.Content.order.x',
    'SupplementalData.Content.order.toString',
    'SupplementalData.Content.other.y',
  ]);
});

test('no supplemental data, or an empty one, asks for nothing', () => {
  for (const given of [undefined, null, {}, { content: null }, { content: {} }, 7]) {
    expect(toPlatformProperties(config, given, 'Invoice')).toEqual({ properties: {}, errors: [] });
  }
});

test.each([
  [7, 'supplementalDataConfig must be an object'],
  [{ order: [] }, 'order must be an object'],
  [{ order: { pushData: { theme: 7 } } }, 'order.pushData.theme must be a property of the platform'],
  [{ order: { dataSource: 7 } }, 'order.dataSource must be a text'],
])('%j is refused by name', (given, message) => {
  expect(() => checkConfig(given)).toThrow(message);
});

test('a sound configuration is kept as it is, and an empty one resets', () => {
  expect(checkConfig(config)).toEqual(config);
  expect(checkConfig({})).toEqual({});
});
