/** The platform's rules over the wire: what moves money, and the statements of banks. */
import { describe, expect, test } from 'vitest';
import { idsOf, type Body } from './referable-records.ts';
import { plainBodies, useRuleRig } from './rule-rig.ts';

const { place, push, records, inBooks, accept, assertRefused } = useRuleRig();
const { invoice, creditNote, payment, transfer, direct } = plainBodies(records);

describe('transfers', () => {
  test('of the same amount on both sides move it from one balance to the other', async () => {
    const balances = async () => [
      Number((await inBooks('bankAccounts', records().bank))['balance']),
      Number((await inBooks('bankAccounts', records().otherBank))['balance']),
    ];
    const [from = 0, to = 0] = await balances();
    await accept('transfers', transfer({ currency: 'GBP', amount: 12.34 }, { currency: 'GBP', amount: 12.34 }));
    const [fromAfter = 0, toAfter = 0] = await balances();
    expect([fromAfter - from, toAfter - to].map((moved) => moved.toFixed(2))).toEqual(['-12.34', '12.34']);
  });

  test('of different amounts in one currency are refused by name', async () => {
    const body = transfer({ currency: 'GBP', amount: 10 }, { currency: 'GBP', amount: 10.01 });
    await assertRefused('transfers', body, ['To']);
    await assertRefused('transfers', transfer({ amount: 10 }, { amount: 10.01 }), ['To.Amount']);
  });

  test.each([0, -5])('of %d are refused by name', async (amount) => {
    await assertRefused('transfers', transfer({ amount }, { amount }), ['From.Amount', 'To.Amount']);
  });

  test('from an account to itself are refused by name', async () => {
    const accountRef = { id: records().bank };
    await assertRefused('transfers', transfer({ accountRef, amount: 5 }, { accountRef, amount: 5 }), [
      'To.AccountRef.Id',
    ]);
  });
});

describe('payments', () => {
  const settling = (id: string, amount: number): Body => ({
    amount,
    links: [{ type: 'Invoice', id, amount: -amount }],
  });

  test('whose links are what their lines say lower what is due', async () => {
    const id = await accept('invoices', invoice());
    await accept('payments', payment(70, [settling(id, 30), settling(id, 40)]));
    expect(await inBooks('invoices', id)).toMatchObject({ amountDue: '30.00', status: 'partially-paid' });
    await accept('payments', payment(30, [settling(id, 30)]));
    expect(await inBooks('invoices', id)).toMatchObject({ amountDue: '0.00', status: 'paid' });
  });

  test('whose total is not the sum of their lines are refused by name', async () => {
    const id = await accept('invoices', invoice());
    await assertRefused('payments', payment(71, [settling(id, 30), settling(id, 40)]), ['TotalAmount']);
    expect(await inBooks('invoices', id)).toMatchObject({ amountDue: '100.00' });
  });

  test('whose links do not take off what the line says are refused by name', async () => {
    const id = await accept('invoices', invoice());
    const links = [{ type: 'Invoice', id, amount: -29 }];
    await assertRefused('payments', payment(30, [{ amount: 30, links }]), ['Lines[0].Amount']);
    const wrongWay = [{ type: 'Invoice', id, amount: 30 }];
    await assertRefused('payments', payment(30, [{ amount: 30, links: wrongWay }]), ['Lines[0].Amount']);
    expect(await inBooks('invoices', id)).toMatchObject({ amountDue: '100.00' });
  });

  test('of more than is due are refused by name', async () => {
    const id = await accept('invoices', invoice());
    await assertRefused('payments', payment(100.01, [settling(id, 100.01)]), ['Lines[0].Links[0].Amount']);
  });

  test('set a credit note against an invoice without money: the credit above zero, the invoice below', async () => {
    const [id, credit] = [await accept('invoices', invoice()), await accept('creditNotes', creditNote(40))];
    const links = [
      { type: 'CreditNote', id: credit, amount: 25 },
      { type: 'Invoice', id, amount: -25 },
    ];
    const { accountRef: _, ...body } = payment(0, [{ amount: 0, links }]);
    await accept('payments', body);
    expect(await inBooks('invoices', id)).toMatchObject({ amountDue: '75.00' });
    expect(await inBooks('creditNotes', credit)).toMatchObject({ remainingCredit: '15.00', status: 'partially-paid' });
  });

  test('of more than remains of a credit note are refused by name', async () => {
    const [id, credit] = [await accept('invoices', invoice()), await accept('creditNotes', creditNote(10))];
    const links = [
      { type: 'CreditNote', id: credit, amount: 25 },
      { type: 'Invoice', id, amount: -25 },
    ];
    await assertRefused('payments', payment(0, [{ amount: 0, links }]), ['Lines[0].Links[0].Amount']);
  });
});

