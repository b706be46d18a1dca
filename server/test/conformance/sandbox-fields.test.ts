/** What is particular to the sandbox connector: every field there and back, clearing, computed totals, linking. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { datesWithoutTime } from '../../src/connectors/conformance-dates.ts';
import { io, startRun, type ConformanceRun } from '../../src/connectors/conformance-run.ts';
import type { PlatformRecord, WriteOutcome } from '../../src/connectors/contract.ts';
import { readDataTypes, type DataType, type ReadDataType } from '../../src/models/data-types.ts';
import { differences } from '../../src/models/differences.ts';
import { eachField } from '../../src/models/model.ts';
import { modelOfType } from '../../src/models/read-models.ts';
import { checkBody, isMembers } from '../../src/models/validate.ts';
import { fullBodies, leafPaths } from './full-bodies.ts';
import type { Records } from './full-body-parts.ts';
import { sandboxConnectorAt, startSandboxProcess, type SandboxProcess } from './sandbox-process.ts';

let sandbox: SandboxProcess;
let run: ConformanceRun;
beforeAll(async () => {
  sandbox = await startSandboxProcess();
  run = await startRun(sandbox);
});
afterAll(() => sandbox.stop());

function createOf(dataType: DataType) {
  const write = sandbox.connector.writes[dataType]?.create;
  if (write === undefined) throw new Error(`${dataType} cannot be created`);
  return write;
}

function create(dataType: DataType, body: Readonly<Record<string, unknown>>): Promise<WriteOutcome> {
  return createOf(dataType).send(run.session(), { pushOperationKey: randomUUID(), body });
}

function update(dataType: DataType, recordId: string, body: Readonly<Record<string, unknown>>): Promise<WriteOutcome> {
  const write = sandbox.connector.writes[dataType]?.update;
  if (write === undefined) throw new Error(`${dataType} cannot be updated`);
  return write.send(run.session(), { pushOperationKey: randomUUID(), recordId, body });
}

function recordOf(outcome: WriteOutcome): Readonly<Record<string, unknown>> {
  if (outcome.kind !== 'written' || outcome.record === undefined) throw new Error(JSON.stringify(outcome));
  return outcome.record;
}

async function firstId(path: string): Promise<string> {
  const list = await sandbox.ask(run.link, path);
  const items: unknown = isMembers(list) ? list['items'] : undefined;
  const first: unknown = Array.isArray(items) ? items[0] : undefined;
  if (!isMembers(first) || typeof first['id'] !== 'string') throw new Error(`Nothing at ${path}`);
  return first['id'];
}

/** Records to refer to. The documents that payments settle are of the first customer and the first supplier. */
async function references(): Promise<Records> {
  const [account, bank, customer, supplier, taxRate, trackingCategory] = await Promise.all([
    firstId('/accounts?status=active'),
    firstId('/bank-accounts'),
    firstId('/customers'),
    firstId('/suppliers'),
    firstId('/tax-rates'),
    firstId('/tracking-categories'),
  ]);
  const make = async (dataType: DataType, body: Readonly<Record<string, unknown>>) =>
    String(recordOf(await create(dataType, body))['id']);
  const sides = { isBillItem: true, isInvoiceItem: true, billItem: {}, invoiceItem: {} };
  const lineItems = [{ unitAmount: 100, quantity: 1, accountRef: { id: account } }];
  const document = { issueDate: '2026-03-02', dueDate: '2026-04-01', currency: 'USD', currencyRate: 0.8, lineItems };
  return {
    account,
    bank,
    customer,
    supplier,
    taxRate,
    trackingCategory,
    item: await make('items', { name: 'Crate', type: 'Service', ...sides }),
    otherBank: await make('bankAccounts', { accountName: 'Savings' }),
    journal: await make('journals', { name: 'General journal' }),
    invoice: await make('invoices', { ...document, customerRef: { id: customer }, status: 'Submitted' }),
    bill: await make('bills', { ...document, supplierRef: { id: supplier }, status: 'Open' }),
  };
}

