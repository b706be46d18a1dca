import { expect, test } from 'vitest';
import type { JsonObject } from '../src/json.ts';
import { objectsAt, textAt } from '../src/json.ts';
import { billBody, books, codeOf, invoiceBody, knownIds, problemsOf, startForTest } from './support/sandbox.ts';
import type { Client } from './support/sandbox.ts';

async function balanceOf(client: Client, id: string): Promise<string | undefined> {
  return textAt((await client.get(`${books}/accounts/${id}`)).body, 'balance');
}

test('totals, discounts and tax are exact and rounded half-up', async () => {
  const client = await startForTest();
  const known = await knownIds(client);
  const line = { accountId: known.salesId, taxRateId: known.taxRateId };
  const reply = await client.post(
    `${books}/invoices`,
    invoiceBody(known, {
      discountPercentage: '10',
      additionalTaxAmount: '1.50',
      withholding: [{ name: 'CIS', amount: '5.00' }],
      lines: [
        { ...line, quantity: '3', unitAmount: '33.335', discountPercentage: '5' },
        { ...line, quantity: '1', unitAmount: '10.01', discountAmount: '0.011', taxAmount: '1.999' },
      ],
    }),
  );
  expect(reply.status).toBe(201);
  // 100.01 less 5.00 is 95.01; 10.01 less 0.01 is 10.00; a tenth off the sum is 10.50, of which 9.50 is the first line's.
  expect(reply.body).toMatchObject({
    subTotal: '94.51',
    documentDiscount: '10.50',
    discountTotal: '15.51',
    taxTotal: '20.60',
    total: '115.11',
    amountDue: '110.11',
  });
  expect(objectsAt(reply.body, 'lines')).toMatchObject([
    { subTotal: '95.01', taxAmount: '17.10', taxOverridden: false },
    { subTotal: '10.00', taxAmount: '2.00', taxOverridden: true, total: '12.00' },
  ]);
});

test('what is written comes back field by field, in the answer and on reading', async () => {
  const client = await startForTest();
  const known = await knownIds(client);
  const written: JsonObject = {
    ...invoiceBody(known),
    number: 'A/17',
    reference: 'PO 5',
    issueDate: '2026-05-04T10:30:00Z',
    dueDate: '2026-06-04',
    currency: 'USD',
    exchangeRate: '0.812345678',
    note: 'Thank you — ünïcode ✓',
    discountPercentage: '2.5',
    salesOrderIds: ['so-1'],
    customFields: { colour: { deep: [1, null, 'x'] } },
    lines: [
      {
        description: 'Work',
        quantity: '2.50',
        unitAmount: '50.125',
        unit: 'hour',
        discountPercentage: '1',
        accountId: known.salesId,
        taxRateId: known.taxRateId,
        taxAmount: '9.99',
        itemId: known.soldItemId,
        trackingCategoryIds: [known.labelIds[0] ?? ''],
        tracking: {
          customerId: known.customerId,
          projectId: 'p',
          billedTo: 'project',
          rebilledTo: 'not-applicable',
          recordId: 'r',
          recordType: 't',
        },
        lineNumber: '1',
        isDirect: true,
        customFields: { a: 1 },
      },
    ],
  };
  const created = await client.post(`${books}/invoices`, written);
  expect(created.status).toBe(201);
  expect(created.body).toMatchObject(written);
  const read = await client.get(`${books}/invoices/${textAt(created.body, 'id')}`);
  expect(read.body).toEqual(created.body);
});

