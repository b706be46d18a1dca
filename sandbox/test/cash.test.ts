import { expect, test } from 'vitest';
import type { JsonObject } from '../src/json.ts';
import { objectsAt, textAt } from '../src/json.ts';
import { bill, cash, creditNote, openDesk, refusal, supplierCreditNote } from './support/money.ts';
import { codeOf, shareSandbox } from './support/sandbox.ts';

const shared = shareSandbox();

test('an expense leaves the bank account with its tax, moves with an edit, and comes back when deleted', async () => {
  const desk = await openDesk(shared());
  const { known } = desk;
  const watched = [known.bankId, known.costsId, desk.system('tax')];
  const balances = () => Promise.all(watched.map((id) => desk.balance(id)));
  const [bank = 0, costs = 0, tax = 0] = await balances();
  const reply = await desk.post('expenses', cash(known, known.costsId, { total: '60.00' }));
  expect(reply.body).toMatchObject({ number: 'EXP-0003', subTotal: '50.00', taxTotal: '10.00', total: '60.00' });
  expect(await balances()).toEqual([bank - 6000, costs + 5000, tax - 1000]);
  const path = `expenses/${textAt(reply.body, 'id')}`;
  expect((await desk.put(path, { discountPercentage: '50' })).body).toMatchObject({ total: '30.00', version: 2 });
  expect(await balances()).toEqual([bank - 3000, costs + 2500, tax - 500]);
  expect((await desk.delete(path)).status).toBe(204);
  expect(await balances()).toEqual([bank, costs, tax]);
});

test('a receipt enters the bank account, in a foreign currency at its rate', async () => {
  const desk = await openDesk(shared());
  const { known } = desk;
  const bank = await desk.balance(known.bankId);
  const body = cash(known, known.salesId, { contactId: known.customerId, currency: 'EUR', exchangeRate: '0.5' });
  const reply = await desk.post('receipts', body);
  expect(reply.body).toMatchObject({ number: 'REC-0002', currency: 'EUR', total: '60.00' });
  expect(await desk.balance(known.bankId)).toBe(bank + 3000);
  expect(await desk.isBalanced()).toBe(true);
});

test('what is written of an expense comes back on reading', async () => {
  const desk = await openDesk(shared());
  const { known } = desk;
  const written: JsonObject = {
    ...cash(known, known.costsId),
    number: 'X/1',
    reference: 'card',
    note: 'n',
    paymentReference: 'p',
    paymentNote: 'q',
    paidOn: '2026-05-07',
    lines: [
      {
        accountId: known.costsId,
        unitAmount: '1',
        trackedRecords: [{ id: known.customerId, type: 'customers' }],
        invoiceTo: { id: known.customerId, type: 'customers' },
      },
    ],
  };
  const id = await desk.make('expenses', written);
  expect(await desk.get(`expenses/${id}`)).toMatchObject(written);
});

test('every refusal of an expense or receipt names its field', async () => {
  const desk = await openDesk(shared());
  const { known } = desk;
  const lineOf = (change: JsonObject) => ({ lines: [{ accountId: known.costsId, unitAmount: '1', ...change }] });
  const cases: [JsonObject, string][] = [
    [{ accountId: null }, 'accountId required'],
    [{ accountId: 'acc_zzzzzzzzz' }, 'accountId unknown_reference'],
    [{ contactId: null }, 'contactId required'],
    [{ contactId: known.bankId }, 'contactId unknown_reference'],
    [{ issueDate: null }, 'issueDate required'],
    [{ lines: [] }, 'lines too_few'],
    [lineOf({ unitAmount: '-5' }), 'lines negative_total'],
    [lineOf({ accountId: null }), 'lines[0].accountId required'],
    [{ total: '60.01' }, 'total unbalanced'],
    [{ currency: 'EURO' }, 'currency invalid_currency'],
    [{ reference: 'x'.repeat(256) }, 'reference too_long'],
    [{ number: 'EXP-0001' }, 'number duplicate'],
    [{ status: 'paid' }, 'status unknown_field'],
  ];
  for (const [change, problem] of cases)
    expect(refusal(await desk.post('expenses', cash(known, known.costsId, change))), problem).toEqual({
      status: 422,
      problems: [problem],
    });
});

function transfer(from: JsonObject, to: JsonObject, change: JsonObject = {}): JsonObject {
  return { date: '2026-06-02', from, to, ...change };
}

test('a transfer moves one amount from account to account, until it is void or gone', async () => {
  const desk = await openDesk(shared());
  const [current, deposit] = objectsAt(await desk.get('bank-accounts'), 'items').map((one) => textAt(one, 'id') ?? '');
  const balances = async () => [await desk.balance(current ?? ''), await desk.balance(deposit ?? '')];
  const [a = 0, b = 0] = await balances();
  const body = transfer({ accountId: current ?? '', amount: '25.50' }, { accountId: deposit ?? '' });
  const reply = await desk.post('transfers', body);
  expect(reply.body).toMatchObject({
    number: 'TRF-0002',
    status: 'unreconciled',
    from: { amount: '25.50', currency: 'GBP' },
    to: { amount: '25.50', currency: 'GBP' },
  });
  expect(await balances()).toEqual([a - 2550, b + 2550]);
  const path = `transfers/${textAt(reply.body, 'id')}`;
  const more = { from: { accountId: current ?? '', amount: '30' }, to: { accountId: deposit ?? '' } };
  expect((await desk.put(path, more)).status).toBe(200);
  expect(await balances()).toEqual([a - 3000, b + 3000]);
  expect((await desk.put(path, { status: 'void' })).status).toBe(200);
  expect(await balances()).toEqual([a, b]);
  expect(codeOf(await desk.put(path, { status: 'reconciled' }))).toBe('document_void');
  expect((await desk.delete(path)).status).toBe(204);
});

