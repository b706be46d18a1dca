/** Filters and orders by what an answer shows: names beside ids, and texts of any script. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordFilter } from '../../src/api/record-query.ts';
import { readDataTypes } from '../../src/models/data-types.ts';
import type { Fields } from '../../src/models/model.ts';
import { modelOfType } from '../../src/models/read-models.ts';
import { migrate, readMigrations } from '../../src/db/migrate.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { makeLog } from '../../src/lib/log.ts';
import { markSynced } from '../../src/records/state.ts';
import { storeRecords } from '../../src/records/store.ts';
import type { RecordContent, StoredDataType } from '../../src/records/stored-types.ts';
import { makeLinkedConnection, startApi, type TestApi } from '../support/api.ts';
import { createTestDatabase } from '../support/database.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

interface List {
  readonly results: readonly RecordContent[];
  readonly totalResults: number;
  readonly error: string;
}

type Kept = { readonly [D in StoredDataType]?: readonly RecordContent[] };

/** Books whose records a test makes up. */
async function makeBooks(kept: Kept) {
  const { companyId, connectionId, prefix } = await makeLinkedConnection(api);
  for (const [name, records] of Object.entries(kept)) {
    const dataType = name as StoredDataType;
    const batch = { companyId, connectionId, dataType, records: records ?? [], modelKey: 'm' };
    await api.db.transaction((tx) => storeRecords(tx, batch));
    await markSynced(api.db, { companyId, connectionId, dataType });
  }
  const list = async (dataType: StoredDataType, asked: Readonly<Record<string, string>> = {}) => {
    const { status, body } = await api.call<List>(
      'GET',
      `${prefix}/data/${dataType}?${new URLSearchParams(asked).toString()}`,
    );
    if (status !== 200) throw new Error(body.error);
    return body;
  };
  const idsOf = async (dataType: StoredDataType, asked: Readonly<Record<string, string>>) => {
    const { results, totalResults } = await list(dataType, asked);
    expect(totalResults).toBe(results.length);
    return results.map(({ id }) => id);
  };
  return { companyId, list, idsOf };
}

