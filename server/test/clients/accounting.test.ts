/** The official accounting client, version 0.37: writes of every data type it shares with the sandbox, options and reads. */
import {
  AccountStatus,
  AccountType,
  BillStatus,
  CustomerStatus,
  InvoiceStatus,
  ItemStatus,
  ItemType,
  SupplierStatus,
  type Account,
  type Invoice,
} from '@codat/accounting/dist/sdk/models/shared/index.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { recordsIn } from '../support/books.ts';
import { untilRead } from '../support/reading.ts';
import { makeLinkedCompany, type LinkedCompany } from '../support/server.ts';
import { present, untilEnded, useServer, writtenId } from './official-clients.ts';

const rig = useServer();

let company: LinkedCompany;
let salesAccountId: string;
let customerId: string;
beforeAll(async () => {
  company = await makeLinkedCompany(rig().server);
  salesAccountId = await create(account({ fullyQualifiedCategory: 'Income.Sales' }));
  const { accounting } = rig();
  const customer = { customerName: 'Harbour Lane Bakery', status: CustomerStatus.Active };
  const answer = await accounting.customers.create({ ...company, customer });
  customerId = writtenId(await untilEnded(rig(), present(answer.createCustomerResponse)));
});

let counter = 0;
const fresh = (prefix: string) => `${prefix}${(counter += 1)}`;

/** The typed client asks for members that only a platform can know; what is sent of them is ignored. */
function account(changes: Partial<Account> = {}): Account {
  return {
    nominalCode: fresh('LP-'),
    name: 'Codat Assets Account',
    fullyQualifiedCategory: 'Asset.Current',
    type: AccountType.Asset,
    status: AccountStatus.Active,
    isBankAccount: false,
    ...changes,
  };
}

async function create(wanted: Account): Promise<string> {
  const answer = await rig().accounting.accounts.create({ ...company, account: wanted });
  return writtenId(await untilEnded(rig(), present(answer.createAccountResponse)));
}

function invoice(changes: Partial<Invoice> = {}): Invoice {
  return {
    invoiceNumber: fresh('LP-INV-'),
    customerRef: { id: customerId },
    issueDate: '2026-03-02T00:00:00',
    dueDate: '2026-04-01T00:00:00',
    status: InvoiceStatus.Submitted,
    lineItems: [{ description: 'Rye', unitAmount: 4.25, quantity: 10, accountRef: { id: salesAccountId } }],
    totalAmount: 0,
    totalTaxAmount: 0,
    amountDue: 0,
    ...changes,
  };
}

async function createInvoice(wanted: Invoice) {
  const { accounting } = rig();
  const answer = await accounting.invoices.create({ ...company, invoice: wanted, timeoutInMinutes: 5 });
  const asked = present(answer.createInvoiceResponse);
  return { asked, operation: await untilEnded(rig(), asked) };
}

const booksOf = (resource: string) => recordsIn(rig().server.sandboxUrl, company, resource);

describe('accounts', () => {
  test('one of ten digits is written, after an answer of Pending with an operation key', async () => {
    const nominalCode = '4200123456';
    const answer = await rig().accounting.accounts.create({
      ...company,
      account: account({ nominalCode }),
      timeoutInMinutes: 5,
    });
    expect(answer).toMatchObject({
      statusCode: 200,
      contentType: expect.stringContaining('application/json') as string,
    });
    const asked = present(answer.createAccountResponse);
    expect(asked).toMatchObject({
      companyId: company.companyId,
      dataConnectionKey: company.connectionId,
      dataType: 'chartOfAccounts',
      status: 'Pending',
      statusCode: 202,
      timeoutInMinutes: 5,
    });
    const id = writtenId(await untilEnded(rig(), asked));
    const held = (await booksOf('accounts')).filter(({ code }) => code === nominalCode);
    expect(held).toMatchObject([{ id, name: 'Codat Assets Account' }]);
  });

  test('one of twelve digits is Failed, names the field, and never reaches the books', async () => {
    const nominalCode = '350045006500';
    const answer = await rig().accounting.accounts.create({ ...company, account: account({ nominalCode }) });
    const operation = await untilEnded(rig(), present(answer.createAccountResponse));
    expect(operation).toMatchObject({ status: 'Failed', statusCode: 400 });
    expect(operation.validation?.errors).toEqual([
      expect.objectContaining({ itemId: 'NominalCode', validatorName: 'Account' }),
    ]);
    expect((await booksOf('accounts')).filter(({ code }) => code?.startsWith('3500450065'))).toEqual([]);
  });

  test("the model is read by the older client's own types", async () => {
    const answer = await rig().accounting.accounts.getCreateModel({ ...company });
    const model = present(answer.pushOption);
    expect(model).toMatchObject({ type: 'Object', displayName: 'Nominal Account', required: true });
    expect(model.properties?.['nominalCode']).toMatchObject({ type: 'String', required: true });
  });

  test('the list holds what was written, and a single one is read by its id', async () => {
    const id = await create(account({ name: 'Prepaid insurance' }));
    const list = await rig().accounting.accounts.list({ companyId: company.companyId, page: 1, pageSize: 1_000 });
    const found = present(list.accounts).results?.find((each) => each.id === id);
    expect(found).toMatchObject({ name: 'Prepaid insurance', type: 'Asset', status: 'Active', isBankAccount: false });
    const one = await rig().accounting.accounts.get({ companyId: company.companyId, accountId: id });
    expect(present(one.account)).toEqual(found);
  });
});

