/** Shapes of earlier years that clients still send and read. */
import { beforeAll, describe, expect, test } from 'vitest';
import { useServer } from '../clients/official-clients.ts';
import { editInBooks } from '../support/books.ts';
import { pushToEnd, recordIdOf, untilEnded, type WirePush } from '../support/pushes.ts';
import { authorization, makeLinkedCompany, type LinkedCompany } from '../support/server.ts';
import { create, idsInBooks, makeOpenDocuments, makeRecords } from './referable-records.ts';

const rig = useServer();
let company: LinkedCompany;
let billId: string;
let transferId: string;
beforeAll(async () => {
  company = await makeLinkedCompany(rig().server);
  const records = await makeRecords(place());
  billId = (await makeOpenDocuments(place(), records)).bill;
  transferId = await create(place(), 'transfers', {
    date: '2026-03-31',
    from: { accountRef: { id: records.bank }, amount: 5 },
    to: { accountRef: { id: records.otherBank }, amount: 5 },
  });
});
const place = () => ({ server: rig().server, company });
const ofCompany = (path: string) => `/companies/${company.companyId}/${path}`;
const ofConnection = (path: string) => ofCompany(`connections/${company.connectionId}/${path}`);
const get = <T = Record<string, unknown>>(path: string) => rig().server.call<T>('GET', path);

interface Page {
  readonly pageNumber: number;
  readonly pageSize: number;
  readonly totalResults: number;
  readonly results: readonly Record<string, unknown>[];
}

const customer = (customerName: string) => ({ customerName, status: 'Active' });

describe('a push operation', () => {
  test('has the connection under both of its names, when asked for, when read and when listed', async () => {
    const asked = await rig().server.call<WirePush>('POST', `${company.push}/customers`, customer('Both names'));
    await untilEnded(rig().server, company, asked.body.pushOperationKey);
    const read = await get(ofCompany(`push/${asked.body.pushOperationKey}`));
    const listed = await get<Page>(ofCompany('push?pageSize=1'));
    for (const operation of [asked.body, read.body, listed.body.results[0]]) {
      expect(operation).toMatchObject({
        dataConnectionKey: company.connectionId,
        dataConnectionId: company.connectionId,
      });
    }
  });

  test('can be searched for by either name of the connection', async () => {
    for (const name of ['dataConnectionKey', 'dataConnectionId']) {
      const query = encodeURIComponent(`${name}=${company.connectionId}`);
      expect((await get<Page>(ofCompany(`push?query=${query}`))).body.totalResults).toBeGreaterThan(0);
    }
  });

  test('holds the record as data after a create and after an update, and not after a delete', async () => {
    const created = await pushToEnd(rig().server, company, {
      method: 'POST',
      path: 'customers',
      body: customer('With data'),
    });
    const id = recordIdOf(created);
    expect(created).toMatchObject({ data: { id, customerName: 'With data' } });
    const updated = await pushToEnd(rig().server, company, {
      method: 'PUT',
      path: `customers/${id}`,
      body: customer('With other data'),
    });
    expect(updated).toMatchObject({ data: { id, customerName: 'With other data' } });
    const cost = await create(place(), 'journalEntries', await balancedEntry());
    const deleted = await pushToEnd(rig().server, company, { method: 'DELETE', path: `journalEntries/${cost}` });
    expect(deleted.status).toBe('Success');
    expect(deleted).not.toHaveProperty('data');
  });
});

async function balancedEntry() {
  const [account] = (await idsInBooks(place(), 'chartOfAccounts')).slice(-1);
  const line = (netAmount: number) => ({ netAmount, accountRef: { id: account } });
  return { postedOn: '2026-03-31', journalLines: [line(5), line(-5)] };
}

describe('accounts', () => {
  const body = (nominalCode: string) => ({ nominalCode, name: 'Either', fullyQualifiedCategory: 'Asset.Current' });

  test.each(['accounts', 'chartOfAccounts'])('are written at push/%s, as chartOfAccounts', async (path) => {
    const push = await pushToEnd(rig().server, company, { method: 'POST', path, body: body(`L-${path.slice(0, 4)}`) });
    expect(push).toMatchObject({ status: 'Success', dataType: 'chartOfAccounts' });
    expect(await idsInBooks(place(), 'chartOfAccounts')).toContain(recordIdOf(push));
  });

  test('have one model under options/accounts and options/chartOfAccounts', async () => {
    const today = await get(ofConnection('options/chartOfAccounts'));
    const earlier = await get(ofConnection('options/accounts'));
    expect(earlier.body).toEqual(today.body);
    expect(today.body).toMatchObject({ properties: { nominalCode: { required: true } } });
  });

  test('are read at data/accounts and at data/chartOfAccounts', async () => {
    const today = await get<Page>(ofCompany('data/accounts?pageSize=5'));
    const earlier = await get<Page>(ofCompany('data/chartOfAccounts?pageSize=5'));
    expect(earlier.body.results).toEqual(today.body.results);
    expect(today.body.results).toHaveLength(5);
  });
});

