/** What only follows from a push is readable as soon as the record itself: account transactions of whatever moved money. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Records } from '../conformance/full-body-parts.ts';
import { editInBooks, recordIn, recordsIn, requestsTo } from '../support/books.ts';
import { pushToEnd, recordIdOf } from '../support/pushes.ts';
import { listed, readAgain, untilRead, type Body } from '../support/reading.ts';
import { endServer, startLinkedCompany, type LinkedCompany, type ServerProcess } from '../support/server.ts';
import { create, fullBody, makeRecords, without } from '../writes/referable-records.ts';

let server: ServerProcess;
let company: LinkedCompany;
let records: Records;
beforeAll(async () => {
  ({ server, company } = await startLinkedCompany());
  await untilRead(server, company);
  records = await makeRecords({ server, company });
}, 240_000);
afterAll(() => endServer(server));

const dataType = 'accountTransactions';
const all = (query = '') => listed(server, company, dataType, query);
const madeBy = async (recordId: string) => (await all()).filter((each) => each['transactionId'] === recordId);
const single = async (id: unknown) =>
  (await server.call('GET', `/companies/${company.companyId}/data/${dataType}/${String(id)}`)).body;

interface Feed {
  readonly results: readonly Body[];
  readonly watermark: string;
}
async function changes(after = ''): Promise<Feed> {
  const path = `/companies/${company.companyId}/changes?dataTypes=${dataType}&pageSize=5000&after=${after}`;
  return (await server.call<Feed>('GET', path)).body;
}
const told = async (after: string) =>
  (await changes(after)).results.map(({ id, isDeleted }) => ({ id, isDeleted })).toSorted(byId);
const sorted = (those: readonly { readonly id?: unknown }[]) =>
  those.map(({ id }) => String(id)).toSorted((a, b) => (a < b ? -1 : 1));
const byId = (a: { id: unknown }, b: { id: unknown }) => (String(a.id) < String(b.id) ? -1 : 1);

/** Whether it is a reading of all or of what changed, it finds nothing that is not known. */
async function expectConfirmed() {
  const [{ watermark }, before] = [await changes(), await all()];
  expect(await readAgain(server, company, dataType)).toMatchObject({ status: 'Complete' });
  expect((await changes(watermark)).results).toEqual([]);
  expect(await all()).toEqual(before);
  const inBooks = await recordsIn(server.sandboxUrl, company, 'account-transactions');
  const kept = before.filter(({ metadata }) => (metadata as Body)['isDeleted'] !== true);
  expect(sorted(kept)).toEqual(sorted(inBooks));
}

async function transferBody(): Promise<Body> {
  const [from, to] = await recordsIn(server.sandboxUrl, company, 'bank-accounts');
  return {
    date: '2026-05-06T00:00:00',
    from: { accountRef: { id: from?.id }, amount: 12.5 },
    to: { accountRef: { id: to?.id }, amount: 12.5 },
    description: 'Put by',
  };
}

test('what a payment moved is listed, shown alone and told by the feed once it has ended, and the next sync agrees', async () => {
  const invoice = without(await fullBody({ server, company }, 'invoices', records), 'paymentAllocations');
  const invoiceId = await create({ server, company }, 'invoices', { ...invoice, status: 'Submitted' });
  const pay = async () => {
    const body = {
      customerRef: invoice['customerRef'],
      accountRef: { id: records.bank },
      totalAmount: 10,
      currency: invoice['currency'],
      date: '2026-03-05',
      lines: [{ amount: 10, links: [{ type: 'Invoice', id: invoiceId, amount: -10 }] }],
    };
    const push = await pushToEnd(server, company, { method: 'POST', path: 'payments', body });
    expect(push, JSON.stringify(push)).toMatchObject({ status: 'Success' });
    return recordIdOf(push);
  };
  const [made, ...more] = await madeBy(await pay());
  expect(more).toEqual([]);
  expect(made).toMatchObject({
    bankAccountRef: { id: records.bank },
    lines: [{ recordRef: { dataType: 'payments' } }],
  });
  expect(await single(made?.['id'])).toEqual(made);

  // Whoever looks first finds it, whatever is looked at.
  const { watermark } = await changes();
  const paymentId = await pay();
  expect((await changes(watermark)).results).toMatchObject([
    { isDeleted: false, record: { transactionId: paymentId } },
  ]);
  await pay();
  const before = await all();
  const inBooks = async () => sorted(await recordsIn(server.sandboxUrl, company, 'account-transactions'));
  expect(sorted(before)).toEqual(await inBooks());
  const known = await inBooks();
  await pay();
  const [latest] = (await inBooks()).filter((id) => !known.includes(id));
  expect(await single(latest)).toMatchObject({ id: latest, metadata: { isDeleted: false } });
  await expectConfirmed();
});

test('what a record no longer moves is told as deleted: it was deleted, or moves another account by now', async () => {
  const cost = await fullBody({ server, company }, 'directCosts', records);
  const [deleted, moved] = [
    await create({ server, company }, 'directCosts', cost),
    await create({ server, company }, 'directCosts', cost),
  ];
  const [first] = await madeBy(deleted);
  const [second] = await madeBy(moved);
  expect([first, second]).toMatchObject([{ metadata: { isDeleted: false } }, { metadata: { isDeleted: false } }]);

  const { accountId } = await recordIn(server.sandboxUrl, company, `expenses/${moved}`);
  const accounts = await recordsIn(server.sandboxUrl, company, 'bank-accounts');
  const other = accounts.find(({ id }) => id !== accountId)?.id;
  await editInBooks(server.sandboxUrl, company, `expenses/${moved}`, { accountId: other });
  const { watermark } = await changes();
  const push = await pushToEnd(server, company, { method: 'DELETE', path: `directCosts/${deleted}` });
  expect(push, JSON.stringify(push)).toMatchObject({ status: 'Success' });

  expect(await madeBy(deleted)).toMatchObject([{ id: first?.['id'], metadata: { isDeleted: true } }]);
  const elsewhere = (await madeBy(moved)).find(({ id }) => id !== second?.['id']);
  expect(elsewhere).toMatchObject({ bankAccountRef: { id: other }, metadata: { isDeleted: false } });
  expect(await single(second?.['id'])).toMatchObject({ metadata: { isDeleted: true } });
  expect(await told(watermark)).toEqual(
    [
      { id: first?.['id'], isDeleted: true },
      { id: second?.['id'], isDeleted: true },
      { id: elsewhere?.['id'], isDeleted: false },
    ].toSorted(byId),
  );
  await expectConfirmed();

  // And what comes back where it was is there again, although there is a trace of it.
  await editInBooks(server.sandboxUrl, company, `expenses/${moved}`, { accountId });
  await create({ server, company }, 'transfers', await transferBody());
  expect(await single(second?.['id'])).toMatchObject({ metadata: { isDeleted: false } });
  expect(await single(elsewhere?.['id'])).toMatchObject({ metadata: { isDeleted: true } });
  await expectConfirmed();
});

test('a write that wants no sync, or moves no money, leaves account transactions alone', async () => {
  const before = await all();
  const asked = () => requestsTo(server.sandboxUrl, 'GET', `${company.books}/account-transactions`);
  const askedBefore = await asked();
  const path = 'transfers?allowSyncOnPushComplete=false';
  const push = await pushToEnd(server, company, { method: 'POST', path, body: await transferBody() });
  expect(push, JSON.stringify(push)).toMatchObject({ status: 'Success' });
  await create({ server, company }, 'customers', { customerName: 'Moves nothing', status: 'Active' });
  expect(await all()).toEqual(before);
  expect(await asked()).toBe(askedBefore);
});