describe('the body under a name that this client does not know', () => {
  // Newer documentation calls the argument accountPrototype; this client then posts its own three path members instead.
  async function misnamed(args: object) {
    const answer = await rig().accounting.accounts.create({ ...company, timeoutInMinutes: 5, ...args });
    return untilEnded(rig(), present(answer.createAccountResponse));
  }

  test('ends as a Failed push that names every missing field and writes nothing', async () => {
    const before = (await booksOf('accounts')).length;
    const operation = await misnamed({ accountPrototype: account() });
    expect(operation).toMatchObject({ status: 'Failed', statusCode: 400, timeoutInMinutes: 5 });
    const errors = operation.validation?.errors ?? [];
    expect(errors.map(({ itemId }) => itemId)).toEqual(['NominalCode', 'Name', 'FullyQualifiedCategory']);
    for (const { message } of errors) expect(message).toContain('must be provided');
    expect((await booksOf('accounts')).length).toBe(before);
  });

  test('ends the same when the argument is left out', async () => {
    const operation = await misnamed({});
    expect(operation.validation?.errors?.map(({ itemId }) => itemId)).toContain('NominalCode');
  });
});

test('a customer is created and updated with forceUpdate', async () => {
  const { accounting } = rig();
  const customer = {
    customerName: 'Millrace Café',
    emailAddress: 'hi@millrace.example',
    status: CustomerStatus.Active,
  };
  const created = await accounting.customers.create({ ...company, customer });
  const id = writtenId(await untilEnded(rig(), present(created.createCustomerResponse)));
  const updated = await accounting.customers.update({
    ...company,
    customerId: id,
    customer: { ...customer, customerName: 'Millrace Café & Bar' },
    forceUpdate: true,
  });
  const operation = await untilEnded(rig(), present(updated.updateCustomerResponse));
  expect(operation).toMatchObject({ status: 'Success', changes: [{ type: 'Modified', recordRef: { id } }] });
  const read = await accounting.customers.get({ companyId: company.companyId, customerId: id });
  expect(present(read.customer)).toMatchObject({
    customerName: 'Millrace Café & Bar',
    emailAddress: 'hi@millrace.example',
  });
});