const dataTypes = Object.keys(fullBodies) as (keyof typeof fullBodies)[];

describe('every field that the model offers', () => {
  test.each(dataTypes)('%s: comes back as it was sent', async (dataType) => {
    const { model } = createOf(dataType);
    const body = fullBodies[dataType](await references());
    expect(checkBody(model, body)).toEqual({ errors: [], warnings: [] });
    const written = await create(dataType, body);
    const read = await sandbox.connector.reads[dataType]?.get(run.session(), String(recordOf(written)['id']));
    expect(read?.kind === 'read' ? read.value : read).toEqual(recordOf(written));
    // A document that comes with a payment is partly paid from the start, and that is said.
    const moved = 'paymentAllocations' in body && 'status' in body ? ['Status'] : [];
    expect(differences(model, body, recordOf(written)).map(({ itemId }) => itemId)).toEqual(moved);
  });

  test.each(dataTypes)('%s: is in the body of the test above', async (dataType) => {
    const body = fullBodies[dataType](await references());
    const writable = [...eachField(createOf(dataType).model.fields)].filter(({ path, field }) => {
      const isReadOnly = [...eachField(createOf(dataType).model.fields)].some(
        (above) => above.field.readOnly === true && (path === above.path || path.startsWith(`${above.path}.`)),
      );
      return !isReadOnly && field.fields === undefined;
    });
    expect(leafPaths(body)).toEqual(expect.arrayContaining(writable.map(({ path }) => path)));
  });

  test.each(dataTypes)('%s: records have what official clients rely on', async (dataType) => {
    const { model } = createOf(dataType);
    const record = recordOf(await create(dataType, fullBodies[dataType](await references())));
    const relied = Object.entries(model.fields).filter(([, field]) => field.alwaysPresent === true);
    for (const [name] of relied) expect(record).toHaveProperty(name);
    expect(JSON.stringify(record)).not.toContain('null');
  });
});

describe('what the sandbox came with', () => {
  test.each(dataTypes)('%s: is read with all that official clients rely on, and without nulls', async (dataType) => {
    const read = await sandbox.connector.reads[dataType]?.page(run.session(), { pageSize: 200 });
    const records = read?.kind === 'read' ? read.value.records : [];
    expect(records.length).toBeGreaterThan(0);
    const relied = Object.entries(createOf(dataType).model.fields).filter(([, field]) => field.alwaysPresent === true);
    for (const record of records) {
      for (const [name] of [...relied, ['id'], ['sourceModifiedDate']]) expect(record).toHaveProperty(String(name));
      expect(JSON.stringify(record)).not.toContain('null');
    }
  });

  test.each([
    'customers',
    'suppliers',
    'invoices',
    'bills',
    'bankAccounts',
    'purchaseOrders',
    'creditNotes',
    'billCreditNotes',
  ] as const)('%s: can be sent back as it was read, if the books allow it', async (dataType) => {
    const write = sandbox.connector.writes[dataType]?.update;
    const read = await sandbox.connector.reads[dataType]?.page(run.session(), { pageSize: 50 });
    const records = read?.kind === 'read' ? read.value.records : [];
    const open = records.filter((record) => !['PartiallyPaid', 'Paid', 'Void'].includes(String(record['status'])));
    expect(open.length).toBeGreaterThan(0);
    for (const record of open) {
      expect(write === undefined ? [] : checkBody(write.model, record).errors).toEqual([]);
      const outcome = await update(dataType, String(record['id']), record);
      expect(outcome).toMatchObject({ kind: 'written' });
      const { sourceModifiedDate: _, sourceVersion: __, ...before } = record;
      expect(recordOf(outcome)).toMatchObject(before);
    }
  });
});

async function idsOfAll(dataType: ReadDataType): Promise<readonly string[]> {
  const read = await sandbox.connector.reads[dataType]?.page(run.session(), { pageSize: 200 });
  return read?.kind === 'read' ? read.value.records.map(({ id }) => String(id)) : [];
}

