/** The official platform client over refreshing and its state. Its schemas are strict: what it reads is well formed. */
import { randomUUID } from 'node:crypto';
import { readCompletedWebhookFromJSON } from '@codat/platform/sdk/models/shared/index.js';
import { expect, test } from 'vitest';
import { makeLinkedCompany } from '../support/server.ts';
import { untilRead } from '../support/reading.ts';
import { useServer } from './official-clients.ts';

const rig = useServer();

test('a refresh is asked for, followed to its end, and found in the history', { timeout: 120_000 }, async () => {
  const { server, platform } = rig();
  const { refreshData } = platform;
  const company = await makeLinkedCompany(server);
  const { companyId, connectionId } = company;
  await untilRead(server, company);

  const queued = await refreshData.byDataType({ companyId, dataType: 'invoices', connectionId });
  expect(queued).toMatchObject({ companyId, connectionId, dataType: 'invoices' });
  const get = () => refreshData.getPullOperation({ companyId, datasetId: queued.id });
  await expect.poll(async () => (await get()).isCompleted, { timeout: 60_000 }).toBe(true);
  expect(await get()).toMatchObject({ status: 'Complete', progress: 100, isErrored: false });

  const history = await refreshData.listPullOperations({ companyId, query: 'status=Complete', pageSize: 5 });
  expect(history.results?.[0]?.id).toBe(queued.id);
  expect(history.totalResults).toBeGreaterThan(15);

  await refreshData.all({ companyId });
  const statuses = await refreshData.get({ companyId });
  expect(statuses['invoices']).toMatchObject({ dataType: 'invoices' });
  await untilRead(server, company);
  expect((await platform.companies.get({ companyId })).lastSync).toMatch(/^2/);

  await expect(refreshData.all({ companyId: randomUUID() })).rejects.toMatchObject({ statusCode: 404 });
});

test('what tells of a reading is well formed to the official client, whether all was read or only what changed', async () => {
  const { server } = rig();
  const events = await server.call<{ results: object[] }>('GET', '/events?eventTypes=read.*&limit=500');
  const read = events.body.results.map((event) => readCompletedWebhookFromJSON(JSON.stringify(event)));
  const payloads = read.map((parsed) => {
    if (!parsed.ok) throw parsed.error;
    return parsed.value.payload;
  });
  const dates = payloads.map((payload) => payload?.modifiedFromDate);
  expect(dates).toContain(undefined);
  expect(dates).toContainEqual(expect.stringMatching(/Z$/));
});

test('a product is refreshed without naming data types', { timeout: 60_000 }, async () => {
  const { server, platform } = rig();
  const company = await makeLinkedCompany(server);
  const { companyId } = company;
  await untilRead(server, company);
  const before = (await platform.refreshData.listPullOperations({ companyId })).totalResults;
  await platform.companies.refreshProductData({ companyId, productIdentifier: randomUUID() });
  await untilRead(server, company);
  const after = (await platform.refreshData.listPullOperations({ companyId })).totalResults;
  expect(after).toBeGreaterThan(before);
});

test('sync settings are read and written as a whole', async () => {
  const { settings } = rig().platform;
  const before = await settings.getSyncSettings();
  expect(before.settings?.length).toBeGreaterThan(15);
  const changed = (before.settings ?? []).map((setting) => ({ ...setting, syncSchedule: 168 }));
  await settings.updateSyncSettings({
    clientId: before.clientId ?? '',
    overridesDefaults: true,
    settings: changed,
  });
  const after = await settings.getSyncSettings();
  expect(after.overridesDefaults).toBe(true);
  expect(new Set(after.settings?.map(({ syncSchedule }) => syncSchedule))).toEqual(new Set([168]));
});