describe('invoices', () => {
  test('one is created, updated with forceUpdate, read, and deleted', async () => {
    const { accounting } = rig();
    const { companyId } = company;
    const { asked, operation } = await createInvoice(invoice());
    expect(asked.status).toBe('Pending');
    const invoiceId = writtenId(operation);

    const note = 'Thank you for your order.';
    const changed = invoice({ note });
    const update = { ...company, invoiceId, invoice: changed, forceUpdate: true, timeoutInMinutes: 2 };
    const updated = present((await accounting.invoices.update(update)).updateInvoiceResponse);
    expect(await untilEnded(rig(), updated)).toMatchObject({
      status: 'Success',
      changes: [{ type: 'Modified', recordRef: { id: invoiceId, dataType: 'invoices' } }],
    });
    const read = present((await accounting.invoices.get({ companyId, invoiceId })).invoice);
    expect(read).toMatchObject({ id: invoiceId, note, invoiceNumber: changed.invoiceNumber, totalAmount: 42.5 });

    const answer = await accounting.invoices.delete({ ...company, invoiceId });
    const deleted = present(answer.pushOperationSummary);
    expect(await untilEnded(rig(), deleted)).toMatchObject({
      status: 'Success',
      changes: [{ type: 'Deleted', recordRef: { id: invoiceId, dataType: 'invoices' } }],
    });
    expect((await booksOf('invoices')).find(({ id }) => id === invoiceId)).toBeUndefined();
  });

  test('one may be updated right after our own create, without forceUpdate', async () => {
    const invoiceId = writtenId((await createInvoice(invoice())).operation);
    const update = { ...company, invoiceId, invoice: invoice({ note: 'Changed once more.' }) };
    const asked = present((await rig().accounting.invoices.update(update)).updateInvoiceResponse);
    expect(await untilEnded(rig(), asked)).toMatchObject({ status: 'Success', statusCode: 200 });
  });

  test('a Date in the body is kept to the day', async () => {
    // Typed as a text, but callers in plain JavaScript pass these.
    const wanted = Object.assign(invoice(), { issueDate: new Date('2026-05-06T00:00:00Z') });
    const { operation } = await createInvoice(wanted);
    const invoiceId = writtenId(operation);
    const read = await rig().accounting.invoices.get({ companyId: company.companyId, invoiceId });
    expect(present(read.invoice).issueDate).toMatch(/^2026-05-06T00:00:00/);
  });

  test('deleting one that is not in the books is a Failed push with a 4xx', async () => {
    const answer = await rig().accounting.invoices.delete({ ...company, invoiceId: 'inv/1 é' });
    const operation = await untilEnded(rig(), present(answer.pushOperationSummary));
    expect(operation).toMatchObject({ status: 'Failed', statusCode: 404 });
  });

  test('references that lead nowhere are named by their path', async () => {
    const { operation } = await createInvoice(invoice({ customerRef: { id: 'cus_nobody' } }));
    expect(operation).toMatchObject({ status: 'Failed', statusCode: 400 });
    expect(operation.validation?.errors?.map(({ itemId }) => itemId)).toEqual(['CustomerRef.Id']);
  });

  test('the model is read, with the fields of a line beneath the lines', async () => {
    const model = present((await rig().accounting.invoices.getCreateUpdateModel({ ...company })).pushOption);
    expect(model.properties?.['lineItems']).toMatchObject({ type: 'Array', required: true });
    expect(model.properties?.['lineItems']?.properties?.['unitAmount']).toMatchObject({ type: 'Number' });
  });
});

interface Page {
  readonly pageNumber: number;
  readonly totalResults: number;
  readonly results?: readonly { readonly id?: string }[];
}
const paged = (page: number) => ({ companyId: company.companyId, page, pageSize: 1 });

test.each<[string, (page: number) => Promise<Page | undefined>]>([
  ['accounts', async (page) => (await rig().accounting.accounts.list(paged(page))).accounts],
  ['customers', async (page) => (await rig().accounting.customers.list(paged(page))).customers],
  ['suppliers', async (page) => (await rig().accounting.suppliers.list(paged(page))).suppliers],
  ['items', async (page) => (await rig().accounting.items.list(paged(page))).items],
  ['invoices', async (page) => (await rig().accounting.invoices.list(paged(page))).invoices],
  ['bills', async (page) => (await rig().accounting.bills.list(paged(page))).bills],
  ['journalEntries', async (page) => (await rig().accounting.journalEntries.list(paged(page))).journalEntries],
])('the list of %s is read page by page', async (_dataType, read) => {
  // A reading that is under way adds records between one page and the next.
  await untilRead(rig().server, company);
  const first = present(await read(1));
  expect(first.totalResults).toBeGreaterThan(0);
  expect(first.results).toEqual([expect.objectContaining({ id: expect.stringMatching(/./) as string })]);
  // Far past the end: whatever changes after the first page, such as the balance of an account, comes once more behind the others.
  const pageNumber = first.totalResults + 100;
  const beyond = present(await read(pageNumber));
  expect(beyond).toMatchObject({ pageNumber, totalResults: first.totalResults, results: [] });
});

