/** Lists and single records as they are kept: before and after the first sync, filtered, sorted, page by page. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storeRecords } from '../../src/records/store.ts';
import { markSynced } from '../../src/records/state.ts';
import type { ReadDataType } from '../../src/models/data-types.ts';
import { makeConnection, makeLinkedConnection, startApi, type TestApi } from '../support/api.ts';
import { readWhole } from '../support/records.ts';

let api: TestApi;
/** On the same database. */
let second: TestApi;
beforeAll(async () => {
  api = await startApi();
  second = await startApi({ db: api.db, companies: api.companies });
});
afterAll(async () => {
  await second.stop();
  await api.stop();
});

interface Listed {
  readonly id: string;
  readonly modifiedDate: string;
  readonly status: string;
  readonly metadata: { readonly isDeleted: boolean };
}
interface List {
  readonly results: readonly Listed[];
  readonly pageNumber: number;
  readonly pageSize: number;
  readonly totalResults: number;
  readonly _links: {
    readonly self: { readonly href: string };
    readonly current: { readonly href: string };
    readonly next?: { readonly href: string };
    readonly previous?: { readonly href: string };
  };
  readonly error: string;
}
interface Changes {
  readonly results: readonly { readonly id: string; readonly dataType: string; readonly isDeleted: boolean }[];
  readonly watermark: string;
  readonly hasMore: boolean;
  readonly error: string;
}

/** Books whose records a test makes up: the platform is not asked for them. */
async function makeBooks(dataType: ReadDataType, records: readonly object[]) {
  const books = await makeLinkedConnection(api);
  const { companyId, connectionId } = books;
  const store = (batch: readonly object[], deletedIds: readonly string[] = []) =>
    api.db.transaction((tx) =>
      storeRecords(tx, {
        companyId,
        connectionId,
        dataType,
        records: batch.map((record) => ({ ...record })),
        deletedIds,
        modelKey: 'm',
      }),
    );
  await store(records);
  await markSynced(api.db, { companyId, connectionId, dataType });
  const get = <Body = List>(rest: string) => api.call<Body>('GET', `/companies/${companyId}/${rest}`);
  const list = (query = '') => get(`data/${dataType}${query === '' ? '' : `?${query}`}`);
  const idsOf = async (query: string) => {
    const { body, status } = await list(query);
    if (status !== 200) throw new Error(body.error);
    return body.results.map(({ id }) => id);
  };
  return { ...books, store, get, list, idsOf };
}

const encoded = (query: string) => `query=${encodeURIComponent(query)}`;

