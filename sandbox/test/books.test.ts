import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { objectAt, objectsAt, textAt } from '../src/json.ts';
import { startSandbox } from '../src/start.ts';
import { books, clientOf, codeOf, problemsOf, startForTest, temporaryFolder } from './support/sandbox.ts';

test('the first start offers three sets of believable, balanced books', async () => {
  const client = await startForTest();
  const list = objectsAt((await client.get('/books')).body, 'items');
  expect(list.map((one) => one['id'])).toEqual(['riverside-cafe', 'oakfield-joinery', 'lantern-software']);
  for (const one of list) {
    const at = `/books/${textAt(one, 'id')}`;
    const balance = (await client.get(`${at}/trial-balance`)).body;
    expect(balance['isBalanced']).toBe(true);
    expect(Number(balance['postings'])).toBeGreaterThan(50);
    const accounts = objectsAt((await client.get(`${at}/accounts`)).body, 'items');
    expect(accounts.length).toBeGreaterThanOrEqual(30);
    const heads = new Set(accounts.map((account) => textAt(account, 'category')?.split('.')[0] ?? ''));
    expect(heads).toEqual(new Set(['Asset', 'Liability', 'Equity', 'Income', 'Expense']));
    const counts = {
      customers: 8,
      suppliers: 6,
      items: 8,
      invoices: 12,
      bills: 10,
      'bank-accounts': 2,
      payments: 6,
      'supplier-payments': 5,
      'credit-notes': 2,
      'supplier-credit-notes': 1,
      expenses: 2,
      receipts: 1,
      transfers: 1,
      'purchase-orders': 2,
      journals: 2,
      'tax-rates': 4,
      'payment-methods': 4,
    };
    for (const [path, count] of Object.entries(counts)) expect(await client.total(`${at}/${path}`), path).toBe(count);
    const statuses = objectsAt((await client.get(`${at}/invoices`)).body, 'items').map((invoice) => invoice['status']);
    expect(new Set(statuses)).toEqual(new Set(['draft', 'submitted', 'partially-paid', 'paid']));
  }
});

test('every payment that a document of the first sets names is one that can be read, and says the same', async () => {
  const client = await startForTest();
  for (const [documents, payments] of [
    ['invoices', 'payments'],
    ['bills', 'supplier-payments'],
  ]) {
    const listed = objectsAt((await client.get(`${books}/${documents}`)).body, 'items');
    expect(listed.flatMap((one) => objectsAt(one, 'payments'))).toEqual([]);
    const named = listed.flatMap((one) => objectsAt(one, 'allocations').map((each) => [one['id'], each] as const));
    expect(named.length).toBeGreaterThanOrEqual(5);
    for (const [recordId, allocation] of named) {
      const { status, body } = await client.get(`${books}/${payments}/${textAt(allocation, 'paymentId')}`);
      expect(status).toBe(200);
      const settled = objectsAt(body, 'lines').flatMap((line) => objectsAt(line, 'allocations'));
      expect(settled).toContainEqual(expect.objectContaining({ recordId, amount: allocation['amount'] }));
    }
  }
});

test('creating books with an id that exists gives back what is there, unchanged', async () => {
  const client = await startForTest();
  const created = await client.post('/books', { id: 'mine', name: 'Mine' });
  expect(created.status).toBe(201);
  const again = await client.post('/books', { id: 'mine', name: 'Another name' });
  expect(again.status).toBe(200);
  expect(again.body).toEqual(created.body);
  expect(await client.total('/books')).toBe(4);
});

test('books from one template hold the same things every time', async () => {
  const client = await startForTest();
  await client.post('/books', { id: 'one', name: 'One' });
  await client.post('/books', { id: 'two', name: 'Two' });
  const [one, two] = [await client.get('/books/one/trial-balance'), await client.get('/books/two/trial-balance')];
  expect(one.body['debitTotal']).toBe(two.body['debitTotal']);
});

test('empty books have a chart of accounts and nothing that was traded', async () => {
  const client = await startForTest();
  await client.post('/books', { id: 'blank', name: 'Blank', template: 'empty', baseCurrency: 'EUR' });
  expect(await client.total('/books/blank/accounts')).toBeGreaterThan(30);
  expect(await client.total('/books/blank/invoices')).toBe(0);
  expect((await client.get('/books/blank/trial-balance')).body['postings']).toBe(0);
});

test('wrong wishes for new books are named', async () => {
  const client = await startForTest();
  const reply = await client.post('/books', { id: 'a b', template: 'circus', baseCurrency: 'QQQ', colour: 'red' });
  expect(problemsOf(reply)).toEqual([
    'baseCurrency invalid_currency',
    'colour unknown_field',
    'id invalid',
    'name required',
    'template invalid_choice',
  ]);
});

test('what is under /books needs the token, health and control do not', async () => {
  const client = await startForTest({ token: 'secret' });
  for (const path of ['/books', '/book%73', books, `${books}/invoices`, `${books}/nothing`, `${books}/a/b/c`]) {
    const reply = await client.get(path);
    expect([reply.status, codeOf(reply)], path).toEqual([401, 'unauthorized']);
  }
  expect((await client.get('/health')).body).toEqual({ ok: true });
  expect((await client.get('/control')).status).toBe(200);
  expect((await clientOf(client.url, 'secret').get('/books')).status).toBe(200);
});

test('unknown books, resources, records and methods are told apart', async () => {
  const client = await startForTest();
  const answers = [
    await client.get('/books/nowhere/invoices'),
    await client.get(`${books}/dragons`),
    await client.get(`${books}/invoices/inv_0000000zz`),
    await client.delete(`${books}/customers/cus_000000001`),
    await client.call('PATCH', `${books}/invoices`, {}),
    await client.get('/elsewhere'),
  ];
  expect(answers.map((one) => [one.status, codeOf(one)])).toEqual([
    [404, 'books_not_found'],
    [404, 'not_found'],
    [404, 'record_not_found'],
    [405, 'method_not_allowed'],
    [405, 'method_not_allowed'],
    [404, 'not_found'],
  ]);
  expect(answers[3]?.headers.get('allow')).toBe('GET, PUT');
});

test('a record of one set of books is unknown in another', async () => {
  const client = await startForTest();
  const [customer] = objectsAt((await client.get(`${books}/customers`)).body, 'items');
  const id = textAt(customer, 'id');
  expect((await client.get(`${books}/customers/${id}`)).status).toBe(200);
  expect((await client.get(`/books/riverside-cafe/customers/${id}`)).status).toBe(404);
  expect((await client.get(`${books}/suppliers/${id}`)).status).toBe(404);
});

test('books from before the exchange gains account existed get it when the sandbox starts', async () => {
  const dir = temporaryFolder();
  await (await startSandbox({ dir })).close();
  const database = new DatabaseSync(join(dir, 'books.sqlite'));
  database.exec(`UPDATE books SET body = json_remove(body, '$.systemAccounts.exchangeGains')`);
  database.close();
  const client = await startForTest({ dir });
  const company = (await client.get('/books/riverside-cafe')).body;
  const accountId = textAt(objectAt(company, 'systemAccounts'), 'exchangeGains') ?? '';
  const account = await client.get(`/books/riverside-cafe/accounts/${accountId}`);
  // The code is taken by the account of old, so the new one goes without.
  expect(account.body).toMatchObject({ name: 'Exchange gains and losses', isSystemAccount: true });
  expect(account.body).not.toHaveProperty('code');
});