test('customers, items, accounts and bank accounts come back as written', async () => {
  const client = await startForTest();
  const known = await knownIds(client);
  const address = {
    type: 'delivery',
    line1: '1 Way',
    line2: 'Flat',
    city: 'Leeds',
    region: 'Yorks',
    country: 'UK',
    postcode: 'LS1',
  };
  const bodies: Record<string, JsonObject> = {
    customers: {
      name: 'New Ltd',
      contactName: 'Ann',
      email: 'a@b.example',
      phone: '1',
      currency: 'EUR',
      addresses: [address],
      contacts: [
        {
          name: 'C',
          email: 'c@d.example',
          phones: [{ number: '2', type: 'mobile' }],
          address,
          status: 'archived',
          modifiedAt: '2026-01-01T00:00:00Z',
        },
      ],
      registrationNumber: '9',
      taxNumber: 'T',
      status: 'active',
    },
    items: {
      name: 'Thing',
      code: 'THING-1',
      type: 'inventory',
      status: 'active',
      isSold: true,
      isPurchased: true,
      sale: { description: 'S', unitPrice: '3.5', accountId: known.salesId, taxRateId: known.taxRateId },
      purchase: { description: 'P', unitPrice: '1', accountId: known.costsId, taxRateId: known.taxRateId },
    },
    accounts: {
      name: 'New',
      category: 'Asset.Current',
      code: '1999',
      description: 'd',
      fullName: 'A:New',
      currency: 'USD',
      status: 'pending',
    },
    'bank-accounts': {
      name: 'Card',
      type: 'credit',
      code: '2999',
      sortCode: '1',
      accountNumber: '2',
      iban: 'GB1',
      institution: 'B',
      currency: 'GBP',
      availableBalance: '10.5',
      overdraftLimit: '100',
      openingBalance: '250.00',
      openingDate: '2026-02-01',
      status: 'active',
    },
  };
  for (const [path, body] of Object.entries(bodies)) {
    const reply = await client.post(`${books}/${path}`, body);
    expect(reply.status, JSON.stringify(reply.body)).toBe(201);
    expect((await client.get(`${books}/${path}/${textAt(reply.body, 'id')}`)).body).toMatchObject(body);
  }
});

test('an opening balance is posted, and a bank account shows it on its own side', async () => {
  const client = await startForTest();
  const card = await client.post(`${books}/bank-accounts`, { name: 'Card', type: 'credit', openingBalance: '250.00' });
  expect(card.body['balance']).toBe('250.00');
  const account = await client.get(`${books}/accounts/${textAt(card.body, 'accountId')}`);
  expect(account.body).toMatchObject({ category: 'Liability.CreditCard', balance: '250.00', isBankAccount: true });
  expect((await client.get(`${books}/trial-balance`)).body['isBalanced']).toBe(true);
});

test('the ledger account of a bank account is kept in step with it', async () => {
  const client = await startForTest();
  const made = await client.post(`${books}/bank-accounts`, { name: 'Savings', code: '1077', openingBalance: '10' });
  const path = `${books}/bank-accounts/${textAt(made.body, 'id')}`;
  const changed = await client.put(path, { name: 'Rainy day', code: null, openingBalance: '25', status: 'archived' });
  expect(changed.body).toMatchObject({ name: 'Rainy day', status: 'archived', balance: '25.00', version: 2 });
  const account = (await client.get(`${books}/accounts/${textAt(made.body, 'accountId')}`)).body;
  expect(account).toMatchObject({ name: 'Rainy day', status: 'archived', balance: '25.00' });
  expect(account).not.toHaveProperty('code');
});

test('documents without a number get the next free one', async () => {
  const client = await startForTest();
  const known = await knownIds(client);
  await client.post(`${books}/invoices`, invoiceBody(known, { number: 'INV-0014' }));
  const numbers: unknown[] = [];
  for (let n = 0; n < 3; n++) numbers.push((await client.post(`${books}/invoices`, invoiceBody(known))).body['number']);
  expect(numbers).toEqual(['INV-0013', 'INV-0015', 'INV-0016']);
  await client.post(`${books}/invoices`, invoiceBody(known, { issueDate: 'never' }));
  expect((await client.post(`${books}/invoices`, invoiceBody(known))).body['number']).toBe('INV-0017');
});

test('a line takes what it leaves open from its item', async () => {
  const client = await startForTest();
  const known = await knownIds(client);
  const reply = await client.post(`${books}/invoices`, invoiceBody(known, { lines: [{ itemId: known.soldItemId }] }));
  expect(objectsAt(reply.body, 'lines')[0]).toMatchObject({ quantity: '1', unitAmount: '640.00', taxAmount: '128.00' });
});

test('an invoice posts when it leaves draft, and its edit and its deletion take the postings along', async () => {
  const client = await startForTest();
  const known = await knownIds(client);
  const before = await balanceOf(client, known.salesId);
  const created = await client.post(`${books}/invoices`, invoiceBody(known, { status: 'draft' }));
  const path = `${books}/invoices/${textAt(created.body, 'id')}`;
  expect(await balanceOf(client, known.salesId)).toBe(before);
  const plus = (amount: number) => (Number(before) + amount).toFixed(2);
  await client.put(path, { status: 'submitted' });
  expect(await balanceOf(client, known.salesId)).toBe(plus(100));
  const edited = await client.put(path, { discountPercentage: '50' });
  expect(edited.body).toMatchObject({ subTotal: '50.00', taxTotal: '10.00', version: 3 });
  expect(await balanceOf(client, known.salesId)).toBe(plus(50));
  expect((await client.delete(path)).status).toBe(204);
  expect(await balanceOf(client, known.salesId)).toBe(before);
  expect((await client.get(path)).status).toBe(404);
  expect((await client.get(`${books}/trial-balance`)).body['isBalanced']).toBe(true);
});

