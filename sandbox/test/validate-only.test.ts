import { expect, test } from 'vitest';
import { objectsAt, textAt } from '../src/json.ts';
import type { JsonObject } from '../src/json.ts';
import { bill, cash, creditNote, invoice, line, openDesk, payment } from './support/money.ts';
import type { Desk } from './support/money.ts';
import { codeOf, shareSandbox } from './support/sandbox.ts';

const shared = shareSandbox();
const only = { 'validate-only': 'true' };

async function traceOf(desk: Desk): Promise<JsonObject> {
  const trail = await desk.get('audit-trail?pageSize=1');
  const balance = await desk.get('trial-balance');
  const paths = ['invoices', 'payments', 'expenses', 'customers', 'credit-notes', 'purchase-orders', 'journals'];
  const totals = await Promise.all(paths.map((path) => desk.total(path)));
  return { audit: trail['total'] ?? 0, balance, totals };
}

test('a record that is only validated comes back as it would be, and nothing is stored', async () => {
  const desk = await openDesk(shared());
  const { known } = desk;
  const before = await traceOf(desk);
  for (const [path, body, expected] of [
    ['invoices', invoice(known), { number: 'INV-0013', total: '120.00', amountDue: '120.00' }],
    ['credit-notes', creditNote(known), { number: 'CN-0003', remainingCredit: '24.00' }],
    ['expenses', cash(known, known.costsId), { number: 'EXP-0003', total: '60.00' }],
    ['payments', payment(known, [{ amount: '5' }]), { number: 'PAY-0007', remainingCredit: '5.00' }],
    ['customers', { name: 'A' }, { name: 'A', status: 'active' }],
    ['journals', { name: 'A' }, { name: 'A', hasChildren: false }],
  ] as const) {
    const reply = await desk.post(path, body, only);
    expect([reply.status, reply.headers.get('validated-only')], path).toEqual([200, 'true']);
    expect(reply.body, path).toMatchObject(expected);
  }
  expect(await traceOf(desk)).toEqual(before);
  expect((await desk.post('invoices', invoice(known))).body).toMatchObject({ number: 'INV-0013' });
});

test('the refusal is the one the write would get', async () => {
  const desk = await openDesk(shared());
  const bad = invoice(desk.known, { customerId: 'x', lines: [] });
  const [dry, real] = [await desk.post('invoices', bad, only), await desk.post('invoices', bad)];
  expect([dry.status, dry.body]).toEqual([real.status, real.body]);
  expect(codeOf(await desk.put('invoices/inv_zzzzzzzzz', {}, only))).toBe('record_not_found');
});

test('an update or deletion that is only validated leaves the record as it is', async () => {
  const desk = await openDesk(shared());
  const id = await desk.make('bills', bill(desk.known));
  const before = await desk.get(`bills/${id}`);
  const updated = await desk.put(`bills/${id}`, { note: 'x' }, only);
  expect([updated.status, updated.body['note'], updated.body['version']]).toEqual([200, 'x', 2]);
  expect((await desk.put(`bills/${id}`, { note: 'x' }, { ...only, 'if-match': '9' })).status).toBe(412);
  const deleted = await desk.delete(`bills/${id}`, only);
  expect([deleted.status, deleted.body]).toEqual([200, before]);
  expect(await desk.get(`bills/${id}`)).toEqual(before);
});

test('what a payment would settle stays open', async () => {
  const desk = await openDesk(shared());
  const id = await desk.make('invoices', invoice(desk.known));
  const body = payment(desk.known, [line('120', ['invoice', id, '120'])]);
  const before = await desk.get(`invoices/${id}`);
  expect((await desk.post('payments', body, only)).status).toBe(200);
  expect(await desk.get(`invoices/${id}`)).toEqual(before);
  const paid = await desk.make('payments', body);
  const settled = await desk.get(`invoices/${id}`);
  expect((await desk.delete(`payments/${paid}`, only)).body).toMatchObject({ id: paid });
  expect(await desk.get(`invoices/${id}`)).toEqual(settled);
});

test('an idempotency key is neither used up nor looked up', async () => {
  const desk = await openDesk(shared());
  const key = { 'idempotency-key': `dry-${desk.at}` };
  expect((await desk.post('customers', { name: 'Dry' }, { ...key, ...only })).status).toBe(200);
  expect((await desk.post('customers', { name: 'Real' }, key)).body).toMatchObject({ name: 'Real' });
  expect((await desk.post('customers', { name: 'Dry' }, { ...key, ...only })).body).toMatchObject({ name: 'Dry' });
});

test('batches, files, books and companies are only validated too', async () => {
  const desk = await openDesk(shared());
  const transactions = `bank-accounts/${desk.known.bankId}/transactions`;
  const batch = { transactions: [{ date: '2026-01-01', amount: '1' }] };
  expect((await desk.post(transactions, batch, only)).body).toMatchObject({ items: [{ amount: '1' }] });
  expect(await desk.total(transactions)).toBe(0);
  const bills = objectsAt(await desk.get('bills'), 'items');
  const files = `bills/${textAt(bills[0], 'id')}/attachments`;
  const headers = { ...only, 'content-type': 'application/json', 'x-file-name': 'a.json' };
  expect((await desk.client.call('POST', `${desk.at}/${files}`, {}, headers)).body).toMatchObject({ size: 2 });
  expect(await desk.total(files)).toBe(0);
  expect((await desk.client.post('/books', { id: 'dry-books', name: 'Dry' }, only)).body).toMatchObject({
    name: 'Dry',
  });
  expect((await desk.client.get('/books/dry-books')).status).toBe(404);
  await desk.client.call('PATCH', `${desk.at}/company`, { name: 'Other' }, only);
  expect((await desk.client.get(`${desk.at}/company`)).body).toMatchObject({ name: 'Own books' });
});

test('a header that says neither yes nor no is refused', async () => {
  const desk = await openDesk(shared());
  expect(codeOf(await desk.post('customers', { name: 'A' }, { 'validate-only': 'maybe' }))).toBe('bad_header');
  expect((await desk.post('customers', { name: 'A' }, { 'validate-only': 'false' })).status).toBe(201);
});

test('writes that share a transaction with one that is only validated are kept', async () => {
  const desk = await openDesk(shared());
  const before = await desk.total('customers');
  const statuses = await Promise.all(
    Array.from(
      { length: 40 },
      async (_, n) => (await desk.post('customers', { name: `C${n}` }, n % 2 ? only : {})).status,
    ),
  );
  expect(statuses.filter((one) => one === 201).length).toBe(20);
  expect(await desk.total('customers')).toBe(before + 20);
});