test.each([
  ['bills', 'POST'],
  ['bills', 'PUT'],
  ['customers', 'PUT'],
  ['chartOfAccounts', 'POST'],
  ['accounts', 'POST'],
])('the options paths of 2018 to 2023 give the model of today: dataTypes/%s/options/%s', async (dataType, verb) => {
  const earlier = await get(ofConnection(`dataTypes/${dataType}/options/${verb}`));
  expect(earlier.status).toBe(200);
  expect(earlier.body).toEqual((await get(ofConnection(`options/${dataType}`))).body);
});

describe('files', () => {
  function upload(record: string, spelling: string) {
    const form = new FormData();
    form.append('file', new Blob(['%PDF-1.7'], { type: 'application/pdf' }), 'receipt.pdf');
    const { server } = rig();
    return fetch(`${server.url}${company.push}/${record}/${spelling}`, {
      method: 'POST',
      headers: { authorization: authorization(server.apiKey) },
      body: form,
    });
  }

  test.each([
    ['bills', 'attachment'],
    ['bills', 'attachments'],
    ['transfers', 'attachment'],
    ['transfers', 'attachments'],
  ])('are taken on %s under the path word %s', async (dataType, spelling) => {
    const id = dataType === 'bills' ? billId : transferId;
    const files = () => get<{ attachments: unknown[] }>(ofConnection(`data/${dataType}/${id}/attachments`));
    const before = (await files()).body.attachments.length;
    const answer = await upload(`${dataType}/${id}`, spelling);
    expect(answer.status).toBe(200);
    const { pushOperationKey } = (await answer.json()) as WirePush;
    const push = await untilEnded(rig().server, company, pushOperationKey);
    expect(push).toMatchObject({ status: 'Success', changes: [{ type: 'AttachmentUploaded' }] });
    expect((await files()).body.attachments).toHaveLength(before + 1);
  });
});

describe('lists', () => {
  test.each(['companies', 'integrations'])('of %s take pageNumber for page', async (list) => {
    const page = await get<Page>(`/${list}?pageNumber=2&pageSize=1`);
    expect(page).toMatchObject({ status: 200, body: { pageNumber: 2, pageSize: 1 } });
    expect(page.body.results).toEqual((await get<Page>(`/${list}?page=2&pageSize=1`)).body.results);
  });

  test.each(['data/customers', 'push'])('of %s take pageNumber for page', async (list) => {
    const [first, second] = [1, 2].map((page) => get<Page>(ofCompany(`${list}?pageNumber=${page}&pageSize=1`)));
    expect((await second)?.body.pageNumber).toBe(2);
    expect((await second)?.body.results).not.toEqual((await first)?.body.results);
  });

  test('a bad pageNumber is refused', async () => {
    const answer = await get<{ error: string }>(ofCompany('data/customers?pageNumber=none'));
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatch(/page/);
  });

  test('of records take modifiedAfter, with and without an offset, in any case of its name', async () => {
    const id = await create(place(), 'suppliers', { supplierName: 'Changed of late' });
    const { body: read } = await get(ofCompany(`data/suppliers/${id}`));
    const changed = new Date(String(read['modifiedDate']));
    const listed = async (name: string, moment: string) => {
      const page = await get<Page>(ofCompany(`data/suppliers?${name}=${encodeURIComponent(moment)}`));
      expect(page.status).toBe(200);
      return page.body.results.map((each) => each['id']);
    };
    const before = new Date(changed.getTime() - 1).toISOString();
    const after = new Date(changed.getTime() + 1).toISOString();
    for (const name of ['modifiedAfter', 'ModifiedAfter']) {
      expect(await listed(name, before)).toContain(id);
      expect(await listed(name, before.replace('Z', ''))).toContain(id);
      expect(await listed(name, after)).not.toContain(id);
    }
  });

  test('a change by somebody else is among the modified records after the next reading', async () => {
    const [other = ''] = await idsInBooks(place(), 'suppliers');
    const { body: read } = await get(ofCompany(`data/suppliers/${other}`));
    await editInBooks(rig().server.sandboxUrl, company, `suppliers/${other}`, { name: 'Changed by another' });
    await rig().server.call('POST', ofCompany('data/queue/suppliers'));
    const since = encodeURIComponent(String(read['modifiedDate']));
    const modified = async () => (await get<Page>(ofCompany(`data/suppliers?modifiedAfter=${since}`))).body.results;
    await expect.poll(modified).toContainEqual(expect.objectContaining({ supplierName: 'Changed by another' }));
  });

  test('a modifiedAfter that is no time is refused by name', async () => {
    const answer = await get<{ error: string }>(ofCompany('data/suppliers?modifiedAfter=yesterday'));
    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain('modifiedAfter');
  });
});

test.each(['dataTypes', 'datatypes'])('supplemental data are set up under either spelling: %s', async (spelling) => {
  const path = `/integrations/mqjo/${spelling}/customers/supplementalDataConfig`;
  expect((await get(path)).status).toBe(200);
});
