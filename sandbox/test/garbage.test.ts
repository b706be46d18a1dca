import { request } from 'node:http';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../src/json.ts';
import {
  billBody,
  books,
  codeOf,
  invoiceBody,
  knownIds,
  randomFrom,
  shareSandbox,
  startForTest,
} from './support/sandbox.ts';
import { cash, creditNote, line, payment, supplierCreditNote, supplierPayment } from './support/money.ts';
import type { Client } from './support/sandbox.ts';

const rounds = 1500;
const shared = shareSandbox();

async function sendRaw(client: Client, method: string, path: string, body: string, type = 'application/json') {
  const { hostname, port } = new URL(client.url);
  return new Promise<number>((resolve, reject) => {
    const headers = { authorization: 'Bearer sandbox-token', 'content-type': type };
    const sent = request({ hostname, port, method, path, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

test('random bodies are refused or taken, and never an error of ours', async () => {
  const seed = process.pid;
  const pick = randomFrom(seed);
  const client = await startForTest();
  const known = await knownIds(client);
  const paths = [
    'accounts',
    'bank-accounts',
    'tax-rates',
    'tracking-categories',
    'payment-methods',
    'customers',
    'suppliers',
    'items',
    'invoices',
    'bills',
    'journal-entries',
    'credit-notes',
    'supplier-credit-notes',
    'payments',
    'supplier-payments',
    'expenses',
    'receipts',
    'transfers',
    'purchase-orders',
    'journals',
    `bank-accounts/${known.bankId}/transactions`,
  ];
  const bases: JsonObject[] = [
    invoiceBody(known),
    billBody(known),
    {
      lines: [
        { accountId: known.salesId, amount: '1' },
        { accountId: known.bankId, amount: '-1' },
      ],
    },
    { name: 'A', category: 'Asset.Current' },
    { name: 'A', rate: '5' },
    { name: 'A', type: 'cash' },
    { name: 'A', parentId: known.labelIds[0] ?? '' },
    creditNote(known),
    supplierCreditNote(known),
    payment(known, [line('5', ['on-account', '', '5']), { amount: '1' }]),
    supplierPayment(known, [line('5', ['on-account', '', '5'])]),
    cash(known, known.costsId),
    { date: '2026-05-01', from: { accountId: known.bankId, amount: '1' }, to: { accountId: known.salesId } },
    { supplierId: known.supplierId, lines: [{ accountId: known.costsId, unitAmount: '1' }], shipTo: { contact: {} } },
    {
      transactions: [
        { date: '2026-05-01', amount: '1' },
        { date: '2026-05-02', amount: '1', balance: '2' },
      ],
    },
  ];
  for (let round = 0; round < rounds; round++) {
    const body = JSON.stringify(mutate(bases[pick(bases.length)] ?? {}, pick));
    const path = `${books}/${paths[pick(paths.length)]}`;
    const status = await sendRaw(client, 'POST', path, body);
    expect(status, `seed ${seed}, round ${round}: POST ${path} ${body}`).toBeLessThan(500);
    expect(status).toBeGreaterThanOrEqual(200);
  }
  expect((await client.get(`${books}/trial-balance`)).body['isBalanced']).toBe(true);
});

const odd: Json[] = [
  null,
  true,
  0,
  -1,
  1e308,
  '',
  ' ',
  '\u0000',
  '\ud800',
  "'; DROP TABLE records; --",
  'x'.repeat(5000),
  '999999999999.999999999',
  '-999999999999',
  '0.000000001',
  '2026-02-29',
  '9999-12-31',
  [],
  {},
  [[]],
  [null],
  { id: 'inv_000000001' },
  'acc_000000001',
  'bnk_zzzzzzzzz',
  '__proto__',
  'constructor',
];

/** Changes up to three members somewhere in the body to something odd. */
function mutate(base: JsonObject, pick: (below: number) => number): Json {
  const copy: JsonObject = structuredClone(base);
  for (let n = 0; n <= pick(3); n++) change(copy, pick);
  return pick(40) === 0 ? (odd[pick(odd.length)] ?? null) : copy;
}

const members = [
  'number',
  'code',
  'currency',
  'exchangeRate',
  'status',
  'lines',
  'payments',
  'allocations',
  'recordId',
  'total',
  'balance',
  'date',
  'accountId',
  'from',
  'customFields',
  'addresses',
  'withholding',
  'discountPercentage',
  'openingBalance',
  'toString',
  '__defineGetter__',
  'constructor',
];

function change(value: Json, pick: (below: number) => number): void {
  if (Array.isArray(value)) {
    const index = pick(value.length + 1);
    const inner = value[index];
    if (inner !== undefined && inner !== null && typeof inner === 'object' && pick(3) > 0) change(inner, pick);
    else value[index] = structuredClone(odd[pick(odd.length)] ?? null);
    return;
  }
  if (value === null || typeof value !== 'object') return;
  const names = [...Object.keys(value), ...members];
  const name = names[pick(names.length)] ?? 'name';
  const inner = Object.hasOwn(value, name) ? value[name] : undefined;
  if (inner !== undefined && inner !== null && typeof inner === 'object' && pick(3) > 0) change(inner, pick);
  else value[name] = structuredClone(odd[pick(odd.length)] ?? null);
}

test.each([
  ['', 400],
  ['{', 400],
  ['null', 400],
  ['[]', 400],
  ['"text"', 400],
  ['{"name":"a","__proto__":{"x":1}}', 400],
  ['{"name":"a","constructor":{"prototype":{"x":1}}}', 400],
  ['\u0000', 400],
  [`${'['.repeat(100_000)}`, 400],
  [`{"name":"${'x'.repeat(1_100_000)}"}`, 413],
])('the raw body %.30j is answered %i', async (body, status) => {
  const client = shared();
  expect(await sendRaw(client, 'POST', `${books}/customers`, body)).toBe(status);
});

test('deeply nested custom fields are taken or refused in order', async () => {
  const client = shared();
  const deep = `{"name":"a","customFields":${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}}`;
  expect(await sendRaw(client, 'POST', `${books}/customers`, deep)).toBeLessThan(500);
});

test('another content type is refused', async () => {
  const client = shared();
  expect(await sendRaw(client, 'POST', `${books}/customers`, '<a/>', 'text/xml')).toBe(415);
});

test.each([
  '/books/%',
  '/books/%00/x',
  '/books/..%2f..',
  `/books/${'a'.repeat(3000)}`,
  `${books}/invoices/%E0%A4%A`,
  '/books/constructor/toString',
  `${books}/__proto__`,
  `${books}/invoices/inv_zzzzzzzzz`,
  `${books}/invoices/${'9'.repeat(200)}`,
])('the path %.60s is answered with an error of ours to the caller', async (path) => {
  const client = shared();
  const status = await sendRaw(client, 'GET', path, '');
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
});

test('errors of the framework have the same shape as ours', async () => {
  const client = shared();
  const response = await fetch(`${client.url}${books}/customers`, {
    method: 'POST',
    headers: { authorization: 'Bearer sandbox-token', 'content-type': 'application/json' },
    body: '{',
  });
  expect(await response.json()).toEqual({ error: { code: 'bad_json', message: 'the body is not JSON' } });
  expect(codeOf(await client.get('/books/%'))).toBe('bad_request');
});
