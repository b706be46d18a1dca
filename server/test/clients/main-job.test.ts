/**
 * The product's main job as one story: writes asked for with the official clients, polled until they have ended, told by
 * signed webhooks, held by the platform exactly once, and read back.
 */
import {
  AccountStatus,
  AccountType,
  CustomerStatus,
  InvoiceStatus,
} from '@codat/accounting/dist/sdk/models/shared/index.js';
import { Webhook, WebhookVerificationError } from 'svix';
import { afterEach, expect, test } from 'vitest';
import { recordsIn, requestsTo } from '../support/books.ts';
import { makeLinkedCompany, type LinkedCompany } from '../support/server.ts';
import { startTestConsumer, type Received, type TestConsumer } from '../support/webhook-consumer.ts';
import { present, untilEnded, useServer, writtenId } from './official-clients.ts';

const rig = useServer();

let consumer: TestConsumer;
let webhookId: string;
afterEach(async () => {
  await rig().platform.webhooks.deleteConsumer({ webhookId });
  await consumer.close();
});

interface WriteEvent {
  readonly id: string;
  readonly eventType: string;
  readonly generatedDate: string;
  readonly payload: {
    readonly id: string;
    readonly type: string;
    readonly referenceCompany: { readonly id: string; readonly name: string };
    readonly connectionId: string;
    readonly status: string;
    readonly requestedOnDate: string;
    readonly completedOnDate: string;
    readonly record?: { readonly id: string };
  };
}

/** Registers a consumer as an integrator would, and gives its signing secret. */
async function subscribe(eventTypes: string[], companyTags: string[] = []) {
  const { platform, server } = rig();
  consumer = await startTestConsumer();
  const { id } = await platform.webhooks.createConsumer({ url: `${consumer.url}/hook`, eventTypes, companyTags });
  webhookId = present(id);
  const { body } = await server.call<{ secret: string }>('GET', `/webhooks/${webhookId}/secret`);
  return { received: consumer.received, secret: body.secret };
}

const FAMILIES = ['webhook', 'svix'] as const;

const familyOf = ({ headers }: Received, family: (typeof FAMILIES)[number]) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith(`${family}-`)));

/** Checked by Svix's own library, under either family of header names alone. */
function verified(received: Received, secret: string): WriteEvent {
  const library = new Webhook(secret);
  for (const family of FAMILIES) {
    const headers = familyOf(received, family);
    expect(Object.keys(headers).toSorted()).toEqual([`${family}-id`, `${family}-signature`, `${family}-timestamp`]);
    const forged = () => library.verify(`${received.body} `, headers);
    expect(forged).toThrow(WebhookVerificationError);
    expect(library.verify(received.body, headers)).toEqual(JSON.parse(received.body));
  }
  return JSON.parse(received.body) as WriteEvent;
}

const account = {
  nominalCode: 'LP-SALES',
  name: 'Online sales',
  fullyQualifiedCategory: 'Income.Sales',
  type: AccountType.Income,
  status: AccountStatus.Active,
  isBankAccount: false,
};

/** Account, customer and an invoice that refers to both, each asked for and followed to its end. */
async function writeAll(company: LinkedCompany) {
  const { accounting } = rig();
  const follow = async (asked: { companyId: string; pushOperationKey: string; status: string; statusCode: number }) => {
    expect(asked).toMatchObject({ status: 'Pending', statusCode: 202 });
    return { key: asked.pushOperationKey, id: writtenId(await untilEnded(rig(), asked)) };
  };
  const accountAnswer = await accounting.accounts.create({ ...company, account });
  const accounts = await follow(present(accountAnswer.createAccountResponse));
  const customer = { customerName: 'Harbour Lane Bakery', status: CustomerStatus.Active };
  const customerAnswer = await accounting.customers.create({ ...company, customer });
  const customers = await follow(present(customerAnswer.createCustomerResponse));
  const invoice = {
    invoiceNumber: 'LP-1001',
    customerRef: { id: customers.id },
    issueDate: '2026-03-02T00:00:00',
    dueDate: '2026-04-01T00:00:00',
    currency: 'GBP',
    status: InvoiceStatus.Submitted,
    lineItems: [{ description: 'Rye', unitAmount: 0.1, quantity: 3, accountRef: { id: accounts.id } }],
    totalAmount: 0.3,
    totalTaxAmount: 0,
    amountDue: 0.3,
  };
  const invoiceAnswer = await accounting.invoices.create({ ...company, invoice });
  return { accounts, customers, invoices: await follow(present(invoiceAnswer.createInvoiceResponse)) };
}

