/** The platform's rules as the connector tells them: what moves with a write, what is refused, and under which name. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRun, type ConformanceRun } from '../../src/connectors/conformance-run.ts';
import type { AttachmentFile, Write, WriteKind, WriteOutcome, WriteRequest } from '../../src/connectors/contract.ts';
import type { DataType, WritableDataType } from '../../src/models/data-types.ts';
import { checkBody } from '../../src/models/validate.ts';
import { startSandboxProcess, type SandboxProcess } from './sandbox-process.ts';

type Body = Readonly<Record<string, unknown>>;

let sandbox: SandboxProcess;
let run: ConformanceRun;
let ids: { readonly account: string; readonly bank: string; readonly customer: string; readonly supplier: string };
beforeAll(async () => {
  sandbox = await startSandboxProcess();
  run = await startRun(sandbox);
  ids = {
    account: await make('chartOfAccounts', {
      nominalCode: 'R1',
      name: 'Sales',
      fullyQualifiedCategory: 'Income.Sales',
    }),
    bank: await make('bankAccounts', { accountName: 'Current account' }),
    customer: await make('customers', { customerName: 'Harbour Lane Bakery' }),
    supplier: await make('suppliers', { supplierName: 'Millstone Flour Company' }),
  };
});
afterAll(() => sandbox.stop());

function writeOf(dataType: DataType, kind: WriteKind): Write<unknown> {
  const write = sandbox.connector.writes[dataType]?.[kind];
  if (write === undefined) throw new Error(`No ${kind} of ${dataType}`);
  return write;
}

function send(dataType: DataType, kind: WriteKind, request: Partial<WriteRequest>): Promise<WriteOutcome> {
  return writeOf(dataType, kind).send(run.session(), { pushOperationKey: randomUUID(), ...request });
}

const create = (dataType: DataType, body: Body, request: Partial<WriteRequest> = {}) =>
  send(dataType, 'create', { ...request, body });

async function make(dataType: DataType, body: Body): Promise<string> {
  return String(recordOf(await create(dataType, body))['id']);
}

function recordOf(outcome: WriteOutcome): Body {
  if (outcome.kind !== 'written' || outcome.record === undefined) throw new Error(JSON.stringify(outcome));
  return outcome.record;
}

async function read(dataType: WritableDataType, id: string): Promise<Body> {
  const outcome = await sandbox.connector.reads[dataType]?.get(run.session(), id);
  if (outcome?.kind !== 'read' || outcome.value === undefined) throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

const lineItems = () => [{ unitAmount: 100, quantity: 1, accountRef: { id: ids.account } }];
const aDraft = () => ({ customerRef: { id: ids.customer }, status: 'Draft', ...dates, lineItems: lineItems() });
const dates = { issueDate: '2026-03-02', dueDate: '2026-04-01' };
const invoiceBody = () => ({
  ...dates,
  customerRef: { id: ids.customer },
  status: 'Submitted',
  lineItems: lineItems(),
});
const billBody = () => ({ ...dates, supplierRef: { id: ids.supplier }, status: 'Open', lineItems: lineItems() });

function paymentBody(contact: Body, amount: number, links: readonly Body[]): Body {
  return {
    ...contact,
    accountRef: { id: ids.bank },
    totalAmount: amount,
    date: '2026-03-20',
    lines: [{ amount, links }],
  };
}

describe('payments', () => {
  test('lower what is due, move the status and show on the invoice', async () => {
    const invoice = await make('invoices', invoiceBody());
    const customerRef = { id: ids.customer };
    const part = paymentBody({ customerRef }, 30, [{ type: 'Invoice', id: invoice, amount: -30 }]);
    const payment = await make('payments', part);
    expect(await read('invoices', invoice)).toMatchObject({
      amountDue: 70,
      status: 'PartiallyPaid',
      paymentAllocations: [{ payment: { id: payment, accountRef: { id: ids.bank } }, allocation: { totalAmount: 30 } }],
    });
    await make('payments', paymentBody({ customerRef }, 70, [{ type: 'Invoice', id: invoice, amount: -70 }]));
    expect(await read('invoices', invoice)).toMatchObject({ amountDue: 0, status: 'Paid' });
  });

  test('set a credit note against an invoice without money, and without an account', async () => {
    const customerRef = { id: ids.customer };
    const invoice = await make('invoices', invoiceBody());
    const creditNote = await make('creditNotes', {
      customerRef,
      issueDate: '2026-03-09',
      status: 'Submitted',
      lineItems: [{ unitAmount: 40, quantity: 1, accountRef: { id: ids.account } }],
    });
    const links = [
      { type: 'CreditNote', id: creditNote, amount: 25 },
      { type: 'Invoice', id: invoice, amount: -25 },
    ];
    const body = { customerRef, totalAmount: 0, date: '2026-03-20', lines: [{ amount: 0, links }] };
    expect(checkBody(writeOf('payments', 'create').model, body)).toEqual({ errors: [], warnings: [] });
    expect(recordOf(await create('payments', body))).toMatchObject({ totalAmount: 0, lines: [{ amount: 0, links }] });
    expect(await read('invoices', invoice)).toMatchObject({ amountDue: 75 });
    expect(await read('creditNotes', creditNote)).toMatchObject({ remainingCredit: 15, status: 'PartiallyPaid' });
  });

  test('a total that is not the sum of the lines, or lines that are not what they link, never leave', () => {
    const { model } = writeOf('payments', 'create');
    const body = paymentBody({ customerRef: { id: 'c' } }, 30, [{ type: 'Invoice', id: 'i', amount: -31 }]);
    expect(checkBody(model, { ...body, totalAmount: 29 }).errors.map(({ itemId }) => itemId)).toEqual([
      'TotalAmount',
      'Lines[0].Amount',
    ]);
  });

  test('a link that counts the wrong way is refused', async () => {
    const [invoice, links] = [await make('invoices', invoiceBody()), [] as Body[]];
    links.push({ type: 'Invoice', id: invoice, amount: 30 }, { type: 'PaymentOnAccount', amount: -30 });
    const body = { ...paymentBody({ customerRef: { id: ids.customer } }, 0, links) };
    expect(await create('payments', body)).toMatchObject({
      kind: 'rejected',
      errors: [{ itemId: 'Lines[0].Links[0].Amount' }],
    });
  });

  test('of more than is due are refused by name', async () => {
    const bill = await make('bills', billBody());
    const body = paymentBody({ supplierRef: { id: ids.supplier } }, 101, [{ type: 'Bill', id: bill, amount: -101 }]);
    expect(await create('billPayments', body)).toMatchObject({
      kind: 'rejected',
      statusCode: 400,
      errors: [{ itemId: 'Lines[0].Links[0].Amount' }],
    });
  });

  test('keep a paid bill from being deleted, and give what they settled back when they go', async () => {
    const bill = await make('bills', billBody());
    const body = paymentBody({ supplierRef: { id: ids.supplier } }, 100, [{ type: 'Bill', id: bill, amount: -100 }]);
    const payment = recordOf(await create('billPayments', body));
    const refused = await send('bills', 'delete', { recordId: bill });
    expect(refused).toMatchObject({ kind: 'rejected', statusCode: 409, message: expect.stringContaining('SPAY-') });
    expect(await send('billPayments', 'delete', { recordId: String(payment['id']) })).toMatchObject({
      kind: 'written',
    });
    expect(await read('bills', bill)).toMatchObject({ amountDue: 100, status: 'Open' });
    expect(await send('bills', 'delete', { recordId: bill })).toMatchObject({ kind: 'written' });
  });
});

describe('money that moves at once', () => {
  const allocations = (totalAmount: number) => [
    { payment: { accountRef: { id: ids.bank } }, allocation: { totalAmount } },
  ];

  test('a direct cost lowers the balance of the bank account, and its deletion raises it again', async () => {
    const before = Number((await read('bankAccounts', ids.bank))['balance']);
    const contactRef = { id: ids.supplier };
    const body = { contactRef, issueDate: '2026-03-12', lineItems: lineItems(), paymentAllocations: allocations(100) };
    const cost = recordOf(await create('directCosts', body));
    expect(cost).toMatchObject({ contactRef: { dataType: 'suppliers' }, totalAmount: 100 });
    expect((await read('bankAccounts', ids.bank))['balance']).toBe(before - 100);
    await send('directCosts', 'delete', { recordId: String(cost['id']) });
    expect((await read('bankAccounts', ids.bank))['balance']).toBe(before);
  });

  test('an allocation that is not the total of the lines is refused by name', async () => {
    const contactRef = { id: ids.customer };
    const body = { contactRef, issueDate: '2026-03-12', lineItems: lineItems(), paymentAllocations: allocations(99) };
    expect(await create('directIncomes', body)).toMatchObject({
      kind: 'rejected',
      errors: [{ itemId: 'PaymentAllocations[0].Allocation.TotalAmount' }],
    });
  });

  test('a transfer moves the same amount from one account to another, and never to itself', async () => {
    const savings = await make('bankAccounts', { accountName: 'Savings' });
    const side = (id: string, amount: number) => ({ accountRef: { id }, amount });
    const date = '2026-03-31';
    await make('transfers', { date, from: side(ids.bank, 50), to: side(savings, 50) });
    expect(await read('bankAccounts', savings)).toMatchObject({ balance: 50 });
    const uneven = await create('transfers', { date, from: side(ids.bank, 50), to: side(savings, 49) });
    expect(uneven).toMatchObject({ kind: 'rejected', errors: [{ itemId: 'To.Amount' }] });
    const own = await create('transfers', { date, from: side(savings, 5), to: side(savings, 5) });
    expect(own).toMatchObject({ kind: 'rejected', errors: [{ itemId: 'To.AccountRef.Id' }] });
  });
});

describe('bank transactions', () => {
  const transaction = (id: string, date: string, amount: number, others: Body = {}) => ({
    id,
    date,
    amount,
    ...others,
  });
  const batch = (parentId: string, ...transactions: readonly Body[]) =>
    create('bankTransactions', { accountId: parentId, transactions }, { parentId });
  const newAccount = () => make('bankAccounts', { accountName: 'Feed' });

  test('the change is the bank account, and the last balance becomes its own', async () => {
    const parentId = await newAccount();
    const outcome = await batch(
      parentId,
      transaction('t1', '2026-03-02', 100, { balance: 1_100 }),
      transaction('t2', '2026-03-03', -40.5, { balance: 1_059.5, transactionType: 'Debit' }),
    );
    expect(outcome).toMatchObject({
      kind: 'written',
      changes: [{ type: 'Created', recordRef: { id: parentId, dataType: 'bankTransactions' } }],
      record: { accountId: parentId, transactions: [{ id: 't1' }, { id: 't2', balance: 1_059.5 }] },
    });
    expect(await read('bankAccounts', parentId)).toMatchObject({ balance: 1_059.5 });
    const query = { pageSize: 10, parentId };
    expect(await sandbox.connector.reads.bankTransactions?.page(run.session(), query)).toMatchObject({
      value: {
        records: [
          {
            accountId: parentId,
            clearedOnDate: '2026-03-02T00:00:00',
            amount: 100,
            transactionType: 'Unknown',
            reconciled: false,
          },
          { amount: -40.5, balance: 1_059.5, transactionType: 'Debit' },
        ],
      },
    });
  });

  test('a sign that does not agree with the type is a warning, and the type is left open', async () => {
    const parentId = await newAccount();
    const body = { transactions: [transaction('t1', '2026-03-02', -5, { transactionType: 'Credit' })] };
    expect(checkBody(writeOf('bankTransactions', 'create').model, body)).toMatchObject({
      errors: [],
      warnings: [{ itemId: 'Transactions[0].Amount' }],
    });
    expect(await create('bankTransactions', body, { parentId })).toMatchObject({
      kind: 'written',
      warnings: [{ itemId: 'Transactions[0].TransactionType' }],
    });
  });

  test.each([
    ['in the future', 'Transactions[0].Date', transaction('t9', '2999-01-01', 1)],
    ['before the latest of the account', 'Transactions[0].Date', transaction('t9', '2026-01-01', 1)],
    ['with an id that the account has', 'Transactions[0].Id', transaction('t1', '2026-03-02', 1)],
  ])('one %s is refused by name', async (_, itemId, one) => {
    const parentId = await newAccount();
    await batch(parentId, transaction('t1', '2026-03-01', 1));
    expect(await batch(parentId, one)).toMatchObject({ kind: 'rejected', errors: [{ itemId }] });
  });

  test('out of order, or more than 1000 of them, never leave', () => {
    const { model } = writeOf('bankTransactions', 'create');
    const many = Array.from({ length: 1_001 }, (_, index) => transaction(`t${index}`, '2026-03-02', 1));
    expect(checkBody(model, { transactions: many }).errors.map(({ itemId }) => itemId)).toEqual(['Transactions']);
    const mixed = [transaction('t1', '2026-03-02', 1), transaction('t2', '2026-03-01', 1)];
    expect(checkBody(model, { transactions: mixed }).errors.map(({ itemId }) => itemId)).toEqual([
      'Transactions[1].Date',
    ]);
  });

  test('that name another account than the path are refused, and nothing is sent', async () => {
    const parentId = await newAccount();
    const body = { accountId: ids.bank, transactions: [transaction('t1', '2026-03-02', 1)] };
    const over = sandbox.unreachable.open(run.link, {
      fetch: () => Promise.reject(new Error('sent')),
      now: () => new Date(0),
    });
    const request = { pushOperationKey: randomUUID(), parentId, body };
    expect(await writeOf('bankTransactions', 'create').send(over, request)).toMatchObject({
      kind: 'rejected',
      statusCode: 400,
      errors: [{ itemId: 'AccountId' }],
    });
  });
});

describe('supplemental data that has been mapped', () => {
  test('is written at its dotted path and wins over what the body says of the same property', async () => {
    const customerName = `Lighthouse ${randomUUID()}`;
    const outcome = await create(
      'customers',
      { customerName, phone: '1', supplementalData: { content: { crm: { tier: 'gold' } } } },
      { supplementalData: { phone: '2', 'customFields.crm.rating': 5, 'customFields.crm.tier': 'silver' } },
    );
    expect(recordOf(outcome)).toMatchObject({
      phone: '2',
      supplementalData: { content: { crm: { rating: 5, tier: 'silver' } } },
    });
    expect(outcome).toMatchObject({ warnings: [{ itemId: 'Phone' }] });
  });

  test('that the platform has no place for fails the whole write', async () => {
    const customerName = `Lighthouse ${randomUUID()}`;
    const before = await run.count({ dataType: 'customers' });
    for (const supplementalData of [{ shoeSize: 44 }, { phone: 44 }, { ['__proto__.polluted']: true }]) {
      expect(await create('customers', { customerName }, { supplementalData })).toMatchObject({ kind: 'rejected' });
    }
    expect(await run.count({ dataType: 'customers' })).toBe(before);
    expect({}).not.toHaveProperty('polluted');
  });

  test('is no part of an update', async () => {
    const customerName = `Lighthouse ${randomUUID()}`;
    const recordId = await make('customers', { customerName, phone: '1' });
    const request = { recordId, body: { customerName }, supplementalData: { phone: '2' } };
    expect(recordOf(await send('customers', 'update', request))).toMatchObject({ phone: '1' });
  });
});

describe('a preview', () => {
  const preview = (dataType: DataType, kind: WriteKind, request: Partial<WriteRequest>) =>
    writeOf(dataType, kind).preview?.(run.session(), { pushOperationKey: 'key-1', ...request });

  test('of a create has the exact request and the totals, and no id that belongs to nothing', async () => {
    const outcome = await preview('invoices', 'create', { body: invoiceBody() });
    expect(outcome?.request).toMatchObject({
      method: 'POST',
      path: expect.stringMatching(/^\/books\/[^/]+\/invoices$/),
      headers: { 'idempotency-key': 'key-1', 'client-reference': 'key-1' },
      body: { customerId: ids.customer, status: 'submitted', lines: [{ unitAmount: '100' }] },
    });
    expect(JSON.stringify(outcome)).not.toContain(sandbox.secrets[0]);
    const record = outcome?.verdict.kind === 'would-write' ? outcome.verdict.record : undefined;
    expect(record).toMatchObject({ subTotal: 100, totalAmount: 100, amountDue: 100 });
    expect(record).not.toHaveProperty('id');
  });

  test('tells of references that do not exist, of archived ones and of a number in use', async () => {
    const archived = await make('customers', { customerName: 'Gone', status: 'Archived' });
    const body = { ...invoiceBody(), invoiceNumber: `N-${randomUUID()}` };
    await make('invoices', body);
    for (const [itemId, wrong] of [
      ['CustomerRef.Id', { ...invoiceBody(), customerRef: { id: 'nobody' } }],
      ['CustomerRef.Id', { ...invoiceBody(), customerRef: { id: archived } }],
      ['InvoiceNumber', body],
    ] as const) {
      const outcome = await preview('invoices', 'create', { body: wrong });
      expect(outcome?.verdict).toMatchObject({ kind: 'would-reject', statusCode: 400, errors: [{ itemId }] });
    }
  });

  test('warns of a bill whose reference another one has, which the platform would let pass', async () => {
    const body = { ...billBody(), reference: `MFC-${randomUUID()}` };
    const first = await preview('bills', 'create', { body });
    expect(first?.verdict).not.toHaveProperty('warnings');
    const id = await make('bills', body);
    const second = await preview('bills', 'create', { body });
    expect(second?.verdict).toMatchObject({
      kind: 'would-write',
      warnings: [{ itemId: 'Reference', message: expect.stringContaining(id) }],
    });
  });

  test('of an update with an old stamp says that it would be rejected', async () => {
    const customerName = `Lighthouse ${randomUUID()}`;
    const record = recordOf(await create('customers', { customerName }));
    const expectedStamp = sandbox.connector.stampOf?.(record) ?? '';
    const request = { recordId: String(record['id']), body: { customerName }, expectedStamp };
    expect((await preview('customers', 'update', request))?.verdict).toMatchObject({ kind: 'would-write' });
    await send('customers', 'update', request);
    expect((await preview('customers', 'update', request))?.verdict).toMatchObject({
      kind: 'would-reject',
      statusCode: 409,
    });
  });
});

describe('a file', () => {
  const attach = async (file: Partial<AttachmentFile>) => {
    const recordId = await make('invoices', invoiceBody());
    const whole = { name: 'scan.png', contentType: 'image/png', bytes: new Uint8Array([1, 2, 3]), ...file };
    return send('invoices', 'attach', { recordId, file: whole });
  };

  test.each<[string, Partial<AttachmentFile>, number]>([
    ['of a type that no document has', { contentType: 'application/octet-stream' }, 415],
    ['of a type that no header can carry', { contentType: 'image/☃' }, 415],
    ['that is a program', { name: 'setup.exe' }, 400],
    ['without content', { bytes: new Uint8Array() }, 400],
    ['larger than the platform takes', { bytes: new Uint8Array(10_485_761) }, 413],
    ['whose name is half a character', { name: '\ud800.exe' }, 400],
  ])('%s is refused', async (_, file, statusCode) => {
    expect(await attach(file)).toMatchObject({ kind: 'rejected', statusCode });
  });

  test('keeps its name and its type', async () => {
    const outcome = await attach({ name: 'Ørsted & Søn, 50%.csv', contentType: 'text/csv; charset=utf-8' });
    expect(outcome).toMatchObject({ kind: 'written', changes: [{ type: 'AttachmentUploaded' }] });
    const [change] = outcome.kind === 'written' ? outcome.changes : [];
    const { id = '' } = change?.recordRef ?? {};
    const files = await sandbox.connector.reads.invoices?.attachments?.list(run.session(), id);
    expect(files).toMatchObject({ value: [{ name: 'Ørsted & Søn, 50%.csv', contentType: 'text/csv', fileSize: 3 }] });
  });

  test('of a record that the platform does not have is no list at all', async () => {
    const files = sandbox.connector.reads.invoices?.attachments;
    expect(await files?.list(run.session(), 'nobody')).toEqual({ kind: 'read', value: undefined });
    expect(await files?.download(run.session(), 'nobody', 'x')).toEqual({ kind: 'read', value: undefined });
  });
});

test('a reading of what changed ends with what was deleted', async () => {
  const [gone, stays] = [await make('invoices', aDraft()), await make('invoices', aDraft())];
  const { sourceModifiedDate } = await read('invoices', gone);
  const changedAfter = new Date(Date.parse(String(sourceModifiedDate)) - 1);
  expect(await send('invoices', 'delete', { recordId: gone })).toMatchObject({ kind: 'written' });
  const met: unknown[] = [];
  const deleted: string[] = [];
  for (let after: string | undefined; ;) {
    const query = { pageSize: 1, changedAfter, ...(after === undefined ? {} : { after }) };
    const page = await sandbox.connector.reads.invoices?.page(run.session(), query);
    if (page?.kind !== 'read') throw new Error(JSON.stringify(page));
    met.push(...page.value.records.map(({ id }) => id));
    deleted.push(...(page.value.deletedIds ?? []));
    if (page.value.next === undefined) break;
    after = page.value.next;
  }
  expect(met).toContain(stays);
  expect(deleted).toEqual([gone]);
});

describe('a look-up of an update whose answer was lost', () => {
  const lost = async (meanwhile: (recordId: string, body: Body) => Promise<unknown>) => {
    const body = { customerName: `Lighthouse ${randomUUID()}` };
    const recordId = await make('customers', body);
    const pushOperationKey = randomUUID();
    await sandbox.failNextWrite('cut-after');
    expect(await send('customers', 'update', { pushOperationKey, recordId, body })).toMatchObject({ kind: 'unknown' });
    await meanwhile(recordId, body);
    const request = { pushOperationKey, recordId, body };
    const found = await writeOf('customers', 'update').find?.(run.session(), request);
    if (found?.kind !== 'found' || found.record === undefined) throw new Error(JSON.stringify(found));
    return sandbox.connector.stampOf?.(found.record);
  };

  test('gives the stamp to build on', async () => {
    expect(await lost(async () => {})).toMatch(/^2@/);
  });

  test('gives no stamp when somebody else has changed the record since, so that theirs is not overwritten', async () => {
    expect(await lost((recordId, body) => send('customers', 'update', { recordId, body }))).toBeUndefined();
  });
});