describe('a name that is shown beside an id', () => {
  /** Each name leads to a record of its own; `both` is in the chart and among the bank accounts. */
  const named: Kept = {
    chartOfAccounts: [{ id: 'sales', name: 'Sales' }, { id: 'both', name: 'In the chart' }, { id: 'nameless' }],
    bankAccounts: [
      { id: 'current', accountName: 'Current account' },
      { id: 'both', accountName: 'At the bank' },
      { id: 'nameless', accountName: 'Only at the bank' },
    ],
    taxRates: [{ id: 'vat', name: 'Standard' }],
    customers: [{ id: 'ann', customerName: 'Ann & Co' }],
  };

  test('is found in any of the types that the id may lead to, the likeliest first', async () => {
    const ids = ['current', 'both', 'nameless', 'sales', 'unknown'];
    const { list, idsOf } = await makeBooks({
      ...named,
      payments: [
        ...ids.map((id) => ({ id, accountRef: { id } })),
        { id: 'own', accountRef: { id: 'sales', name: 'As the platform has it' } },
      ],
    });
    const { results } = await list('payments');
    expect(results.map(({ accountRef }) => accountRef)).toEqual([
      { id: 'current', name: 'Current account' },
      { id: 'both', name: 'In the chart' },
      { id: 'nameless', name: 'Only at the bank' },
      { id: 'sales', name: 'Sales' },
      { id: 'unknown' },
      { id: 'sales', name: 'As the platform has it' },
    ]);
    const byName = (name: string) => idsOf('payments', { query: `accountRef.name=${name}` });
    expect(await byName('current account')).toEqual(['current']);
    expect(await byName('In the chart')).toEqual(['both']);
    expect(await byName('At the bank')).toEqual([]);
    expect(await byName('Only at the bank')).toEqual(['nameless']);
    expect(await byName('Sales')).toEqual(['sales']);
    expect(await byName('As the platform has it')).toEqual(['own']);
    expect(await idsOf('payments', { query: 'accountRef.name!=Sales && accountRef.name!=Current account' })).toEqual([
      'both',
      'nameless',
      'unknown',
      'own',
    ]);
    expect(await idsOf('payments', { orderBy: 'accountRef.name' })).toEqual([
      'own',
      'current',
      'both',
      'nameless',
      'sales',
      'unknown',
    ]);
  });

  test('is sorted by at any depth', async () => {
    const { idsOf } = await makeBooks({
      ...named,
      items: [
        { id: 'i1', invoiceItem: { accountRef: { id: 'current' } } },
        { id: 'i2', invoiceItem: { accountRef: { id: 'sales' } } },
        { id: 'i3', invoiceItem: { accountRef: { id: 'both' } } },
      ],
    });
    expect(await idsOf('items', { orderBy: '-invoiceItem.accountRef.name' })).toEqual(['i2', 'i3', 'i1']);
    expect(await idsOf('items', { query: 'invoiceItem.accountRef.name~account' })).toEqual(['i1']);
  });

  test('is found and sorted by although the model has no place for it', async () => {
    const { idsOf } = await makeBooks({
      ...named,
      transfers: [
        { id: 't1', from: { accountRef: { id: 'current' } }, to: { accountRef: { id: 'both' } } },
        { id: 't2', from: { accountRef: { id: 'both' } }, to: { accountRef: { id: 'current' } } },
      ],
    });
    expect(await idsOf('transfers', { query: 'from.accountRef.name=Current account' })).toEqual(['t1']);
    expect(await idsOf('transfers', { query: 'to.accountRef.name!=Current account' })).toEqual(['t1']);
    expect(await idsOf('transfers', { orderBy: '-from.accountRef.name' })).toEqual(['t2', 't1']);
  });

  test('is found by whatever the type and the path', async () => {
    const names = {
      chartOfAccounts: 'name',
      customers: 'customerName',
      items: 'name',
      suppliers: 'supplierName',
      taxRates: 'name',
      trackingCategories: 'name',
    } as const;
    const unlisted = ['bankTransactions', ...Object.keys(names)];
    const referring = readDataTypes.filter((dataType) => !unlisted.includes(dataType));
    const kept: Kept = {
      ...Object.fromEntries(
        Object.entries(names).map(([type, member]) => [type, [{ id: 'x', [member]: `Of ${type}` }]]),
      ),
      ...Object.fromEntries(referring.map((type) => [type, [referringRecord(modelOfType(type).fields)]])),
      items: [{ ...referringRecord(modelOfType('items').fields), id: 'x', name: 'Of items' }],
    };
    const { list, idsOf } = await makeBooks(kept);
    let shownAtAll = 0;
    for (const dataType of [...referring, 'items'] as const) {
      const shown = namesIn((await list(dataType)).results[0]).filter(({ name }) => name.startsWith('Of '));
      for (const { path, name } of shown) {
        expect([dataType, path, await idsOf(dataType, { query: `${path}=${name}` })]).toEqual([dataType, path, ['x']]);
        expect(await idsOf(dataType, { orderBy: path })).toEqual(['x']);
      }
      shownAtAll += shown.length;
    }
    expect(shownAtAll).toBeGreaterThan(15);
  });

  /** A record in which every object that may hold an id holds one, and nothing else. */
  function referringRecord(fields: Fields): RecordContent {
    const inner = (of: Fields): RecordContent =>
      Object.fromEntries(
        Object.entries(of).flatMap(([name, field]): [string, unknown][] => {
          if (field.type === 'Object' && field.fields !== undefined) return [[name, inner(field.fields)]];
          return name === 'id' ? [[name, 'x']] : [];
        }),
      );
    return { ...inner(fields), id: 'x' };
  }

  /** Every text below a member of an object, with its path. */
  function namesIn(value: unknown, above: readonly string[] = []): { path: string; name: string }[] {
    if (typeof value === 'string') return [{ path: above.join('.'), name: value }];
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
    return Object.entries(value).flatMap(([member, inner]) => namesIn(inner, [...above, member]));
  }
});

