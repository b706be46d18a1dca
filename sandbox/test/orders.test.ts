import { expect, test } from 'vitest';
import type { JsonObject } from '../src/json.ts';
import { objectAt, objectsAt, textAt } from '../src/json.ts';
import { openDesk, refusal } from './support/money.ts';
import type { Desk } from './support/money.ts';
import { codeOf, shareSandbox } from './support/sandbox.ts';

const shared = shareSandbox();

function order({ known }: Desk, change: JsonObject = {}): JsonObject {
  return {
    supplierId: known.supplierId,
    lines: [{ accountId: known.costsId, unitAmount: '12.50', quantity: '4', taxRateId: known.taxRateId }],
    ...change,
  };
}

test('a purchase order has totals, moves through its statuses and posts nothing', async () => {
  const desk = await openDesk(shared());
  const before = await desk.get('trial-balance');
  const written = {
    number: 'PO/7',
    issueDate: '2026-05-01',
    expectedDeliveryDate: '2026-05-20',
    deliveryDate: '2026-05-21',
    paymentDueDate: '2026-06-01',
    note: 'n',
    shipTo: {
      contact: { name: 'Ann', email: 'ann@yard.example', phone: '1' },
      address: { type: 'delivery', city: 'Leeds' },
    },
  };
  const reply = await desk.post('purchase-orders', order(desk, written));
  expect(reply.body).toMatchObject({
    ...written,
    status: 'draft',
    subTotal: '50.00',
    taxTotal: '10.00',
    total: '60.00',
  });
  const path = `purchase-orders/${textAt(reply.body, 'id')}`;
  for (const status of ['open', 'closed', 'open'])
    expect((await desk.put(path, { status })).body).toMatchObject({ status, total: '60.00' });
  expect(refusal(await desk.put(path, { status: 'draft' }))).toEqual({
    status: 422,
    problems: ['status invalid_status_move'],
  });
  expect((await desk.put(path, { status: 'void' })).status).toBe(200);
  expect(codeOf(await desk.put(path, { status: 'open' }))).toBe('document_void');
  expect(await desk.get('trial-balance')).toEqual(before);
  expect((await desk.delete(path)).status).toBe(204);
});

test('every refusal of a purchase order names its field', async () => {
  const desk = await openDesk(shared());
  const cases: [JsonObject, string][] = [
    [{ number: 'PO-0001' }, 'number duplicate'],
    [{ supplierId: null }, 'supplierId required'],
    [{ supplierId: desk.known.customerId }, 'supplierId unknown_reference'],
    [{ lines: [] }, 'lines too_few'],
    [{ note: 'x'.repeat(501) }, 'note too_long'],
    [{ status: 'void' }, 'status invalid_status_move'],
    [{ status: 'paid' }, 'status invalid_choice'],
    [{ shipTo: { contact: { email: 'nobody' } } }, 'shipTo.contact.email invalid'],
    [{ deliveryDate: '2026-02-30' }, 'deliveryDate invalid'],
  ];
  for (const [change, problem] of cases)
    expect(refusal(await desk.post('purchase-orders', order(desk, change))), problem).toEqual({
      status: 422,
      problems: [problem],
    });
});

test('journals are books that entries refer to', async () => {
  const desk = await openDesk(shared());
  const parentId = textAt(objectsAt(await desk.get('journals'), 'items')[0], 'id') ?? '';
  const reply = await desk.post('journals', { name: 'Payroll', code: 'PAYROLL', type: 'payroll', parentId });
  expect(reply.body).toMatchObject({ name: 'Payroll', status: 'active', hasChildren: false });
  expect(await desk.get(`journals/${parentId}`)).toMatchObject({ hasChildren: true });
  const journalId = textAt(reply.body, 'id') ?? '';
  const lines = [
    { accountId: desk.known.costsId, amount: '5' },
    { accountId: desk.known.bankId, amount: '-5' },
  ];
  const entry = await desk.post('journal-entries', { journalId, lines });
  expect(entry.body).toMatchObject({ journalId, journalName: 'Payroll' });
  expect(refusal(await desk.post('journal-entries', { journalId: 'jbk_zzzzzzzzz', lines }))).toEqual({
    status: 422,
    problems: ['journalId unknown_reference'],
  });
  expect((await desk.put(`journals/${journalId}`, { status: 'archived' })).status).toBe(200);
  expect(refusal(await desk.post('journal-entries', { journalId, lines }))).toEqual({
    status: 422,
    problems: ['journalId archived_reference'],
  });
  for (const [body, problem] of [
    [{ code: 'X' }, 'name required'],
    [{ name: 'Twice', code: 'PAYROLL' }, 'code duplicate'],
    [{ name: 'x'.repeat(257) }, 'name too_long'],
    [{ name: 'A', parentId: 'no' }, 'parentId unknown_reference'],
  ] as const)
    expect(refusal(await desk.post('journals', body)), problem).toEqual({ status: 422, problems: [problem] });
  expect(refusal(await desk.put(`journals/${parentId}`, { parentId }))).toEqual({
    status: 422,
    problems: ['parentId not_allowed'],
  });
});

test('a stale update is told the version that is there and since when', async () => {
  const desk = await openDesk(shared());
  const id = await desk.make('purchase-orders', order(desk));
  const updated = await desk.put(`purchase-orders/${id}`, { note: 'a' });
  for (const reply of [
    await desk.put(`purchase-orders/${id}`, { note: 'b' }, { 'if-match': '1' }),
    await desk.delete(`purchase-orders/${id}`, { 'if-match': '1' }),
  ]) {
    expect([reply.status, codeOf(reply)]).toEqual([412, 'stale_version']);
    expect(objectAt(reply.body, 'error')?.['current']).toEqual({
      id,
      version: 2,
      updatedAt: updated.body['updatedAt'],
    });
  }
});

test('a bank account can be edited, and its ledger account follows', async () => {
  const desk = await openDesk(shared());
  const before = await desk.get(`bank-accounts/${desk.known.bankId}`);
  const change = { name: 'Main account', iban: 'GB00', overdraftLimit: '250.00', status: 'active' };
  const reply = await desk.put(`bank-accounts/${desk.known.bankId}`, change);
  expect(reply.body).toMatchObject({ ...change, version: 2, balance: textAt(before, 'balance') });
  expect(await desk.get(`accounts/${textAt(before, 'accountId')}`)).toMatchObject({ name: 'Main account' });
});
