/** Customers, suppliers, accounts, items, journals and bank accounts in a real Tryton, checked in the books themselves. */
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { date, decimal, type TrytonClient } from '../../../scripts/tryton/client.ts';
import type { Link, WriteOutcome } from '../../src/connectors/contract.ts';
import { makeTrytonConnector } from '../../src/connectors/tryton/connector.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { WritableDataType } from '../../src/models/data-types.ts';
import { describeTryton, makeCompany, type TestCompany } from './fixture.ts';

const io = { fetch: globalThis.fetch, now: systemClock.now };
const connector = makeTrytonConnector();

type Members = Readonly<Record<string, unknown>>;

describeTryton('master data in Tryton', () => {
  let company: TestCompany;
  let books: TrytonClient;
  let link: Link;

  beforeAll(async () => {
    company = await makeCompany();
    books = await company.books();
    const ids = { companyId: randomUUID(), companyName: 'Bakery', connectionId: randomUUID() };
    const outcome = await connector.authorize({ ...ids, fields: company.fields }, io);
    if (outcome.kind !== 'linked') throw new Error(JSON.stringify(outcome));
    link = outcome.link;
  });

  const session = () => connector.open(link, io);

  async function create(dataType: WritableDataType, body: Members): Promise<{ id: string; outcome: WriteOutcome }> {
    const outcome = await connector.writes[dataType]?.create?.send(session(), { pushOperationKey: randomUUID(), body });
    const id = outcome?.kind === 'written' ? outcome.changes[0]?.recordRef.id : undefined;
    if (outcome === undefined || id === undefined) throw new Error(JSON.stringify(outcome));
    return { id, outcome };
  }

  async function update(dataType: WritableDataType, recordId: string, body: Members) {
    const request = { pushOperationKey: randomUUID(), recordId, body };
    return connector.writes[dataType]?.update?.send(session(), request);
  }

  async function remove(dataType: WritableDataType, recordId: string) {
    return connector.writes[dataType]?.delete?.send(session(), { pushOperationKey: randomUUID(), recordId });
  }

  async function read(dataType: WritableDataType, id: string): Promise<Members | undefined> {
    const outcome = await connector.reads[dataType]?.get(session(), id);
    if (outcome?.kind !== 'read') throw new Error(JSON.stringify(outcome));
    return outcome.value;
  }

  async function listed(dataType: WritableDataType): Promise<readonly unknown[]> {
    const outcome = await connector.reads[dataType]?.page(session(), { pageSize: 100 });
    if (outcome?.kind !== 'read') throw new Error(JSON.stringify(outcome));
    return outcome.value.records.map(({ id }) => id);
  }

  /** An entry in the books that names the party. */
  async function bookWith(party: number): Promise<void> {
    const account = await books.firstId('account.account', [['type.receivable', '=', true]]);
    const today = systemClock.now().toISOString().slice(0, 10);
    const line = { account, party, debit: decimal('1'), credit: decimal('0') };
    await books.create('account.move', {
      company: 1,
      journal: await books.firstId('account.journal', [['code', '=', 'GEN']]),
      period: await books.firstId('account.period', [
        ['start_date', '<=', date(today)],
        ['end_date', '>=', date(today)],
      ]),
      date: date(today),
      lines: [['create', [line]]],
    });
  }

  const customer = {
    customerName: 'Corner Café',
    contactName: 'Ines Moreau',
    emailAddress: 'ines@corner.example',
    phone: '+44 20 7946 0018',
    addresses: [
      { type: 'Billing', line1: '1 High St', line2: 'First floor', city: 'Leeds', country: 'United Kingdom' },
      { type: 'Delivery', line1: 'Back door', region: 'North Yorkshire', country: 'United Kingdom' },
    ],
    contacts: [
      { name: 'Theo', email: 'theo@corner.example', phone: [{ number: '0123', type: 'Mobile' }], status: 'Active' },
    ],
    registrationNumber: '0123456',
    taxNumber: 'GB123456789',
    status: 'Active',
  };

  test('a customer is a party with addresses, ways to reach people, numbers and a category, and reads back the same', async () => {
    const { id, outcome } = await create('customers', customer);
    expect(outcome).not.toHaveProperty('warnings');
    expect(await read('customers', id)).toMatchObject(customer);
    const [party] = await books.search('party.party', [['id', '=', Number(id)]], ['name', 'categories.name', 'email']);
    expect(party).toMatchObject({
      name: 'Corner Café',
      'categories.': [{ name: 'Customer' }],
      email: customer.emailAddress,
    });
  });

  test('an update changes what it names, and leaves everything else', async () => {
    const { id } = await create('customers', customer);
    expect(await update('customers', id, { emailAddress: 'new@corner.example', taxNumber: null })).toMatchObject({
      kind: 'written',
    });
    const { taxNumber: _, ...others } = customer;
    const now = await read('customers', id);
    expect(now).toMatchObject({ ...others, emailAddress: 'new@corner.example' });
    expect(now).not.toHaveProperty('taxNumber');
  });

  test('customers and suppliers are told apart, and whoever is neither stands in both lists', async () => {
    const { id: buyer } = await create('customers', { customerName: 'Buyer' });
    const { id: seller } = await create('suppliers', { supplierName: 'Seller' });
    const unsorted = String(await books.create('party.party', { name: 'Known to Tryton alone' }));
    const [customers, suppliers] = [await listed('customers'), await listed('suppliers')];
    expect(customers).toEqual(expect.arrayContaining([buyer, unsorted]));
    expect(suppliers).toEqual(expect.arrayContaining([seller, unsorted]));
    expect(customers).not.toContain(seller);
    expect(suppliers).not.toContain(buyer);
  });

  test('a party that is both leaves one list when it is deleted from it, and stays in the other', async () => {
    const { id } = await create('customers', { customerName: 'Both' });
    const supplier = await books.firstId('party.category', [['name', '=', 'Supplier']]);
    await books.write('party.party', Number(id), { categories: [['add', [supplier]]] });
    expect(await remove('customers', id)).toMatchObject({ kind: 'written', changes: [{ type: 'Deleted' }] });
    expect(await read('customers', id)).toBeUndefined();
    expect(await read('suppliers', id)).toMatchObject({ supplierName: 'Both' });
  });

  test('a party without documents is deleted, and one that is in use is put out of use', async () => {
    const { id: unused } = await create('suppliers', { supplierName: 'Unused' });
    expect(await remove('suppliers', unused)).toMatchObject({ kind: 'written' });
    expect(await books.count('party.party', [['id', '=', Number(unused)]])).toBe(0);
    const { id: used } = await create('suppliers', { supplierName: 'Used' });
    await bookWith(Number(used));
    const { id: bank } = await create('suppliers', { supplierName: 'A bank' });
    await books.create('bank', { party: Number(bank) });
    expect(await remove('suppliers', used)).toMatchObject({ kind: 'written' });
    expect(await read('suppliers', used)).toMatchObject({ status: 'Archived' });
    expect(await remove('suppliers', bank)).toMatchObject({ kind: 'written' });
    expect(await books.count('bank', [['party', '=', Number(bank)]])).toBe(1);
  });

  test('an account has the type of its category, and is refused with one that Tryton has not', async () => {
    const body = {
      nominalCode: '1215',
      name: 'Prepaid',
      description: 'Ahead',
      fullyQualifiedCategory: 'Asset.Current',
    };
    const { id, outcome } = await create('chartOfAccounts', body);
    expect(outcome).not.toHaveProperty('warnings');
    expect(await read('chartOfAccounts', id)).toMatchObject({
      ...body,
      type: 'Asset',
      status: 'Active',
      currency: 'GBP',
    });
    expect(await update('chartOfAccounts', id, { status: 'Archived' })).toMatchObject({ kind: 'written' });
    expect(await read('chartOfAccounts', id)).toMatchObject({ ...body, status: 'Archived' });
    expect(await remove('chartOfAccounts', id)).toMatchObject({ kind: 'written' });
    const wrong = { pushOperationKey: randomUUID(), body: { ...body, fullyQualifiedCategory: 'Asset.Treasure' } };
    expect(await connector.writes.chartOfAccounts?.create?.send(session(), wrong)).toMatchObject({
      kind: 'rejected',
      errors: [{ itemId: 'FullyQualifiedCategory' }],
    });
  });

  test('an item is a product whose accounts and taxes stand in a category of its own, shared by others of that kind', async () => {
    const revenue = String(await books.firstId('account.account', [['code', '=', '4100']]));
    const tax = String(await books.firstId('account.tax', [['name', '=', 'VAT 5%']]));
    const sold = { description: 'Rye', unitPrice: 4.25, accountRef: { id: revenue }, taxRateRef: { id: tax } };
    const body = { name: 'Rye', type: 'NonInventory', isBillItem: false, isInvoiceItem: true, invoiceItem: sold };
    const before = await books.count('product.category');
    const { id, outcome } = await create('items', { ...body, code: 'RYE-1' });
    expect(outcome).not.toHaveProperty('warnings');
    expect(await read('items', id)).toMatchObject({ ...body, code: 'RYE-1' });
    await create('items', { ...body, code: 'RYE-2' });
    expect(await books.count('product.category')).toBe(before + 1);
    expect(await update('items', id, { name: 'Rye loaf', invoiceItem: { unitPrice: 4.5 } })).toMatchObject({
      kind: 'written',
    });
    expect(await read('items', id)).toMatchObject({ name: 'Rye loaf', invoiceItem: { ...sold, unitPrice: 4.5 } });
    expect(await remove('items', id)).toMatchObject({ kind: 'written' });
    expect(await read('items', id)).toBeUndefined();
  });

  test('a journal is found by the sequence that it gets', async () => {
    const { id, outcome } = await create('journals', { journalCode: 'PAY', name: 'Payroll', type: 'General' });
    expect(outcome).not.toHaveProperty('warnings');
    expect(await update('journals', id, { name: 'Wages' })).toMatchObject({ kind: 'written' });
    expect(await read('journals', id)).toMatchObject({
      journalCode: 'PAY',
      name: 'Wages',
      type: 'General',
      status: 'Active',
    });
    expect(await remove('journals', id)).toMatchObject({ kind: 'written' });
  });

  test('a bank account is an account, a journal of statements and a number at a bank', async () => {
    const body = {
      accountName: 'Rainy days',
      accountType: 'Debit',
      nominalCode: '1212',
      sortCode: '20-00-00',
      accountNumber: '55779911',
      iBan: 'GB33BUKB20201555555555',
      currency: 'GBP',
      institution: 'Coast Bank',
      status: 'Active',
    };
    const { id, outcome } = await create('bankAccounts', body);
    expect(outcome).not.toHaveProperty('warnings');
    expect(await read('bankAccounts', id)).toMatchObject({ ...body, balance: 0 });
    expect(await read('chartOfAccounts', id)).toMatchObject({ name: 'Rainy days', isBankAccount: true });
    expect(await update('bankAccounts', id, { accountNumber: '55779912', institution: 'Hill Bank' })).toMatchObject({
      kind: 'written',
    });
    expect(await read('bankAccounts', id)).toMatchObject({
      ...body,
      accountNumber: '55779912',
      institution: 'Hill Bank',
    });
    expect(await remove('bankAccounts', id)).toMatchObject({ kind: 'written' });
    expect(await read('bankAccounts', id)).toBeUndefined();
    expect(await books.count('account.account', [['id', '=', Number(id)]])).toBe(0);
  });

  test('tax rates, tracking categories, payment methods and the company itself are read', async () => {
    const page = async (dataType: 'taxRates' | 'trackingCategories' | 'paymentMethods') => {
      const outcome = await connector.reads[dataType]?.page(session(), { pageSize: 100 });
      return outcome?.kind === 'read' ? outcome.value.records : [];
    };
    expect(await page('taxRates')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          name: 'VAT 20%',
          effectiveTaxRate: 20,
          status: 'Active',
          components: [{ name: 'VAT 20%', rate: 20, isCompound: false }],
        }),
      ]),
    );
    const places = await page('trackingCategories');
    const root = places.find(({ name }) => name === 'Places');
    expect(root).toMatchObject({ hasChildren: true, status: 'Active' });
    expect(places).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'Shop', parentId: root?.['id'], hasChildren: false })]),
    );
    expect(await page('paymentMethods')).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'Savings' })]),
    );
    expect(await connector.companyInfo?.(session())).toMatchObject({
      kind: 'read',
      value: { companyName: company.company, baseCurrency: 'GBP', addresses: [{ city: 'Whitby' }] },
    });
  });

  test('of the company the fields of Tryton that were asked for are read, and one that it has not hinders no other', async () => {
    const asked = ['id', 'party.name', 'currency.code', 'create_date', 'naem', 'party.cty', 'create_uid.password'];
    const outcome = await connector.companyInfo?.(session(), asked);
    if (outcome?.kind !== 'read') throw new Error(JSON.stringify(outcome));
    expect(outcome.value).toMatchObject({ companyName: company.company, baseCurrency: 'GBP' });
    expect(outcome.value['platformProperties']).toEqual({
      id: session().link.company,
      'party.name': company.company,
      'currency.code': 'GBP',
      create_date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });

  test('fields of Tryton that were asked for come with a record that is listed, read alone or written', async () => {
    const platformProperties = ['code', 'lang.code', 'supplier_location.name', 'naem'];
    const body = { supplierName: 'Millrace', status: 'Active' };
    const request = { pushOperationKey: randomUUID(), body, platformProperties };
    const outcome = await connector.writes.suppliers?.create?.send(session(), request);
    const record = outcome?.kind === 'written' ? outcome.record : undefined;
    const [id, asked] = [String(record?.['id']), record?.['platformProperties']];
    const [party] = await books.search('party.party', [['id', '=', Number(id)]], ['code']);
    expect(asked).toMatchObject({ code: party?.['code'] });
    expect(asked).not.toHaveProperty('naem');
    const alone = await connector.reads.suppliers?.get(session(), id, undefined, platformProperties);
    expect(alone).toMatchObject({ kind: 'read', value: { id, supplierName: 'Millrace', platformProperties: asked } });
    const page = await connector.reads.suppliers?.page(session(), { pageSize: 100, platformProperties });
    if (page?.kind !== 'read') throw new Error(JSON.stringify(page));
    expect(page.value.records.find((each) => each['id'] === id)).toMatchObject({ platformProperties: asked });
  });

  test('pages go by id, ids come alone for the sweep, and changes are told by their time, with those before it overlapping', async () => {
    const read = connector.reads.chartOfAccounts;
    const first = await read?.page(session(), { pageSize: 2 });
    if (first?.kind !== 'read' || first.value.next === undefined) throw new Error(JSON.stringify(first));
    expect(first.value.records).toHaveLength(2);
    const second = await read?.page(session(), { pageSize: 500, after: first.value.next });
    if (second?.kind !== 'read') throw new Error(JSON.stringify(second));
    const all = [...first.value.records, ...second.value.records].map(({ id }) => id);
    expect(second.value.next).toBeUndefined();
    expect(await read?.ids?.(session(), { pageSize: 5_000 })).toEqual({ kind: 'read', value: { ids: all } });
    const ahead = new Date(systemClock.now().getTime() + 3_600_000);
    expect(await read?.page(session(), { pageSize: 100, changedAfter: ahead })).toMatchObject({
      value: { records: [] },
    });
    const { id } = await create('chartOfAccounts', { name: 'New', fullyQualifiedCategory: 'Asset.Current' });
    const fresh = await read?.page(session(), { pageSize: 100, changedAfter: systemClock.now() });
    expect(fresh?.kind === 'read' ? fresh.value.records.map((record) => record['id']) : []).toContain(id);
  });
});
