/** Companies and connections in a real database: every move stores its event with it, and only allowed moves happen. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createCompany,
  deleteCompany,
  getCompany,
  listCompanies,
  replaceCompany,
  updateCompany,
} from '../../src/companies/change-company.ts';
import {
  createConnection,
  deleteConnection,
  getConnection,
  linkTokenLookup,
  listConnections,
  unlinkConnection,
} from '../../src/companies/change-connection.ts';
import type { CompaniesContext } from '../../src/companies/context.ts';
import { authorizeConnection, getLink, markDeauthorized } from '../../src/companies/link.ts';
import type { AuthorizeOutcome, Connector } from '../../src/connectors/contract.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { makeSealer } from '../../src/lib/seal.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const NOWHERE = '00000000-0000-7000-8000-000000000000';
const io = { fetch, now: () => systemClock.now() };
const paging = { page: 1, pageSize: 100 };

let testDatabase: TestDatabase;
let context: CompaniesContext;
let wakes: number;
/** What the platform says to the next authorization. */
let outcome: AuthorizeOutcome;

const connector: Connector = {
  platform: {
    key: 'mqjo',
    integrationId: '11111111-1111-4111-8111-111111111111',
    sourceId: '22222222-2222-4222-8222-222222222222',
    name: 'Sandbox',
    sourceType: 'Accounting',
    linkFields: [],
  },
  limits: { callsInFlight: 1, callTimeoutMs: 1_000, lateCommitMs: 0 },
  writes: {},
  reads: {},
  authorize: async () => outcome,
  secretsOf: () => [],
  open: () => ({}),
};

beforeEach(async () => {
  testDatabase = await createTestDatabase();
  wakes = 0;
  outcome = { kind: 'linked', link: { token: 'sesame' }, info: { book: 'Toft' } };
  context = {
    db: testDatabase.database,
    clock: systemClock,
    sealer: makeSealer('a secret key for the tests of companies'),
    connectorFor: (key) => (key === 'mqjo' ? connector : undefined),
    publicUrl: () => 'http://127.0.0.1:4100',
    eventsStored: () => (wakes += 1),
  };
});
afterEach(() => testDatabase.drop());

interface StoredEvent {
  readonly event_type: string;
  readonly payload: { readonly connection?: { readonly status: string; readonly dataConnectionErrors: object[] } };
}

function events(): Promise<StoredEvent[]> {
  return context.db.query('', 'SELECT event_type, payload FROM events ORDER BY id');
}

async function eventTypes(): Promise<string[]> {
  return (await events()).map((event) => event.event_type);
}

async function newConnection(companyId?: string) {
  const company = companyId ?? (await createCompany(context, { name: 'Toft' })).id;
  const connection = await createConnection(context, { companyId: company, platformKey: 'mqjo' });
  return { companyId: company, connectionId: connection.id };
}

const link = (path: { companyId: string; connectionId: string }) =>
  authorizeConnection(context, path, { fields: {}, io });

