import { expect, test } from 'vitest';
import { objectAt, objectsAt, textAt } from '../src/json.ts';
import type { JsonObject } from '../src/json.ts';
import { bill, cash, invoice, line, openDesk, payment, supplierPayment } from './support/money.ts';
import type { Desk } from './support/money.ts';
import { shareSandbox } from './support/sandbox.ts';

const client = shareSandbox();

const listed = async (desk: Desk, query = '') => objectsAt(await desk.get(`account-transactions${query}`), 'items');

/** Those that one record has made, by the account that they moved. */
async function madeBy(desk: Desk, recordId: string): Promise<JsonObject[]> {
  const all = await listed(desk, '?pageSize=1000');
  return all.filter((each) => objectAt(each, 'sourceRecord')?.['id'] === recordId);
}

test('whatever moves a bank account is listed, and all that is listed for it is its balance', async () => {
  const desk = await openDesk(client());
  const { bankId } = desk.known;
  const invoiceId = await desk.make('invoices', invoice(desk.known));
  const billId = await desk.make('bills', bill(desk.known));
  const other = await desk.make('bank-accounts', { name: 'Savings' });
  const made = [
    [
      'payments',
      await desk.make('payments', payment(desk.known, [line('50.00', ['invoice', invoiceId, '50.00'])])),
      '50.00',
    ],
    [
      'supplier-payments',
      await desk.make('supplier-payments', supplierPayment(desk.known, [line('30.00', ['bill', billId, '30.00'])])),
      '-30.00',
    ],
    ['expenses', await desk.make('expenses', cash(desk.known, desk.known.costsId)), undefined],
    [
      'journal-entries',
      await desk.make('journal-entries', {
        lines: [
          { accountId: bankId, amount: '-7.50' },
          { accountId: desk.known.costsId, amount: '7.50' },
        ],
      }),
      '-7.50',
    ],
  ] as const;
  for (const [type, id, amount] of made) {
    const [transaction, ...more] = await madeBy(desk, id);
    expect(more).toEqual([]);
    expect(transaction).toMatchObject({
      bankAccountId: bankId,
      currency: 'GBP',
      status: 'unreconciled',
      sourceRecord: { type },
      ...(amount === undefined ? {} : { amount }),
    });
    expect((await desk.client.get(`${desk.at}/account-transactions/${textAt(transaction, 'id')}`)).body).toEqual(
      transaction,
    );
  }

  const transfer = await desk.make('transfers', {
    date: '2026-05-06',
    from: { accountId: bankId, amount: '100.00' },
    to: { accountId: other },
    description: 'Put by',
    status: 'reconciled',
  });
  expect(await madeBy(desk, transfer)).toMatchObject([
    { bankAccountId: bankId, amount: '-100.00', status: 'reconciled', note: 'Put by', date: '2026-05-06' },
    { bankAccountId: other, amount: '100.00', status: 'reconciled' },
  ]);

  const all = await listed(desk, '?pageSize=1000');
  for (const account of [bankId, other]) {
    const own = all.filter(({ bankAccountId }) => bankAccountId === account);
    const sum = own.reduce((total, { amount }) => total + Math.round(Number(amount) * 100), 0);
    expect(sum).toBe(await desk.balance(account));
  }
});

test('two payments with one document on two days are two transactions; an edit moves them, a deletion removes them', async () => {
  const desk = await openDesk(client());
  const { bankId: accountId } = desk.known;
  const payments = ['2026-05-10', '2026-05-20'].map((date) => ({ accountId, date, amount: '10.00' }));
  const id = await desk.make('invoices', invoice(desk.known, { payments }));
  expect((await madeBy(desk, id)).map(({ date, amount }) => [date, amount])).toEqual([
    ['2026-05-10', '10.00'],
    ['2026-05-20', '10.00'],
  ]);

  const expense = await desk.make('expenses', cash(desk.known, desk.known.costsId));
  const [before] = await madeBy(desk, expense);
  await desk.put(`expenses/${expense}`, { note: 'Corrected' });
  const [after] = await madeBy(desk, expense);
  expect(after).toMatchObject({ id: before?.['id'], note: 'Corrected', version: 2 });
  await desk.delete(`expenses/${expense}`);
  expect(await madeBy(desk, expense)).toEqual([]);
  const gone = await desk.client.get(`${desk.at}/account-transactions/${textAt(after, 'id')}`);
  expect(gone.status).toBe(404);
});

