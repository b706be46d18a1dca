// What clients may write in `query`, and that nothing they write breaks the parser.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseQuery, queryLengthMax } from './parse.ts';
import { OPERATORS, type Clause, type Operator, type Query } from './query.ts';

const clause = (property: string, operator: Operator, value: string): Clause => ({
  kind: 'clause',
  property,
  operator,
  value,
});
const all = (...parts: Query[]): Query => ({ kind: 'all', parts });
const any = (...parts: Query[]): Query => ({ kind: 'any', parts });

const a = clause('a', '=', '1');
const b = clause('b', '=', '2');
const c = clause('c', '=', '3');

describe('what a query says', () => {
  const cases: readonly (readonly [text: string, query: Query])[] = [
    ['', all()],
    ['  ', all()],
    ['status=paid', clause('status', '=', 'paid')],
    ['status = paid ', clause('status', '=', 'paid')],
    ['status!=paid', clause('status', '!=', 'paid')],
    ['totalAmount>=10.5', clause('totalAmount', '>=', '10.5')],
    ['totalAmount<=-1', clause('totalAmount', '<=', '-1')],
    ['totalAmount > 1', clause('totalAmount', '>', '1')],
    ['totalAmount<1', clause('totalAmount', '<', '1')],
    ['name~Ltd', clause('name', '~', 'Ltd')],
    ['customerRef.companyName=New Co', clause('customerRef.companyName', '=', 'New Co')],
    ['metadata.isDeleted!=true', clause('metadata.isDeleted', '!=', 'true')],
    ['modifiedDate>=2024-01-15T10:00:00Z', clause('modifiedDate', '>=', '2024-01-15T10:00:00Z')],
    ['formula=a=b', clause('formula', '=', 'a=b')],
    ['name=Smith & Sons | Co', clause('name', '=', 'Smith & Sons | Co')],
    ['name={curly', clause('name', '=', '{curly')],
    ['name=5" pipe', clause('name', '=', '5" pipe')],
    ['owning team=north', clause('owning team', '=', 'north')],
    ['status=Failed&&dataType=invoices', all(clause('status', '=', 'Failed'), clause('dataType', '=', 'invoices'))],
    ['a=1 && b=2 && c=3', all(a, b, c)],
    ['a=1||b=2||c=3', any(a, b, c)],
    ['{a=1}', a],
    ['{{a=1}}', a],
    ['{a=1 || b=2} && c=3', all(any(a, b), c)],
    ['a=1 || {b=2&&c=3}', any(a, all(b, c))],
    ['{ a=1 && b=2 } && c=3', all(all(a, b), c)],
    ['name="a && b"', clause('name', '=', 'a && b')],
    ['name=" } " && a=1', all(clause('name', '=', ' } '), a)],
    ['name=""', clause('name', '=', '')],
    ['name="say \\"hi\\" \\\\"', clause('name', '=', 'say "hi" \\')],
    ['name=a \\&& b', clause('name', '=', 'a && b')],
    ['name=a\\}', clause('name', '=', 'a}')],
    ['name=\\"a', clause('name', '=', '"a')],
    ['name=a\\  ', clause('name', '=', 'a ')],
    ['name=C:\\books', clause('name', '=', 'C:\\books')],
    ['name=end\\', clause('name', '=', 'end\\')],
    ['id%3D1%20%26%26%20a%3D1', all(clause('id', '=', '1'), a)],
    ['name=50%3D', clause('name', '=', '50%3D')],
  ];

  test.each(cases)('%s', (text, query) => {
    expect(parseQuery(text)).toEqual({ ok: true, query });
  });
});

const bracesAt = (place: number, joiner: string, found: string) =>
  `At character ${place}: ${joiner}, or braces around what belongs together, is expected, not '${found}'.`;