describe('a company', () => {
  it('is kept as it was created, replaced and updated', async () => {
    const { id } = await createCompany(context, { name: 'Toft <1>', description: 'Shop', tags: { region: 'uk' } });
    expect(await getCompany(context, id)).toMatchObject({
      name: 'Toft 1',
      description: 'Shop',
      tags: { region: 'uk' },
    });
    await updateCompany(context, id, { tags: null });
    expect(await getCompany(context, id)).toMatchObject({ name: 'Toft 1', description: 'Shop', tags: {} });
    await replaceCompany(context, id, { name: 'Toft 2' });
    expect(await getCompany(context, id)).toMatchObject({ name: 'Toft 2', description: undefined, tags: {} });
  });

  it('that is deleted is gone with its connections, and every end is told', async () => {
    const path = await newConnection();
    await link(path);
    await deleteCompany(context, path.companyId);
    await expect(getCompany(context, path.companyId)).rejects.toMatchObject({ code: 'company_not_found' });
    await expect(getConnection(context, path)).rejects.toMatchObject({ code: 'company_not_found' });
    await expect(deleteCompany(context, path.companyId)).rejects.toMatchObject({ code: 'company_not_found' });
    await expect(newConnection(path.companyId)).rejects.toMatchObject({ code: 'company_not_found' });
    expect(await getLink(context, path.connectionId)).toBeUndefined();
    expect((await eventTypes()).slice(-2)).toEqual(['connection.deleted', 'company.deleted']);
  });

  it('is listed once, page by page, in the order asked for and by the condition handed in', async () => {
    for (const name of ['Bert', 'Anna', 'Carl', 'Dora']) await createCompany(context, { name });
    const names = async (request: Parameters<typeof listCompanies>[1]) => {
      const { items, totalResults } = await listCompanies(context, request);
      return [items.map(({ name }) => name), totalResults];
    };
    expect(await names({ page: 1, pageSize: 3 })).toEqual([['Bert', 'Anna', 'Carl'], 4]);
    expect(await names({ page: 2, pageSize: 3 })).toEqual([['Dora'], 4]);
    expect(await names({ page: 9, pageSize: 3 })).toEqual([[], 4]);
    expect(await names({ ...paging, orderBy: 'company.name DESC' })).toEqual([['Dora', 'Carl', 'Bert', 'Anna'], 4]);
    const where = { sql: 'company.name = $1 OR company.name = $2', values: ['Anna', 'Dora'] };
    expect(await names({ ...paging, where })).toEqual([['Anna', 'Dora'], 2]);
  });

  it('that does not exist is a 404, whatever is asked of it', async () => {
    const missing = { code: 'company_not_found' };
    await expect(updateCompany(context, NOWHERE, {})).rejects.toMatchObject(missing);
    await expect(replaceCompany(context, NOWHERE, { name: 'x' })).rejects.toMatchObject(missing);
    await expect(listConnections(context, NOWHERE, paging)).rejects.toMatchObject(missing);
    await expect(unlinkConnection(context, { companyId: NOWHERE, connectionId: NOWHERE })).rejects.toMatchObject(
      missing,
    );
    await expect(deleteConnection(context, { companyId: NOWHERE, connectionId: NOWHERE })).rejects.toMatchObject(
      missing,
    );
  });
});

