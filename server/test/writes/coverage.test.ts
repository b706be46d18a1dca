/**
 * Every write that the product offers, one by one over the wire: through the official client that has it, with what the
 * platform's own books hold afterwards, and what is told to webhooks.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writableTypes, type WritableDataType } from '../../src/models/data-types.ts';
import { useServer } from '../clients/official-clients.ts';
import type { Records } from '../conformance/full-body-parts.ts';
import { recordIn } from '../support/books.ts';
import { recordIdOf, untilEnded, type WirePush } from '../support/pushes.ts';
import { makeLinkedCompany, type LinkedCompany } from '../support/server.ts';
import { startTestConsumer, type TestConsumer } from '../support/webhook-consumer.ts';
import { asKept, CHANGES, REFERENCES, REQUIRED } from './broken-members.ts';
import { KINDS, promised, recordTypesWith, typesWith } from './promised-writes.ts';
import {
  create,
  fullBody,
  idsInBooks,
  makeRecords,
  RESOURCES,
  without,
  withValue,
  type Body,
} from './referable-records.ts';
import { FILE, requestPlainly, requestWrite, type Kind, type WriteTarget } from './typed-writes.ts';

const rig = useServer();
let company: LinkedCompany;
let records: Records;
let consumer: TestConsumer;
beforeAll(async () => {
  company = await makeLinkedCompany(rig().server);
  records = await makeRecords(place());
  consumer = await startTestConsumer();
  await rig().platform.webhooks.createConsumer({ url: `${consumer.url}/hook`, eventTypes: ['*'] });
});
afterAll(() => consumer.close());

const place = () => ({ server: rig().server, company });
const bodyOf = (dataType: WritableDataType) => fullBody(place(), dataType, records);

async function parentOf(dataType: WritableDataType): Promise<{ readonly parentId?: string }> {
  return dataType === 'bankTransactions'
    ? { parentId: await create(place(), 'bankAccounts', { accountName: 'For a statement' }) }
    : {};
}

/** What comes with its own payment is paid, and can neither be updated nor deleted: that is another rule. */
async function unpaidBodyOf(dataType: WritableDataType): Promise<Body> {
  const body = await bodyOf(dataType);
  return dataType.startsWith('direct') ? body : without(body, 'paymentAllocations');
}

async function makeOne(dataType: WritableDataType): Promise<string> {
  return create(place(), dataType, await unpaidBodyOf(dataType));
}

const inBooks = (dataType: WritableDataType) => idsInBooks(place(), dataType);
const inBooksOne = (dataType: keyof typeof RESOURCES, id: string) =>
  recordIn(rig().server.sandboxUrl, company, `${RESOURCES[dataType]}/${id}`);

/** Asks for it, sees it answered as pending, and waits for what it comes to. */
async function follow(dataType: WritableDataType, asked: WirePush): Promise<WirePush> {
  expect(asked).toMatchObject({
    companyId: company.companyId,
    dataConnectionKey: company.connectionId,
    dataType,
    status: 'Pending',
    statusCode: 202,
  });
  return untilEnded(rig().server, company, asked.pushOperationKey);
}

type Target = Omit<WriteTarget, 'company'>;

async function write(dataType: WritableDataType, kind: Kind, target: Target, body?: Body): Promise<WirePush> {
  return follow(dataType, (await requestWrite(rig(), dataType, kind, { company, ...target }, body)).push);
}

/** Two ways to the same: the client leaves out the few members that came after it. */
const WAYS = [
  ['the official client', requestWrite],
  ['plain HTTP', requestPlainly],
] as const;

interface Told {
  readonly eventType: string;
  readonly payload: {
    readonly id: string;
    readonly type: string;
    readonly status: string;
    readonly record?: { readonly id: string };
  };
}

/** The one event that tells of the push. */
async function toldOf(push: WirePush): Promise<Told> {
  const all = () =>
    consumer.received
      .map(({ body }) => JSON.parse(body) as Told)
      .filter(({ payload }) => payload.id === push.pushOperationKey);
  await expect.poll(() => all().length).toBe(1);
  const [told] = all();
  if (told === undefined) throw new Error('No event tells of the push');
  return told;
}

const EVENT_TYPE_OF_KIND = {
  create: 'Create',
  update: 'Update',
  delete: 'Delete',
  attach: 'UploadAttachment',
} as const;

async function expectToldSuccess(dataType: WritableDataType, kind: Kind, push: WirePush, recordId: string) {
  expect(await toldOf(push)).toMatchObject({
    eventType: `${dataType}.write.successful`,
    payload: { type: EVENT_TYPE_OF_KIND[kind], status: 'Success', record: { id: recordId } },
  });
}

async function expectFailure(dataType: WritableDataType, kind: Kind, push: WirePush, named: readonly string[]) {
  expect(push, JSON.stringify(push)).toMatchObject({ status: 'Failed', statusCode: 400 });
  expect(push).not.toHaveProperty('data');
  expect(push.validation.errors.map(({ itemId }) => itemId)).toEqual(named);
  for (const [index, name] of named.entries()) expect(push.validation.errors[index]?.message).toContain(name);
  expect(await toldOf(push)).toMatchObject({
    eventType: `${dataType}.write.unsuccessful`,
    payload: { type: EVENT_TYPE_OF_KIND[kind], status: 'Failed' },
  });
}

