import { expect, test } from 'vitest';
import { objectsAt, textAt } from '../src/json.ts';
import { books, codeOf, shareSandbox, startForTest } from './support/sandbox.ts';
import type { Client } from './support/sandbox.ts';

const customers = `${books}/customers`;
const shared = shareSandbox();

async function names(client: Client, query: string): Promise<unknown[]> {
  return objectsAt((await client.get(`${customers}?${query}`)).body, 'items').map((one) => one['name']);
}

async function withCustomers(count: number): Promise<Client> {
  const client = await startForTest();
  for (let n = 0; n < count; n++) await client.post(customers, { name: `C${n}` });
  return client;
}

test('pages in order of creation show every record once', async () => {
  const client = await withCustomers(13);
  const seen: unknown[] = [];
  for (let page = 1; page <= 4; page++) seen.push(...(await names(client, `page=${page}&pageSize=7`)));
  expect(seen).toHaveLength(21);
  expect(new Set(seen).size).toBe(21);
  expect(seen.slice(-3)).toEqual(['C10', 'C11', 'C12']);
  expect(await client.total(`${customers}?page=9&pageSize=7`)).toBe(21);
});

test('reading on after an id misses nothing, even when records vanish meanwhile', async () => {
  const client = await withCustomers(3);
  const [last] = objectsAt((await client.get(`${customers}?pageSize=1&page=9`)).body, 'items');
  expect(await names(client, `after=${textAt(last, 'id')}`)).toEqual(['C1', 'C2']);
});

test('modifiedSince shows what was created or edited since, at the sandbox clock', async () => {
  const client = await withCustomers(2);
  await client.control({ clock: { now: '2030-01-01T00:00:00Z' } });
  const [first] = objectsAt((await client.get(customers)).body, 'items');
  await client.put(`${customers}/${textAt(first, 'id')}`, { phone: '1' });
  await client.control({ advanceMs: 1000 });
  await client.post(customers, { name: 'Late' });
  expect(await names(client, 'modifiedSince=2030-01-01T00:00:00.000Z')).toEqual([first?.['name'], 'Late']);
  expect(await names(client, 'modifiedSince=2030-01-01T01:00:00.500%2B01:00')).toEqual(['Late']);
});

test('records can be found by number, reference and status', async () => {
  const client = await startForTest();
  expect(await client.total(`${books}/invoices?number=INV-0003`)).toBe(1);
  expect(await client.total(`${books}/bills?reference=S-7031`)).toBe(1);
  expect(await client.total(`${books}/invoices?status=draft`)).toBe(1);
  expect(await client.total(`${books}/invoices?number=nothing`)).toBe(0);
});

test('totals follow creation, refusal and deletion', async () => {
  const client = await startForTest();
  const path = `${books}/journal-entries`;
  expect(await client.total(path)).toBe(3);
  const [account] = objectsAt((await client.get(`${books}/accounts`)).body, 'items');
  const accountId = textAt(account, 'id') ?? '';
  const created = await client.post(path, {
    lines: [
      { accountId, amount: '1' },
      { accountId, amount: '-1' },
    ],
  });
  expect(await client.total(path)).toBe(4);
  await client.post(path, { lines: [] });
  expect(await client.total(path)).toBe(4);
  await client.delete(`${path}/${textAt(created.body, 'id')}`);
  expect(await client.total(path)).toBe(3);
});

test('the audit trail lists the deletions of a resource since a time', async () => {
  const client = await startForTest();
  const path = `${books}/journal-entries`;
  const [early, late] = objectsAt((await client.get(path)).body, 'items').map((one) => textAt(one, 'id') ?? '');
  await client.control({ clock: { now: '2030-01-01T00:00:00Z' } });
  await client.delete(`${path}/${early}`);
  await client.control({ advanceMs: 1000 });
  await client.delete(`${path}/${late}`);
  const deleted = async (query: string) => {
    const { body } = await client.get(`${books}/audit-trail?action=deleted&resource=journal-entries${query}`);
    return objectsAt(body, 'items').map((one) => one['recordId']);
  };
  expect(await deleted('')).toEqual([early, late]);
  expect(await deleted('&since=2030-01-01T00:00:00.001Z')).toEqual([late]);
  const reply = await client.get(`${books}/audit-trail?action=painted`);
  expect([reply.status, codeOf(reply)]).toEqual([400, 'bad_query']);
});

test.each([
  'page=0',
  'page=x',
  'page=1.5',
  'pageSize=0',
  'pageSize=1001',
  'modifiedSince=yesterday',
  'after=me',
  'colour=red',
  'page=1&page=2',
])('the query %s is refused', async (query) => {
  const client = shared();
  const reply = await client.get(`${customers}?${query}`);
  expect([reply.status, codeOf(reply)]).toEqual([400, 'bad_query']);
});