describe('a malformed query is refused, and the message says at which character', () => {
  test.each([
    ['mixed without braces', 'a=1 && b=2 || c=3', bracesAt(12, '&&', '|')],
    ['mixed the other way round', 'a=1 || b=2 && c=3', bracesAt(12, '||', '&')],
    ['no operator', 'status', 'At character 7: an operator (!= >= <= = > < ~) is expected, and the query ends.'],
    ['no property', '=paid', "At character 1: a property is expected, not '='."],
    ['no value', 'status=', 'At character 8: a value is expected, and the query ends.'],
    ['blank value', 'status=  && a=1', "At character 10: a value is expected, not '&'."],
    ['nothing after the joiner', 'a=1 &&', 'At character 7: a property is expected, and the query ends.'],
    ['nothing before the joiner', '&& a=1', "At character 1: a property is expected, not '&'."],
    ['half an operator', 'a!1', "At character 2: an operator (!= >= <= = > < ~) is expected, not '!'."],
    ['empty braces', '{}', "At character 2: a property is expected, not '}'."],
    ['unclosed brace', '{a=1', 'At character 5: } is expected, and the query ends.'],
    ['brace closed twice', '{a=1}}', "At character 6: && or || is expected, not '}'."],
    ['brace out of place', 'a=1 {b=2}}', "At character 9: && or || is expected, not '}'."],
    ['something after a brace', '{a=1} 𝕓=2', "At character 7: && or || is expected, not '𝕓'."],
    ['a sign of two halves before it', '𝕒=1 && ', 'At character 8: a property is expected, and the query ends.'],
    ['unclosed quote', 'a="1', 'At character 5: a closing quote is expected, and the query ends.'],
    ['quote that never ends', 'a="1\\"', 'At character 7: a closing quote is expected, and the query ends.'],
    ['something after a quote', 'a="1" 2', "At character 7: && or || is expected, not '2'."],
    ['encoded twice and broken', 'a%3', 'There is no operator, and the percent-encoding is broken.'],
    ['a sign PostgreSQL cannot take', 'a=\0', 'A query has no null characters.'],
    ['the same, encoded twice', 'a%3D%00', 'A query has no null characters.'],
    ['too long', 'a'.repeat(2048), 'A query has at most 2047 characters; this one has 2048.'],
  ])('%s', (_, text, why) => {
    expect(parseQuery(text)).toEqual({ ok: false, error: { code: 'malformed_query', why } });
  });

  test('the longest query that is allowed is read', () => {
    expect(parseQuery(`a=${'x'.repeat(queryLengthMax - 2)}`)).toMatchObject({ ok: true });
  });

  test('deep nesting is no way to crash the parser', () => {
    expect(parseQuery('{'.repeat(queryLengthMax))).toMatchObject({ ok: false });
    expect(parseQuery(`${'{'.repeat(1000)}a=1${'}'.repeat(1000)}`)).toEqual({ ok: true, query: a });
  });
});

/** The query as text: every value quoted, every group in braces. */
function print(query: Query): string {
  if (query.kind === 'clause') {
    return `${query.property}${query.operator}"${query.value.replace(/["\\]/g, '\\$&')}"`;
  }
  const joiner = query.kind === 'all' ? '&&' : '||';
  return query.parts.map((part) => (part.kind === 'clause' ? print(part) : `{${print(part)}}`)).join(joiner);
}

const clauses: fc.Arbitrary<Query> = fc.record({
  kind: fc.constant('clause' as const),
  property: fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,12}$/),
  operator: fc.constantFrom(...OPERATORS),
  value: fc.string({ unit: 'binary', maxLength: 12 }).filter((value) => !value.includes('\0')),
});
const queries = fc.letrec<{ query: Query }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    clauses,
    fc.record({
      kind: fc.constantFrom('all' as const, 'any' as const),
      parts: fc.array(tie('query'), { minLength: 2, maxLength: 3 }),
    }),
  ),
})).query;

describe('for any text', () => {
  test('parsing a printed query gives the same query', () => {
    fc.assert(
      fc.property(queries, (query) => {
        fc.pre(print(query).length <= queryLengthMax);
        expect(parseQuery(print(query))).toEqual({ ok: true, query });
      }),
    );
  });

  test('the parser never throws', () => {
    const tokens = fc.constantFrom('&&', '||', '{', '}', '"', '\\', ' ', 'a', '1', '%', '%3D', 'é', '\0', ...OPERATORS);
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(tokens, { maxLength: 30 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(parseQuery(text)).toHaveProperty('ok');
      }),
      { numRuns: 5000 },
    );
  });
});
