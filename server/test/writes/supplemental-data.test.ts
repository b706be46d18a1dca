/** Supplemental data: further fields of the platform under the caller's own names. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordIn, recordsIn } from '../support/books.ts';
import { pushToEnd, recordIdOf } from '../support/pushes.ts';
import { readAgain, untilRead } from '../support/reading.ts';
import { endServer, startLinkedCompany, type LinkedCompany, type ServerProcess } from '../support/server.ts';

let server: ServerProcess;
let company: LinkedCompany;
beforeAll(async () => {
  ({ server, company } = await startLinkedCompany());
  const supplementalDataConfig = {
    crm: { dataSource: '/customers', pushData: { person: 'contactName', colour: 'customFields.colour' } },
  };
  const path = '/integrations/mqjo/dataTypes/customers/supplementalDataConfig';
  const configured = await server.call('PUT', path, { supplementalDataConfig });
  if (configured.status !== 200) throw new Error(JSON.stringify(configured.body));
});
afterAll(() => endServer(server));

const create = (content: unknown) =>
  pushToEnd(server, company, {
    method: 'POST',
    path: 'customers',
    body: { customerName: 'Ash', status: 'Active', contactName: 'Standard', supplementalData: { content } },
  });

test('reaches the platform’s own properties, nested ones too, and wins over a standard member of the same', async () => {
  const customerId = recordIdOf(await create({ crm: { person: 'From the CRM', colour: 'green' } }));
  expect(await recordIn(server.sandboxUrl, company, `customers/${customerId}`)).toMatchObject({
    name: 'Ash',
    contactName: 'From the CRM',
    customFields: { colour: 'green' },
  });
});

test('under a name that nobody configured fails the whole write by name', async () => {
  const before = await recordsIn(server.sandboxUrl, company, 'customers');
  const failed = await create({ crm: { shoeSize: 43 } });
  expect(failed).toMatchObject({ status: 'Failed', statusCode: 400, attempts: 0 });
  expect(failed.validation.errors.map((error) => error.itemId)).toEqual(['SupplementalData.Content.crm.shoeSize']);
  expect(await recordsIn(server.sandboxUrl, company, 'customers')).toHaveLength(before.length);
});

test('that the platform refuses fails the whole write', async () => {
  const before = await recordsIn(server.sandboxUrl, company, 'customers');
  const failed = await create({ crm: { person: 'x'.repeat(10_000) } });
  expect(failed).toMatchObject({ status: 'Failed', statusCode: 400 });
  expect(await recordsIn(server.sandboxUrl, company, 'customers')).toHaveLength(before.length);
});

test('is read back under the names that are configured for reading, and null where the platform has nothing', async () => {
  const supplementalDataConfig = {
    crm: {
      pushData: { person: 'contactName' },
      pullData: { person: 'contactName', id: 'id', colour: 'customFields.colour' },
    },
  };
  const path = '/integrations/mqjo/dataTypes/suppliers/supplementalDataConfig';
  expect((await server.call('PUT', path, { supplementalDataConfig })).status).toBe(200);
  const body = {
    supplierName: 'Mill & Sons',
    status: 'Active',
    supplementalData: { content: { crm: { person: 'From the CRM' } } },
  };
  const push = await pushToEnd(server, company, { method: 'POST', path: 'suppliers', body });
  expect(push, JSON.stringify(push)).toMatchObject({ status: 'Success' });
  const id = recordIdOf(push);
  const content = { crm: { person: 'From the CRM', id, colour: null } };
  const read = await server.call('GET', `/companies/${company.companyId}/data/suppliers/${id}`);
  expect(read.body['supplementalData']).toEqual({ content });
  // As the next sync has it too.
  const list = async () => {
    const answer = await server.call<{ results?: readonly { id: string }[] }>(
      'GET',
      `/companies/${company.companyId}/data/suppliers?query=id%3D${id}`,
    );
    return answer.body.results?.[0];
  };
  await server.call('POST', `/companies/${company.companyId}/data/queue/suppliers`);
  await expect.poll(list).toEqual(read.body);
});

test('of the company itself is read with it, and null where the platform has nothing', async () => {
  const info = `/companies/${company.companyId}/data/info`;
  const supplementalDataConfig = {
    books: { pullData: { v: 'version', n: 'name', t: 'template', lock: 'lockDate' } },
  };
  const path = '/integrations/mqjo/dataTypes/company/supplementalDataConfig';
  expect((await server.call('PUT', path, { supplementalDataConfig })).status).toBe(200);
  await untilRead(server, company);
  expect(await readAgain(server, company, 'company')).toMatchObject({ status: 'Complete' });
  const { name } = await recordIn(server.sandboxUrl, company, 'company');
  const books = { v: expect.any(Number), n: name, t: expect.any(String), lock: null };
  expect((await server.call('GET', info)).body['supplementalData']).toEqual({ content: { books } });
});