describe('a connection', () => {
  it('tells of every move of its life, once', async () => {
    const path = await newConnection();
    expect(await link(path)).toMatchObject({ status: 'Linked', info: { book: 'Toft' } });
    await link(path);
    await unlinkConnection(context, path);
    await link(path);
    expect(await markDeauthorized(context, path.connectionId, 'The key was revoked')).toBe(true);
    expect(await markDeauthorized(context, path.connectionId, 'The key was revoked')).toBe(false);
    await link(path);
    await deleteConnection(context, path);

    const told = (await events()).map(({ event_type, payload }) => [event_type, payload.connection?.status]);
    expect(told).toEqual([
      ['company.created', undefined],
      ['connection.created', 'PendingAuth'],
      ['connection.connected', 'Linked'],
      ['connection.disconnected', 'Unlinked'],
      ['connection.reconnected', 'Linked'],
      ['connection.disconnected', 'Deauthorized'],
      ['connection.reconnected', 'Linked'],
      ['connection.deleted', 'Unlinked'],
    ]);
    expect(wakes).toBeGreaterThanOrEqual(told.length);
  });

  it('whose credentials are refused stays as it is, names the field and tells of the failure', async () => {
    const path = await newConnection();
    outcome = { kind: 'refused', field: 'token', message: 'is not known' };
    await expect(link(path)).rejects.toMatchObject({ code: 'malformed_request', message: 'token: is not known' });
    expect(await getConnection(context, path)).toMatchObject({
      status: 'PendingAuth',
      errors: [{ statusCode: '400', errorMessage: 'is not known' }],
    });
    expect((await events()).at(-1)).toMatchObject({
      event_type: 'connection.failed',
      payload: { connection: { dataConnectionErrors: [{ status: 'Active', errorMessage: 'is not known' }] } },
    });

    outcome = { kind: 'linked', link: {}, info: {} };
    await link(path);
    expect((await events()).at(-1)).toMatchObject({
      event_type: 'connection.connected',
      payload: { connection: { dataConnectionErrors: [{ status: 'Resolved' }] } },
    });
  });

  it('that is linked keeps its link when other credentials are refused', async () => {
    const path = await newConnection();
    await link(path);
    outcome = { kind: 'refused', message: 'No' };
    await expect(link(path)).rejects.toMatchObject({ code: 'malformed_request' });
    expect(await getConnection(context, path)).toMatchObject({ status: 'Linked', errors: [] });
    expect(await getLink(context, path.connectionId)).toEqual({ token: 'sesame' });
  });

  it('whose platform cannot be reached changes nothing and is a 503', async () => {
    const path = await newConnection();
    outcome = { kind: 'unreachable', reason: 'connect ECONNREFUSED 10.0.0.1' };
    const before = await eventTypes();
    const refusal = await link(path).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'platform_unreachable', internal: 'connect ECONNREFUSED 10.0.0.1' });
    expect(String(refusal)).not.toContain('10.0.0.1');
    expect(await getConnection(context, path)).toMatchObject({ status: 'PendingAuth' });
    expect(await eventTypes()).toEqual(before);
  });

  it('may wait beside a linked one, but a company never has two that are linked', async () => {
    const first = await newConnection();
    await link(first);
    const second = await newConnection(first.companyId);
    await expect(link(second)).rejects.toMatchObject({ code: 'conflict' });
    await unlinkConnection(context, first);
    expect(await link(second)).toMatchObject({ status: 'Linked' });
  });

  it('is the only linked one also when several of a company are linked at the same moment', async () => {
    const first = await newConnection();
    const paths = [first, await newConnection(first.companyId), await newConnection(first.companyId)];
    const results = await Promise.allSettled(paths.map(link));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict' });
    }
    expect((await eventTypes()).filter((type) => type === 'connection.connected')).toHaveLength(1);
  });

  it('can be unlinked only while it is linked, and is found under its own company only', async () => {
    const path = await newConnection();
    await expect(unlinkConnection(context, path)).rejects.toThrow(/^status: /);
    const other = await createCompany(context, { name: 'Other' });
    const wrong = { companyId: other.id, connectionId: path.connectionId };
    await expect(getConnection(context, wrong)).rejects.toMatchObject({ code: 'connection_not_found' });
    await expect(deleteConnection(context, wrong)).rejects.toMatchObject({ code: 'connection_not_found' });
    await expect(link(wrong)).rejects.toMatchObject({ code: 'connection_not_found' });
  });

  it('for an unknown platform is refused by its key', async () => {
    const { id } = await createCompany(context, { name: 'Toft' });
    await expect(createConnection(context, { companyId: id, platformKey: 'nope' })).rejects.toThrow(/nope/);
  });

  it('is found by its link token, which nobody can guess, until it is deleted', async () => {
    const path = await newConnection();
    const { linkToken } = await getConnection(context, path);
    expect(linkToken).toMatch(/^[A-Za-z0-9_-]{32}$/);
    expect(await linkTokenLookup(context, linkToken)).toMatchObject({ id: path.connectionId });
    await deleteConnection(context, path);
    expect(await linkTokenLookup(context, linkToken)).toBeUndefined();
  });

  it('keeps its link sealed: the credentials stand nowhere in the database in the clear', async () => {
    const path = await newConnection();
    await link(path);
    expect(await getLink(context, path.connectionId)).toEqual({ token: 'sesame' });
    const [connections, told] = await Promise.all(
      ['connections', 'events'].map((table) =>
        context.db.query<{ whole: string }>('', `SELECT string_agg(row_to_json(t)::text, '') AS whole FROM ${table} t`),
      ),
    );
    for (const text of [connections?.[0]?.whole ?? '', told?.[0]?.whole ?? '']) {
      expect(text).not.toBe('');
      expect(text).not.toContain('sesame');
      expect(text).not.toContain(Buffer.from('sesame').toString('hex'));
    }
  });
});

describe('a change and its event', () => {
  it('are stored together or not at all', async () => {
    const path = await newConnection();
    await link(path);
    const before = await eventTypes();
    await context.db.execute('', 'ALTER TABLE events ADD CONSTRAINT broken CHECK (false) NOT VALID');
    await expect(unlinkConnection(context, path)).rejects.toThrow(/broken/);
    await expect(createCompany(context, { name: 'New' })).rejects.toThrow(/broken/);
    await expect(deleteCompany(context, path.companyId)).rejects.toThrow(/broken/);
    expect(await getConnection(context, path)).toMatchObject({ status: 'Linked' });
    expect((await listCompanies(context, paging)).totalResults).toBe(1);
    expect(await eventTypes()).toEqual(before);
  });
});