describe('dates', () => {
  const declared = sandboxConnectorAt(() => '').reads;

  test.each(readDataTypes.filter((dataType) => dataType in declared))(
    '%s: each has a time, a business date its midnight',
    async (dataType) => {
      const read = sandbox.connector.reads[dataType];
      const parents = read?.below === undefined ? [undefined] : await idsOfAll(read.below);
      const records: PlatformRecord[] = [];
      for (const parentId of parents) {
        const query = { pageSize: 200, ...(parentId === undefined ? {} : { parentId }) };
        const page = await read?.page(run.session(), query);
        records.push(...(page?.kind === 'read' ? page.value.records : []));
      }
      expect(records.length).toBeGreaterThan(0);
      const { fields } = modelOfType(dataType);
      expect(records.flatMap((record) => datesWithoutTime(fields, record))).toEqual([]);
    },
  );

  test('of the company are midnights too', async () => {
    const body = JSON.stringify({ financialYearStart: '2026-04-06', lockDate: '2025-03-31' });
    const headers = { authorization: `Bearer ${sandbox.secrets[0] ?? ''}`, 'content-type': 'application/json' };
    await fetch(`${sandbox.url}/books/${String(run.link['books'])}/company`, { method: 'PATCH', headers, body });
    expect(await sandbox.connector.companyInfo?.(run.session())).toMatchObject({
      value: { financialYearStartDate: '2026-04-06T00:00:00', ledgerLockDate: '2025-03-31T00:00:00' },
    });
  });

  test.each(['2026-03-02', '2026-03-02T00:00:00', '2026-03-02T00:00:00Z', '2026-03-02T23:30:00-05:00'])(
    'that are sent as %s are in the books as they were sent, and midnight of that day with us',
    async (issueDate) => {
      const { customer, account } = await references();
      const lineItems = [{ unitAmount: 10, quantity: 1, accountRef: { id: account } }];
      const outcome = await create('invoices', {
        customerRef: { id: customer },
        issueDate,
        dueDate: issueDate,
        lineItems,
      });
      expect(outcome).not.toHaveProperty('warnings');
      const { id, ...record } = recordOf(outcome);
      expect(record).toMatchObject({ issueDate: '2026-03-02T00:00:00', dueDate: '2026-03-02T00:00:00' });
      expect(await sandbox.ask(run.link, `/invoices/${String(id)}`)).toMatchObject({ issueDate, dueDate: issueDate });
    },
  );
});

describe('an update', () => {
  test('leaves alone what it does not name, and clears what it names as null', async () => {
    const customerName = `Lighthouse ${randomUUID()}`;
    const before = recordOf(await create('customers', { customerName, phone: '0113 496 0000', taxNumber: 'GB1' }));
    const after = recordOf(await update('customers', String(before['id']), { customerName, taxNumber: null }));
    expect(after).toMatchObject({ customerName, phone: '0113 496 0000' });
    expect(after).not.toHaveProperty('taxNumber');
  });

  test('can void an invoice, which a create cannot', async () => {
    const { customer, account } = await references();
    const body = {
      customerRef: { id: customer },
      issueDate: '2026-03-02',
      dueDate: '2026-04-01',
      status: 'Submitted',
      lineItems: [{ unitAmount: 10, quantity: 1, accountRef: { id: account } }],
    };
    const invoice = recordOf(await create('invoices', body));
    const voided = { ...body, status: 'Void' };
    expect(checkBody(createOf('invoices').model, voided).errors.map(({ itemId }) => itemId)).toEqual(['Status']);
    expect(recordOf(await update('invoices', String(invoice['id']), voided))['status']).toBe('Void');
  });

  test('does not change supplemental data, and says so', async () => {
    const customerName = `Lighthouse ${randomUUID()}`;
    const first = { content: { crm: { tier: 'gold' } } };
    const before = recordOf(await create('customers', { customerName, supplementalData: first }));
    expect(before['supplementalData']).toEqual(first);
    const second = { customerName, supplementalData: { content: { crm: { tier: 'silver' } } } };
    const outcome = await update('customers', String(before['id']), second);
    expect(recordOf(outcome)['supplementalData']).toEqual(first);
    expect(outcome).toMatchObject({ warnings: [{ itemId: 'SupplementalData.Content' }] });
  });
});

