/** The client against a running server: the same scenarios as the official clients, and what it can do beyond them. */
import { SDKError } from '@codat/accounting/dist/sdk/models/errors/index.js';
import { CustomerStatus } from '@codat/accounting/dist/sdk/models/shared/index.js';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { present, untilEnded, useServer } from '../../server/test/clients/official-clients.ts';
import { makeLinkedCompany, type LinkedCompany } from '../../server/test/support/server.ts';
import { startTestConsumer, type TestConsumer } from '../../server/test/support/webhook-consumer.ts';
import {
  createClient,
  LedgerpostError,
  syncState,
  webhooks,
  type Client,
  type ClientOptions,
  type Customer,
} from '../src/main.ts';
import { scenarios, type ScenarioClient } from './scenarios.ts';

vi.setConfig({ hookTimeout: 180_000 });
const rig = useServer();
let company: LinkedCompany;
beforeAll(async () => {
  company = await makeLinkedCompany(rig().server);
});

function clientWith(options: ClientOptions = {}): Client {
  return createClient({ baseUrl: rig().server.url, apiKey: rig().server.apiKey, retryBaseMs: 1, ...options });
}

const account = { nominalCode: '4299', name: 'Assets', fullyQualifiedCategory: 'Asset.Current' };
const customer = (customerName: string) => ({ customerName, status: 'Active' as const });

function ours(): ScenarioClient {
  const client = clientWith();
  return {
    createAccount: (place, asked) => client.accounts.create({ ...place, account: asked }),
    createCustomer: (place, asked) => client.customers.create({ ...place, customer: asked }),
    updateCustomer: (place, customerId, customerName) =>
      client.customers.update({ ...place, customerId, customer: customer(customerName), forceUpdate: true }),
    untilEnded: (asked) => client.pushOperations.pollUntilDone(asked),
    customerName: async (companyId, customerId) => (await client.customers.get({ companyId, customerId })).customerName,
    customerNames: async (companyId, query) =>
      (await client.customers.list({ companyId, query })).results.map(({ customerName }) => customerName),
    pushes: async (companyId, query) => (await client.pushOperations.list({ companyId, query })).results,
    requiredFields: async (place) =>
      Object.entries((await client.accounts.model(place)).properties ?? {}).flatMap(([name, { required }]) =>
        required ? [name] : [],
      ),
    refusalOf: async (call) => {
      const error: unknown = await call().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      return error instanceof LedgerpostError ? error.statusCode : undefined;
    },
    registerConsumer: async (url) => {
      const created = await client.webhooks.createConsumer({ url, eventTypes: ['bills.write.successful'] });
      await client.webhooks.deleteConsumer({ webhookId: created.id });
      return created.eventTypes;
    },
    linkStatus: async (place) => (await client.connections.get(place)).status,
  };
}

/** The accounting client gives refusals as answers; the scenarios ask for them as errors, as the others have them. */
class Refused extends Error {
  readonly statusCode: number;
  constructor(statusCode: number) {
    super(String(statusCode));
    this.statusCode = statusCode;
  }
}

function read<T>(answer: { statusCode: number }, value: T | undefined): T {
  if (value === undefined) throw new Refused(answer.statusCode);
  return value;
}

