/** What a push has written, and what it changed elsewhere, is readable at once; the next sync finds nothing new in it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writableTypes, type WritableDataType } from '../../src/models/data-types.ts';
import type { Records } from '../conformance/full-body-parts.ts';
import { editInBooks } from '../support/books.ts';
import { pushToEnd, recordIdOf, untilEnded } from '../support/pushes.ts';
import { untilRead } from '../support/reading.ts';
import { endServer, startLinkedCompany, type LinkedCompany, type ServerProcess } from '../support/server.ts';
import { typesWith } from '../writes/promised-writes.ts';
import { create, fullBody, makeRecords, without } from '../writes/referable-records.ts';

let server: ServerProcess;
let company: LinkedCompany;
let records: Records;
beforeAll(async () => {
  ({ server, company } = await startLinkedCompany());
  // Otherwise the first readings of the books come in between and show what only a later one should.
  await untilRead(server, company);
  records = await makeRecords({ server, company });
});
afterAll(() => endServer(server));

type Shown = Readonly<Record<string, unknown>>;
interface List {
  readonly results: readonly Shown[];
}

const connection = () => `/companies/${company.companyId}/connections/${company.connectionId}`;
const single = async (dataType: WritableDataType, id: string) =>
  (await server.call<Shown>('GET', `${connection()}/data/${dataType}/${id}`)).body;

async function listed(dataType: WritableDataType, parentId = ''): Promise<readonly Shown[]> {
  const path = dataType === 'bankTransactions' ? `bankAccounts/${parentId}/bankTransactions` : dataType;
  return (await server.call<List>('GET', `${connection()}/data/${path}?pageSize=5000`)).body.results ?? [];
}

/** All of these types, as often as they were ever read completely. */
async function untilSyncedAgain(dataTypes: readonly WritableDataType[]): Promise<void> {
  interface Status {
    readonly latestSuccessfulSyncId?: string;
    readonly currentStatus: string;
  }
  const path = `/companies/${company.companyId}`;
  const statuses = async () => (await server.call<Record<string, Status>>('GET', `${path}/dataStatus`)).body;
  const isIdle = (all: Record<string, Status>) => dataTypes.every((each) => all[each]?.currentStatus === 'Complete');
  await expect.poll(async () => isIdle(await statuses()), { timeout: 120_000 }).toBe(true);
  const before = await statuses();
  for (const dataType of dataTypes) await server.call('POST', `${path}/data/queue/${dataType}`);
  const isNew = (all: Record<string, Status>) =>
    dataTypes.every((each) => all[each]?.latestSuccessfulSyncId !== before[each]?.latestSuccessfulSyncId);
  await expect.poll(async () => isNew(await statuses()), { timeout: 120_000 }).toBe(true);
}

test(
  'a write of any type is readable at once, and the next sync confirms it without a change',
  { timeout: 300_000 },
  async () => {
    const written: { dataType: WritableDataType; id: string; parentId: string; shown: Shown }[] = [];
    const types = typesWith('create');
    // Names beside ids are those that are known: here, from the beginning.
    for (const type of [
      'chartOfAccounts',
      'bankAccounts',
      'customers',
      'suppliers',
      'items',
      'taxRates',
      'trackingCategories',
    ]) {
      await expect.poll(async () => (await server.call('GET', `${connection()}/data/${type}`)).status).toBe(200);
    }
    for (const dataType of types) {
      const parentId =
        dataType === 'bankTransactions'
          ? await create({ server, company }, 'bankAccounts', { accountName: 'Till' })
          : '';
      const body = await fullBody({ server, company }, dataType, records);
      const path = parentId === '' ? writableTypes[dataType].path : `bankAccounts/${parentId}/bankTransactions`;
      const push = await pushToEnd(server, company, { method: 'POST', path, body });
      expect(push, JSON.stringify(push)).toMatchObject({ status: 'Success' });
      if (dataType === 'bankTransactions') {
        await expect.poll(async () => (await listed(dataType, parentId)).length).toBeGreaterThan(0);
        for (const shown of await listed(dataType, parentId)) {
          written.push({ dataType, id: String(shown['id']), parentId, shown });
        }
      } else {
        const id = recordIdOf(push);
        const shown = await single(dataType, id);
        expect(shown).toMatchObject({ id, metadata: { isDeleted: false } });
        written.push({ dataType, id, parentId, shown });
      }
    }
    await untilSyncedAgain(types);
    // What later writes of this test changed elsewhere is read again by then; so each is compared with itself.
    const settled = new Map<string, Shown>();
    for (const { dataType, id, parentId } of written) {
      const found = (await listed(dataType, parentId)).find((each) => each['id'] === id);
      settled.set(`${dataType}/${id}`, found ?? {});
    }
    await untilSyncedAgain(types);
    for (const { dataType, id, parentId, shown } of written) {
      const found = (await listed(dataType, parentId)).find((each) => each['id'] === id);
      expect(found, dataType).toEqual(settled.get(`${dataType}/${id}`));
      const isTouched = ['bankAccounts', 'chartOfAccounts', 'invoices', 'bills', 'creditNotes', 'billCreditNotes'];
      if (!isTouched.includes(dataType)) expect(found, dataType).toEqual(shown);
    }
  },
);

