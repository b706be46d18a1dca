// The query language against a real PostgreSQL: that it finds what it says, and that no value is an error there.
import * as fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientConfig } from '../../src/db/connection.ts';
import { parseQuery } from '../../src/query/parse.ts';
import { OPERATORS } from '../../src/query/query.ts';
import { toSql, type Properties } from '../../src/query/to-sql.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let testDatabase: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  testDatabase = await createTestDatabase({ empty: true });
  client = new pg.Client(clientConfig(testDatabase.connection));
  await client.connect();
  await client.query(`
    CREATE TABLE things (number int, id uuid, name text, total numeric, made_at timestamptz, is_gone boolean, tags jsonb)`);
  await client.query(`
    INSERT INTO things VALUES
      (1, '0190a1b2-0000-7000-8000-000000000001', 'Paid & 100%', 10.5, '2024-01-15T10:00:00Z', true, '{"the region": "UK"}'),
      (2, '0190a1b2-0000-7000-8000-000000000002', 'open', -3, '2024-01-16T00:00:00Z', false, '{"the region": "FR"}'),
      (3, NULL, NULL, NULL, NULL, NULL, '{}')`);
});

afterAll(async () => {
  await client.end();
  await testDatabase.drop();
});

const properties: Properties = {
  id: { column: 'id', type: 'uuid' },
  name: { column: 'name', type: 'string' },
  total: { column: 'total', type: 'number' },
  madeAt: { column: 'made_at', type: 'date' },
  isGone: { column: 'is_gone', type: 'boolean' },
  size: { column: 'number', type: 'number' },
  status: { column: 'name', type: 'names', names: { Open: ['open'], Paid: ['Paid & 100%'] } },
  region: { type: 'string', column: { key: 'the region', of: (placeholder) => `(tags ->> ${placeholder})` } },
};

async function numbersOf(text: string): Promise<readonly number[] | string> {
  const parsed = parseQuery(text);
  const where = parsed.ok ? toSql(parsed.query, properties, 2) : parsed;
  if (!where.ok) return where.error.code;
  const { sql, values } = where.where;
  const { rows } = await client.query<{ number: number }>(
    `SELECT number FROM things WHERE number < $1 AND ${sql} ORDER BY number`,
    [100, ...values],
  );
  return rows.map((row) => row.number);
}

test.each([
  ['', [1, 2, 3]],
  ['name=OPEN', [2]],
  ['name!=open', [1, 3]],
  ['name~& 100%', [1]],
  ['name~_', []],
  ['id=0190A1B2-0000-7000-8000-000000000002', [2]],
  ['id!=0190a1b2-0000-7000-8000-000000000002', [1, 3]],
  ['id=none', []],
  ['id~0190A1B2', [1, 2]],
  ['total>-3', [1]],
  ['total=10.50', [1]],
  ['size>=2', [2, 3]],
  ['madeAt>=2024-01-16', [2]],
  ['madeAt=2024-01-15T05:00:00-05:00', [1]],
  ['madeAt<2024-01-15T10:00:00.0000001Z', []],
  ['isGone!=true', [2, 3]],
  ['status=paid', [1]],
  ['status!=Paid', [2, 3]],
  ['region=uk', [1]],
  ['{total>10 || isGone=false} && name!=nobody', [1, 2]],
])('%s', async (text, numbers) => {
  expect(await numbersOf(text)).toEqual(numbers);
});

test('no property, operator and value together are an error for the database', async () => {
  const dates = fc
    .tuple(fc.integer({ min: 0, max: 9999 }), fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 32 }))
    .map((parts) => parts.map((part, index) => String(part).padStart(index === 0 ? 4 : 2, '0')).join('-'));
  const numbers = fc.stringMatching(/^[+-]?\d{0,60}\.?\d{0,60}$/);
  const zones = fc.stringMatching(/^T[0-2]\d:[0-6]\d:[0-6]\d(\.\d{1,9})?[+-][0-2]\d:[0-6]\d$/);
  const values = fc.oneof(
    fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0')),
    dates,
    fc.tuple(dates, zones).map((parts) => parts.join('')),
    numbers,
    fc.constantFrom('1'.repeat(2000), `.${'1'.repeat(1990)}`, 'true', '\u{d800}', 'NaN', 'infinity'),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(properties)),
      fc.constantFrom(...OPERATORS),
      values,
      async (property, operator, value) => {
        const where = toSql({ kind: 'clause', property, operator, value }, properties);
        if (!where.ok) return;
        const { sql, values: bound } = where.where;
        await expect(client.query(`SELECT 1 FROM things WHERE ${sql}`, [...bound])).resolves.toBeDefined();
      },
    ),
    { numRuns: 1000 },
  );
});