describe('texts of any script', () => {
  const names = ['STRASSE', 'apple', 'ÅNGSTRÖM', 'Émile Zola', 'ΣΊΣΥΦΟΣ', 'İzmir', 'Zebra', '100'];
  const customers = names.map((customerName) => ({ id: customerName, customerName }));

  test.each([
    ['=émile zola', ['Émile Zola']],
    ['~ÉMILE', ['Émile Zola']],
    ['~émile', ['Émile Zola']],
    ['=ångström', ['ÅNGSTRÖM']],
    ['~Ång', ['ÅNGSTRÖM']],
    ['=σίσυφος', ['ΣΊΣΥΦΟΣ']],
    // A sigma has another form where a word ends, which this one does not.
    ['~σίς', ['ΣΊΣΥΦΟΣ']],
    ['=straße', ['STRASSE']],
    ['=İZMIR', ['İzmir']],
    ['!=émile zola', names.filter((name) => name !== 'Émile Zola')],
  ])('are found without regard to case: %s', async (condition, ids) => {
    books ??= await makeBooks({ customers });
    expect(await books.idsOf('customers', { query: `customerName${condition}` })).toEqual(ids);
  });
  let books: Awaited<ReturnType<typeof makeBooks>> | undefined;

  test('are sorted as people do, and what ties comes in the order of its last change', async () => {
    books ??= await makeBooks({ customers });
    const sorted = ['100', 'ÅNGSTRÖM', 'apple', 'Émile Zola', 'İzmir', 'STRASSE', 'Zebra', 'ΣΊΣΥΦΟΣ'];
    expect(await books.idsOf('customers', { orderBy: 'customerName' })).toEqual(sorted);
    expect(await books.idsOf('customers', { orderBy: '-customerName' })).toEqual(sorted.toReversed());
    const twins = await makeBooks({ customers: ['b', 'a', 'c'].map((id) => ({ id, customerName: 'Ångström' })) });
    expect(await twins.idsOf('customers', { orderBy: 'customerName' })).toEqual(['b', 'a', 'c']);
  });

  test('that are ids and statuses are found without regard to case', async () => {
    const { idsOf } = await makeBooks({
      invoices: [
        { id: 'i1', status: 'Bezahlt Ü', customerRef: { id: 'KÄUFER-1' } },
        { id: 'i2', status: 'PAID', customerRef: { id: 'käufer-2' } },
      ],
    });
    expect(await idsOf('invoices', { query: 'customerRef.id=käufer-1' })).toEqual(['i1']);
    expect(await idsOf('invoices', { query: 'customerRef.id~KÄUFER' })).toEqual(['i1', 'i2']);
    expect(await idsOf('invoices', { query: 'status=BEZAHLT ü' })).toEqual(['i1']);
    expect(await idsOf('invoices', { query: 'status!=paid' })).toEqual(['i1']);
  });

  test.each([
    ['customerRef.id=Käufer-1', 'first_ref'],
    ['status=Überfällig', 'status'],
  ])('%s is found by an index', async (query, column) => {
    const { filter } = recordFilter('invoices', { query });
    const { sql = '', values = [] } = filter.rest ?? filter.kept ?? {};
    const plan = await api.db.transaction(async (tx) => {
      // Of few rows a planner would rather read all.
      await tx.execute('', 'SET LOCAL enable_seqscan = off');
      return tx.query(
        '',
        `EXPLAIN SELECT FROM records r WHERE r.connection_id = gen_random_uuid() AND r.data_type = 'invoices' AND ${sql}`,
        values,
      );
    });
    expect(JSON.stringify(plan)).toMatch(new RegExp(`Index Cond: [^"]*\\(${column} = `));
  });

  test('that an earlier version kept as ids and statuses are found without regard to case as well', async () => {
    const { connection, database, drop } = await createTestDatabase({ empty: true });
    const log = makeLog('silent', systemClock);
    const all = await readMigrations();
    await migrate({ connection, log, migrations: all.filter(({ name }) => name < '0021') });
    await database.execute(
      '',
      `INSERT INTO records (company_id, connection_id, data_type, record_id, content, status, first_ref, modified_at, bucket, seen_at)
       SELECT gen_random_uuid(), gen_random_uuid(), 'invoices', 'i1', '{}', lower('ÜBERFÄLLIG'), lower('KÄUFER-1'), now(), 0, now()`,
    );
    expect(await migrate({ connection, log, migrations: all })).toContain('0021_lower_case_of_any_script');
    const rows = await database.query('', 'SELECT status, first_ref FROM records');
    expect(rows).toEqual([{ status: 'überfällig', first_ref: 'käufer-1' }]);
    expect(await database.query('', 'SELECT status FROM record_counts WHERE records > 0')).toEqual([
      { status: 'überfällig' },
    ]);
    await drop();
  });

  test('are found in the lists of companies and of connections too', async () => {
    const found = async (path: string) => (await api.call<List>('GET', path)).body.results;
    const { body } = await api.call<{ id: string }>('POST', '/companies', {
      body: { name: 'Ölmühle ÆRØ', tags: { region: 'ÎLE' } },
    });
    expect(await found(`/companies?query=name%3Dölmühle ærø`)).toMatchObject([{ id: body.id }]);
    expect(await found(`/companies?tags=region%3Dîle`)).toMatchObject([{ id: body.id }]);
  });
});
