/** The official platform client over companies, connections, integrations and webhook consumers. */
import { ErrorMessage } from '@codat/platform/sdk/models/errors/index.js';
import { describe, expect, test } from 'vitest';
import { clientsOf, present, useServer } from './official-clients.ts';

const rig = useServer();
const UNKNOWN_ID = '0190a1b2-0000-7000-8000-000000000000';

async function failure(work: Promise<unknown>): Promise<ErrorMessage> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ErrorMessage)) throw new Error(`no typed error, but ${String(error)}`);
  return error;
}

describe('companies', () => {
  test('a company lives through create, list, get, replace, update and delete', async () => {
    const { companies } = rig().platform;
    const created = await companies.create({ name: 'Toft stores', description: 'Groceries', tags: { region: 'uk' } });
    expect(created).toMatchObject({
      name: 'Toft stores',
      description: 'Groceries',
      tags: { region: 'uk' },
      dataConnections: [],
      referenceSubsidiaryCompanies: [],
    });
    expect(created.redirect).toMatch(/^http/);
    const companyId = created.id;
    expect(await companies.get({ companyId })).toEqual(created);

    const listed = await companies.list({ query: `id=${companyId}` });
    expect(listed).toMatchObject({ pageNumber: 1, pageSize: 100, totalResults: 1, results: [created] });

    const replaced = await companies.replace({ companyId, companyRequestBody: { name: 'Toft & Sons' } });
    expect(replaced).toMatchObject({ id: companyId, name: 'Toft & Sons', tags: {} });
    expect(replaced.description).toBeUndefined();

    const companyUpdateRequest = { description: 'Bakery', tags: { region: 'dk' } };
    const updated = await companies.update({ companyId, companyUpdateRequest });
    expect(updated).toMatchObject({ name: 'Toft & Sons', description: 'Bakery', tags: { region: 'dk' } });

    expect(await companies.delete({ companyId })).toBeUndefined();
    expect((await failure(companies.get({ companyId }))).statusCode).toBe(404);
    expect((await companies.list({ query: `id=${companyId}` })).results).toEqual([]);
  });

  test('the list is filtered by tags, ordered, and paged with links only where there is a page', async () => {
    const { companies } = rig().platform;
    for (const name of ['Ash', 'Birch', 'Cedar']) await companies.create({ name, tags: { wood: 'yes' } });
    const page = (number: number) =>
      companies.list({ tags: 'wood = yes', orderBy: '-name', page: number, pageSize: 2 });
    const first = await page(1);
    expect(first.results?.map(({ name }) => name)).toEqual(['Cedar', 'Birch']);
    expect(first).toMatchObject({ totalResults: 3, pageSize: 2 });
    expect(first.links.next?.href).toContain('page=2');
    expect(first.links.previous).toBeUndefined();
    const second = await page(2);
    expect(second.results?.map(({ name }) => name)).toEqual(['Ash']);
    expect(second.links.next).toBeUndefined();
    expect(second.links.previous?.href).toContain('page=1');
  });
});

describe('connections', () => {
  async function pendingConnection() {
    const { companies, connections } = rig().platform;
    const { id: companyId } = await companies.create({ name: 'Toft stores' });
    const connection = await connections.create({ companyId, requestBody: { platformKey: 'mqjo' } });
    return { companyId, connection, path: { companyId, connectionId: connection.id } };
  }

  test('a browser links one through its linkUrl: the page shows a form, and posting it links', async () => {
    const { connections } = rig().platform;
    const { companyId, connection, path } = await pendingConnection();
    expect(connection).toMatchObject({ status: 'PendingAuth', integrationKey: 'mqjo', sourceType: 'Accounting' });

    const page = await fetch(connection.linkUrl);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    const html = await page.text();
    expect(html).toContain('Toft stores');
    const posted = await fetch(connection.linkUrl, {
      method: 'POST',
      headers: { origin: new URL(connection.linkUrl).origin, 'sec-fetch-site': 'same-origin' },
      body: asBrowserWould(html),
    });
    expect(posted.status).toBe(200);
    expect(await posted.text()).toContain('is linked');

    const linked = await connections.get(path);
    expect(linked).toMatchObject({ id: connection.id, status: 'Linked' });
    expect(linked.lastSync).toBeUndefined();
    const { dataConnections } = await rig().platform.companies.get({ companyId });
    expect(dataConnections).toEqual([linked]);
  });

  test('one is linked by updateAuthorization, listed, unlinked, and deleted', async () => {
    const { connections } = rig().platform;
    const { companyId, path } = await pendingConnection();
    const linked = await connections.updateAuthorization({ ...path, requestBody: {} });
    expect(linked.status).toBe('Linked');

    expect(await connections.list({ companyId })).toMatchObject({ totalResults: 1, results: [linked] });
    expect((await connections.list({ companyId, query: 'status=PendingAuth' })).results).toEqual([]);

    const unlinked = await connections.unlink({ ...path, updateConnectionStatus: { status: 'Unlinked' } });
    expect(unlinked.status).toBe('Unlinked');
    expect(await connections.delete(path)).toBeUndefined();
    expect((await failure(connections.get(path))).error).toBe(`Data connection ${path.connectionId} not found`);
    expect((await connections.list({ companyId })).results).toEqual([]);
  });
});