describe('before and after the first sync', () => {
  test('nothing is listed before it, and everything is afterwards, at company and at connection', async () => {
    const books = await makeLinkedConnection(api);
    const path = `/companies/${books.companyId}/data/accounts`;
    const before = await api.call<List>('GET', path);
    expect(before.status).toBe(409);
    expect(before.body.error).toContain('The data set has not been requested.');
    expect((await api.call('GET', `${path}/acc_1`)).status).toBe(409);
    await readWhole(api, books, 'chartOfAccounts');
    const [ofCompany, ofConnection] = [
      await api.call<List>('GET', path),
      await api.call<List>('GET', `${books.prefix}/data/chartOfAccounts`),
    ];
    expect(ofCompany.body.totalResults).toBeGreaterThan(5);
    expect(ofConnection.body.results).toEqual(ofCompany.body.results);
    expect((await api.call('GET', `${path}/none`)).body).toMatchObject({
      statusCode: 404,
      error: 'No data available for chartOfAccounts for ID none',
    });
    const [first] = ofCompany.body.results;
    expect(first?.modifiedDate).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);
    expect((await api.call('GET', `${path}/${first?.id}`)).body).toEqual(first);
  });

  test('a record that is kept is readable alone before its type can be listed', async () => {
    const { companyId, connectionId } = await makeLinkedConnection(api);
    const batch = { companyId, connectionId, dataType: 'invoices', records: [{ id: 'i1' }], modelKey: 'm' } as const;
    await api.db.transaction((tx) => storeRecords(tx, batch));
    expect((await api.call('GET', `/companies/${companyId}/data/invoices/i1`)).status).toBe(200);
    expect((await api.call('GET', `/companies/${companyId}/data/invoices`)).status).toBe(409);
  });

  test('what was read stays readable after the connection was unlinked, and goes with it', async () => {
    const books = await makeBooks('suppliers', [{ id: 's1', supplierName: 'Mill', status: 'Active' }]);
    await api.call('PATCH', books.prefix, { body: { status: 'Unlinked' } });
    expect((await books.list()).body.totalResults).toBe(1);
    expect((await api.call<List>('GET', `${books.prefix}/data/suppliers/s1`)).status).toBe(200);
    await api.call('DELETE', books.prefix);
    expect((await api.call<List>('GET', `${books.prefix}/data/suppliers/s1`)).status).toBe(404);
  });

  test('a company without books has nothing to read', async () => {
    const { companyId, prefix } = await makeConnection(api);
    expect((await api.call('GET', `/companies/${companyId}/data/accounts`)).status).toBe(409);
    expect((await api.call('GET', `${prefix}/data/accounts`)).status).toBe(409);
  });
});

const types = [
  'bankAccounts',
  'accountTransactions',
  'billCreditNotes',
  'billPayments',
  'bills',
  'chartOfAccounts',
  'creditNotes',
  'customers',
  'directCosts',
  'directIncomes',
  'invoices',
  'items',
  'journalEntries',
  'journals',
  'paymentMethods',
  'payments',
  'purchaseOrders',
  'suppliers',
  'taxRates',
  'trackingCategories',
  'transfers',
] as const satisfies readonly ReadDataType[];

test('every data type of filled books is listed whole, and each record is the same alone', async () => {
  const books = await makeConnection(api);
  await api.call('PUT', `${books.prefix}/authorization`, { body: { books: 'riverside-cafe' } });
  await readWhole(api, books, ...types, 'bankTransactions');
  const empty: string[] = [];
  for (const dataType of types) {
    const { body, status } = await api.call<List>('GET', `${books.prefix}/data/${dataType}?pageSize=5000`);
    expect(status, dataType).toBe(200);
    expect(body.results.length).toBe(body.totalResults);
    const [first] = body.results;
    if (first === undefined) {
      empty.push(dataType);
      continue;
    }
    const { subCategories: _, ...alone } = (
      await api.call<{ subCategories?: unknown }>('GET', `/companies/${books.companyId}/data/${dataType}/${first.id}`)
    ).body;
    expect(alone).toEqual(first);
  }
  expect(empty).toEqual([]);
  const { body: accounts } = await api.call<List>('GET', `${books.prefix}/data/bankAccounts`);
  let transactions = 0;
  for (const { id } of accounts.results) {
    const path = `data/bankAccounts/${id}/bankTransactions`;
    const { body } = await api.call<List>('GET', `${books.prefix}/${path}`);
    transactions += body.totalResults;
    expect((await api.call<List>('GET', `/companies/${books.companyId}/${path}`)).body.results).toEqual(body.results);
  }
  expect(transactions).toBeGreaterThan(0);
  const { body: info } = await api.call('GET', `/companies/${books.companyId}/data/info`);
  expect(info).toMatchObject({ companyName: 'Riverside Café', baseCurrency: 'GBP' });
  expect(info).not.toHaveProperty('id');
  expect((await api.call('GET', `${books.prefix}/data/info`)).body).toEqual(info);
});

