// The `orderBy` parameter in SQL.
import { expect, test } from 'vitest';
import { inHumanOrder } from '../db/text-rules.ts';
import { orderBySql } from './order-by.ts';
import type { Properties } from './to-sql.ts';

const properties: Properties = {
  requestedOnUtc: { column: 'requested_at', type: 'date' },
  name: { column: 'p.name', type: 'string' },
  id: { column: 'p.id', type: 'exact' },
  statusCode: { column: 'p.code', type: 'number' },
  'connections.status': { column: 'c.status', type: 'string', within: (condition) => `EXISTS (${condition})` },
};

test.each([
  ['requestedOnUtc', 'requested_at ASC'],
  ['-requestedOnUtc', 'requested_at DESC'],
  [' -requestedonutc ', 'requested_at DESC'],
  ['statusCode', 'p.code ASC'],
  ['id', 'p.id ASC'],
  ['-name', `${inHumanOrder('p.name')} DESC`],
])('%s', (text, sql) => {
  expect(orderBySql(text, properties)).toEqual({ ok: true, sql });
});

test.each(['changes', '--requestedOnUtc', 'requestedOnUtc desc', 'connections.status', 'toString'])(
  '%s is refused by name',
  (text) => {
    expect(orderBySql(text, properties)).toEqual({
      ok: false,
      error: { code: 'unknown_query_property', property: text.replace(/^-/, '') },
    });
  },
);

test.each(['', ' ', '-'])('"%s" is malformed', (text) => {
  expect(orderBySql(text, properties)).toEqual({
    ok: false,
    error: { code: 'malformed_query', why: 'orderBy names no property.' },
  });
});
