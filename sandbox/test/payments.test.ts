import { expect, test } from 'vitest';
import { objectAt, objectsAt, textAt } from '../src/json.ts';
import type { JsonObject } from '../src/json.ts';
import {
  bill,
  creditNote,
  invoice,
  line,
  openDesk,
  payment,
  refusal,
  supplierCreditNote,
  supplierPayment,
} from './support/money.ts';
import type { Desk } from './support/money.ts';
import { codeOf, shareSandbox } from './support/sandbox.ts';

const shared = shareSandbox();

test('a payment lowers what is due and gives the status, and its deletion gives all of it back', async () => {
  const desk = await openDesk(shared());
  const { known } = desk;
  const id = await desk.make('invoices', invoice(known));
  const [receivable, bank] = [await desk.balance(desk.system('receivable')), await desk.balance(known.bankId)];
  const first = await desk.make('payments', payment(known, [line('20.00', ['invoice', id, '20.00'])]));
  expect(await desk.get(`invoices/${id}`)).toMatchObject({
    status: 'partially-paid',
    amountPaid: '20.00',
    amountDue: '100.00',
    version: 2,
    allocations: [{ paymentId: first, number: 'PAY-0007', amount: '20.00', baseAmount: '20.00', date: '2026-05-20' }],
  });
  const second = await desk.make(
    'payments',
    payment(known, [line('100', ['invoice', id, '100'])], { date: '2026-06-01' }),
  );
  expect(await desk.get(`invoices/${id}`)).toMatchObject({ status: 'paid', amountDue: '0.00', paidOn: '2026-06-01' });
  expect(await desk.balance(desk.system('receivable'))).toBe(receivable - 12_000);
  expect(await desk.balance(known.bankId)).toBe(bank + 12_000);
  for (const one of [first, second]) expect((await desk.delete(`payments/${one}`)).status).toBe(204);
  const back = await desk.get(`invoices/${id}`);
  expect(back).toMatchObject({ status: 'submitted', amountPaid: '0.00', amountDue: '120.00', version: 5 });
  expect(back).not.toHaveProperty('allocations');
  expect(back).not.toHaveProperty('paidOn');
  expect(await desk.balance(desk.system('receivable'))).toBe(receivable);
  expect(await desk.balance(known.bankId)).toBe(bank);
});

test('a payment to a supplier moves bills and payables the other way', async () => {
  const desk = await openDesk(shared());
  const { known } = desk;
  const id = await desk.make('bills', bill(known));
  const [payable, bank] = [await desk.balance(desk.system('payable')), await desk.balance(known.bankId)];
  const paid = await desk.make('supplier-payments', supplierPayment(known, [line('96', ['bill', id, '96'])]));
  expect(await desk.get(`bills/${id}`)).toMatchObject({ status: 'paid', amountDue: '0.00' });
  expect(await desk.balance(desk.system('payable'))).toBe(payable - 9600);
  expect(await desk.balance(known.bankId)).toBe(bank - 9600);
  await desk.delete(`supplier-payments/${paid}`);
  expect(await desk.get(`bills/${id}`)).toMatchObject({ status: 'open', amountDue: '96.00' });
  expect(await desk.balance(desk.system('payable'))).toBe(payable);
});

test('a credit note is used up by what it helps to pay, with and without money', async () => {
  const desk = await openDesk(shared());
  const { known } = desk;
  const id = await desk.make('invoices', invoice(known));
  const credit = await desk.make('credit-notes', creditNote(known));
  expect(await desk.get(`credit-notes/${credit}`)).toMatchObject({ remainingCredit: '24.00', amountUsed: '0.00' });
  const bank = await desk.balance(known.bankId);
  const setOff = await desk.post(
    'payments',
    payment(known, [line('0', ['invoice', id, '10.00'], ['credit-note', credit, '10.00'])], { accountId: null }),
  );
  expect(setOff.body).toMatchObject({ total: '0.00' });
  expect(await desk.balance(known.bankId)).toBe(bank);
  expect(await desk.get(`credit-notes/${credit}`)).toMatchObject({
    status: 'partially-paid',
    remainingCredit: '14.00',
    allocatedOn: '2026-05-20',
  });
  await desk.make(
    'payments',
    payment(known, [line('96.00', ['invoice', id, '110.00'], ['credit-note', credit, '14.00'])]),
  );
  expect(await desk.get(`credit-notes/${credit}`)).toMatchObject({ status: 'paid', remainingCredit: '0.00' });
  expect(await desk.get(`invoices/${id}`)).toMatchObject({ status: 'paid', amountDue: '0.00' });
  expect(await desk.balance(known.bankId)).toBe(bank + 9600);
  expect(await desk.isBalanced()).toBe(true);
});

