/** Configuring supplemental data over HTTP. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeLinkedConnection, startApi } from '../support/api.ts';

let api: Awaited<ReturnType<typeof startApi>>;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const config = { order: { dataSource: '/Invoices', pullData: { theme: 'Theme' }, pushData: { theme: 'Theme.Name' } } };
const path = '/integrations/mqjo/dataTypes/invoices/supplementalDataConfig';

test.each([
  ['with its wrapper', path, { supplementalDataConfig: config }],
  ['without its wrapper', path, config],
  ['under the other spelling of the path', path.replace('dataTypes', 'datatypes'), { supplementalDataConfig: config }],
])('a configuration %s is kept and given back', async (_name, target, body) => {
  expect(await api.call('PUT', path, { body: { supplementalDataConfig: {} } })).toMatchObject({
    status: 200,
    text: '',
  });
  expect((await api.call('PUT', target, { body })).status).toBe(200);
  expect((await api.call('GET', target)).body).toEqual({ supplementalDataConfig: config });
});

test('an empty configuration resets, and one that was never made is empty', async () => {
  await api.call('PUT', path, { body: { supplementalDataConfig: config } });
  await api.call('PUT', path, { body: { supplementalDataConfig: {} } });
  expect((await api.call('GET', path)).body).toEqual({ supplementalDataConfig: {} });
  const never = '/integrations/mqjo/dataTypes/bills/supplementalDataConfig';
  expect((await api.call('GET', never)).body).toEqual({ supplementalDataConfig: {} });
});

test.each([
  [path, { supplementalDataConfig: { order: { pushData: { theme: 7 } } } }, 400, 'order.pushData.theme'],
  [path, { supplementalDataConfig: [] }, 400, 'supplementalDataConfig'],
  ['/integrations/zzzz/dataTypes/invoices/supplementalDataConfig', config, 404, 'zzzz'],
  ['/integrations/mqjo/dataTypes/nonsense/supplementalDataConfig', config, 404, 'nonsense'],
])('%s %j is refused with %i and names what is wrong', async (target, body, status, named) => {
  const answer = await api.call<{ error: string }>('PUT', target, { body });
  expect(answer.status).toBe(status);
  expect(answer.body.error).toContain(named);
});

test('of a company that was never read, what is read for the caller has its supplemental data', async () => {
  const { companyId } = await makeLinkedConnection(api, 'Acme Ltd');
  const ofCompany = '/integrations/mqjo/dataTypes/company/supplementalDataConfig';
  await api.call('PUT', ofCompany, { body: { books: { pullData: { n: 'name', none: 'nothing' } } } });
  const first = await api.call('GET', `/companies/${companyId}/data/info`);
  expect(first.body).toMatchObject({ companyName: 'Acme Ltd' });
  expect(first.body['supplementalData']).toEqual({ content: { books: { n: 'Acme Ltd', none: null } } });
  expect((await api.call('GET', `/companies/${companyId}/data/info`)).body).toEqual(first.body);
});
