import { expect, test } from 'vitest';
import { objectsAt, textAt } from '../src/json.ts';
import { books, codeOf, invoiceBody, knownIds, startForTest, temporaryFolder } from './support/sandbox.ts';
import { clientOf } from './support/sandbox.ts';
import { startSandbox } from '../src/start.ts';

const invoices = `${books}/invoices`;

test('the same key twice writes once and answers the same', async () => {
  const client = await startForTest();
  const body = invoiceBody(await knownIds(client));
  const first = await client.post(invoices, body, { 'idempotency-key': 'k1' });
  const second = await client.post(invoices, body, { 'idempotency-key': 'k1' });
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.body).toEqual(first.body);
  expect(second.headers.get('idempotent-replay')).toBe('true');
  expect(await client.total(invoices)).toBe(13);
});

test('the same key at the same moment writes once', async () => {
  const client = await startForTest();
  const body = invoiceBody(await knownIds(client));
  const replies = await Promise.all(
    Array.from({ length: 20 }, () => client.post(invoices, body, { 'idempotency-key': 'k1' })),
  );
  expect(new Set(replies.map((one) => one.body['id'])).size).toBe(1);
  expect(await client.total(invoices)).toBe(13);
});

test('a key is remembered across a restart', async () => {
  const dir = temporaryFolder();
  const before = await startSandbox({ dir });
  const client = clientOf(before.url);
  const body = invoiceBody(await knownIds(client));
  const first = await client.post(invoices, body, { 'idempotency-key': 'k1' });
  await before.close();
  const again = await startForTest({ dir });
  const second = await again.post(invoices, body, { 'idempotency-key': 'k1' });
  expect(second.body).toEqual(first.body);
  expect(await again.total(invoices)).toBe(13);
});

test('a refused write does not use its key up', async () => {
  const client = await startForTest();
  const body = invoiceBody(await knownIds(client));
  const refused = await client.post(invoices, { ...body, issueDate: 'no' }, { 'idempotency-key': 'k1' });
  expect(refused.status).toBe(422);
  expect((await client.post(invoices, body, { 'idempotency-key': 'k1' })).status).toBe(201);
});

test('one key on two paths is two writes', async () => {
  const client = await startForTest();
  const key = { 'idempotency-key': 'k1' };
  expect((await client.post(`${books}/customers`, { name: 'A' }, key)).body['name']).toBe('A');
  expect((await client.post(`${books}/suppliers`, { name: 'B' }, key)).body['name']).toBe('B');
});

test('a repeated deletion with its key is answered as the first one was', async () => {
  const client = await startForTest();
  const created = await client.post(invoices, invoiceBody(await knownIds(client)));
  const path = `${invoices}/${textAt(created.body, 'id')}`;
  expect((await client.delete(path, { 'idempotency-key': 'd' })).status).toBe(204);
  expect((await client.delete(path, { 'idempotency-key': 'd' })).status).toBe(204);
  expect((await client.delete(path)).status).toBe(404);
});

test('told to ignore keys, it writes twice', async () => {
  const client = await startForTest();
  const body = invoiceBody(await knownIds(client));
  await client.control({ idempotency: 'ignore' });
  await client.post(invoices, body, { 'idempotency-key': 'k1' });
  await client.post(invoices, body, { 'idempotency-key': 'k1' });
  expect(await client.total(invoices)).toBe(14);
});

test("the audit trail finds what a caller's reference has done", async () => {
  const client = await startForTest();
  const created = await client.post(invoices, invoiceBody(await knownIds(client)), { 'client-reference': 'push-1' });
  const id = textAt(created.body, 'id');
  await client.put(`${invoices}/${id}`, { note: 'x' }, { 'client-reference': 'push-2' });
  await client.delete(`${invoices}/${id}`, { 'client-reference': 'push-3' });
  for (const [reference, action] of [
    ['push-1', 'created'],
    ['push-2', 'updated'],
    ['push-3', 'deleted'],
  ]) {
    const found = objectsAt((await client.get(`${books}/audit-trail?reference=${reference}`)).body, 'items');
    expect(found).toMatchObject([{ action, recordId: id, resource: 'invoices', reference }]);
  }
  const history = objectsAt((await client.get(`${books}/audit-trail?recordId=${id}`)).body, 'items');
  expect(history.map((one) => one['action'])).toEqual(['created', 'updated', 'deleted']);
  expect(await client.total(`/books/riverside-cafe/audit-trail?reference=push-1`)).toBe(0);
});

test('a refused write leaves nothing in the audit trail', async () => {
  const client = await startForTest();
  await client.post(invoices, {}, { 'client-reference': 'push-1' });
  expect(await client.total(`${books}/audit-trail?reference=push-1`)).toBe(0);
});

test('the search of the audit trail can be switched off', async () => {
  const client = await startForTest();
  await client.control({ auditTrail: 'off' });
  const reply = await client.get(`${books}/audit-trail?reference=x`);
  expect([reply.status, codeOf(reply)]).toEqual([501, 'not_offered']);
});

test('headers that are too long are refused', async () => {
  const client = await startForTest();
  for (const headers of [
    { 'idempotency-key': 'x'.repeat(256) },
    { 'client-reference': 'x'.repeat(101) },
    { 'if-match': 'new' },
  ])
    expect(codeOf(await client.post(`${books}/customers`, { name: 'A' }, headers))).toBe('bad_header');
});