test("a supplier's credit note goes against bills likewise", async () => {
  const desk = await openDesk(shared());
  const { known } = desk;
  const id = await desk.make('bills', bill(known));
  const credit = await desk.make('supplier-credit-notes', supplierCreditNote(known));
  await desk.make(
    'supplier-payments',
    supplierPayment(known, [line('72', ['bill', id, '96'], ['credit-note', credit, '24'])]),
  );
  expect(await desk.get(`bills/${id}`)).toMatchObject({ status: 'paid' });
  expect(await desk.get(`supplier-credit-notes/${credit}`)).toMatchObject({ status: 'paid', amountUsed: '24.00' });
});

test('money on account can pay a later invoice, and is then shut in', async () => {
  const desk = await openDesk(shared());
  const { known } = desk;
  const ahead = await desk.post('payments', payment(known, [{ amount: '50.00' }]));
  expect(ahead.body).toMatchObject({
    remainingCredit: '50.00',
    lines: [{ amount: '50.00', allocations: [{ type: 'on-account', amount: '50.00' }] }],
  });
  const aheadId = textAt(ahead.body, 'id') ?? '';
  const id = await desk.make('invoices', invoice(known));
  const later = await desk.make(
    'payments',
    payment(known, [line('80', ['invoice', id, '120'], ['payment', aheadId, '40'])]),
  );
  expect(await desk.get(`payments/${aheadId}`)).toMatchObject({ remainingCredit: '10.00', amountUsed: '40.00' });
  const refused = await desk.delete(`payments/${aheadId}`);
  expect([refused.status, codeOf(refused)]).toEqual([409, 'document_paid']);
  expect(objectAt(refused.body, 'error')).toMatchObject({ payments: [{ id: later }] });
  await desk.delete(`payments/${later}`);
  expect((await desk.delete(`payments/${aheadId}`)).status).toBe(204);
});

test('a paid document cannot be edited or deleted, and the refusal names its payments', async () => {
  const desk = await openDesk(shared());
  const { known } = desk;
  const id = await desk.make('bills', bill(known));
  const paid = await desk.post(
    'supplier-payments',
    supplierPayment(known, [line('1', ['bill', id, '1'])], { number: 'S/7' }),
  );
  for (const reply of [await desk.delete(`bills/${id}`), await desk.put(`bills/${id}`, { note: 'x' })]) {
    const error = objectAt(reply.body, 'error');
    expect([reply.status, error?.['code']]).toEqual([409, 'document_paid']);
    expect(error?.['payments']).toEqual([{ id: paid.body['id'], number: 'S/7' }]);
    expect(textAt(error, 'message')).toContain('S/7');
  }
});

async function refusedPayments(desk: Desk): Promise<[string, JsonObject, string[]][]> {
  const { known } = desk;
  const others = objectsAt(await desk.get('customers'), 'items');
  const other = textAt(others[1], 'id') ?? '';
  const id = await desk.make('invoices', invoice(known));
  const draft = await desk.make('invoices', invoice(known, { status: 'draft' }));
  const gone = await desk.make('invoices', invoice(known));
  await desk.put(`invoices/${gone}`, { status: 'void' });
  const foreign = await desk.make('invoices', invoice(known, { currency: 'EUR', exchangeRate: '0.85' }));
  const theirs = await desk.make('invoices', invoice(known, { customerId: other }));
  const credit = await desk.make('credit-notes', creditNote(known));
  const draftCredit = await desk.make('credit-notes', creditNote(known, { status: 'draft' }));
  const one = (...parts: Parameters<typeof line>) => payment(known, [line(...parts)]);
  const at = 'lines[0].allocations[0]';
  return [
    ['more than is due', one('120.01', ['invoice', id, '120.01']), [`${at}.amount exceeds_amount_due`]],
    [
      'more than is due in two parts',
      payment(known, [line('60', ['invoice', id, '60']), line('61', ['invoice', id, '61'])]),
      ['lines[1].allocations[0].amount exceeds_amount_due'],
    ],
    ['a draft', one('1', ['invoice', draft, '1']), [`${at}.recordId wrong_status`]],
    ['a void invoice', one('1', ['invoice', gone, '1']), [`${at}.recordId wrong_status`]],
    [
      'an invoice in another currency',
      payment(known, [line('1', ['invoice', foreign, '1'])], { currency: 'GBP' }),
      [`${at}.recordId wrong_currency`],
    ],
    ["another customer's invoice", one('1', ['invoice', theirs, '1']), [`${at}.recordId wrong_party`]],
    ['an invoice that is not there', one('1', ['invoice', 'inv_zzzzzzzzz', '1']), [`${at}.recordId unknown_reference`]],
    ['a credit note as an invoice', one('1', ['invoice', credit, '1']), [`${at}.recordId unknown_reference`]],
    [
      'more than the credit',
      one('0', ['credit-note', credit, '24.01'], ['invoice', id, '24.01']),
      [`${at}.amount exceeds_remaining_credit`],
    ],
    [
      'a draft credit note',
      one('0', ['credit-note', draftCredit, '1'], ['invoice', id, '1']),
      [`${at}.recordId wrong_status`],
    ],
    ['a sum that is not its parts', one('2', ['invoice', id, '1']), ['lines[0].amount unbalanced']],
    ['a total that is not its lines', { ...one('1', ['invoice', id, '1']), total: '1.01' }, ['total unbalanced']],
    ['no record', one('1', ['invoice', '', '1']), [`${at}.recordId required`]],
    ['a record on account', one('1', ['on-account', id, '1']), [`${at}.recordId not_allowed`]],
    ['a bill', one('1', ['bill', id, '1']), [`${at}.type invalid_choice`]],
    ['nothing', one('1', ['invoice', id, '0']), [`${at}.amount out_of_range`]],
    ['a negative line', one('-1', ['invoice', id, '1']), ['lines[0].amount out_of_range']],
    [
      'no account for money',
      payment(known, [line('1', ['invoice', id, '1'])], { accountId: null }),
      ['accountId required'],
    ],
    ['no lines', payment(known, []), ['lines too_few']],
    ['no customer', payment(known, [{ amount: '1' }], { customerId: null }), ['customerId required']],
    ['no date', payment(known, [{ amount: '1' }], { date: null }), ['date required']],
    ['a number used before', payment(known, [{ amount: '1' }], { number: 'PAY-0001' }), ['number duplicate']],
  ];
}

