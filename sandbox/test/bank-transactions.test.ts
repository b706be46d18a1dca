import { expect, test } from 'vitest';
import type { JsonObject } from '../src/json.ts';
import { objectsAt, textAt } from '../src/json.ts';
import { openDesk, refusal } from './support/money.ts';
import { codeOf, shareSandbox, startForTest } from './support/sandbox.ts';

const shared = shareSandbox();

async function freshAccount(client = shared()) {
  const desk = await openDesk(client);
  const id = await desk.make('bank-accounts', { name: 'New', openingBalance: '100.00', openingDate: '2026-01-01' });
  const path = `bank-accounts/${id}/transactions`;
  return { desk, id, path, send: (...transactions: JsonObject[]) => desk.post(path, { transactions }) };
}

test('a batch runs the balance on, in order, and makes it the statement balance', async () => {
  const { desk, id, path, send } = await freshAccount();
  const trial = await desk.get('trial-balance');
  const reply = await send(
    { date: '2026-03-01', amount: '20.00', type: 'credit', description: 'In', externalId: 'a' },
    { date: '2026-03-01T12:00:00Z', amount: '-5.50', type: 'debit', balance: '114.50' },
    { date: '2026-03-02', amount: '-4.50' },
  );
  expect(reply.status).toBe(201);
  const balances = objectsAt(reply.body, 'items').map((one) => textAt(one, 'balance'));
  expect(balances).toEqual(['120.00', '114.50', '110.00']);
  expect(objectsAt(reply.body, 'items')[2]).toMatchObject({ type: 'unknown', isReconciled: false, bankAccountId: id });
  expect(await desk.get(`bank-accounts/${id}`)).toMatchObject({
    balance: '100.00',
    statementBalance: '110.00',
    statementDate: '2026-03-02',
    version: 1,
  });
  const list = await desk.get(path);
  expect(list).toMatchObject({ items: reply.body['items'] ?? null, total: 3 });
  const first = textAt(objectsAt(list, 'items')[0], 'id') ?? '';
  expect(await desk.get(`${path}/${first}`)).toMatchObject({ description: 'In', externalId: 'a' });
  expect(objectsAt(await desk.get(`${path}?after=${first}&pageSize=1`), 'items')).toMatchObject([
    { balance: '114.50' },
  ]);
  expect(await desk.get('trial-balance')).toEqual(trial);
  // A later statement may begin with a balance of its own.
  expect((await send({ date: '2026-04-01', amount: '1', balance: '7.00' })).status).toBe(201);
  expect((await send({ date: '2026-04-01', amount: '1' })).body).toMatchObject({ items: [{ balance: '8.00' }] });
});

test('every refusal of a batch names the transaction, and nothing of the batch is written', async () => {
  const { desk, path, send } = await freshAccount();
  await send({ date: '2026-03-05', amount: '1', externalId: 'a' });
  const good = { date: '2026-03-06', amount: '1' };
  const cases: [JsonObject[], string[]][] = [
    [[good, { date: '2026-03-05', amount: '1' }], ['transactions[1].date not_chronological']],
    [[{ date: '2026-03-04', amount: '1' }], ['transactions[0].date not_chronological']],
    [[good, { date: '2999-01-01', amount: '1' }], ['transactions[1].date in_future']],
    [[good, { ...good, amount: '-1', type: 'credit' }], ['transactions[1].amount wrong_sign']],
    [[good, { ...good, amount: '1', type: 'debit' }], ['transactions[1].amount wrong_sign']],
    [[good, { ...good, balance: '999' }], ['transactions[1].balance unbalanced']],
    [[good, { ...good, externalId: 'a' }], ['transactions[1].externalId duplicate']],
    [
      [
        { ...good, externalId: 'b' },
        { ...good, externalId: 'b' },
      ],
      ['transactions[1].externalId duplicate'],
    ],
    [[{ date: '2026-03-06' }], ['transactions[0].amount required']],
    [[{ amount: '1.001', date: '2026-03-06' }], ['transactions[0].amount too_precise']],
    [[{ ...good, type: 'gift' }], ['transactions[0].type invalid_choice']],
    [[{ ...good, colour: 'x' }], ['transactions[0].colour unknown_field']],
    [[], ['transactions too_few']],
    [Array.from({ length: 1001 }, () => good), ['transactions too_many']],
  ];
  for (const [transactions, problems] of cases)
    expect(refusal(await send(...transactions)), problems[0] ?? '').toEqual({ status: 422, problems });
  expect(refusal(await desk.post(path, {}))).toEqual({ status: 422, problems: ['transactions required'] });
  expect(await desk.total(path)).toBe(1);
});

test('a thousand transactions fit in one request, and are written once under one key', async () => {
  const { desk, path } = await freshAccount();
  const transactions = Array.from({ length: 1000 }, (_, n) => ({
    date: '2026-03-01',
    amount: '0.01',
    externalId: String(n),
  }));
  for (let n = 0; n < 2; n++)
    expect((await desk.post(path, { transactions }, { 'idempotency-key': path })).status).toBe(201);
  expect(await desk.total(path)).toBe(1000);
  expect(objectsAt(await desk.get(`${path}?page=1000&pageSize=1`), 'items')).toMatchObject([{ balance: '110.00' }]);
});

test('today is the day of the clock of the sandbox', async () => {
  const client = await startForTest();
  await client.control({ clock: { now: '2026-02-10T09:00:00Z' } });
  const { send } = await freshAccount(client);
  expect(refusal(await send({ date: '2026-02-11', amount: '1' }))['problems']).toEqual([
    'transactions[0].date in_future',
  ]);
  expect((await send({ date: '2026-02-10', amount: '1' })).status).toBe(201);
});

test('transactions belong to one account, which must be there and not archived', async () => {
  const { desk, id, path, send } = await freshAccount();
  const transactionId = textAt(objectsAt((await send({ date: '2026-03-01', amount: '1' })).body, 'items')[0], 'id');
  const other = `bank-accounts/${desk.known.bankId}/transactions`;
  expect((await desk.client.get(`${desk.at}/${other}/${transactionId}`)).status).toBe(404);
  expect(await desk.total(other)).toBe(0);
  for (const wrong of [
    'bank-accounts/bnk_zzzzzzzzz/transactions',
    'customers/x/transactions',
    'invoices/x/transactions',
  ])
    expect((await desk.post(wrong, { transactions: [] })).status, wrong).toBe(404);
  expect((await desk.put(path, {})).headers.get('allow')).toBe('GET, POST');
  expect((await desk.put(`${path}/${transactionId}`, {})).headers.get('allow')).toBe('GET');
  expect(codeOf(await desk.client.get(`${desk.at}/${path}?number=a`))).toBe('bad_query');
  await desk.put(`bank-accounts/${id}`, { status: 'archived' });
  expect(refusal(await send({ date: '2026-03-01', amount: '1' }))).toEqual({
    status: 422,
    problems: ['bankAccountId archived_reference'],
  });
});