/** What a browser sends for the form of a page: each input with the value that it shows. */
function asBrowserWould(html: string): URLSearchParams {
  expect(html).toMatch(/<form method="post"[^>]*>/);
  const inputs = [...html.matchAll(/<input\s[^>]*?name="([^"]+)"[^>]*?>/g)];
  const selects = [...html.matchAll(/<select\s[^>]*?name="([^"]+)"[\s\S]*?<option value="([^"]*)"/g)];
  return new URLSearchParams([
    ...inputs.map(([tag, name = '']): [string, string] => [name, /value="([^"]*)"/.exec(tag)?.[1] ?? '']),
    ...selects.map(([, name = '', value = '']): [string, string] => [name, value]),
  ]);
}

test('the sandbox is listed among the integrations with what it can write', async () => {
  const { integrations } = rig().platform;
  const listed = await integrations.list({});
  const sandbox = listed.results?.find(({ key }) => key === 'mqjo');
  expect(sandbox).toMatchObject({ enabled: true, sourceType: 'Accounting' });
  const features = sandbox?.datatypeFeatures?.find(({ dataType }) => dataType === 'invoices');
  expect(features?.supportedFeatures.map(({ featureType }) => featureType)).toEqual(
    expect.arrayContaining(['Get', 'Post', 'Put', 'Delete', 'GetAttachments', 'GetAttachment', 'DownloadAttachment']),
  );
  expect(await integrations.get({ platformKey: 'mqjo' })).toEqual(sandbox);
  const branding = await integrations.getBranding({ platformKey: 'mqjo' });
  const src = branding.logo?.full?.image?.src ?? '';
  expect((await fetch(src)).headers.get('content-type')).toContain('image/svg+xml');
});

describe('webhook consumers', () => {
  test('one is created, listed without its secret, and deleted', async () => {
    const { webhooks } = rig().platform;
    const created = await webhooks.createConsumer({
      url: 'http://127.0.0.1:9/hook',
      eventTypes: ['invoices.write.successful', 'invoices.write.unsuccessful'],
      companyTags: ['region:uk'],
    });
    expect(created).toMatchObject({
      url: 'http://127.0.0.1:9/hook',
      disabled: false,
      eventTypes: ['invoices.write.successful', 'invoices.write.unsuccessful'],
      companyTags: ['region:uk'],
    });
    expect((await webhooks.listConsumers()).results).toContainEqual(created);
    expect(JSON.stringify((await rig().server.call('GET', '/webhooks')).body)).not.toContain('whsec_');
    const webhookId = created.id ?? '';
    expect(await webhooks.deleteConsumer({ webhookId })).toBeUndefined();
    expect((await webhooks.listConsumers()).results).not.toContainEqual(created);
    expect(await rig().server.call('DELETE', `/webhooks/${webhookId}`)).toMatchObject({ status: 404 });
  });
});

test('an API key is created, works at once, and is refused once deleted', async () => {
  const { settings } = rig().platform;
  const created = await settings.createApiKey({ name: 'Deployment' });
  const apiKeyId = present(created.id);
  const { companies } = clientsOf(rig().server, created.apiKey).platform;
  await companies.list({});
  const listed = (await settings.listApiKeys()).results?.find((key) => key?.id === apiKeyId);
  expect(listed).toMatchObject({ name: 'Deployment' });
  expect(listed?.apiKey).toBeUndefined();
  // This client waits for JSON in a 204, which HTTP rules out: it throws whatever a server does.
  await expect(settings.deleteApiKey({ apiKeyId })).rejects.toMatchObject({ statusCode: 204 });
  expect((await failure(companies.list({}))).statusCode).toBe(401);
});

describe('errors arrive as the typed error of the client', () => {
  test('404 names the company', async () => {
    const error = await failure(rig().platform.companies.get({ companyId: UNKNOWN_ID }));
    expect(error).toMatchObject({
      statusCode: 404,
      error: `No company was found with ID ${UNKNOWN_ID}`,
      service: 'ClientsApi',
      canBeRetried: 'Unknown',
      detailedErrorCode: 0,
    });
    expect(error.correlationId).toMatch(/^[0-9a-f-]{32,36}$/);
  });

  test('400 tells what is wrong with the query', async () => {
    const { companies } = rig().platform;
    const malformed = await failure(companies.list({ query: 'name' }));
    const told =
      'Error parsing query - Malformed query. At character 5: an operator (!= >= <= = > < ~) is expected, and the query ends.';
    expect(malformed).toMatchObject({ statusCode: 400, error: told });
    const unresolved = await failure(companies.list({ query: 'colour=red' }));
    expect(unresolved.error).toBe('Error parsing query - Could not resolve property colour on Company');
  });

  test('401 for a key that nobody was given', async () => {
    const stranger = clientsOf(rig().server, 'not-a-key').platform;
    const error = await failure(stranger.companies.list({}));
    expect(error).toMatchObject({ statusCode: 401, error: 'Unauthorized' });
  });

  test('a webhook consumer without event types is refused by name', async () => {
    const error = await rig().server.call('POST', '/webhooks', { url: 'http://127.0.0.1:9/hook', eventTypes: [] });
    expect(error).toMatchObject({ status: 400, body: { error: expect.stringContaining('eventTypes') as string } });
  });
});