test('pages go on after an id, and hold each transaction once; changes are found by their time', async () => {
  const desk = await openDesk(client());
  const all = await listed(desk, '?pageSize=1000');
  expect(all.length).toBeGreaterThan(5);
  const walked: JsonObject[] = [];
  for (let after = ''; ;) {
    const page = await listed(desk, `?pageSize=2${after}`);
    walked.push(...page);
    if (page.length < 2) break;
    after = `&after=${textAt(page.at(-1), 'id')}`;
  }
  expect(walked).toEqual(all);
  expect((await desk.get('account-transactions?pageSize=1'))['total']).toBe(all.length);
  const since = textAt(all.at(-1), 'updatedAt') ?? '';
  const later = new Date(Date.parse(since) + 60_000).toISOString();
  expect(await listed(desk, `?modifiedSince=${later}`)).toEqual([]);
  expect(await listed(desk, `?pageSize=1000&modifiedSince=${since}`)).not.toEqual([]);
});

test('what is no more leaves a trace with its time, for as long as it stays away', async () => {
  const desk = await openDesk(client());
  const other = await desk.make('bank-accounts', { name: 'Savings' });
  const gone = async (query = '') => listed(desk, `?deleted=true${query}`);
  expect(await gone()).toEqual([]);
  const moved = await desk.make('expenses', cash(desk.known, desk.known.costsId));
  const deleted = await desk.make('expenses', cash(desk.known, desk.known.costsId));
  const [first] = await madeBy(desk, moved);
  const [second] = await madeBy(desk, deleted);

  await desk.put(`expenses/${moved}`, { accountId: other });
  const [elsewhere] = await madeBy(desk, moved);
  expect(elsewhere).toMatchObject({ bankAccountId: other });
  const [trace] = await gone();
  expect(trace).toEqual({ id: first?.['id'], deletedAt: elsewhere?.['updatedAt'] });

  await desk.delete(`expenses/${deleted}`);
  expect((await gone()).map(({ id }) => id)).toEqual([first?.['id'], second?.['id']]);
  expect(await gone(`&after=${textAt(first, 'id')}`)).toMatchObject([{ id: second?.['id'] }]);
  expect(await gone(`&modifiedSince=${textAt(trace, 'deletedAt')}`)).toHaveLength(2);
  const later = new Date(Date.parse(textAt(trace, 'deletedAt') ?? '') + 60_000).toISOString();
  expect(await gone(`&modifiedSince=${later}`)).toEqual([]);

  await desk.put(`expenses/${moved}`, { accountId: desk.known.bankId });
  expect((await gone()).map(({ id }) => id)).toEqual([elsewhere?.['id'], second?.['id']]);
  expect(await madeBy(desk, moved)).toMatchObject([{ id: first?.['id'] }]);
});

test.each([
  ['GET', 'account-transactions?status=reconciled', 400],
  ['GET', 'account-transactions?deleted=yes', 400],
  ['GET', 'account-transactions?after=inv_000000001', 400],
  ['GET', 'account-transactions/atx_000000001', 404],
  ['GET', 'account-transactions/atx_00000000100000000220260101', 404],
  ['POST', 'account-transactions', 405],
  ['DELETE', 'account-transactions/atx_00000000100000000220260101', 405],
  ['GET', 'account-transactions/x/attachments', 404],
])('%s %s is answered with %i', async (method, path, status) => {
  const desk = await openDesk(client());
  expect((await desk.client.call(method, `${desk.at}/${path}`)).status).toBe(status);
});

test('an account that is no bank account has none, and other books have their own', async () => {
  const desk = await openDesk(client());
  const neighbour = await openDesk(client());
  const [own] = await listed(desk);
  const path = `${neighbour.at}/account-transactions/${textAt(own, 'id')}`;
  expect((await desk.client.get(path)).status).toBe(404);
  const ofAccounts = new Set((await listed(desk, '?pageSize=1000')).map((each) => textAt(each, 'bankAccountId') ?? ''));
  expect([...ofAccounts].every((id) => id.startsWith('bnk_'))).toBe(true);
});

test('payment methods are kept like other lists, each with one of the known types', async () => {
  const desk = await openDesk(client());
  const id = await desk.make('payment-methods', { name: 'Voucher', type: 'other' });
  expect((await desk.client.get(`${desk.at}/payment-methods/${id}`)).body).toMatchObject({ status: 'active' });
  expect((await desk.put(`payment-methods/${id}`, { status: 'archived' })).body).toMatchObject({ status: 'archived' });
  const refused = await desk.post('payment-methods', { name: 'Gold', type: 'gold' });
  expect(refused.body).toMatchObject({ error: { problems: [{ field: 'type', code: 'invalid_choice' }] } });
});