test('a transfer between currencies is posted at what arrives in the base currency', async () => {
  const desk = await openDesk(shared());
  const euro = await desk.make('bank-accounts', { name: 'Euro account', currency: 'EUR' });
  const bank = await desk.balance(desk.known.bankId);
  const ends = [{ accountId: euro, amount: '100' }, { accountId: desk.known.bankId }] as const;
  expect(refusal(await desk.post('transfers', transfer(...ends)))).toEqual({
    status: 422,
    problems: ['to.amount required'],
  });
  await desk.make('transfers', transfer(ends[0], { ...ends[1], amount: '84.20' }));
  expect(await desk.balance(desk.known.bankId)).toBe(bank + 8420);
  expect(await desk.balance(euro)).toBe(-8420);
});

test('every refusal of a transfer names its field', async () => {
  const desk = await openDesk(shared());
  const [current, deposit] = objectsAt(await desk.get('bank-accounts'), 'items');
  const currentId = textAt(current, 'id') ?? '';
  const depositId = textAt(deposit, 'id') ?? '';
  const from = { accountId: currentId, amount: '5' };
  const to = { accountId: depositId };
  const cases: [JsonObject, string][] = [
    [transfer(from, { accountId: currentId }), 'to.accountId not_allowed'],
    [transfer(from, { accountId: textAt(current, 'accountId') ?? '' }), 'to.accountId not_allowed'],
    [transfer(from, { ...to, amount: '5.01' }), 'to.amount unbalanced'],
    [transfer({ ...from, amount: '0' }, to), 'from.amount out_of_range'],
    [transfer({ ...from, amount: '-5' }, to), 'from.amount out_of_range'],
    [transfer({ accountId: currentId }, to), 'from.amount required'],
    [transfer(from, {}), 'to.accountId required'],
    [transfer({ ...from, currency: 'EUR' }, to), 'from.currency wrong_currency'],
    [transfer(from, to, { date: null }), 'date required'],
    [transfer(from, to, { status: 'void' }), 'status invalid_status_move'],
    [transfer(from, to, { number: 'TRF-0001' }), 'number duplicate'],
    [transfer(from, to, { contactId: 'x' }), 'contactId unknown_reference'],
  ];
  for (const [body, problem] of cases)
    expect(refusal(await desk.post('transfers', body)), problem).toEqual({ status: 422, problems: [problem] });
});

test.each([
  ['credit-notes', creditNote, 'CN', 'receivable', 'salesId'],
  ['supplier-credit-notes', supplierCreditNote, 'SCN', 'payable', 'costsId'],
] as const)(
  '%s post the other way round, can be edited, voided, refunded and deleted',
  async (path, body, prefix, role, account) => {
    const desk = await openDesk(shared());
    const { known } = desk;
    const watched = [desk.system(role), known[account], known.bankId];
    const balances = () => Promise.all(watched.map((id) => desk.balance(id)));
    const [owed = 0, other = 0, bank = 0] = await balances();
    const created = await desk.post(path, body(known, { createdFrom: [{ id: 'x', type: 'invoices' }] }));
    expect(created.body).toMatchObject({ status: 'submitted', total: '24.00', remainingCredit: '24.00' });
    expect(textAt(created.body, 'number')).toMatch(new RegExp(`^${prefix}-\\d{4}$`));
    expect(await balances()).toEqual([owed - 2400, other - 2000, bank]);
    const at = `${path}/${textAt(created.body, 'id')}`;
    expect((await desk.put(at, { discountPercentage: '50' })).body).toMatchObject({
      remainingCredit: '12.00',
      version: 2,
    });
    const refund = { accountId: known.bankId, date: '2026-05-09', amount: '12.01' };
    expect(refusal(await desk.put(at, { payments: [refund] }))).toEqual({
      status: 422,
      problems: ['payments exceeds_remaining_credit'],
    });
    const used = await desk.put(at, { payments: [{ ...refund, amount: '2.00' }] });
    expect(used.body).toMatchObject({ status: 'partially-paid', amountUsed: '2.00', allocatedOn: '2026-05-09' });
    const sign = role === 'receivable' ? -1 : 1;
    expect(await balances()).toEqual([owed - 1000, other - 1000, bank + sign * 200]);
    expect(codeOf(await desk.put(at, { note: 'x' }))).toBe('document_paid');
    const second = `${path}/${await desk.make(path, body(known))}`;
    expect((await desk.put(second, { status: 'void' })).body['status']).toBe('void');
    expect((await desk.delete(second)).status).toBe(204);
    expect(refusal(await desk.post(path, body(known, { number: textAt(created.body, 'number') ?? '' })))).toEqual({
      status: 422,
      problems: ['number duplicate'],
    });
    expect(await balances()).toEqual([owed - 1000, other - 1000, bank + sign * 200]);
  },
);

test('an inline payment of a bill still decides its status', async () => {
  const desk = await openDesk(shared());
  const { known } = desk;
  const bank = await desk.balance(known.bankId);
  const payments = [{ accountId: known.bankId, date: '2026-05-09', amount: '96' }];
  const reply = await desk.post('bills', bill(known, { payments }));
  expect(reply.body).toMatchObject({ status: 'paid', amountDue: '0.00' });
  expect(await desk.balance(known.bankId)).toBe(bank - 9600);
  const refused = await desk.delete(`bills/${textAt(reply.body, 'id')}`);
  expect(refused.body).toMatchObject({ error: { code: 'document_paid', payments: [{ id: 'p1' }] } });
});
