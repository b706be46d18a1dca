/** Payment methods and account transactions of the sandbox from the outside: read on linking and again, and what is told. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { editInBooks, recordsIn } from '../support/books.ts';
import { pushToEnd, recordIdOf } from '../support/pushes.ts';
import { listed, readAgain, untilRead, type Body } from '../support/reading.ts';
import { endServer, startLinkedCompany, type LinkedCompany, type ServerProcess } from '../support/server.ts';

let server: ServerProcess;
let company: LinkedCompany;

beforeAll(async () => {
  ({ server, company } = await startLinkedCompany());
  await untilRead(server, company);
}, 240_000);
afterAll(() => endServer(server));

const all = (dataType: string, query = '') => listed(server, company, dataType, query);
const read = (dataType: string) => readAgain(server, company, dataType);

interface Feed {
  readonly results: readonly Body[];
  readonly watermark: string;
}

async function changes(dataType: string, after = ''): Promise<Feed> {
  const path = `/companies/${company.companyId}/changes?dataTypes=${dataType}&pageSize=5000&after=${after}`;
  return (await server.call<Feed>('GET', path)).body;
}

const latest = (records: readonly Body[]) =>
  records
    .map(({ modifiedDate }) => String(modifiedDate))
    .toSorted()
    .at(-1);

test('payment methods are those of the books, at both levels, and a change of one is told and moves no other', async () => {
  const before = await all('paymentMethods');
  expect(before.map(({ name, type, status }) => [name, type, status])).toEqual([
    ['Cash', 'Cash', 'Active'],
    ['Cheque', 'Check', 'Active'],
    ['Credit card', 'CreditCard', 'Active'],
    ['Bank transfer', 'BankTransfer', 'Active'],
  ]);
  const { connectionId, companyId } = company;
  const ofConnection = `/companies/${companyId}/connections/${connectionId}/data/paymentMethods`;
  expect((await server.call<Feed>('GET', ofConnection)).body.results).toEqual(before);
  expect((await server.call('GET', `${ofConnection}/${String(before[1]?.['id'])}`)).body).toEqual(before[1]);

  const { watermark } = await changes('paymentMethods');
  await editInBooks(server.sandboxUrl, company, `payment-methods/${String(before[1]?.['id'])}`, { status: 'archived' });
  expect(await read('paymentMethods')).toMatchObject({ status: 'Complete' });
  const changed = await all('paymentMethods', `&modifiedAfter=${latest(before)}`);
  expect(changed).toMatchObject([{ id: before[1]?.['id'], status: 'Archived' }]);
  expect((await changes('paymentMethods', watermark)).results.map(({ record }) => record)).toEqual(changed);
  expect(await all('paymentMethods', '&query=type%3DCash')).toEqual([before[0]]);
});

test('account transactions follow from whatever moves money, and go with it', { timeout: 240_000 }, async () => {
  const before = await all('accountTransactions');
  const kinds = new Set(
    before.flatMap(({ lines }) => (lines as Body[]).map((line) => (line['recordRef'] as Body)['dataType'])),
  );
  expect(kinds).toContain('payments');
  expect(kinds).toContain('billPayments');
  const { watermark } = await changes('accountTransactions');

  const [from, to] = await recordsIn(server.sandboxUrl, company, 'bank-accounts');
  const body = {
    date: '2026-05-06T00:00:00',
    from: { accountRef: { id: from?.id }, amount: 12.5 },
    to: { accountRef: { id: to?.id }, amount: 12.5 },
    description: 'Put by',
  };
  const push = await pushToEnd(server, company, { method: 'POST', path: 'transfers', body });
  expect(push, JSON.stringify(push)).toMatchObject({ status: 'Success' });
  const transferId = recordIdOf(push);
  await read('accountTransactions');
  const made = await all('accountTransactions', `&modifiedAfter=${latest(before)}`);
  const half = (accountId: unknown, totalAmount: number) => ({
    transactionId: transferId,
    note: 'Put by',
    bankAccountRef: { id: accountId, name: expect.any(String) },
    date: expect.stringMatching(/^2026-05-06/),
    status: 'Unreconciled',
    currency: 'GBP',
    totalAmount,
    lines: [{ amount: totalAmount, description: 'Put by', recordRef: { id: transferId, dataType: 'transfers' } }],
    metadata: { isDeleted: false },
  });
  expect(made).toMatchObject([half(from?.id, -12.5), half(to?.id, 12.5)]);
  const [first] = made;
  const path = `/companies/${company.companyId}/data/accountTransactions/${String(first?.['id'])}`;
  expect((await server.call('GET', path)).body).toEqual(first);
  expect(await all('accountTransactions', `&query=bankAccountRef.id%3D${to?.id}%26%26totalAmount%3D12.5`)).toEqual([
    made[1],
  ]);

  const answer = await fetch(`${server.sandboxUrl}${company.books}/transfers/${transferId}`, {
    method: 'DELETE',
    headers: { authorization: 'Bearer sandbox-token' },
  });
  expect(answer.status).toBe(204);
  await read('accountTransactions');
  const told = (await changes('accountTransactions', watermark)).results;
  expect(told.map(({ id, isDeleted }) => [id, isDeleted])).toEqual(made.map(({ id }) => [id, true]));
  expect(await all('accountTransactions', '&query=metadata.isDeleted!%3Dtrue')).toEqual(before);
});