/** On reading these stand under the connection, all others under the company. */
const READ_BY_CONNECTION: ReadonlySet<WritableDataType> = new Set([
  'bankAccounts',
  'directCosts',
  'directIncomes',
  'transfers',
]);

async function read(dataType: WritableDataType, id: string): Promise<Body> {
  const connection = READ_BY_CONNECTION.has(dataType) ? `/connections/${company.connectionId}` : '';
  const path = `/companies/${company.companyId}${connection}/data/${writableTypes[dataType].path}/${id}`;
  const answer = await rig().server.call<Body>('GET', path);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}

test('the catalogue of integrations promises these writes and no others', async () => {
  interface Feature {
    readonly featureType: string;
    readonly featureState: string;
  }
  interface Features {
    readonly dataType: string;
    readonly supportedFeatures: readonly Feature[];
  }
  const { body } = await rig().server.call<{ datatypeFeatures: Features[] }>('GET', '/integrations/mqjo');
  const kindOfFeature: Readonly<Record<string, Kind>> = {
    Post: 'create',
    Put: 'update',
    Delete: 'delete',
    UploadAttachment: 'attach',
  };
  const offered = body.datatypeFeatures
    .map(({ dataType, supportedFeatures }) => ({
      dataType,
      kinds: KINDS.filter((kind) =>
        supportedFeatures.some(
          ({ featureType, featureState }) => kindOfFeature[featureType] === kind && featureState === 'Release',
        ),
      ),
    }))
    .filter(({ kinds }) => kinds.length > 0);
  const byName = (a: { dataType: string }, b: { dataType: string }) => a.dataType.localeCompare(b.dataType);
  expect(offered.toSorted(byName)).toEqual(promised.toSorted(byName));
});

describe.each(typesWith('create'))('create of %s', (dataType) => {
  test.each(WAYS)(
    'by %s is pending first, then in the books exactly once, told, and read back field by field',
    async (_way, request) => {
      const [body, parent, before] = [await bodyOf(dataType), await parentOf(dataType), await inBooks(dataType)];
      const { push: asked, sent } = await request(rig(), dataType, 'create', { company, ...parent }, body);
      const push = await follow(dataType, asked);
      const id = recordIdOf(push);
      expect(push).toMatchObject({
        statusCode: 200,
        errorMessage: null,
        changes: [{ type: 'Created', recordRef: { dataType } }],
        data: asKept(sent),
      });
      const added = (await inBooks(dataType)).filter((each) => !before.includes(each));
      const { transactions } = sent;
      if (Array.isArray(transactions)) expect(added).toHaveLength(transactions.length);
      else expect(added).toEqual([id]);
      await expectToldSuccess(dataType, 'create', push, id);
      if (dataType !== 'bankTransactions') expect(await read(dataType, id)).toMatchObject({ ...asKept(sent), id });
    },
  );

  test('without a required field fails by its name, and nothing is in the books', async () => {
    const [body, parent, before] = [await bodyOf(dataType), await parentOf(dataType), await inBooks(dataType)];
    const { member, named } = REQUIRED[dataType];
    await expectFailure(dataType, 'create', await write(dataType, 'create', parent, without(body, member)), [named]);
    expect(await inBooks(dataType)).toEqual(before);
  });

  const reference = REFERENCES[dataType];
  test.runIf(reference !== undefined)(
    'with a reference that leads nowhere fails by its name, and nothing is in the books',
    async () => {
      const { path = [], named = '' } = reference ?? {};
      const body = withValue(await bodyOf(dataType), path, 'no-such-record') as Body;
      const before = await inBooks(dataType);
      await expectFailure(dataType, 'create', await write(dataType, 'create', {}, body), [named]);
      expect(await inBooks(dataType)).toEqual(before);
    },
  );
});

test('bank transactions of an account that is not there fail with 404, and nothing is in the books', async () => {
  const before = await inBooks('bankTransactions');
  const push = await write(
    'bankTransactions',
    'create',
    { parentId: 'no-such-record' },
    await bodyOf('bankTransactions'),
  );
  expect(push, JSON.stringify(push)).toMatchObject({ status: 'Failed', statusCode: 404 });
  expect(await inBooks('bankTransactions')).toEqual(before);
});