describe.each([
  ['directCosts', 'supplier'],
  ['directIncomes', 'customer'],
] as const)('%s', (dataType, contact) => {
  test('come to the sum of their lines, whether that is said or not', async () => {
    for (const body of [direct(contact, 30.5), direct(contact)]) {
      expect(await inBooks(dataType, await accept(dataType, body))).toMatchObject({ total: '30.50' });
    }
  });

  test('whose allocation is not the sum of their lines are refused by name', async () => {
    await assertRefused(dataType, direct(contact, 30.51), ['PaymentAllocations[0].Allocation.TotalAmount']);
  });
});

describe('bank transactions', () => {
  let count = 0;
  const one = (amount: number, date: string, more: Body = {}): Body => ({
    id: `T-${(count += 1)}`,
    amount,
    date,
    ...more,
  });
  const newAccount = async () => {
    const id = await accept('bankAccounts', { accountName: 'For a statement' });
    return { id, path: `bankAccounts/${id}/bankTransactions` };
  };
  const onAccount = (id: string) => idsOf(place(), `bank-accounts/${id}/transactions`);

  test('of a thousand are taken in one call, and their last balance becomes that of the account', async () => {
    const { id, path } = await newAccount();
    const transactions = Array.from({ length: 1_000 }, (_, index) => one(1, '2026-03-02', { balance: 501 + index }));
    await accept('bankTransactions', { transactions }, path);
    expect(await onAccount(id)).toHaveLength(1_000);
    const { server, company } = place();
    const read = `/companies/${company.companyId}/connections/${company.connectionId}/data/bankAccounts/${id}`;
    expect((await server.call(`GET`, read)).body).toMatchObject({ balance: 1_500 });
  });

  test('of a thousand and one are refused by name, all of them', async () => {
    const { id, path } = await newAccount();
    const transactions = Array.from({ length: 1_001 }, () => one(1, '2026-03-02'));
    await assertRefused('bankTransactions', { transactions }, ['Transactions'], path);
    expect(await onAccount(id)).toEqual([]);
  });

  test('that are not in order of their dates are refused by name', async () => {
    const { path } = await newAccount();
    const transactions = [one(1, '2026-03-03'), one(1, '2026-03-02')];
    await assertRefused('bankTransactions', { transactions }, ['Transactions[1].Date'], path);
  });

  test('before the latest one that is there are refused by name, at its date they are not', async () => {
    const { id, path } = await newAccount();
    await accept('bankTransactions', { transactions: [one(1, '2026-03-03')] }, path);
    await assertRefused('bankTransactions', { transactions: [one(1, '2026-03-02')] }, ['Transactions[0].Date'], path);
    await accept('bankTransactions', { transactions: [one(1, '2026-03-03')] }, path);
    expect(await onAccount(id)).toHaveLength(2);
  });

  test('in the future are refused by name', async () => {
    const { path } = await newAccount();
    await assertRefused('bankTransactions', { transactions: [one(1, '2999-01-01')] }, ['Transactions[0].Date'], path);
  });

  test.each([
    ['Credit', -5],
    ['Debit', 5],
  ])('whose sign does not agree with %s are written with a warning by name', async (transactionType, amount) => {
    const { id, path } = await newAccount();
    const done = await push('POST', path, { transactions: [one(amount, '2026-03-02', { transactionType })] });
    expect(done.status).toBe('Success');
    expect(JSON.stringify(done.validation)).toContain('Transactions[0].Amount');
    expect(await onAccount(id)).toHaveLength(1);
  });

  test('whose number is taken on the account are refused by name, on another account they are not', async () => {
    const [first, second] = [await newAccount(), await newAccount()];
    const transactions = [one(1, '2026-03-02')];
    await accept('bankTransactions', { transactions }, first.path);
    await assertRefused('bankTransactions', { transactions }, ['Transactions[0].Id'], first.path);
    await accept('bankTransactions', { transactions }, second.path);
  });
});
