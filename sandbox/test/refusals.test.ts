import { expect, test } from 'vitest';
import type { JsonObject } from '../src/json.ts';
import { objectsAt, textAt } from '../src/json.ts';
import {
  billBody,
  books,
  codeOf,
  invoiceBody,
  knownIds,
  problemsOf,
  shareSandbox,
  startForTest,
} from './support/sandbox.ts';
import type { Known } from './support/sandbox.ts';

type Case = readonly [name: string, path: string, body: (known: Known) => JsonObject, problems: readonly string[]];

const shared = shareSandbox();
const long = (length: number) => 'x'.repeat(length);

const cases: Case[] = [
  [
    'an unknown customer',
    'invoices',
    (k) => invoiceBody(k, { customerId: 'cus_0000000zz' }),
    ['customerId unknown_reference'],
  ],
  [
    'a supplier as customer',
    'invoices',
    (k) => invoiceBody(k, { customerId: k.supplierId }),
    ['customerId unknown_reference'],
  ],
  [
    'unknown references on a line',
    'invoices',
    (k) =>
      invoiceBody(k, {
        lines: [{ unitAmount: '1', accountId: 'a', taxRateId: 'b', itemId: 'c', trackingCategoryIds: ['d'] }],
      }),
    [
      'lines[0].accountId unknown_reference',
      'lines[0].itemId unknown_reference',
      'lines[0].taxRateId unknown_reference',
      'lines[0].trackingCategoryIds[0] unknown_reference',
    ],
  ],
  ['a taken invoice number', 'invoices', (k) => invoiceBody(k, { number: 'INV-0001' }), ['number duplicate']],
  [
    'a taken account code',
    'accounts',
    () => ({ name: 'A', category: 'Asset.Current', code: '1100' }),
    ['code duplicate'],
  ],
  ['a taken code for a bank account', 'bank-accounts', () => ({ name: 'A', code: '1100' }), ['code duplicate']],
  ['a taken item code', 'items', () => ({ name: 'A', code: 'DOOR-OAK' }), ['code duplicate']],
  [
    'a long account code',
    'accounts',
    () => ({ name: 'A', category: 'Asset.Current', code: long(11) }),
    ['code too_long'],
  ],
  ['an unknown category', 'accounts', () => ({ name: 'A', category: 'Asset' }), ['category invalid_choice']],
  ['a long customer name', 'customers', () => ({ name: long(151) }), ['name too_long']],
  [
    'long parts of an address',
    'suppliers',
    () => ({
      name: 'A',
      registrationNumber: long(51),
      addresses: [{ line1: long(501), city: long(256), postcode: long(51) }],
    }),
    [
      'addresses[0].city too_long',
      'addresses[0].line1 too_long',
      'addresses[0].postcode too_long',
      'registrationNumber too_long',
    ],
  ],
  ['a long item code', 'items', () => ({ name: 'A', code: long(31) }), ['code too_long']],
  ['a sold item without its sale', 'items', () => ({ name: 'A', isSold: true }), ['sale required']],
  ['a sale of an item that is not sold', 'items', () => ({ name: 'A', sale: {} }), ['sale not_allowed']],
  [
    'long texts of an invoice',
    'invoices',
    (k) => invoiceBody(k, { number: long(256), reference: long(256), note: long(4001) }),
    ['note too_long', 'number too_long', 'reference too_long'],
  ],
  ['a bad currency', 'bills', (k) => billBody(k, { currency: 'POUNDS' }), ['currency invalid_currency']],
  [
    'numbers instead of decimal strings',
    'bills',
    (k) => billBody(k, { lines: [{ unitAmount: 5, accountId: k.costsId }] }),
    ['lines[0].unitAmount wrong_type'],
  ],
  ['no lines', 'bills', (k) => billBody(k, { lines: [] }), ['lines too_few']],
  [
    'a line without price and account',
    'bills',
    (k) => billBody(k, { lines: [{}] }),
    ['lines[0].accountId required', 'lines[0].unitAmount required'],
  ],
  [
    'a negative document',
    'bills',
    (k) => billBody(k, { lines: [{ unitAmount: '-1', accountId: k.costsId }] }),
    ['lines negative_total'],
  ],
  [
    'more withheld than there is',
    'invoices',
    (k) => invoiceBody(k, { withholding: [{ name: 'W', amount: '500' }] }),
    ['withholding exceeds_amount_due'],
  ],
  ['a new void invoice', 'invoices', (k) => invoiceBody(k, { status: 'void' }), ['status invalid_status_move']],
  [
    'a paid invoice that nothing paid',
    'invoices',
    (k) => invoiceBody(k, { status: 'paid' }),
    ['status invalid_status_move'],
  ],
  ['an unknown status', 'invoices', (k) => invoiceBody(k, { status: 'open' }), ['status invalid_choice']],
  [
    'a draft with payments',
    'invoices',
    (k) => invoiceBody(k, { status: 'draft', payments: [{ accountId: k.bankId, date: '2026-05-05', amount: '1' }] }),
    ['payments not_allowed'],
  ],
  [
    'an amount too large to post',
    'invoices',
    (k) => invoiceBody(k, { lines: [{ quantity: '999999999999', unitAmount: '999999999999', accountId: k.salesId }] }),
    ['lines out_of_range', 'lines out_of_range'],
  ],
  [
    'an unbalanced journal',
    'journal-entries',
    (k) => ({
      lines: [
        { accountId: k.salesId, amount: '1' },
        { accountId: k.costsId, amount: '-0.99' },
      ],
    }),
    ['lines unbalanced'],
  ],
  [
    'a journal of one line',
    'journal-entries',
    (k) => ({ lines: [{ accountId: k.salesId, amount: '0' }] }),
    ['lines too_few'],
  ],
  [
    'fractions of a penny in a journal',
    'journal-entries',
    (k) => ({
      lines: [
        { accountId: k.salesId, amount: '0.001' },
        { accountId: k.costsId, amount: '-0.001' },
      ],
    }),
    ['lines[0].amount too_precise', 'lines[1].amount too_precise'],
  ],
];