test('PUT replaces what is present, keeps what is absent and clears what is null', async () => {
  const client = await startForTest();
  const known = await knownIds(client);
  const created = await client.post(`${books}/bills`, billBody(known, { reference: 'S-1', note: 'n' }));
  const path = `${books}/bills/${textAt(created.body, 'id')}`;
  const updated = await client.put(path, { note: null, reference: 'S-2' });
  expect(updated.body).toMatchObject({ reference: 'S-2', total: '96.00', version: 2, number: created.body['number'] });
  expect(updated.body).not.toHaveProperty('note');
  expect((await client.put(path, updated.body)).status).toBe(200);
});

test('an update of a version that is no longer current is refused', async () => {
  const client = await startForTest();
  const known = await knownIds(client);
  const created = await client.post(`${books}/invoices`, invoiceBody(known));
  const path = `${books}/invoices/${textAt(created.body, 'id')}`;
  expect(created.headers.get('etag')).toBe('"1"');
  expect((await client.put(path, { note: 'a' }, { 'if-match': '1' })).status).toBe(200);
  const stale = await client.put(path, { note: 'b' }, { 'if-match': '"1"' });
  expect([stale.status, codeOf(stale)]).toEqual([412, 'stale_version']);
  expect((await client.delete(path, { 'if-match': '1' })).status).toBe(412);
  expect((await client.delete(path, { 'if-match': '2' })).status).toBe(204);
});

test('payments with a document decide its status, and then it is shut', async () => {
  const client = await startForTest();
  const known = await knownIds(client);
  const payment = (amount: string) => ({ accountId: known.bankId, date: '2026-05-10', amount });
  const created = await client.post(`${books}/invoices`, invoiceBody(known));
  const path = `${books}/invoices/${textAt(created.body, 'id')}`;
  expect(problemsOf(await client.put(path, { payments: [payment('120.01')] }))).toEqual([
    'payments exceeds_amount_due',
  ]);
  expect(problemsOf(await client.put(path, { status: 'paid' }))).toEqual(['status invalid_status_move']);
  const paid = await client.put(path, { payments: [payment('20'), payment('100.00')] });
  expect(paid.body).toMatchObject({ status: 'paid', amountDue: '0.00', amountPaid: '120.00', paidOn: '2026-05-10' });
  for (const reply of [await client.put(path, { note: 'x' }), await client.delete(path)])
    expect([reply.status, codeOf(reply)]).toEqual([409, 'document_paid']);
  const partly = await client.post(`${books}/bills`, billBody(known, { payments: [payment('1')] }));
  expect(partly.body).toMatchObject({ status: 'partially-paid', amountDue: '95.00' });
  expect((await client.get(`${books}/trial-balance`)).body['isBalanced']).toBe(true);
});

test('a void document posts nothing and stays void', async () => {
  const client = await startForTest();
  const known = await knownIds(client);
  const before = await balanceOf(client, known.costsId);
  const created = await client.post(`${books}/bills`, billBody(known));
  const path = `${books}/bills/${textAt(created.body, 'id')}`;
  expect(problemsOf(await client.put(path, { status: 'draft' }))).toEqual(['status invalid_status_move']);
  expect((await client.put(path, { status: 'void' })).body['status']).toBe('void');
  expect(await balanceOf(client, known.costsId)).toBe(before);
  expect(codeOf(await client.put(path, { status: 'open' }))).toBe('document_void');
});

test('amounts in a foreign currency are posted in the base currency and balance to the penny', async () => {
  const client = await startForTest();
  const known = await knownIds(client);
  const line = { accountId: known.salesId, unitAmount: '0.333', taxRateId: known.taxRateId, quantity: '7' };
  const reply = await client.post(
    `${books}/invoices`,
    invoiceBody(known, { currency: 'EUR', exchangeRate: '0.853217', lines: [line, line, line] }),
  );
  expect(reply.status).toBe(201);
  expect((await client.get(`${books}/trial-balance`)).body['difference']).toBe('0.00');
});
