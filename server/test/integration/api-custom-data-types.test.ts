/** Custom data types over HTTP: configuring, asking for a reading, and what is refused; reading itself stands in test/sync. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeConnection, makeLinkedConnection, startApi, type TestApi } from '../support/api.ts';

let api: TestApi;
let connection: Awaited<ReturnType<typeof makeLinkedConnection>>;

const at = (identifier: string, platformKey = 'mqjo', dataTypes = 'dataTypes') =>
  `/integrations/${platformKey}/${dataTypes}/custom/${identifier}`;
const config = {
  dataSource: 'customers?status=active',
  requiredData: { title: '$.name' },
  keyBy: ['$.id'],
  sourceModifiedDate: ['$[*].updatedAt'],
};

beforeAll(async () => {
  api = await startApi();
  connection = await makeLinkedConnection(api);
  await api.call('PUT', at('people'), { body: config });
});
afterAll(() => api.stop());

test('a configuration is answered as it is kept, under both spellings of its path', async () => {
  for (const dataTypes of ['dataTypes', 'datatypes']) {
    const path = at(`mine-${dataTypes}`, 'mqjo', dataTypes);
    expect(await api.call('PUT', path, { body: config })).toMatchObject({ status: 200, body: config });
    expect((await api.call('GET', at(`mine-${dataTypes}`))).body).toEqual(config);
  }
  const changed = { ...config, requiredData: {} };
  await api.call('PUT', at('mine-dataTypes'), { body: changed });
  expect((await api.call('GET', at('mine-dataTypes'))).body).toEqual(changed);
  expect((await api.call('GET', at('mine-dataTypes', 'tryt'))).status).toBe(404);
});

test.each([
  [at('people'), { ...config, keyBy: 'id' }, 400, 'keyBy'],
  [at('people'), { ...config, keyBy: ['id'] }, 400, 'keyBy[0]'],
  [at('people'), { ...config, requiredData: { name: '$..name' } }, 400, 'requiredData.name'],
  [at('people'), { ...config, sourceModifiedDate: [7] }, 400, 'sourceModifiedDate[0]'],
  [at('people'), { ...config, dataSource: '' }, 400, 'dataSource'],
  [at('people'), { ...config, dataSource: 'company' }, 400, "dataSource: the sandbox has no list 'company'"],
  [at('people'), { ...config, dataSource: '../control' }, 400, 'dataSource: the sandbox has no list'],
  [at('people'), { ...config, dataSource: 'customers?page=2' }, 400, "not by 'page'"],
  [at('people'), [], 400, 'must be an object'],
  [at('no%20spaces'), config, 400, 'customDataIdentifier'],
  [at('x'.repeat(65)), config, 400, 'customDataIdentifier'],
  [at('people', 'zzzz'), config, 404, 'zzzz'],
  [at('people', 'tryt'), { ...config, dataSource: 'res.user' }, 400, 'dataSource: res.user belongs to Tryton itself'],
  [at('people', 'tryt'), config, 400, "dataSource: it must be the name of a model of Tryton's"],
])('PUT %s %j is refused with %i and names what is wrong', async (path, body, status, named) => {
  const answer = await api.call('PUT', path, { body });
  expect([answer.status, answer.body]).toEqual([
    status,
    expect.objectContaining({ error: expect.stringContaining(named) }),
  ]);
  expect((await api.call('GET', at('people'))).body).toEqual(config);
});

test('there is a bound to how many an integration has; those that are there can still be changed', async () => {
  await api.db.execute(
    '',
    `INSERT INTO custom_data_types (platform_key, data_type, config, changed_at)
     SELECT 'tryt', 'custom/filler-' || n, '{}', now() FROM generate_series(1, 200) n`,
  );
  const body = { ...config, dataSource: 'product.template' };
  expect(await api.call('PUT', at('one-more', 'tryt'), { body })).toMatchObject({ status: 409 });
  expect(await api.call('PUT', at('filler-1', 'tryt'), { body })).toMatchObject({ status: 200 });
});

test('a reading is asked for once, and is found in the history under the name of the type', async () => {
  const path = `${connection.prefix}/data/queue/custom/people`;
  const queued = await api.call('POST', path);
  expect(queued).toMatchObject({
    status: 200,
    body: { dataType: 'custom/people', status: 'Queued', isCompleted: false, connectionId: connection.connectionId },
  });
  expect(await api.call('POST', path)).toMatchObject({
    status: 409,
    body: { error: expect.stringContaining(`custom/people (${String(queued.body['id'])})`) },
  });
  const history = `/companies/${connection.companyId}/data/history?query=dataType%3Dcustom%2Fpeople`;
  expect((await api.call('GET', history)).body).toMatchObject({ totalResults: 1, results: [queued.body] });
});

test('refreshing all, and settings of schedules, know nothing of custom types', async () => {
  const readings = async () =>
    (await api.db.query('', `SELECT 1 FROM datasets WHERE data_type LIKE 'custom/%'`)).length;
  const before = await readings();
  expect((await api.call('POST', `/companies/${connection.companyId}/data/all`)).status).toBe(204);
  expect(await readings()).toBe(before);
  const setting = { dataType: 'custom/people', fetchOnFirstLink: true, syncSchedule: 1, syncOrder: 1 };
  const body = { clientId: connection.companyId, overridesDefaults: true, settings: [setting] };
  expect((await api.call('POST', '/profile/syncSettings', { body })).status).toBe(400);
  const { body: statuses } = await api.call('GET', `/companies/${connection.companyId}/dataStatus`);
  expect(Object.keys(statuses).filter((name) => name.startsWith('custom/'))).toEqual([]);
});

test.each([
  ['GET', 'data/custom/nobody', 404, "'custom/nobody' not configured for platform mqjo"],
  ['POST', 'data/queue/custom/nobody', 404, "'custom/nobody' not configured for platform mqjo"],
  ['GET', 'data/custom/no%20spaces', 400, 'customDataIdentifier'],
  ['GET', 'data/custom/mine-dataTypes', 409, 'No custom/mine-dataTypes have been read yet'],
  ['GET', 'data/custom/people?query=id%3D1', 400, 'query is not supported for custom data types'],
  ['GET', 'data/custom/people?orderBy=id', 400, 'orderBy is not supported for custom data types'],
  ['GET', 'data/custom/people?page=0', 400, 'page'],
])('%s %s is answered with %i', async (method, rest, status, named) => {
  await api.call('PUT', at('mine-dataTypes'), { body: config });
  const answer = await api.call(method, `${connection.prefix}/${rest}`);
  expect(answer.body).toMatchObject({ statusCode: status, error: expect.stringContaining(named) });
});

test('of a connection that is not linked, or not there, nothing is read', async () => {
  const { prefix } = await makeConnection(api);
  expect((await api.call('POST', `${prefix}/data/queue/custom/people`)).status).toBe(400);
  const elsewhere = connection.prefix.replace(connection.connectionId, '01a1fe46-2da7-7002-9f58-0dafc81f26de');
  expect((await api.call('POST', `${elsewhere}/data/queue/custom/people`)).status).toBe(404);
  expect((await api.call('GET', `${elsewhere}/data/custom/people`)).status).toBe(404);
});