function official(): ScenarioClient {
  const { accounting, platform } = rig();
  return {
    createAccount: async (place, asked) => {
      const answer = await accounting.accounts.create({ ...place, account: { ...asked } });
      return read(answer, answer.createAccountResponse);
    },
    createCustomer: async (place, { customerName }) => {
      const answer = await accounting.customers.create({
        ...place,
        customer: { customerName, status: CustomerStatus.Active },
      });
      return read(answer, answer.createCustomerResponse);
    },
    updateCustomer: async (place, customerId, customerName) => {
      const changed = { customerName, status: CustomerStatus.Active };
      const answer = await accounting.customers.update({ ...place, customerId, customer: changed, forceUpdate: true });
      return read(answer, answer.updateCustomerResponse);
    },
    untilEnded: (asked) => untilEnded(rig(), asked),
    customerName: async (companyId, customerId) => {
      const answer = await accounting.customers.get({ companyId, customerId });
      return read(answer, answer.customer).customerName;
    },
    customerNames: async (companyId, query) => {
      const answer = await accounting.customers.list({ companyId, page: 1, query });
      return present(read(answer, answer.customers).results).map(({ customerName }) => customerName);
    },
    pushes: async (companyId, query) => present((await platform.pushData.listOperations({ companyId, query })).results),
    requiredFields: async (place) => {
      const answer = await accounting.accounts.getCreateModel(place);
      const { properties } = present(answer.pushOption);
      return Object.entries(properties ?? {}).flatMap(([name, { required }]) => (required ? [name] : []));
    },
    refusalOf: async (call) => {
      const error: unknown = await call().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error instanceof Refused || error instanceof SDKError) return error.statusCode;
      return error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : undefined;
    },
    registerConsumer: async (url) => {
      const { id = '', eventTypes } = await platform.webhooks.createConsumer({
        url,
        eventTypes: ['bills.write.successful'],
      });
      await platform.webhooks.deleteConsumer({ webhookId: id });
      return present(eventTypes);
    },
    linkStatus: async (place) => (await platform.connections.get(place)).status,
  };
}

describe('the same scenario has the same result as with the official clients', () => {
  let here: LinkedCompany;
  let there: LinkedCompany;
  beforeAll(async () => {
    [here, there] = [await makeLinkedCompany(rig().server), await makeLinkedCompany(rig().server)];
  });

  test.each(Object.entries(scenarios))('%s', async (_, play) => {
    const [seen, expected] = [await play(ours(), here), await play(official(), there)];
    expect(seen).toEqual(expected);
    expect(seen).toBeTruthy();
  });
});

test('the snippet of the public guide runs as it is printed', async () => {
  const expensesClient = clientWith();
  const { companyId, connectionId } = company;
  const accountCreateResponse = await expensesClient.accounts.create({
    companyId: companyId,
    connectionId: connectionId,
    accountPrototype: {
      nominalCode: '4200123456',
      name: 'Codat Assets Account',
      fullyQualifiedCategory: 'Asset.Current',
    },
  });
  expect(accountCreateResponse).toMatchObject({ status: 'Pending', dataType: 'chartOfAccounts', statusCode: 202 });
});

describe('a write whose answer is lost', () => {
  /** The request arrives, and its answer does not, the first time. */
  function losingAnswers() {
    let lost = 0;
    const sent: string[] = [];
    const fetch: typeof globalThis.fetch = async (input, init) => {
      sent.push(init?.method ?? 'GET');
      const answer = await globalThis.fetch(input, init);
      if (init?.method === 'GET' || lost++ > 0) return answer;
      await answer.arrayBuffer();
      throw new TypeError('socket hang up');
    };
    return { fetch, sent };
  }

  test('is not doubled by being tried again', async () => {
    const { fetch, sent } = losingAnswers();
    const own = await makeLinkedCompany(rig().server);
    const push = await clientWith({ fetch }).customers.createAndWait({ ...own, customer: customer('Once') });
    expect(push.status).toBe('Success');
    expect(sent.filter((method) => method === 'POST')).toHaveLength(2);
    expect((await clientWith().pushOperations.list(own)).totalResults).toBe(1);
  });

  test('nor is an upload, whose parts are divided alike each time', async () => {
    const client = clientWith();
    const supplier = await client.suppliers.createAndWait({
      ...company,
      supplier: { supplierName: 'Mill', status: 'Active' },
    });
    const cost = await client.accounts.createAndWait({ ...company, account: { ...account, nominalCode: '5010' } });
    if (supplier.status !== 'Success' || cost.status !== 'Success') throw new Error('The books took neither');
    const bill = await client.bills.createAndWait({
      ...company,
      bill: {
        reference: 'MS-1',
        supplierRef: { id: supplier.changes[0].recordRef.id },
        issueDate: '2026-03-02',
        dueDate: '2026-04-02',
        currency: 'GBP',
        status: 'Open',
        subTotal: 20,
        taxAmount: 0,
        totalAmount: 20,
        lineItems: [
          {
            description: 'x',
            unitAmount: 10,
            quantity: 2,
            taxAmount: 0,
            accountRef: { id: cost.changes[0].recordRef.id },
          },
        ],
      },
    });
    if (bill.status !== 'Success') throw new Error(JSON.stringify(bill));
    const place = { ...company, billId: bill.changes[0].recordRef.id };
    const { fetch } = losingAnswers();
    const file = { name: 'a "b" é.txt', content: 'hello', contentType: 'text/plain' };
    const upload = { ...place, file, idempotencyKey: `upload-${place.billId}` };
    const push = await clientWith({ fetch }).bills.attachAndWait(upload);
    expect(push).toMatchObject({ status: 'Success', changes: [{ type: 'AttachmentUploaded' }] });
    const repeated = await client.bills.attach({
      ...upload,
      file: new Blob(['hello'], { type: 'text/plain' }),
      fileName: file.name,
    });
    expect(repeated.pushOperationKey).toBe(push.pushOperationKey);
    const other = client.bills.attach({ ...upload, file: { ...file, content: 'another' } });
    await expect(other).rejects.toMatchObject({ type: 'unprocessable' });
    const files = await client.bills.listAttachments(place);
    expect(files).toHaveLength(1);
    const bytes = await client.bills.downloadAttachment({ ...place, attachmentId: files[0]?.id ?? '' });
    expect(new TextDecoder().decode(bytes)).toBe('hello');
  });
});

