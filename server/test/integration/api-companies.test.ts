// Companies, their connections, the catalogue and webhook consumers over HTTP; the official client reads every answer.
import { CodatPlatform } from '@codat/platform';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AUTHORIZATION, makeConnection, makeLinkedConnection, startApi, type TestApi } from '../support/api.ts';

let api: TestApi;
let client: CodatPlatform;

beforeAll(async () => {
  api = await startApi();
  client = new CodatPlatform({ authHeader: AUTHORIZATION, serverURL: api.url, retryConfig: { strategy: 'none' } });
});
afterAll(() => api.stop());

describe('companies', () => {
  test('are created, changed, replaced and deleted by the official client', async () => {
    const made = await client.companies.create({ name: 'Alder & Sons', description: 'x', tags: { region: 'uk' } });
    expect(made).toMatchObject({ name: 'Alder & Sons', description: 'x', tags: { region: 'uk' }, dataConnections: [] });
    const companyId = made.id;
    await client.companies.update({ companyId, companyUpdateRequest: { name: 'Alder' } });
    expect(await client.companies.get({ companyId })).toMatchObject({ name: 'Alder', description: 'x' });
    const replaced = await client.companies.replace({ companyId, companyRequestBody: { name: 'Alder Ltd' } });
    expect(replaced).toMatchObject({ name: 'Alder Ltd', tags: {} });
    expect(replaced.description).toBeUndefined();
    await client.companies.delete({ companyId });
    await expect(client.companies.get({ companyId })).rejects.toMatchObject({ statusCode: 404 });
  });

  test('are found by their own fields, by their tags, and by the connections they have or lack', async () => {
    const bare = await client.companies.create({ name: 'Findable One', tags: { region: 'fr', "owning'team": 'x y' } });
    const { companyId: linked } = await makeLinkedConnection(api, 'Findable Two');
    const { companyId: pending } = await makeConnection(api, 'Findable Three');
    const found = async (query: string, tags?: string) => {
      const { results } = await client.companies.list({ query, ...(tags === undefined ? {} : { tags }) });
      return results?.map(({ id }) => id);
    };
    expect(await found('name~findable && name!=Findable Two')).toEqual([bare.id, pending]);
    expect(await found(`id=${linked}`)).toEqual([linked]);
    expect(await found('name~findable', "region = fr && owning'team = x y")).toEqual([bare.id]);
    expect(await found('dataConnections.status=PendingAuth&&name~findable')).toEqual([pending]);
    const without = ['PendingAuth', 'Linked', 'Unlinked', 'Deauthorized'].map(
      (each) => `dataConnections.status!=${each}`,
    );
    expect(await found(`name~findable && ${without.join(' && ')}`)).toEqual([bare.id]);
    const { results } = await client.companies.list({ query: 'name~findable', orderBy: '-name' });
    expect(results?.map(({ name }) => name)).toEqual(['Findable Two', 'Findable Three', 'Findable One']);
  });
});

describe('connections', () => {
  test('wait for a link, are linked, unlinked and deleted; each step is shown on the company', async () => {
    const { id: companyId } = await client.companies.create({ name: 'Connected Ltd' });
    const made = await client.connections.create({ companyId, requestBody: { platformKey: 'mqjo' } });
    expect(made).toMatchObject({ status: 'PendingAuth', integrationKey: 'mqjo', sourceType: 'Accounting' });
    expect(made.linkUrl).toMatch(new RegExp(`^${api.url}/link/[\\w-]{32}$`));
    const connectionId = made.id;
    expect((await client.connections.updateAuthorization({ companyId, connectionId, requestBody: {} })).status).toBe(
      'Linked',
    );
    expect((await client.companies.get({ companyId })).dataConnections).toMatchObject([{ status: 'Linked' }]);
    const { results } = await client.connections.list({ companyId, query: 'status=Linked' });
    expect(results?.map(({ id }) => id)).toEqual([connectionId]);
    const unlinked = await client.connections.unlink({
      companyId,
      connectionId,
      updateConnectionStatus: { status: 'Unlinked' },
    });
    expect(unlinked.status).toBe('Unlinked');
    await client.connections.delete({ companyId, connectionId });
    expect((await client.companies.get({ companyId })).dataConnections).toEqual([]);
  });

  test('can be asked for with the bare key, as an older client does', async () => {
    const { id } = await client.companies.create({ name: 'Older Ltd' });
    const made = await api.call('POST', `/companies/${id}/connections`, { text: '"mqjo"' });
    expect(made.body).toMatchObject({ status: 'PendingAuth' });
  });

  test('cannot be linked or unlinked twice over, and a sandbox that is away is a passing trouble', async () => {
    const first = await makeLinkedConnection(api, 'Twice Ltd');
    const second = await api.call('POST', `/companies/${first.companyId}/connections`, {
      body: { platformKey: 'mqjo' },
    });
    const path = `/companies/${first.companyId}/connections/${String(second.body['id'])}`;
    expect((await api.call('PUT', `${path}/authorization`)).status).toBe(409);
    expect((await api.call('PATCH', path, { body: { status: 'Unlinked' } })).status).toBe(400);
    const sandbox = api.platform.url;
    api.platform.url = 'http://127.0.0.1:1';
    const away = await makeConnection(api, 'Away Ltd');
    const answer = await api.call('PUT', `${away.prefix}/authorization`, { body: {} });
    expect(answer.body).toMatchObject({ statusCode: 503, canBeRetried: 'True' });
    api.platform.url = sandbox;
    expect((await api.call('PUT', `${away.prefix}/authorization`, { body: {} })).status).toBe(200);
  });
});