test('every refusal of a payment names its field, and changes nothing', async () => {
  const desk = await openDesk(shared());
  const before = await desk.total('payments');
  for (const [name, body, problems] of await refusedPayments(desk))
    expect(refusal(await desk.post('payments', body)), name).toEqual({ status: 422, problems });
  expect(await desk.total('payments')).toBe(before);
  const touched = objectsAt(await desk.get('invoices'), 'items').filter(
    (one) => textAt(one, 'issueDate') === '2026-05-04',
  );
  expect(touched.every((one) => one['amountPaid'] === '0.00')).toBe(true);
});

test('a payment is not edited, and a closed period shuts it', async () => {
  const desk = await openDesk(shared());
  const { known } = desk;
  const id = await desk.make('payments', payment(known, [{ amount: '5' }]));
  const edit = await desk.put(`payments/${id}`, { note: 'x' });
  expect([edit.status, edit.headers.get('allow')]).toEqual([405, 'GET, DELETE']);
  await desk.client.call('PATCH', `${desk.at}/company`, { lockDate: '2026-05-20' });
  expect(refusal(await desk.post('payments', payment(known, [{ amount: '5' }])))).toEqual({
    status: 422,
    problems: ['date closed_period'],
  });
  expect(codeOf(await desk.delete(`payments/${id}`))).toBe('closed_period');
  // The invoice lies in the closed period, its payment does not.
  const seeded = objectsAt(await desk.get('invoices?status=submitted'), 'items')[0];
  const late = line('1', ['invoice', textAt(seeded, 'id') ?? '', '1']);
  const reply = await desk.post(
    'payments',
    payment(known, [late], { date: '2026-05-21', customerId: textAt(seeded, 'customerId') ?? '' }),
  );
  expect(reply.status).toBe(201);
});

test('the audit trail has the payment first and then what it settled, under one reference', async () => {
  const desk = await openDesk(shared());
  const { known } = desk;
  const id = await desk.make('invoices', invoice(known));
  const body = payment(known, [line('1', ['invoice', id, '1'])]);
  const paid = await desk.post('payments', body, { 'client-reference': 'r-1', 'idempotency-key': 'pay-once' });
  const again = await desk.post('payments', body, { 'client-reference': 'r-1', 'idempotency-key': 'pay-once' });
  expect(again.body).toEqual(paid.body);
  const paymentId = textAt(paid.body, 'id') ?? '';
  await desk.delete(`payments/${paymentId}`, { 'client-reference': 'r-1' });
  const trail = objectsAt(await desk.get('audit-trail?reference=r-1'), 'items');
  expect(trail.map((one) => `${textAt(one, 'action')} ${textAt(one, 'recordId')}`)).toEqual([
    `created ${paymentId}`,
    `updated ${id}`,
    `deleted ${paymentId}`,
    `updated ${id}`,
  ]);
});