test.each(cases)('%s is refused by the name of the field, and nothing is written', async (_, path, body, problems) => {
  const client = shared();
  const known = await knownIds(client);
  const before = await client.total(`${books}/${path}`);
  const reply = await client.post(`${books}/${path}`, body(known));
  expect([reply.status, codeOf(reply)]).toEqual([422, 'validation']);
  expect(problemsOf(reply)).toEqual(problems);
  expect(await client.total(`${books}/${path}`)).toBe(before);
});

test('archived records can no longer be referred to', async () => {
  const client = await startForTest();
  const known = await knownIds(client);
  await client.put(`${books}/customers/${known.customerId}`, { status: 'archived' });
  await client.put(`${books}/tax-rates/${known.taxRateId}`, { status: 'archived' });
  expect(problemsOf(await client.post(`${books}/invoices`, invoiceBody(known)))).toEqual([
    'customerId archived_reference',
    'lines[0].taxRateId archived_reference',
  ]);
});

test('an account that the books post to by themselves cannot be archived', async () => {
  const client = await startForTest();
  const [receivable] = objectsAt((await client.get(`${books}/accounts?number=1100`)).body, 'items');
  expect(receivable?.['isSystemAccount']).toBe(true);
  const reply = await client.put(`${books}/accounts/${textAt(receivable, 'id')}`, { status: 'archived' });
  expect(problemsOf(reply)).toEqual(['status system_account']);
});

test('two tracking categories of one line have different parents', async () => {
  const client = await startForTest();
  const known = await knownIds(client);
  const [first = '', second = '', , other = ''] = known.labelIds;
  const withLabels = (ids: string[]) =>
    invoiceBody(known, { lines: [{ unitAmount: '1', accountId: known.salesId, trackingCategoryIds: ids }] });
  expect((await client.post(`${books}/invoices`, withLabels([first, other]))).status).toBe(201);
  expect(problemsOf(await client.post(`${books}/invoices`, withLabels([first, second])))).toEqual([
    'lines[0].trackingCategoryIds same_parent',
  ]);
});

test('tracking categories have two levels', async () => {
  const client = await startForTest();
  const known = await knownIds(client);
  const grandchild = await client.post(`${books}/tracking-categories`, {
    name: 'Deep',
    parentId: known.labelIds[0] ?? '',
  });
  expect(problemsOf(grandchild)).toEqual(['parentId not_allowed']);
});

test('nothing can be posted, changed or deleted in a closed period', async () => {
  const client = await startForTest();
  const known = await knownIds(client);
  const created = await client.post(`${books}/invoices`, invoiceBody(known, { issueDate: '2026-05-04' }));
  const draft = await client.post(
    `${books}/invoices`,
    invoiceBody(known, { issueDate: '2026-05-04', status: 'draft' }),
  );
  const later = await client.post(`${books}/invoices`, invoiceBody(known, { issueDate: '2026-07-01' }));
  const locked = await client.call('PATCH', `${books}/company`, { lockDate: '2026-06-30' });
  expect([locked.status, locked.body['lockDate']]).toEqual([200, '2026-06-30']);
  expect(problemsOf(await client.post(`${books}/bills`, billBody(known, { issueDate: '2026-06-30' })))).toEqual([
    'issueDate closed_period',
  ]);
  const path = (record: { body: JsonObject }) => `${books}/invoices/${textAt(record.body, 'id')}`;
  for (const reply of [await client.put(path(created), { note: 'x' }), await client.delete(path(created))])
    expect([reply.status, codeOf(reply)]).toEqual([409, 'closed_period']);
  expect(problemsOf(await client.put(path(draft), { status: 'submitted' }))).toEqual(['issueDate closed_period']);
  expect(problemsOf(await client.put(path(later), { issueDate: '2026-06-01' }))).toEqual(['issueDate closed_period']);
  expect((await client.put(path(later), { note: 'x' })).status).toBe(200);
  await client.call('PATCH', `${books}/company`, { lockDate: null });
  expect((await client.delete(path(created))).status).toBe(204);
});
