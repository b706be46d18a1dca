/** The official platform client over custom data types, its four calls. */
import { expect, test } from 'vitest';
import { makeLinkedCompany } from '../support/server.ts';
import { untilRead } from '../support/reading.ts';
import { useServer } from './official-clients.ts';

const rig = useServer();

test('a custom data type is configured, refreshed, followed to its end and listed', { timeout: 120_000 }, async () => {
  const { server, platform } = rig();
  const { customDataType, refreshData } = platform;
  const company = await makeLinkedCompany(server);
  const { companyId, connectionId } = company;
  await untilRead(server, company);
  const ofIntegration = { platformKey: 'mqjo', customDataIdentifier: 'SandboxOrders' };
  const ofConnection = { companyId, connectionId, customDataIdentifier: 'SandboxOrders' };

  // What the client sends of its own example, but for the platform's words.
  const configuration = {
    dataSource: 'invoices',
    requiredData: { lines: '$[*].lines[0]' },
    keyBy: ['$[*].id'],
    sourceModifiedDate: ['$[*].updatedAt'],
  };
  const configured = await customDataType.configure({ ...ofIntegration, customDataTypeConfiguration: configuration });
  expect(configured).toEqual(configuration);
  // The client takes the configuration for a list of records, and so finds nothing in it; that it is read is all it can tell.
  expect(await customDataType.getConfiguration(ofIntegration)).toEqual({});

  await expect(customDataType.list(ofConnection)).rejects.toMatchObject({ statusCode: 409 });
  const queued = await customDataType.refresh(ofConnection);
  expect(queued).toMatchObject({ companyId, connectionId, dataType: 'custom/SandboxOrders' });
  const get = () => refreshData.getPullOperation({ companyId, datasetId: queued.id });
  await expect.poll(async () => (await get()).status, { timeout: 60_000 }).toBe('Complete');

  const list = await customDataType.list({ ...ofConnection, pageSize: 2 });
  expect(list).toMatchObject({ pageNumber: 1, pageSize: 2 });
  expect(list.totalResults).toBeGreaterThan(2);
  expect(list.results).toHaveLength(2);
  expect(list.results?.[0]).toMatchObject({
    id: expect.stringMatching(/^inv_/),
    content: { lines: {} },
    modifiedDate: { modifiedDate: expect.stringMatching(/Z$/) },
  });
});

test('values that are no objects are refused by this client, which hands out the answer all the same', async () => {
  const { server, platform } = rig();
  const { customDataType, refreshData } = platform;
  const company = await makeLinkedCompany(server);
  const { companyId, connectionId } = company;
  await customDataType.configure({
    platformKey: 'mqjo',
    customDataIdentifier: 'names',
    customDataTypeConfiguration: { dataSource: 'suppliers', requiredData: { name: '$.name' }, keyBy: ['$.id'] },
  });
  const { id: datasetId } = await customDataType.refresh({ companyId, connectionId, customDataIdentifier: 'names' });
  await expect
    .poll(async () => (await refreshData.getPullOperation({ companyId, datasetId })).status, { timeout: 60_000 })
    .toBe('Complete');
  const list = customDataType.list({ companyId, connectionId, customDataIdentifier: 'names' });
  await expect(list).rejects.toMatchObject({
    name: 'ResponseValidationError',
    rawValue: { results: expect.arrayContaining([expect.objectContaining({ content: { name: expect.any(String) } })]) },
  });
});

test('a configuration that is not sound is refused, and the client hands out the reason', async () => {
  const { customDataType } = rig().platform;
  const configuring = customDataType.configure({
    platformKey: 'mqjo',
    customDataIdentifier: 'bad',
    customDataTypeConfiguration: { dataSource: 'suppliers', keyBy: ['id'] },
  });
  await expect(configuring).rejects.toMatchObject({ statusCode: 400, body: expect.stringContaining('keyBy[0]') });
});