test('an invoice shows at once what a payment has left due of it', async () => {
  const invoice = without(await fullBody({ server, company }, 'invoices', records), 'paymentAllocations');
  const invoiceId = await create({ server, company }, 'invoices', { ...invoice, status: 'Submitted' });
  const due = Number((await single('invoices', invoiceId))['amountDue']);
  expect(due).toBeGreaterThan(10);
  const payment = await pushToEnd(server, company, {
    method: 'POST',
    path: 'payments',
    body: {
      customerRef: invoice['customerRef'],
      accountRef: { id: records.bank },
      totalAmount: 10,
      currency: invoice['currency'],
      date: '2026-03-05',
      lines: [{ amount: 10, links: [{ type: 'Invoice', id: invoiceId, amount: -10 }] }],
    },
  });
  expect(payment, JSON.stringify(payment)).toMatchObject({ status: 'Success' });
  const paid = await single('invoices', invoiceId);
  expect(Number(paid['amountDue'])).toBeCloseTo(due - 10);
  expect(paid['status']).toBe('PartiallyPaid');
});

test('a deletion shows at once, with the record’s last content', async () => {
  const entry = await fullBody({ server, company }, 'journalEntries', records);
  const id = await create({ server, company }, 'journalEntries', entry);
  const before = await single('journalEntries', id);
  const { status } = await server.call<{ pushOperationKey: string }>('DELETE', `${company.push}/journalEntries/${id}`);
  expect(status).toBe(200);
  await expect
    .poll(async () => (await single('journalEntries', id))['metadata'], { timeout: 90_000 })
    .toEqual({ isDeleted: true });
  const { modifiedDate, metadata: _, ...content } = await single('journalEntries', id);
  expect(before).toMatchObject(content);
  expect(String(modifiedDate) > String(before['modifiedDate'])).toBe(true);
});

test('a write that wants no sync leaves what is kept as it was', async () => {
  const customer = (customerName: string) => ({ customerName, status: 'Active' });
  const id = await create({ server, company }, 'customers', customer('Kept'));
  const before = await single('customers', id);
  const path = `${company.push}/customers/${id}?allowSyncOnPushComplete=false`;
  const { body } = await server.call<{ pushOperationKey: string }>('PUT', path, customer('Not yet shown'));
  expect(await untilEnded(server, company, body.pushOperationKey)).toMatchObject({ status: 'Success' });
  expect(await single('customers', id)).toEqual(before);
  // And the stamp is remembered all the same: our own next update is no conflict.
  const again = await pushToEnd(server, company, { method: 'PUT', path: `customers/${id}`, body: customer('Shown') });
  expect(again).toMatchObject({ status: 'Success' });
  expect(await single('customers', id)).toMatchObject({ customerName: 'Shown' });
});

test('a bank account that a push made has a list of transactions, whether what it wrote was to be kept or not', async () => {
  for (const [name, query] of [
    ['Kept', ''],
    ['Not kept', '?allowSyncOnPushComplete=false'],
  ]) {
    const whole = await fullBody({ server, company }, 'bankAccounts', records);
    const body = { ...whole, accountName: name };
    const push = await pushToEnd(server, company, { method: 'POST', path: `bankAccounts${query}`, body });
    expect(push, JSON.stringify(push)).toMatchObject({ status: 'Success' });
    const path = `${connection()}/data/bankAccounts/${recordIdOf(push)}/bankTransactions`;
    expect(await server.call('GET', path)).toMatchObject({ status: 200, body: { totalResults: 0 } });
  }
});

test('a record that turned out to be otherwise than we knew is read again before it is shown', async () => {
  const id = await create({ server, company }, 'customers', { customerName: 'Ours', status: 'Active' });
  await editInBooks(server.sandboxUrl, company, `customers/${id}`, { name: 'Theirs' });
  const body = { customerName: 'Ours again', status: 'Active' };
  const refused = await pushToEnd(server, company, { method: 'PUT', path: `customers/${id}`, body });
  expect(refused).toMatchObject({ status: 'Failed', statusCode: 409 });
  expect(await single('customers', id)).toMatchObject({ customerName: 'Theirs' });
});
