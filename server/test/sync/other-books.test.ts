/** Platforms and books that are not as the last reading left them: a slow clock, a link to other books. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { control, resetControl } from '../support/books.ts';
import { listed, readAgain, untilRead } from '../support/reading.ts';
import { endServer, startLinkedCompany, type LinkedCompany, type ServerProcess } from '../support/server.ts';

const PATIENCE = { timeout: 60_000, interval: 50 };

let server: ServerProcess;
let company: LinkedCompany;
beforeAll(async () => {
  ({ server, company } = await startLinkedCompany());
  await untilRead(server, company);
}, 120_000);
beforeEach(() => resetControl(server.sandboxUrl));
afterAll(() => endServer(server));

async function platform(method: string, target: string, body: object): Promise<void> {
  const answer = await fetch(server.sandboxUrl + target, {
    method,
    headers: { authorization: 'Bearer sandbox-token', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.ok, await answer.text()).toBe(true);
}

const statusOf = async (dataType: string) => {
  const path = `/companies/${company.companyId}/dataStatus`;
  return (await server.call<Record<string, { currentStatus: string; latestSyncId: string }>>('GET', path)).body[
    dataType
  ];
};

/** Books in which nothing stands yet, and the company linked to them; its readings have been asked for when this is over. */
async function linkToEmptyBooks(id: string): Promise<void> {
  await platform('POST', '/books', { id, name: id, template: 'empty' });
  const { companyId, connectionId } = company;
  const before = await statusOf('suppliers');
  const path = `/companies/${companyId}/connections/${connectionId}/authorization`;
  expect((await server.call('PUT', path, { books: id })).status).toBe(200);
  await expect.poll(async () => (await statusOf('suppliers'))?.latestSyncId, PATIENCE).not.toBe(before?.latestSyncId);
}

const inUse = (dataType: string) => listed(server, company, dataType, '&query=metadata.isDeleted!%3Dtrue');

test(
  'linked to other books while the old ones are being read, it shows the new ones and nothing else',
  { timeout: 120_000 },
  async () => {
    expect((await inUse('customers')).length).toBeGreaterThan(3);
    await control(server.sandboxUrl, { latencyMs: 1_500 });
    expect((await server.call('POST', `/companies/${company.companyId}/data/queue/customers`)).status).toBe(200);
    await expect
      .poll(async () => (await statusOf('customers'))?.currentStatus, { ...PATIENCE, interval: 20 })
      .toBe('Fetching');
    await linkToEmptyBooks('moved');
    await platform('POST', '/books/moved/customers', { name: 'Only one' });
    await resetControl(server.sandboxUrl);

    await untilRead(server, company);
    expect(await inUse('customers')).toMatchObject([{ customerName: 'Only one' }]);
    expect(await inUse('invoices')).toEqual([]);
    expect((await listed(server, company, 'invoices')).length).toBeGreaterThan(3);
  },
);

test(
  'what comes into an empty list is met by the next reading, however far behind the clock of the platform is',
  { timeout: 120_000 },
  async () => {
    await linkToEmptyBooks('slow');
    await untilRead(server, company);
    await control(server.sandboxUrl, { clock: { offsetMs: -600_000 } });
    await platform('POST', '/books/slow/suppliers', { name: 'By a slow clock' });
    expect(await readAgain(server, company, 'suppliers')).toMatchObject({ status: 'Complete' });
    expect(await inUse('suppliers')).toMatchObject([{ supplierName: 'By a slow clock' }]);
  },
);