test('a supplier and its bill are created', async () => {
  const { accounting } = rig();
  const supplier = { supplierName: 'Millstone Flour Company', status: SupplierStatus.Active };
  const answer = await accounting.suppliers.create({ ...company, supplier });
  const supplierId = writtenId(await untilEnded(rig(), present(answer.createSupplierResponse)));
  const accountId = await create(account({ fullyQualifiedCategory: 'Expense.DirectCosts' }));
  const bill = {
    reference: 'MFC-77120',
    supplierRef: { id: supplierId },
    issueDate: '2026-02-26T00:00:00',
    dueDate: '2026-03-28T00:00:00',
    status: BillStatus.Open,
    lineItems: [{ unitAmount: 19.75, quantity: 40, accountRef: { id: accountId } }],
    subTotal: 0,
    taxAmount: 0,
    totalAmount: 0,
  };
  const billed = present((await accounting.bills.create({ ...company, bill })).createBillResponse);
  const billId = writtenId(await untilEnded(rig(), billed));
  const read = await accounting.bills.get({ companyId: company.companyId, billId });
  expect(present(read.bill)).toMatchObject({ id: billId, reference: 'MFC-77120', status: 'Open', totalAmount: 790 });
});

test('an item is created and may stand on a line of an invoice', async () => {
  const item = {
    name: 'Rye loaf, 800 g',
    code: 'RYE-800',
    itemStatus: ItemStatus.Active,
    type: ItemType.NonInventory,
    isBillItem: false,
    isInvoiceItem: true,
    invoiceItem: { unitPrice: 4.2, accountRef: { id: salesAccountId } },
  };
  const answer = await rig().accounting.items.create({ ...company, item });
  const itemId = writtenId(await untilEnded(rig(), present(answer.createItemResponse)));
  const line = { unitAmount: 4.2, quantity: 2, itemRef: { id: itemId }, accountRef: { id: salesAccountId } };
  const { operation } = await createInvoice(invoice({ lineItems: [line] }));
  writtenId(operation);
});

test('a journal entry that balances is written, and one that does not is refused by name', async () => {
  const { accounting } = rig();
  const cash = await create(account());
  const entry = (credit: number) => ({
    description: 'Prepaid insurance, March',
    postedOn: '2026-03-31T00:00:00',
    journalLines: [
      { netAmount: 82.5, accountRef: { id: cash } },
      { netAmount: credit, accountRef: { id: salesAccountId } },
    ],
  });
  const ask = async (credit: number) => {
    const answer = await accounting.journalEntries.create({ ...company, journalEntry: entry(credit) });
    return untilEnded(rig(), present(answer.createJournalEntryResponse));
  };
  writtenId(await ask(-82.5));
  const refused = await ask(-82);
  expect(refused).toMatchObject({ status: 'Failed', statusCode: 400 });
  expect(refused.validation?.errors?.[0]?.itemId).toBe('JournalLines');
});

describe('what this client is told when it goes wrong', () => {
  test('an unknown connection is a typed 404', async () => {
    const connectionId = company.companyId;
    const answer = await rig().accounting.accounts.create({ ...company, connectionId, account: account() });
    expect(answer.createAccountResponse).toBeUndefined();
    expect(answer).toMatchObject({ statusCode: 404 });
    expect(present(answer.errorMessage)).toMatchObject({
      statusCode: 404,
      service: 'PublicApi',
      error: `Data connection ${connectionId} not found`,
    });
  });

  test('a connection that is not linked is a typed 400, and nothing is stored', async () => {
    const { platform, accounting } = rig();
    const { id: companyId } = await platform.companies.create({ name: 'Not linked' });
    const { id: connectionId } = await platform.connections.create({ companyId, requestBody: { platformKey: 'mqjo' } });
    const answer = await accounting.accounts.create({ companyId, connectionId, account: account() });
    expect(present(answer.errorMessage)).toMatchObject({
      statusCode: 400,
      error: `Data connection ${connectionId} is not linked`,
    });
    expect((await platform.pushData.listOperations({ companyId })).totalResults).toBe(0);
  });

  test('a timeout below one minute is a typed 400 that names the parameter', async () => {
    const answer = await rig().accounting.accounts.create({ ...company, account: account(), timeoutInMinutes: 0 });
    expect(present(answer.errorMessage).error).toContain('timeoutInMinutes');
  });
});