describe('what the sandbox computes', () => {
  test('is read back, and a total that was sent otherwise is a warning', async () => {
    const { customer, account } = await references();
    const outcome = await create('invoices', {
      customerRef: { id: customer },
      issueDate: '2026-03-02',
      dueDate: '2026-04-01',
      status: 'Submitted',
      lineItems: [{ unitAmount: 0.1, quantity: 3, taxAmount: 0, accountRef: { id: account } }],
      totalAmount: 99,
      totalTaxAmount: 0,
    });
    expect(recordOf(outcome)).toMatchObject({ subTotal: 0.3, totalAmount: 0.3, amountDue: 0.3 });
    expect(outcome).toMatchObject({
      warnings: [{ itemId: 'TotalAmount', message: 'TotalAmount was sent as 99, and the platform has 0.3.' }],
    });
  });

  test('offers the categories that the sandbox has, under all five heads', async () => {
    const list = await sandbox.ask(run.link, '/account-categories');
    const items: readonly unknown[] = isMembers(list) && Array.isArray(list['items']) ? list['items'] : [];
    const theirs = items.filter(isMembers).map(({ category }) => category);
    const ours = createOf('chartOfAccounts').model.fields['fullyQualifiedCategory']?.options?.map(({ value }) => value);
    expect(new Set(ours)).toEqual(new Set(theirs));
    expect(ours).toContain('Asset.Current');
  });

  test("the live model offers the company's own accounts and tax rates, without shutting out others", async () => {
    const live = await run.liveModel(createOf('invoices'));
    const line = live.fields['lineItems']?.fields;
    const account = line?.['accountRef']?.fields?.['id'];
    expect(account?.options?.length).toBeGreaterThan(5);
    expect(account?.optionsAreExamples).toBe(true);
    expect(line?.['taxRateRef']?.fields?.['id']?.options?.length).toBeGreaterThan(0);
  });

  test('the live model stands without choices when the sandbox is away', async () => {
    const write = createOf('invoices');
    expect(await write.modelFor?.(run.session(sandbox.unreachable))).toEqual(write.model);
  });
});

describe('linking', () => {
  const company = { companyId: randomUUID(), companyName: 'Harbour Lane' };
  const link = (fields: Readonly<Record<string, string>>, connectionId: string = randomUUID()) =>
    sandbox.connector.authorize({ ...company, connectionId, fields }, io);

  test('with nothing entered gives the connection books of its own, the same ones when repeated', async () => {
    const connectionId = randomUUID();
    const first = await link({}, connectionId);
    expect(first).toMatchObject({ kind: 'linked', link: { books: connectionId } });
    expect(await link({ books: '', token: '' }, connectionId)).toEqual(first);
    expect(JSON.stringify(first)).not.toContain(sandbox.url);
  });

  test('to existing books works, and to books that are not there is refused by field', async () => {
    expect(await link({ books: 'riverside-cafe' })).toMatchObject({
      kind: 'linked',
      info: { books: 'riverside-cafe', name: 'Riverside Café' },
    });
    expect(await link({ books: 'nobody' })).toMatchObject({ kind: 'refused', field: 'books' });
    expect(await link({ books: '../control' })).toMatchObject({ kind: 'refused', field: 'books' });
  });

  test('with a token that the sandbox refuses is refused by field, and the token is not repeated', async () => {
    const outcome = await link({ token: 'wrong-token-99' });
    expect(outcome).toMatchObject({ kind: 'refused', field: 'token' });
    expect(JSON.stringify(outcome)).not.toContain('wrong-token-99');
  });

  test('while the sandbox is away is unreachable, which is no refusal', async () => {
    const authorization = { ...company, connectionId: randomUUID(), fields: {} };
    expect(await sandbox.unreachable.authorize(authorization, io)).toMatchObject({ kind: 'unreachable' });
  });
});
