/** Reading the books, over HTTP and from the outside: on link, on demand, what is told of it, and what it stores. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { control, editInBooks, recordsIn, resetControl } from '../support/books.ts';
import * as reading from '../support/reading.ts';
import type { Body } from '../support/reading.ts';
import {
  endServer,
  makeLinkedCompany,
  startLinkedCompany,
  type LinkedCompany,
  type ServerProcess,
} from '../support/server.ts';

let server: ServerProcess;
let company: LinkedCompany;

beforeAll(async () => {
  ({ server, company } = await startLinkedCompany());
  await untilRead(company);
}, 240_000);
afterAll(() => endServer(server));

const untilRead = (of: LinkedCompany) => reading.untilRead(server, of);
const queue = (of: LinkedCompany, dataType: string) => reading.queueReading(server, of, dataType);
const untilEnded = (of: LinkedCompany, datasetId: unknown) => reading.untilReadingEnded(server, of, datasetId);
const readAgain = (of: LinkedCompany, dataType: string) => reading.readAgain(server, of, dataType);
const dataStatus = (of: LinkedCompany) => reading.dataStatus(server, of);
const listed = (of: LinkedCompany, dataType: string, query = '') => reading.listed(server, of, dataType, query);

async function readEvents() {
  const { body } = await server.call<{ results: { eventType: string; payload: Body }[] }>(
    'GET',
    `/events?companyId=${company.companyId}&eventTypes=read.*&limit=500`,
  );
  return body.results;
}

async function inBooks(of: LinkedCompany, method: string, path: string): Promise<void> {
  const headers = { authorization: 'Bearer sandbox-token' };
  const answer = await fetch(`${server.sandboxUrl}${of.books}/${path}`, { method, headers });
  expect(answer.ok, await answer.text()).toBe(true);
}

test('a connection that is linked is read at once, and every data type can be listed from then on', async () => {
  const statuses = await dataStatus(company);
  for (const dataType of ['company', 'invoices', 'bankTransactions', 'taxRates', 'journalEntries']) {
    expect(statuses[dataType]).toMatchObject({ dataType, currentStatus: 'Complete' });
    expect(statuses[dataType]?.['latestSuccessfulSyncId']).toBe(statuses[dataType]?.['latestSyncId']);
  }
  const kept = (await listed(company, 'invoices')).map(({ id }) => String(id));
  expect(kept.toSorted()).toEqual(
    (await recordsIn(server.sandboxUrl, company, 'invoices')).map(({ id }) => String(id)).toSorted(),
  );
  const path = `/companies/${company.companyId}`;
  const { body } = await server.call<{ lastSync: string; dataConnections: Body[] }>('GET', path);
  expect(body.dataConnections[0]).toMatchObject({ lastSync: body.lastSync });
});

test('what somebody else wrote, changed and deleted in the books is told by the next reading, and nothing else is', async () => {
  const before = new Map((await listed(company, 'journalEntries')).map((each) => [each['id'], each['modifiedDate']]));
  const [gone, changed, ...others] = [...before.keys()].map(String);
  await inBooks(company, 'DELETE', `journal-entries/${gone}`);
  await editInBooks(server.sandboxUrl, company, `journal-entries/${changed}`, { description: 'By hand' });
  expect(await readAgain(company, 'journalEntries')).toMatchObject({
    status: 'Complete',
    isErrored: false,
    progress: 100,
  });
  const after = new Map((await listed(company, 'journalEntries')).map((each) => [each['id'], each]));
  expect(after.get(gone)).toMatchObject({ metadata: { isDeleted: true } });
  expect(after.get(changed)).toMatchObject({ description: 'By hand' });
  for (const id of [gone, changed]) expect(after.get(id)?.['modifiedDate']).not.toBe(before.get(id));
  for (const id of others) expect(after.get(id)?.['modifiedDate']).toBe(before.get(id));
  expect((await readAgain(company, 'journalEntries'))['status']).toBe('Complete');
  expect(await listed(company, 'journalEntries')).toEqual([...after.values()]);
});

test('without a trace of deletions, a reading that was asked for tells them all the same', async () => {
  const blind = await makeLinkedCompany(server, 'Blind stores', { memory: 'none' });
  await untilRead(blind);
  const [gone] = await recordsIn(server.sandboxUrl, blind, 'journal-entries');
  await inBooks(blind, 'DELETE', `journal-entries/${gone?.id}`);
  await readAgain(blind, 'journalEntries');
  const deleted = await listed(blind, 'journalEntries', '&query=metadata.isDeleted%3Dtrue');
  expect(deleted.map(({ id }) => String(id))).toEqual([gone?.id]);
});

test('one reading of a data type at a time: a second one is refused while the first is under way', async () => {
  await control(server.sandboxUrl, { latencyMs: 3_000 });
  const first = await queue(company, 'bills');
  const second = await queue(company, 'bills');
  await resetControl(server.sandboxUrl);
  expect(second).toMatchObject({ status: 409, body: { error: expect.stringContaining('DatasetAlreadyInProgress') } });
  expect(await untilEnded(company, first.body['id'])).toMatchObject({ status: 'Complete' });
});

test('a reading that fails says why, tells of it, and deletes nothing', { timeout: 240_000 }, async () => {
  const lists = { invoices: 503, suppliers: 429, customers: 200 };
  const before = await Promise.all(Object.keys(lists).map((dataType) => listed(company, dataType)));
  const faults = Object.entries(lists).map(([list, status]) => ({
    ...(status === 200 ? { kind: 'garbage-before' } : { kind: 'status-before', status, retryAfterSeconds: 1 }),
    method: 'GET',
    path: `${company.books}/${list}`,
    times: null,
  }));
  await control(server.sandboxUrl, { faults });
  const queued = await Promise.all(Object.keys(lists).map((dataType) => queue(company, dataType)));
  const ended = await Promise.all(queued.map(({ body }) => untilEnded(company, body['id'])));
  await resetControl(server.sandboxUrl);
  expect(ended).toMatchObject([
    { status: 'FetchError', isErrored: true, errorMessage: expect.stringContaining('503') },
    { status: 'RateLimitError', isErrored: true },
    { status: 'MapError', isErrored: true, errorMessage: expect.stringContaining('none of its records') },
  ]);
  const failed = await server.call<{ results: Body[] }>(
    'GET',
    `/companies/${company.companyId}/data/history?query=${encodeURIComponent('status!=Complete&&status!=NotSupported')}`,
  );
  expect(failed.body.results.map(({ id }) => String(id)).toSorted()).toEqual(
    ended.map(({ id }) => String(id)).toSorted(),
  );
  expect(await Promise.all(Object.keys(lists).map((dataType) => listed(company, dataType)))).toEqual(before);
  expect((await dataStatus(company))['invoices']).toMatchObject({ currentStatus: 'FetchError' });
  const told = (await readEvents()).flatMap(({ payload }) => payload['dataTypes']);
  expect(told).toContainEqual(
    expect.objectContaining({ dataType: 'invoices', status: 'FetchError', recordsModified: false }),
  );
  expect(await readAgain(company, 'invoices')).toMatchObject({ status: 'Complete' });
});

test('credentials that the platform refuses end a reading as AuthError and the link with it', async () => {
  const other = await makeLinkedCompany(server, 'Locked out', { token: 'sandbox-token' });
  await untilRead(other);
  // The sandbox knows one token; its refusal stands for a link that was taken back.
  await control(server.sandboxUrl, {
    faults: [{ kind: 'status-before', path: other.books, status: 401, times: null }],
  });
  const queued = await queue(other, 'customers');
  const ended = await untilEnded(other, queued.body['id']);
  await resetControl(server.sandboxUrl);
  const { body } = await server.call('GET', `/companies/${other.companyId}/connections/${other.connectionId}`);
  expect([ended['status'], body['status']]).toEqual(['AuthError', 'Deauthorized']);
  expect(await queue(other, 'customers')).toMatchObject({
    status: 400,
    body: { error: `Data connection ${other.connectionId} is not linked` },
  });
  expect(await server.call('POST', `/companies/${other.companyId}/data/all`)).toMatchObject({ status: 400 });
  // What was read stays readable.
  expect((await listed(other, 'customers')).length).toBeGreaterThan(0);
});

test('a list that the platform forbids ends as PermissionsError, and the link and all other lists go on', async () => {
  const other = await makeLinkedCompany(server, 'Not for these eyes', { token: 'sandbox-token' });
  await untilRead(other);
  await control(server.sandboxUrl, {
    faults: [{ kind: 'status-before', method: 'GET', path: `${other.books}/customers`, status: 403, times: null }],
  });
  const queued = await queue(other, 'customers');
  const ended = await untilEnded(other, queued.body['id']);
  expect(ended).toMatchObject({ status: 'PermissionsError', errorMessage: expect.stringContaining('does not let') });
  expect(await readAgain(other, 'suppliers')).toMatchObject({ status: 'Complete' });
  await resetControl(server.sandboxUrl);
  const { body } = await server.call('GET', `/companies/${other.companyId}/connections/${other.connectionId}`);
  expect(body['status']).toBe('Linked');
  expect(body['dataConnectionErrors'] ?? []).toEqual([]);
  expect(await readAgain(other, 'customers')).toMatchObject({ status: 'Complete' });
});

test('a push of unknown outcome is settled once a reading has seen its data type', { timeout: 240_000 }, async () => {
  const faults = [{ kind: 'cut-after', method: 'POST', path: `${company.books}/suppliers` }];
  await control(server.sandboxUrl, { auditTrail: 'off', faults });
  const push = await server.call('POST', `${company.push}/suppliers`, {
    supplierName: 'Nobody knows',
    status: 'Active',
  });
  const path = `/companies/${company.companyId}/push/${String(push.body['pushOperationKey'])}`;
  const ended = async () => (await server.call('GET', path)).body;
  await expect.poll(ended, { timeout: 100_000, interval: 200 }).toMatchObject({ status: 'Failed', statusCode: 504 });
  await resetControl(server.sandboxUrl);
  expect(await readAgain(company, 'suppliers')).toMatchObject({ status: 'Complete' });
  await expect.poll(ended, { timeout: 100_000, interval: 200 }).toMatchObject({ status: 'Success' });
});

test('events tell of every reading, and once of the first ones after a link', async () => {
  const reads = await readEvents();
  const initial = reads.filter(({ eventType }) => eventType === 'read.completed.initial');
  expect(initial).toHaveLength(1);
  expect(initial[0]?.payload).not.toHaveProperty('modifiedFromDate');
  expect(initial[0]?.payload).toMatchObject({
    referenceCompany: { id: company.companyId },
    dataTypes: expect.arrayContaining([
      {
        connectionId: company.connectionId,
        dataType: 'invoices',
        recordsModified: true,
        status: 'Complete',
        issues: null,
      },
    ]),
  });
  expect(reads.filter(({ eventType }) => eventType === 'read.completed').length).toBeGreaterThan(20);
});

test.each([
  ['data/history?query=isCompleted%3Dtrue', 400],
  ['data/history/01a1fe46-2da7-7002-9f58-0dafc81f26de', 404],
  ['sync/01a1fe46-2da7-7002-9f58-0dafc81f26de/validation', 404],
])('GET %s is answered with %i', async (path, status) => {
  expect((await server.call('GET', `/companies/${company.companyId}/${path}`)).status).toBe(status);
});

test('a data type that no record can be kept of is refused by name', async () => {
  expect((await queue(company, 'balanceSheet')).status).toBe(400);
  expect((await queue(company, 'nonsense')).status).toBe(404);
});

test('settings say what is read at once and what never, for all companies or for one', async () => {
  const { body: profile } = await server.call<Body & { settings: Body[] }>('GET', '/profile/syncSettings');
  expect(profile.settings.find(({ dataType }) => dataType === 'invoices')).toMatchObject({
    fetchOnFirstLink: true,
    syncSchedule: 24,
  });
  const made = await server.call<{ id: string }>('POST', '/companies', { name: 'Choosy' });
  const companyId = made.body.id;
  const settings = profile.settings.map((each) => ({
    ...each,
    fetchOnFirstLink: each['dataType'] === 'invoices',
    syncSchedule: 0,
  }));
  const path = `/companies/${companyId}/syncSettings`;
  const stored = await server.call('POST', path, { companyId, settings, overridesDefaults: true });
  expect(stored.status).toBe(204);
  expect((await server.call('GET', path)).body).toMatchObject({ companyId, overridesDefaults: true, settings });
  const connections = `/companies/${companyId}/connections`;
  const connection = await server.call<{ id: string }>('POST', connections, { platformKey: 'mqjo' });
  await server.call('PUT', `${connections}/${connection.body.id}/authorization`, {});
  const choosy = { companyId, connectionId: connection.body.id, push: '', books: `/books/${connection.body.id}` };
  await untilRead(choosy);
  expect((await dataStatus(choosy))['customers']).toEqual({ dataType: 'customers', currentStatus: 'Initial' });
  expect((await server.call('GET', `/companies/${companyId}/data/customers`)).status).toBe(409);
  expect((await server.call('POST', `/companies/${companyId}/data/all`)).status).toBe(204);
  const refused = { companyId, settings: [{ dataType: 'x', fetchOnFirstLink: true, syncSchedule: 1, syncOrder: 1 }] };
  expect((await server.call('POST', path, { ...refused, overridesDefaults: true })).status).toBe(400);
});