test('what an update expects of the record is checked by the server', async () => {
  const client = clientWith();
  const created = await client.customers.createAndWait({ ...company, customer: customer('Old') });
  if (created.status !== 'Success') throw new Error(JSON.stringify(created));
  const place = { ...company, customerId: created.changes[0].recordRef.id };
  const { record, etag } = await client.customers.getWithETag(place);
  expect(record.customerName).toBe('Old');
  const update = { ...place, ifMatch: etag };
  expect((await client.customers.updateAndWait({ ...update, customer: customer('New') })).status).toBe('Success');
  const late = await client.customers.updateAndWait({ ...update, customer: customer('Newer') });
  expect(late).toMatchObject({ status: 'Failed', statusCode: 409 });
});

test('a dry run says what would come of it, and makes no push', async () => {
  const client = clientWith();
  const own = await makeLinkedCompany(rig().server);
  const good = await client.accounts.dryRun({ ...own, account });
  const bad = await client.accounts.dryRun({ ...own, account: { ...account, nominalCode: '350045006500' } });
  expect([good.wouldSucceed, bad.wouldSucceed, bad.validation.errors.length]).toEqual([true, false, 1]);
  expect((await client.pushOperations.list(own)).totalResults).toBe(0);
  const schema = await client.accounts.model({ ...own, format: 'json-schema' });
  expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Account' });
});

test('a stream gives every element once over all pages, and goes on where another one stopped', async () => {
  const client = clientWith();
  const own = await makeLinkedCompany(rig().server);
  const names = Array.from({ length: 7 }, (_, n) => `Customer ${n}`);
  for (const name of names) await client.customers.create({ ...own, customer: customer(name) });
  const pushes = client.pushOperations.stream({ ...own, pageSize: 3 });
  const seen: string[] = [];
  for await (const { pushOperationKey } of pushes) {
    seen.push(pushOperationKey);
    if (seen.length === 5) break;
  }
  const { position } = pushes;
  const rest = client.pushOperations.stream({ ...own, resumeFrom: position });
  for await (const { pushOperationKey } of rest) seen.push(pushOperationKey);
  expect(new Set(seen).size).toBe(7);
  expect(rest.position).toBeUndefined();
});