test('a tracking category alone shows all that stands below it', async () => {
  const books = await makeBooks('trackingCategories', [
    { id: 't1', name: 'Region', hasChildren: true, status: 'Active' },
    { id: 't2', name: 'North', parentId: 't1', hasChildren: false, status: 'Active' },
    { id: 't3', name: 'South', parentId: 't1', hasChildren: false, status: 'Active' },
  ]);
  const { body } = await books.get<object>('data/trackingCategories/t1');
  expect(body).toMatchObject({
    name: 'Region',
    subCategories: [{ name: 'North', subCategories: [] }, { name: 'South' }],
  });
});

const invoices = [
  {
    id: 'i1',
    status: 'Submitted',
    totalAmount: 10,
    dueDate: '2026-03-01T00:00:00',
    customerRef: { id: 'C1', companyName: 'Ann & Co' },
    invoiceNumber: 'A-1',
    lineItems: [{ quantity: 1 }],
  },
  {
    id: 'i2',
    status: 'Paid',
    totalAmount: 9.5,
    dueDate: '2026-03-02',
    customerRef: { id: 'c2', companyName: 'Bob' },
    invoiceNumber: 'A-2',
  },
  {
    id: 'i3',
    status: 'Paid',
    totalAmount: 100,
    dueDate: '2026-03-03T10:00:00+02:00',
    customerRef: { id: 'c1' },
    currency: 'GBP',
  },
  { id: 'i4', totalAmount: 'none', dueDate: 'soon', customerRef: null },
];

describe('the query language', () => {
  test.each([
    ['status=paid', ['i2', 'i3']],
    ['status!=paid', ['i1', 'i4']],
    ['status~SUBMIT', ['i1']],
    ['totalAmount>9.5', ['i1', 'i3']],
    ['totalAmount=9.50', ['i2']],
    ['totalAmount<=10 && status=Paid', ['i2']],
    ['{totalAmount > 50 || totalAmount < 10} && status = Paid', ['i2', 'i3']],
    ['dueDate>=2026-03-02', ['i2', 'i3']],
    ['dueDate=2026-03-03T08:00:00Z', ['i3']],
    ['dueDate<2026-03-01T00:00:01', ['i1']],
    ['customerRef.id=c1', ['i1', 'i3']],
    ['customerRef.companyName=Ann & Co', ['i1']],
    ['customerRef.companyName~bo', ['i2']],
    ['id=i3', ['i3']],
    ['id=I3', []],
    ['currency!=GBP', ['i1', 'i2', 'i4']],
    ['metadata.isDeleted!=true', ['i1', 'i2', 'i3', 'i4']],
    ['metadata.isDeleted=true || status=paid', ['i2', 'i3']],
    ['modifiedDate>2020-01-01 && customerRef.id=c2', ['i2']],
    ['modifiedDate<2020-01-01', []],
  ])('%s', async (query, ids) => {
    filtered ??= await makeBooks('invoices', invoices);
    const { body } = await filtered.list(encoded(query));
    expect([body.results?.map(({ id }) => id), body.totalResults]).toEqual([ids, ids.length]);
  });
  let filtered: Awaited<ReturnType<typeof makeBooks>> | undefined;

  test.each([
    [
      'query=lineItems.quantity%3D1',
      400,
      'Error parsing query - Could not resolve property lineItems.quantity on Invoice',
    ],
    ['query=nonsense%3D1', 400, 'Error parsing query - Could not resolve property nonsense on Invoice'],
    [
      'query=supplementalData.content%3D1',
      400,
      'Error parsing query - Could not resolve property supplementalData.content on Invoice',
    ],
    ['query=status%3EPaid', 400, 'Error parsing query - Malformed query. status: > cannot be asked of a text'],
    ['query=totalAmount%3Dmany', 400, "Error parsing query - Malformed query. totalAmount: 'many' is not a number."],
    [
      'query=issueDate%3D2026-02-30',
      400,
      "Error parsing query - Malformed query. issueDate: '2026-02-30' is not a date.",
    ],
    ['query=metadata.isDeleted%3Dmaybe', 400, "Malformed query. metadata.isDeleted: 'maybe' is not true or false."],
    ['query=modifiedDate%3Enow', 400, "Malformed query. modifiedDate: 'now' is not a date."],
    ['query=status', 400, 'Error parsing query - Malformed query. At character 7: an operator'],
    ['orderBy=-', 400, 'Error parsing query - Malformed query. orderBy names no property.'],
    [`query=${'a'.repeat(2048)}`, 400, 'Error parsing query - Malformed query. A query has at most 2047 characters'],
    ['orderBy=nonsense', 400, 'Error parsing query - Could not resolve property nonsense on Invoice'],
    ['modifiedAfter=yesterday', 400, 'modifiedAfter must be an ISO 8601 date and time'],
    ['after=nonsense', 400, 'Query parameter after is no watermark of ours'],
    ['page=0', 400, 'page'],
    ['pageSize=5001', 400, 'pageSize'],
  ])('%s is refused by name', async (query, status, told) => {
    filtered ??= await makeBooks('invoices', invoices);
    expect((await filtered.list(query)).body).toMatchObject({
      statusCode: status,
      error: expect.stringContaining(told),
    });
  });

  test.each([
    ['totalAmount', ['i2', 'i1', 'i3', 'i4']],
    ['-totalAmount', ['i3', 'i1', 'i2']],
    ['dueDate', ['i1', 'i2', 'i3', 'i4']],
    ['-customerRef.id', ['i2', 'i1', 'i3']],
    ['id', ['i1', 'i2', 'i3', 'i4']],
    ['-id', ['i4', 'i3', 'i2', 'i1']],
    ['modifiedDate', ['i1', 'i2', 'i3', 'i4']],
    ['-modifiedDate', ['i4', 'i3', 'i2', 'i1']],
  ])('orderBy=%s sorts by value', async (orderBy, ids) => {
    filtered ??= await makeBooks('invoices', invoices);
    const without = new Set(ids.length < 4 ? ['i4'] : []);
    expect((await filtered.idsOf(`orderBy=${orderBy}`)).filter((id) => !without.has(id))).toEqual(ids);
  });
});