describe.each(recordTypesWith('update'))('update of %s', (dataType) => {
  test.each(WAYS)(
    'by %s is pending first, then changes that record alone, is told, and read back field by field',
    async (_way, request) => {
      const id = await makeOne(dataType);
      const before = await inBooks(dataType);
      const body = { ...(await unpaidBodyOf(dataType)), ...CHANGES[dataType] };
      const { push: asked, sent } = await request(rig(), dataType, 'update', { company, recordId: id }, body);
      const push = await follow(dataType, asked);
      expect(recordIdOf(push)).toBe(id);
      expect(push).toMatchObject({ changes: [{ type: 'Modified', recordRef: { id, dataType } }], data: asKept(sent) });
      expect(await inBooks(dataType)).toEqual(before);
      await expectToldSuccess(dataType, 'update', push, id);
      expect(await read(dataType, id)).toMatchObject({ ...asKept(sent), id });
    },
  );

  test('without a required field, or with a reference that leads nowhere, fails by name and changes nothing', async () => {
    const id = await makeOne(dataType);
    const [held, body] = [await inBooksOne(dataType, id), await bodyOf(dataType)];
    const { member, named } = REQUIRED[dataType];
    const lacking = await write(dataType, 'update', { recordId: id }, without(body, member));
    await expectFailure(dataType, 'update', lacking, [named]);
    const reference = REFERENCES[dataType];
    if (reference !== undefined) {
      const astray = withValue(body, reference.path, 'no-such-record') as Body;
      const push = await write(dataType, 'update', { recordId: id }, astray);
      await expectFailure(dataType, 'update', push, [reference.named]);
    }
    expect(await inBooksOne(dataType, id)).toEqual(held);
  });

  test('of a record that is not there fails with 404 and makes none', async () => {
    const before = await inBooks(dataType);
    const push = await write(dataType, 'update', { recordId: 'no-such-record' }, await bodyOf(dataType));
    expect(push, JSON.stringify(push)).toMatchObject({ status: 'Failed', statusCode: 404 });
    expect(await inBooks(dataType)).toEqual(before);
  });
});

describe.each(typesWith('delete'))('delete of %s', (dataType) => {
  test('is pending first, then takes that record alone out of the books, and is told', async () => {
    const id = await makeOne(dataType);
    const before = await inBooks(dataType);
    const push = await write(dataType, 'delete', { recordId: id });
    expect(push, JSON.stringify(push)).toMatchObject({
      status: 'Success',
      statusCode: 200,
      changes: [{ type: 'Deleted', recordRef: { id, dataType } }],
    });
    expect(push).not.toHaveProperty('data');
    expect(await inBooks(dataType)).toEqual(before.filter((each) => each !== id));
    await expectToldSuccess(dataType, 'delete', push, id);
  });

  test('of a record that is not there fails with 404 and removes none', async () => {
    const before = await inBooks(dataType);
    const push = await write(dataType, 'delete', { recordId: 'no-such-record' });
    expect(push, JSON.stringify(push)).toMatchObject({ status: 'Failed', statusCode: 404 });
    expect(await inBooks(dataType)).toEqual(before);
  });
});

describe.each(recordTypesWith('attach'))('a file on %s', (dataType) => {
  const filesOf = (id: string) =>
    `/companies/${company.companyId}/connections/${company.connectionId}/data/${dataType}/${id}/attachments`;

  test('is pending first, then with the platform exactly once, told, and read back', async () => {
    const id = await makeOne(dataType);
    const push = await write(dataType, 'attach', { recordId: id });
    expect(push, JSON.stringify(push)).toMatchObject({
      status: 'Success',
      changes: [
        { type: 'AttachmentUploaded', recordRef: { id, dataType }, attachmentId: expect.any(String) as string },
      ],
    });
    const held = await recordIn(rig().server.sandboxUrl, company, `${RESOURCES[dataType]}/${id}/attachments`);
    expect(held['items']).toMatchObject([{ name: 'receipt.pdf' }]);
    await expectToldSuccess(dataType, 'attach', push, id);
    const { body } = await rig().server.call<{ attachments: unknown[] }>('GET', filesOf(id));
    expect(body.attachments).toMatchObject([
      { name: 'receipt.pdf', contentType: 'application/pdf', fileSize: FILE.length },
    ]);
  });

  test('for a record that is not there fails with 404', async () => {
    const push = await write(dataType, 'attach', { recordId: 'no-such-record' });
    expect(push, JSON.stringify(push)).toMatchObject({ status: 'Failed', statusCode: 404 });
    expect((await toldOf(push)).eventType).toBe(`${dataType}.write.unsuccessful`);
  });
});

const missing = promised.flatMap(({ dataType, kinds }) =>
  KINDS.filter((kind) => !kinds.includes(kind)).map((kind) => [kind, dataType] as const),
);
test.each(missing)('%s of %s is not offered, answers 405 and leaves no push', async (kind, dataType) => {
  const { server } = rig();
  const record = `${company.push}/${dataType}/some-record`;
  const pushes = async () =>
    (await server.call<{ totalResults: number }>('GET', `/companies/${company.companyId}/push`)).body.totalResults;
  const before = await pushes();
  if (kind === 'attach') {
    const asked = await requestWrite(rig(), dataType, 'attach', { company, recordId: 'some-record' });
    expect(asked.push).toMatchObject({ statusCode: 405 });
  } else {
    const method = kind === 'update' ? 'PUT' : 'DELETE';
    const answer = await server.call(method, record, method === 'PUT' ? {} : undefined);
    expect(answer).toMatchObject({ status: 405, body: { statusCode: 405 } });
    expect(answer.headers.get('allow')).not.toBeNull();
  }
  expect(await pushes()).toBe(before);
});