test('an account, a customer and an invoice are written once each, told with a valid signature, and read back', async () => {
  const { server, accounting } = rig();
  const company = await makeLinkedCompany(server, 'Toft stores');
  const { companyId } = company;
  const { received, secret } = await subscribe(['*']);
  const written = await writeAll(company);

  const writes = () =>
    received.map((each) => verified(each, secret)).filter(({ eventType }) => /write/.test(eventType));
  await expect.poll(() => writes().length, { timeout: 90_000 }).toBe(3);
  const told = Object.fromEntries(writes().map((event) => [event.eventType, event]));
  for (const [dataType, { key, id }] of [
    ['chartOfAccounts', written.accounts],
    ['customers', written.customers],
    ['invoices', written.invoices],
  ] as const) {
    const event = told[`${dataType}.write.successful`];
    expect(event).toMatchObject({
      payload: {
        id: key,
        type: 'Create',
        status: 'Success',
        referenceCompany: { id: companyId, name: 'Toft stores' },
        connectionId: company.connectionId,
        record: { id },
      },
    });
    for (const date of [event?.generatedDate, event?.payload.requestedOnDate, event?.payload.completedOnDate]) {
      expect(date).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }
  }
  expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(received.length);

  const held = async (
    resource: string,
    isOurs: (record: { name?: string; code?: string; number?: string }) => boolean,
  ) => (await recordsIn(server.sandboxUrl, company, resource)).filter(isOurs).map(({ id }) => id);
  expect(await held('accounts', ({ code }) => code === 'LP-SALES')).toEqual([written.accounts.id]);
  expect(await held('customers', ({ name }) => name === 'Harbour Lane Bakery')).toEqual([written.customers.id]);
  expect(await held('invoices', ({ number }) => number === 'LP-1001')).toEqual([written.invoices.id]);
  expect(await requestsTo(server.sandboxUrl, 'POST', `${company.books}/`)).toBe(3);

  const read = await accounting.invoices.get({ companyId, invoiceId: written.invoices.id });
  expect(present(read.invoice)).toMatchObject({
    id: written.invoices.id,
    invoiceNumber: 'LP-1001',
    customerRef: { id: written.customers.id },
    currency: 'GBP',
    status: 'Submitted',
    totalAmount: 0.3,
    amountDue: 0.3,
    lineItems: [{ description: 'Rye', unitAmount: 0.1, quantity: 3, accountRef: { id: written.accounts.id } }],
  });
  type Listed = { results: { id: string }[]; totalResults: number };
  for (const [path, id] of [
    ['accounts', written.accounts.id],
    ['customers', written.customers.id],
    ['invoices', written.invoices.id],
  ] as const) {
    const { body } = await server.call<Listed>('GET', `/companies/${companyId}/data/${path}?pageSize=1000`);
    expect(body.results.filter((record) => record.id === id)).toHaveLength(1);
    expect(body.results).toHaveLength(body.totalResults);
  }
});

test('a refused write is told as unsuccessful, without a record', async () => {
  const company = await makeLinkedCompany(rig().server);
  const { received, secret } = await subscribe(['chartOfAccounts.write.unsuccessful']);
  const tooLong = { ...account, nominalCode: '350045006500' };
  const answer = await rig().accounting.accounts.create({ ...company, account: tooLong });
  const { pushOperationKey } = present(answer.createAccountResponse);
  await expect.poll(() => received.length, { timeout: 90_000 }).toBe(1);
  const event = verifiedFailure(received[0], secret);
  expect(event).toMatchObject({
    eventType: 'chartOfAccounts.write.unsuccessful',
    payload: { id: pushOperationKey, type: 'Create', status: 'Failed' },
  });
  expect(event.payload).not.toHaveProperty('record');
});

function verifiedFailure(received: Received | undefined, secret: string): WriteEvent {
  if (received === undefined) throw new Error('Nothing was received');
  return new Webhook(secret).verify(received.body, familyOf(received, 'webhook')) as WriteEvent;
}

test('a consumer with a company tag hears of companies that bear it, and of no other', async () => {
  const { server, platform } = rig();
  const [tagged, other] = [await makeLinkedCompany(server, 'Tagged'), await makeLinkedCompany(server, 'Other')];
  const companyUpdateRequest = { tags: { region: 'uk' } };
  await platform.companies.update({ companyId: tagged.companyId, companyUpdateRequest });
  const { received } = await subscribe(['chartOfAccounts.write.successful'], ['region:uk']);
  // The other one first: had it been told, it would have come before.
  for (const company of [other, tagged]) {
    const answer = await rig().accounting.accounts.create({ ...company, account });
    writtenId(await untilEnded(rig(), present(answer.createAccountResponse)));
  }
  await expect.poll(() => received.length, { timeout: 90_000 }).toBe(1);
  expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ payload: { referenceCompany: { name: 'Tagged' } } });
});
