import { expect, test } from 'vitest';
import {
  checkFields,
  choice,
  currency,
  date,
  decimal,
  email,
  freeObject,
  group,
  isDate,
  list,
  name,
  reference,
  required,
  text,
} from './fields.ts';
import type { JsonObject } from './json.ts';
import type { Problem } from './problems.ts';

const fields = {
  name: name(5),
  note: text(3),
  email: email(),
  on: date(),
  price: decimal({ min: '0', max: '10', places: 2 }),
  kind: choice('a', 'b'),
  currency: currency(),
  accountId: reference('accounts'),
  lines: list(group({ amount: required(decimal()) }), 2, 1),
  custom: freeObject(20),
};

function problemsOf(input: JsonObject): string[] {
  const problems: Problem[] = [];
  const archived = { body: { status: 'archived' } };
  checkFields(fields, input, '', { problems, find: (_, id) => (id === 'old' ? archived : undefined) });
  return problems.map((one) => `${one.field} ${one.code}`).toSorted();
}

test('everything wrong with an input is named at once, each by its own field', () => {
  const input = {
    name: 'abcdef',
    note: 4,
    email: 'nobody',
    on: '2026-02-30',
    price: '1.005',
    kind: 'c',
    currency: 'GB',
    accountId: 'nowhere',
    lines: [{}, { amount: 3 }],
    custom: [],
    extra: true,
  };
  expect(problemsOf(input)).toEqual([
    'accountId unknown_reference',
    'currency invalid_currency',
    'custom wrong_type',
    'email invalid',
    'extra unknown_field',
    'kind invalid_choice',
    'lines[0].amount required',
    'lines[1].amount wrong_type',
    'name too_long',
    'note wrong_type',
    'on invalid',
    'price too_precise',
  ]);
});

test.each([
  [{}, 'name required'],
  [{ name: '  ' }, 'name required'],
  [{ name: null }, 'name required'],
  [{ name: 'a', price: '-1' }, 'price out_of_range'],
  [{ name: 'a', price: '11' }, 'price out_of_range'],
  [{ name: 'a', price: 1 }, 'price wrong_type'],
  [{ name: 'a', price: 'one' }, 'price invalid'],
  [{ name: 'a', lines: [] }, 'lines too_few'],
  [{ name: 'a', lines: [{ amount: '1' }, { amount: '1' }, { amount: '1' }] }, 'lines too_many'],
  [{ name: 'a', accountId: 'old' }, 'accountId archived_reference'],
  [{ name: 'a', custom: { long: 'x'.repeat(30) } }, 'custom too_long'],
])('%j is refused with %s', (input, problem) => {
  expect(problemsOf(input)).toEqual([problem]);
});

test('a member that is sent as null counts as absent', () => {
  expect(problemsOf({ name: 'a', note: null, lines: null })).toEqual([]);
});

test.each(['2024-02-29', '2026-01-31T23:59:59Z', '2026-01-31T00:00:00.000+05:30', '2026-01-31T10:00:00'])(
  '%s is a date',
  (text) => expect(isDate(text)).toBe(true),
);
test.each([
  '2023-02-29',
  '2026-13-01',
  '2026-1-1',
  '31/01/2026',
  '2026-01-31T24:00:00',
  '2026-01-31 10:00',
  '1899-12-31',
])('%s is no date', (text) => expect(isDate(text)).toBe(false));