test('the catalogue tells what each platform can do, as its connector declares it', async () => {
  const { results } = await client.integrations.list({});
  expect(results).toMatchObject([
    { key: 'mqjo', name: 'Sandbox', enabled: true },
    { key: 'tryt', name: 'Tryton', enabled: true },
  ]);
  const invoices = results?.[0]?.datatypeFeatures?.find(({ dataType }) => dataType === 'invoices');
  const states = invoices?.supportedFeatures.map(({ featureType, featureState }) => `${featureType} ${featureState}`);
  expect(states).toEqual(expect.arrayContaining(['Post Release', 'Put Release', 'Delete Release']));
  const branding = await client.integrations.getBranding({ platformKey: 'mqjo' });
  const logo = await fetch(branding.logo?.full?.image?.src ?? '');
  expect([logo.status, logo.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
});

test("a consumer's secret is shown to whoever creates it and on request, never in lists", async () => {
  const request = { url: 'https://example.org/hook', eventTypes: ['invoices.write.successful'], name: 'ignored' };
  const made = await api.call('POST', '/webhooks', { body: request });
  expect([made.status, made.body['secret']]).toEqual([201, expect.stringMatching(/^whsec_/)]);
  const id = String(made.body['id']);
  expect((await api.call('GET', '/webhooks')).text).not.toContain('whsec_');
  expect((await api.call('GET', `/webhooks/${id}`)).text).not.toContain('whsec_');
  expect((await api.call('GET', `/webhooks/${id}/secret`)).body).toEqual({ secret: made.body['secret'] });
  expect(await client.webhooks.listConsumers()).toMatchObject({ results: [{ id, disabled: false, companyTags: [] }] });
  await client.webhooks.deleteConsumer({ webhookId: id });
  expect((await api.call('GET', `/webhooks/${id}/secret`)).status).toBe(404);
});

describe('health', () => {
  test('is 503 with reasons until every role is ready', async () => {
    let isReady = false;
    const starting = await startApi({
      health: () => ({
        ready: isReady,
        roles: { api: { ready: true }, engine: isReady ? { ready: true } : { ready: false, reason: 'recovering' } },
      }),
    });
    const before = await starting.call('GET', '/health', { headers: { authorization: undefined } });
    expect([before.status, before.body]).toEqual([
      503,
      { status: 'not ready', roles: { api: { ready: true }, engine: { ready: false, reason: 'recovering' } } },
    ]);
    isReady = true;
    expect((await starting.call('GET', '/health')).status).toBe(200);
    await starting.stop();
  });

  test('metrics come as text, and a source that fails takes none of the others with it', async () => {
    const facts = { help: 'x', kind: 'gauge', labels: ['state'] } as const;
    const measured = await startApi({
      metricSources: [
        { ...facts, name: 'depth', read: () => [{ labels: { state: 'queued' }, value: 3 }] },
        { ...facts, name: 'broken', read: () => Promise.reject(new Error('no database')) },
      ],
    });
    await measured.call('GET', '/companies');
    const { text, headers } = await measured.call('GET', '/metrics', { headers: { authorization: undefined } });
    expect(headers.get('content-type')).toContain('text/plain');
    expect(text).toContain('depth{state="queued"} 3');
    expect(text).toContain(
      'ledgerpost_http_request_duration_seconds_count{method="GET",route="/companies",status="200"} 1',
    );
    await measured.stop();
  });
});
