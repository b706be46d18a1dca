import { expect, test } from 'vitest';
import type { JsonObject } from '../src/json.ts';
import { bill, creditNote, invoice, line, openDesk, payment, supplierPayment } from './support/money.ts';
import { shareSandbox } from './support/sandbox.ts';

const shared = shareSandbox();
const euros: JsonObject = { currency: 'EUR', exchangeRate: '0.80' };

test('a gain between invoice and payment goes to the exchange account, and nothing stays in receivables', async () => {
  const desk = await openDesk(shared());
  const { known } = desk;
  const gains = desk.system('exchangeGains');
  const before = await desk.balance(desk.system('receivable'));
  const [bank, gained] = [await desk.balance(known.bankId), await desk.balance(gains)];
  const id = await desk.make('invoices', invoice(known, euros));
  expect(await desk.balance(desk.system('receivable'))).toBe(before + 9600);
  const paid = await desk.make(
    'payments',
    payment(known, [line('120', ['invoice', id, '120'])], { ...euros, exchangeRate: '0.85' }),
  );
  expect(await desk.balance(desk.system('receivable'))).toBe(before);
  expect(await desk.balance(known.bankId)).toBe(bank + 10_200);
  expect(await desk.balance(gains)).toBe(gained + 600);
  await desk.delete(`payments/${paid}`);
  expect(await desk.balance(gains)).toBe(gained);
});

test('a loss on a bill is a loss', async () => {
  const desk = await openDesk(shared());
  const { known } = desk;
  const gains = desk.system('exchangeGains');
  const id = await desk.make('bills', bill(known, euros));
  const gained = await desk.balance(gains);
  await desk.make(
    'supplier-payments',
    supplierPayment(known, [line('96', ['bill', id, '96'])], { ...euros, exchangeRate: '0.9' }),
  );
  expect(await desk.balance(gains)).toBe(gained - 960);
  expect(await desk.isBalanced()).toBe(true);
});

test('payments in parts leave no penny behind, whatever rounding does to each', async () => {
  const desk = await openDesk(shared());
  const { known } = desk;
  const receivable = await desk.balance(desk.system('receivable'));
  const lines = [1, 2, 3].map(() => ({ accountId: known.salesId, unitAmount: '0.37', taxRateId: known.taxRateId }));
  const id = await desk.make('invoices', invoice(known, { currency: 'EUR', exchangeRate: '0.853217', lines }));
  for (const part of ['0.33', '0.33', '0.33', '0.33'])
    await desk.make('payments', payment(known, [line(part, ['invoice', id, part])], { exchangeRate: '0.9' }));
  expect(await desk.get(`invoices/${id}`)).toMatchObject({ status: 'paid', amountDue: '0.00' });
  expect(await desk.balance(desk.system('receivable'))).toBe(receivable);
});

test('a payment takes currency and rate from what it settles', async () => {
  const desk = await openDesk(shared());
  const { known } = desk;
  const gained = await desk.balance(desk.system('exchangeGains'));
  const id = await desk.make('invoices', invoice(known, euros));
  const reply = await desk.post('payments', payment(known, [line('20', ['invoice', id, '20'])]));
  expect(reply.body).toMatchObject({ currency: 'EUR', exchangeRate: '0.80' });
  expect(await desk.balance(desk.system('exchangeGains'))).toBe(gained);
});

test('a credit note booked at another rate than the invoice makes a difference too', async () => {
  const desk = await openDesk(shared());
  const { known } = desk;
  const [receivable, gained] = [
    await desk.balance(desk.system('receivable')),
    await desk.balance(desk.system('exchangeGains')),
  ];
  const id = await desk.make(
    'invoices',
    invoice(known, { ...euros, lines: [{ accountId: known.salesId, unitAmount: '24' }] }),
  );
  const credit = await desk.make('credit-notes', creditNote(known, { ...euros, exchangeRate: '0.90' }));
  await desk.make('payments', payment(known, [line('0', ['invoice', id, '24'], ['credit-note', credit, '24'])]));
  expect(await desk.balance(desk.system('receivable'))).toBe(receivable);
  // 24.00 were owed to us at 0.80 and owed by us at 0.90: the books come out 2.40 better.
  expect(await desk.balance(desk.system('exchangeGains'))).toBe(gained + 240);
});

test('money on account keeps the rate it came in at', async () => {
  const desk = await openDesk(shared());
  const { known } = desk;
  const [receivable, gained] = [
    await desk.balance(desk.system('receivable')),
    await desk.balance(desk.system('exchangeGains')),
  ];
  const ahead = await desk.make('payments', payment(known, [{ amount: '120' }], { ...euros, exchangeRate: '0.75' }));
  const id = await desk.make('invoices', invoice(known, euros));
  await desk.make('payments', payment(known, [line('0', ['invoice', id, '120'], ['payment', ahead, '120'])]));
  expect(await desk.balance(desk.system('receivable'))).toBe(receivable);
  expect(await desk.balance(desk.system('exchangeGains'))).toBe(gained - 600);
});

test('a payment within an invoice can have a rate of its own', async () => {
  const desk = await openDesk(shared());
  const { known } = desk;
  const [receivable, gained] = [
    await desk.balance(desk.system('receivable')),
    await desk.balance(desk.system('exchangeGains')),
  ];
  const payments = [{ accountId: known.bankId, date: '2026-05-10', amount: '120', exchangeRate: '0.85' }];
  expect((await desk.post('invoices', invoice(known, { ...euros, payments }))).body).toMatchObject({ status: 'paid' });
  expect(await desk.balance(desk.system('receivable'))).toBe(receivable);
  expect(await desk.balance(desk.system('exchangeGains'))).toBe(gained + 600);
});

test("a document's currency is that of its customer, and a rate of 1 is written where none was given", async () => {
  const desk = await openDesk(shared());
  const customerId = await desk.make('customers', { name: 'Dupont', currency: 'EUR' });
  const reply = await desk.post('invoices', invoice(desk.known, { customerId }));
  expect(reply.body).toMatchObject({ currency: 'EUR', exchangeRate: '1' });
  const ahead = await desk.post('payments', payment(desk.known, [{ amount: '1' }], { customerId }));
  expect(ahead.body).toMatchObject({ currency: 'EUR', exchangeRate: '1' });
});