describe('pages', () => {
  const many = Array.from({ length: 25 }, (_, n) => ({ id: `r${n}`, status: n % 5 === 0 ? 'Paid' : 'Draft' }));

  test('have the exact envelope, and past the end they are empty', async () => {
    const books = await makeBooks('invoices', many);
    const path = `/companies/${books.companyId}/data/invoices`;
    const { body } = await books.list('pageSize=10&page=2');
    expect(body).toMatchObject({
      pageNumber: 2,
      pageSize: 10,
      totalResults: 25,
      _links: { self: { href: path }, previous: { href: `${path}?page=1&pageSize=10` } },
    });
    expect(Object.keys(body).toSorted()).toEqual(['_links', 'pageNumber', 'pageSize', 'results', 'totalResults']);
    const past = (await books.list('pageSize=10&page=9')).body;
    expect(past).toMatchObject({ results: [], totalResults: 25, pageNumber: 9 });
    expect(past._links).not.toHaveProperty('next');
    const first = (await books.list('pageSize=25')).body;
    expect(first._links).not.toHaveProperty('next');
    expect(first._links).not.toHaveProperty('previous');
  });

  test.each([
    ['links', 1],
    ['links', 2],
    ['numbers', 1],
    ['numbers', 2],
  ])('walked by %s over %i servers show each record, although records move away meanwhile', async (by, count) => {
    const books = await makeBooks('invoices', many);
    const servers = count === 1 ? [api] : [api, second];
    const seen = new Set<string>();
    let target: string | undefined = `data/invoices?pageSize=4`;
    for (let page = 1; target !== undefined; page++) {
      const server = servers[page % count] ?? api;
      const { body }: { body: List } = await server.call<List>('GET', `/companies/${books.companyId}/${target}`);
      for (const { id } of body.results) seen.add(id);
      // What was on the page changes, and so leaves its place for the end.
      if (page <= 3)
        await books.store(body.results.slice(0, 2).map(({ id }) => ({ id, status: 'Void', note: `${page}` })));
      const next: string | undefined = body._links.next?.href;
      target =
        next === undefined
          ? undefined
          : by === 'links'
            ? next.replace(/^.*?\/data/, 'data')
            : `data/invoices?pageSize=4&page=${page + 1}`;
    }
    expect(seen.size).toBe(25);
  });

  test('count exactly what matches, over many thousands of changes', async () => {
    const books = await makeBooks('invoices', []);
    const made = Array.from({ length: 3_500 }, (_, n) => ({ id: `r${n}`, status: n % 7 === 0 ? 'Paid' : 'Draft', n }));
    for (let n = 0; n < made.length; n += 500) await books.store(made.slice(n, n + 500));
    await books.store(
      made.slice(100, 300).map((each) => ({ ...each, status: 'Void' })),
      ['r5', 'r7'],
    );
    const all = (await books.list('pageSize=5000')).body.results;
    expect(all).toHaveLength(3_500);
    for (const index of [0, 1, 700, 1_999, 3_297, 3_298, 3_499]) {
      const moment = all[index]?.modifiedDate ?? '';
      const later = all.slice(index + 1);
      expect((await books.list(`modifiedAfter=${moment}&pageSize=1`)).body.totalResults).toBe(later.length);
      const paid = await books.list(
        `modifiedAfter=${moment}&pageSize=5000&${encoded('status=Paid && metadata.isDeleted!=true')}`,
      );
      const expected = later.filter(({ status, metadata }) => status === 'Paid' && !metadata.isDeleted);
      expect(paid.body).toMatchObject({ totalResults: expected.length, results: expected });
      const from = await books.list(`${encoded(`modifiedDate>=${moment}`)}&pageSize=1`);
      expect(from.body).toMatchObject({ totalResults: later.length + 1, results: [all[index]] });
    }
  });
});

