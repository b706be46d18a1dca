/** What the query builder builds is read back by the server's own parser as the same tree; what it refuses, the server does. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMoment } from '../../server/src/query/moment.ts';
import { parseQuery } from '../../server/src/query/parse.ts';
import type { Query } from '../../server/src/query/query.ts';
import { and, contains, eq, gt, gte, lt, lte, ne, oneOf, or, queryFor, type Invoice } from '../src/main.ts';

const BUILDERS = { '=': eq, '!=': ne, '~': contains, '>': gt, '>=': gte, '<': lt, '<=': lte } as const;

const property = fc.stringMatching(/^[A-Za-z][A-Za-z0-9. _-]{0,12}$/).filter((text) => text.trim() === text);
const anyText = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !text.includes('\0'));
const signs = fc.string({
  unit: fc.constantFrom('"', '\\', '&', '|', '{', '}', '=', '>', ' ', 'a', '%', '~'),
  maxLength: 12,
});
const date = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true })
  .map((each) => each.toISOString());
const number = fc.double({ noDefaultInfinity: true, noNaN: true }).filter((value) => !Object.is(value, -0));

const clause: fc.Arbitrary<Query> = fc.oneof(
  fc.record({
    kind: fc.constant('clause' as const),
    property,
    operator: fc.constantFrom('=' as const, '!=' as const, '~' as const),
    value: fc.oneof(anyText, signs),
  }),
  fc.record({
    kind: fc.constant('clause' as const),
    property,
    operator: fc.constantFrom('>' as const, '>=' as const, '<' as const, '<=' as const),
    value: date,
  }),
);

const { tree } = fc.letrec<{ tree: Query }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    clause,
    fc.record({
      kind: fc.constantFrom('all' as const, 'any' as const),
      parts: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

function build(query: Query): string {
  if (query.kind === 'clause') return BUILDERS[query.operator](query.property, query.value);
  return (query.kind === 'all' ? and : or)(...query.parts.map(build));
}

const isTooLong = (query: Query): boolean => JSON.stringify(query).length > 900;

test('what is built is read back as the same tree', () => {
  fc.assert(
    fc.property(
      tree.filter((each) => !isTooLong(each)),
      (query) => {
        expect(parseQuery(build(query))).toEqual({ ok: true, query });
      },
    ),
    { numRuns: 500 },
  );
});

test('numbers keep all their digits, and no exponent', () => {
  fc.assert(
    fc.property(number, (value) => {
      const parsed = parseQuery(gt('amountDue', value));
      if (!parsed.ok || parsed.query.kind !== 'clause') throw new Error('it is no clause');
      expect(parsed.query.value).toMatch(/^-?\d+(\.\d+)?$/);
      expect(Number(parsed.query.value)).toBe(value);
    }),
  );
});

test('a text has an order exactly where the server reads it as a date or a number', () => {
  const dates = [
    '2021-01-28',
    '2024-01-15T10:00:00Z',
    '2024-01-15 10:00',
    '2024-02-30',
    '0000-01-01',
    '2024-13-01',
    'paid',
    '',
    '12',
    '1e5',
    '-4.5',
  ];
  for (const text of dates) {
    const isOrdered = readMoment(text) !== undefined || /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text);
    const attempt = () => gt('issueDate', text);
    if (isOrdered) expect(attempt()).toContain(text);
    else expect(attempt).toThrow(`"${text}" has no order`);
  }
});

test('the form of the documentation comes out as it is printed there', () => {
  expect(and(eq('status', 'Failed'), gt('amountDue', 0))).toBe('status=Failed&&amountDue>0');
  expect(and(or(gt('totalAmount', 100), lt('totalAmount', 50)), ne('status', 'paid'))).toBe(
    '{totalAmount>100||totalAmount<50}&&status!=paid',
  );
  expect(oneOf('status', ['Paid', 'Void'])).toBe('status=Paid||status=Void');
  expect(and()).toBe('');
  expect(and('', eq('a', 1))).toBe('a=1');
});

describe('refused here, and by the server', () => {
  test.each(['', ' a', 'a=b', 'a&&b', 'x{', 'say"so', 'back\\slash'])('the property %j', (name) => {
    expect(() => eq(name, 1)).toThrow('property');
  });
  test.each([Number.NaN, Number.POSITIVE_INFINITY, new Date(Number.NaN)])('the value %s', (value) => {
    expect(() => eq('a', value)).toThrow('compare');
  });
  test('what is longer than 2,047 characters, has a NUL, or half of a character', () => {
    expect(() => eq('a', 'x'.repeat(2_046))).toThrow('longer');
    expect(parseQuery(eq('a', 'x'.repeat(2_045))).ok).toBe(true);
    expect(parseQuery(`a=${'x'.repeat(2_046)}`).ok).toBe(false);
    expect(() => eq('a', '\0')).toThrow('text');
    expect(() => eq('a', '\ud800')).toThrow('text');
    expect(() => or()).toThrow('or()');
  });
});

test('a builder of one type gives the same texts', () => {
  const q = queryFor<Invoice>();
  expect(q.and(q.eq('customerRef.id', '61'), q.gt('amountDue', 0))).toBe('customerRef.id=61&&amountDue>0');
});
