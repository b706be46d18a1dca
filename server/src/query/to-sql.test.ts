// What a query comes to in SQL, and that nothing a caller wrote gets into the statement's text.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caseless, lowered } from '../db/text-rules.ts';
import { parseQuery } from './parse.ts';
import { OPERATORS } from './query.ts';
import { toSql, type Properties, type QuerySql } from './to-sql.ts';

const properties: Properties = {
  name: { column: 'p.name', type: 'string' },
  id: { column: 'p.id', type: 'uuid' },
  customer: { column: 'p.customer', type: 'lowered' },
  recordId: { column: 'p.record_id', type: 'exact' },
  total: { column: 'p.total', type: 'number' },
  requestedOnUtc: { column: 'p.requested_at', type: 'date' },
  'metadata.isDeleted': { column: 'p.is_deleted', type: 'boolean' },
  status: {
    column: 'p.state',
    type: 'names',
    names: { Pending: ['queued', 'sending'], Success: ['succeeded'], Failed: ['failed', 'unknown'] },
  },
  'connections.status': {
    column: 'c.status',
    type: 'string',
    within: (condition) => `EXISTS (SELECT 1 FROM connections c WHERE c.company_id = p.id AND ${condition})`,
  },
};

function sqlOf(text: string, known: Properties = properties, firstPlaceholder?: number): QuerySql {
  const parsed = parseQuery(text);
  return parsed.ok ? toSql(parsed.query, known, firstPlaceholder) : parsed;
}

const id = '0190a1b2-0000-7000-8000-000000000001';

describe('the condition', () => {
  test.each([
    ['', 'TRUE', []],
    ['name=Paid', `${caseless('p.name')} = ${caseless('$1')}`, ['Paid']],
    ['NAME=Paid', `${caseless('p.name')} = ${caseless('$1')}`, ['Paid']],
    ['name!=x', `(${caseless('p.name')} = ${caseless('$1')}) IS NOT TRUE`, ['x']],
    ['name~50%', `strpos(${caseless('p.name')}, ${caseless('$1')}) > 0`, ['50%']],
    ['customer=Ab', `p.customer = ${lowered('$1')}`, ['Ab']],
    ['customer!=Ab', `(p.customer = ${lowered('$1')}) IS NOT TRUE`, ['Ab']],
    ['customer~Ab', `strpos(p.customer, ${lowered('$1')}) > 0`, ['Ab']],
    ['recordId=Ab', 'p.record_id = $1', ['Ab']],
    ['recordId~Ab', `strpos(${caseless('p.record_id')}, ${caseless('$1')}) > 0`, ['Ab']],
    [`id=${id}`, 'p.id = $1::uuid', [id]],
    ['id=nonsense', 'FALSE', []],
    ['id!=nonsense', '(FALSE) IS NOT TRUE', []],
    ['id~0190', `strpos(p.id::text, ${lowered('$1')}) > 0`, ['0190']],
    ['total=1', 'p.total = $1::numeric', ['1']],
    ['total>=-1.50', 'p.total >= $1::numeric', ['-1.50']],
    ['total!=.5', '(p.total = $1::numeric) IS NOT TRUE', ['.5']],
    ['requestedOnUtc>2021-01-28', 'p.requested_at > $1::timestamptz', ['2021-01-28T00:00:00Z']],
    ['metadata.isDeleted!=True', '(p.is_deleted = $1::boolean) IS NOT TRUE', ['true']],
    ['status=pending', 'p.state = ANY($1::text[])', [['queued', 'sending']]],
    ['status!=Pending', '(p.state = ANY($1::text[])) IS NOT TRUE', [['queued', 'sending']]],
    ['status~e', 'p.state = ANY($1::text[])', [['queued', 'sending', 'succeeded', 'failed', 'unknown']]],
    ['status=nonsense', 'p.state = ANY($1::text[])', [[]]],
    [
      'connections.status!=Linked',
      `(EXISTS (SELECT 1 FROM connections c WHERE c.company_id = p.id AND ${caseless('c.status')} = ${caseless('$1')})) IS NOT TRUE`,
      ['Linked'],
    ],
    [
      '{total > 100 || total < 50} && name != x',
      `((p.total > $1::numeric OR p.total < $2::numeric) AND (${caseless('p.name')} = ${caseless('$3')}) IS NOT TRUE)`,
      ['100', '50', 'x'],
    ],
  ])('%s', (text, sql, values) => {
    expect(sqlOf(text)).toEqual({ ok: true, where: { sql, values } });
  });

  test('placeholders go on where the caller stopped', () => {
    expect(sqlOf('name=a && total=1', properties, 4)).toMatchObject({
      where: { sql: `(${caseless('p.name')} = ${caseless('$4')} AND p.total = $5::numeric)` },
    });
  });

  test('a key that the caller chose travels as a parameter', () => {
    const tags: Properties = (key) => ({ type: 'string', column: { key, of: (at) => `(tags ->> ${at})` } });
    expect(sqlOf("owning'team = x", tags)).toEqual({
      ok: true,
      where: { sql: `${caseless('(tags ->> $1)')} = ${caseless('$2')}`, values: ["owning'team", 'x'] },
    });
  });
});