test('a record that is referred to by its id alone is shown, and found, by the name that it has now', async () => {
  const books = await makeBooks('invoices', [
    {
      id: 'i1',
      customerRef: { id: 'c1' },
      lineItems: [{ accountRef: { id: 'a1' }, taxRateRef: { id: 'none' }, tracking: { categoryRefs: [{ id: 't1' }] } }],
    },
    { id: 'i2', customerRef: { id: 'c1', companyName: 'As the platform has it' } },
  ]);
  const { companyId, connectionId } = books;
  const others = [
    ['customers', { id: 'c1', customerName: 'Ann & Co' }],
    ['chartOfAccounts', { id: 'a1', name: 'Sales' }],
    ['trackingCategories', { id: 't1', name: 'North' }],
  ] as const;
  for (const [dataType, record] of others) {
    const batch = { companyId, connectionId, dataType, records: [record], modelKey: 'm' };
    await api.db.transaction((tx) => storeRecords(tx, batch));
  }
  const { body } = await books.list();
  expect(body.results).toMatchObject([
    {
      customerRef: { id: 'c1', companyName: 'Ann & Co' },
      lineItems: [
        {
          accountRef: { id: 'a1', name: 'Sales' },
          taxRateRef: { id: 'none' },
          tracking: { categoryRefs: [{ id: 't1', name: 'North' }] },
        },
      ],
    },
    { customerRef: { id: 'c1', companyName: 'As the platform has it' } },
  ]);
  expect(await books.idsOf(encoded('customerRef.companyName=ann & co'))).toEqual(['i1']);
  expect(await books.idsOf('orderBy=-customerRef.companyName')).toEqual(['i2', 'i1']);
  expect((await books.get<Changes>('changes?dataTypes=invoices')).body.results).toMatchObject([
    { record: { customerRef: { companyName: 'Ann & Co' } } },
    { id: 'i2' },
  ]);
});