test('the copy that syncState keeps is the books, after a run that broke as well', async () => {
  const client = clientWith();
  const own = await makeLinkedCompany(rig().server);
  const write = async (name: string) => client.customers.createAndWait({ ...own, customer: customer(name) });
  const copy = new Map<string, Customer>();
  const kept = new Map<string, string>();
  const store = { get: (key: string) => kept.get(key), set: (key: string, value: string) => void kept.set(key, value) };
  const upsert = (record: Customer) => void copy.set(record.id ?? '', record);
  const run = (with_: (record: Customer) => void = upsert) =>
    syncState({ source: client.customers, store, companyId: own.companyId, pageSize: 2, upsert: with_ });
  const names = () => [...copy.values()].map(({ customerName }) => customerName);
  const hasAll = async () => {
    await run();
    return names();
  };

  await write('First');
  await write('Second');
  await expect.poll(hasAll).toEqual(expect.arrayContaining(['First', 'Second']));
  await write('Third');
  let failed = 0;
  const failing = (record: Customer) => {
    if (failed++ === 0) throw new Error('the table is full');
    upsert(record);
  };
  // What was written is in the feed before its push has ended.
  await expect(run(failing)).rejects.toThrow('the table is full');
  expect(names()).not.toContain('Third');
  expect((await run()).by).toBe('changes');
  expect(names()).toContain('Third');
  // The books may still be read for the first time: the copy gets there with them.
  const missing = async () => {
    await run();
    const listed: string[] = [];
    const all = client.customers.stream({ companyId: own.companyId, modifiedAfter: null });
    for await (const { id } of all) listed.push(id ?? '');
    return listed.filter((id) => !copy.has(id)).length;
  };
  await expect.poll(missing).toBe(0);
});

describe('events', () => {
  let consumer: TestConsumer;
  beforeAll(async () => {
    consumer = await startTestConsumer();
  });
  afterAll(() => consumer.close());

  test('a delivery is verified, also while its secret is rotated, and the feed tells the same', async () => {
    const client = clientWith();
    const own = await makeLinkedCompany(rig().server);
    const { events } = client;
    const { cursor } = await events.list({ after: 'latest' });
    const asked = { url: consumer.url, eventTypes: ['customers.write.*'], hearsOf: own.companyId };
    const { id: webhookId, secret } = await client.webhooks.createConsumer(asked);
    const rotated = await client.webhooks.rotateSecret({ webhookId, overlapSeconds: 600 });
    const push = await client.customers.createAndWait({ ...own, customer: customer('Told') });
    await expect.poll(() => consumer.received.length).toBe(1);
    const { headers = {}, body = '' } = consumer.received[0] ?? {};
    const told = await webhooks.verify(secret, headers, body);
    expect(await webhooks.verify(rotated.secret, headers, body)).toEqual(told);
    if (told.eventType !== 'customers.write.successful') throw new Error(told.eventType);
    expect(told.payload).toMatchObject({ id: push.pushOperationKey, record: { id: expect.any(String) as string } });
    const feed = events.stream({ after: cursor, companyId: own.companyId, eventTypes: ['customers.write.*'] });
    const fed: unknown[] = [];
    for await (const event of feed) fed.push(event);
    expect(fed).toEqual([told]);
    await client.webhooks.deleteConsumer({ webhookId });
  });
});

test('companies, keys, platforms and settings are reached', async () => {
  const client = clientWith();
  const created = await client.companies.create({ name: 'Oddment & Sons', tags: { region: 'uk' } });
  expect((await client.companies.update({ companyId: created.id, description: 'd' })).tags).toEqual({ region: 'uk' });
  expect((await client.companies.list({ tags: 'region = uk' })).totalResults).toBeGreaterThan(0);
  expect((await client.integrations.get({ platformKey: 'mqjo' })).name).toBe('Sandbox');
  const place = { platformKey: 'mqjo', dataType: 'invoices' };
  expect(await client.supplementalData.get(place)).toEqual({});
  const key = await client.apiKeys.create({ name: 'of the test' });
  expect((await client.apiKeys.list()).map(({ id }) => id)).toContain(key.id);
  await client.apiKeys.delete({ apiKeyId: key.id });
  expect((await client.syncSettings.get({ companyId: company.companyId })).settings.length).toBeGreaterThan(0);
  expect(Object.keys(await client.refreshData.status({ companyId: company.companyId })).length).toBeGreaterThan(0);
  await client.companies.delete({ companyId: created.id });
  await expect(client.companies.get({ companyId: created.id })).rejects.toMatchObject({ type: 'not_found' });
});