describe('dates', () => {
  test.each([
    ['2021-01-28', '2021-01-28T00:00:00Z'],
    ['2024-01-15T10:00:00Z', '2024-01-15T10:00:00Z'],
    ['2024-01-15T10:00:00', '2024-01-15T10:00:00Z'],
    ['2024-01-15 10:00', '2024-01-15T10:00Z'],
    ['2023-03-21T17:17:58.9235368Z', '2023-03-21T17:17:58.9235368Z'],
    ['2024-01-15T10:00:00-05:00', '2024-01-15T10:00:00-05:00'],
    ['2024-01-15T10:00:00 05:00', '2024-01-15T10:00:00+05:00'],
    ['2024-02-29', '2024-02-29T00:00:00Z'],
  ])('%s is read', (text, moment) => {
    expect(sqlOf(`requestedOnUtc=${text}`)).toMatchObject({ ok: true, where: { values: [moment] } });
  });

  test.each([
    '2023-02-29',
    '2024-13-01',
    '0000-01-01',
    '2024-01-15T24:00:00Z',
    '2024-01-15T10:60:00Z',
    '2024-01-15T10:00:60Z',
    '2024-01-15T10:00:00+15:00',
    'yesterday',
    '1700000000',
  ])('%s is refused', (text) => {
    const why = `requestedOnUtc: '${text}' is not a date.`;
    expect(sqlOf(`requestedOnUtc=${text}`)).toEqual({ ok: false, error: { code: 'malformed_query', why } });
  });
});

describe('refusals', () => {
  test.each([
    ['customer>a', 'customer: > cannot be asked of a text, only = ~ !=.'],
    ['recordId<a', 'recordId: < cannot be asked of a text, only = ~ !=.'],
    ['name>a', 'name: > cannot be asked of a text, only = ~ !=.'],
    ['Name<=a', 'Name: <= cannot be asked of a text, only = ~ !=.'],
    ['status>Failed', 'status: > cannot be asked of a text, only = ~ !=.'],
    ['id>1', 'id: > cannot be asked of an id, only = ~ !=.'],
    ['total~1', 'total: ~ cannot be asked of a number, only = > >= < <= !=.'],
    ['total=many', "total: 'many' is not a number."],
    ['total!=many', "total: 'many' is not a number."],
    ['total=1e9', "total: '1e9' is not a number."],
    ['total=null', "total: 'null' is not a number."],
    ['requestedOnUtc~2021', 'requestedOnUtc: ~ cannot be asked of a date, only = > >= < <= !=.'],
    ['metadata.isDeleted>true', 'metadata.isDeleted: > cannot be asked of true or false, only = !=.'],
    ['metadata.isDeleted=1', "metadata.isDeleted: '1' is not true or false."],
    ['name=a && {total=x || id=1}', "total: 'x' is not a number."],
  ])('%s: it is said of which property the operator or the value does not suit the type', (text, why) => {
    expect(sqlOf(text)).toEqual({ ok: false, error: { code: 'malformed_query', why } });
  });

  test('what is quoted is cut short, and not within a sign', () => {
    expect(sqlOf(`total=${'𝕏'.repeat(500)}`)).toMatchObject({
      error: { why: `total: '${'𝕏'.repeat(60)}…' is not a number.` },
    });
  });

  test.each(['lineItems.unitAmount', 'constructor', '__proto__', 'toString'])('%s is no property', (property) => {
    expect(sqlOf(`name=a && ${property}=1`)).toEqual({
      ok: false,
      error: { code: 'unknown_query_property', property },
    });
  });
});

test('whatever is asked, a value reaches the statement as a parameter only', () => {
  const known = fc.constantFrom(...Object.keys(properties));
  const values = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('1', '2021-01-28', 'true', id, "'; DROP"));
  fc.assert(
    fc.property(known, fc.constantFrom(...OPERATORS), values, (property, operator, value) => {
      const result = toSql({ kind: 'clause', property, operator, value: `~marked~${value}` }, properties);
      if (result.ok) expect(result.where.sql).not.toContain('~marked~');
      expect(toSql({ kind: 'clause', property, operator, value }, properties)).toHaveProperty('ok');
    }),
  );
});