test('modifiedAfter is an instant or a local time taken for UTC, and has to hold beside the query', async () => {
  const books = await makeBooks('customers', [{ id: 'old', status: 'Active' }]);
  const modifiedDate = (await books.list()).body.results[0]?.modifiedDate ?? '';
  await books.store([
    { id: 'new', status: 'Active' },
    { id: 'newer', status: 'Archived' },
  ]);
  const asOffset = encodeURIComponent(modifiedDate.replace('Z', '+00:00'));
  for (const moment of [modifiedDate, modifiedDate.replace('Z', ''), asOffset]) {
    expect(await books.idsOf(`modifiedAfter=${moment}&pageNumber=1`)).toEqual(['new', 'newer']);
    expect(await books.idsOf(`ModifiedAfter=${moment}&${encoded('status=active')}`)).toEqual(['new']);
  }
});

describe('the change feed', () => {
  test('tells every change and deletion after a watermark once, in order, and lists say where to begin', async () => {
    const books = await makeBooks('invoices', [{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
    const changes = async (query: string) => (await books.get<Changes>(`changes?${query}`)).body;
    const first = await changes('pageSize=2');
    expect(first).toMatchObject({ results: [{ id: 'a' }, { id: 'b' }], hasMore: true });
    const second = await changes(`after=${first.watermark}`);
    expect(second).toMatchObject({ results: [{ id: 'c', dataType: 'invoices', isDeleted: false }], hasMore: false });
    expect(await changes(`after=${second.watermark}`)).toEqual({ ...second, results: [] });
    const listed = (await books.list()).headers.get('ledgerpost-watermark');
    expect(listed).toBe(second.watermark);
    await books.store([{ id: 'b', note: 'changed' }], ['a']);
    expect(await changes(`after=${listed}&dataTypes=invoices,bills`)).toMatchObject({
      results: [
        { id: 'b', isDeleted: false, record: { note: 'changed', metadata: { isDeleted: false } } },
        { id: 'a', isDeleted: true, record: { id: 'a', metadata: { isDeleted: true } } },
      ],
      hasMore: false,
    });
    expect((await changes(`after=${listed}&dataTypes=bills`)).results).toEqual([]);
  });

  test('refuses watermarks that are not of this feed, and types without records', async () => {
    const [books, others] = [await makeBooks('invoices', [{ id: 'a' }]), await makeBooks('invoices', [{ id: 'a' }])];
    const foreign = (await others.get<Changes>('changes')).body.watermark;
    const ahead = Buffer.from(Buffer.from(foreign, 'base64url').toString().replace(/\d+$/, '9999999999999999'));
    const refusals: [string, string][] = [
      ['after=nonsense', 'is no watermark of ours'],
      [`after=${foreign}`, 'is the watermark of another company'],
      ['dataTypes=balanceSheet', "'balanceSheet' has no records"],
      ['dataTypes=nonsense', "'nonsense' does not exist"],
    ];
    for (const [query, told] of refusals) {
      const { body, status } = await books.get<Changes>(`changes?${query}`);
      expect([400, 404]).toContain(status);
      expect(body.error).toContain(told);
    }
    expect((await others.get<Changes>(`changes?after=${ahead.toString('base64url')}`)).body.error).toContain(
      'is newer',
    );
    expect((await api.call('GET', `/companies/${books.connectionId}/changes`)).status).toBe(404);
  });

  test('a company of which nothing is kept yet has a watermark to begin with', async () => {
    const { companyId } = await makeLinkedConnection(api);
    const first = (await api.call<Changes>('GET', `/companies/${companyId}/changes`)).body;
    expect(first).toMatchObject({ results: [], hasMore: false });
    expect((await api.call('GET', `/companies/${companyId}/changes?after=${first.watermark}`)).status).toBe(200);
  });
});
