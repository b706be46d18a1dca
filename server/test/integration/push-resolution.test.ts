/** A push whose outcome nobody could tell, and the person who tells it: once, with a reason, and for everybody to see. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeLinkedConnection, startApi, type TestApi } from '../support/api.ts';
import { endPush } from '../support/ended-pushes.ts';

let api: TestApi;
let connection: Awaited<ReturnType<typeof makeLinkedConnection>>;
beforeAll(async () => {
  api = await startApi();
  connection = await makeLinkedConnection(api);
});
afterAll(() => api.stop());

async function pushThat(
  end: 'giveUp' | 'succeed' | undefined,
  method = 'POST',
  path = 'customers',
  asked: object = { customerName: 'Ana', status: 'Active' },
) {
  const body = method === 'DELETE' ? {} : { body: asked };
  const answer = await api.call(method, `${connection.prefix}/push/${path}`, body);
  const id = String(answer.body['pushOperationKey']);
  const { companyId, connectionId } = connection;
  if (end !== undefined) await endPush(api.db, { id, companyId, connectionId }, { move: end, changes: [] });
  return `/companies/${companyId}/push/${id}`;
}

const decide = (push: string, body: unknown) => api.call('POST', `${push}/resolution`, { body });
const failed = { outcome: 'Failed', reason: 'The customer is not there; looked at 14:10' };

const total = async (status: string) => {
  const query = `?pageSize=100&query=${encodeURIComponent(`status=${status}`)}`;
  const { body } = await api.call<{ totalResults: number; results: { status: string }[] }>(
    'GET',
    `/companies/${connection.companyId}/push${query}`,
    { headers: { 'ledgerpost-statuses': 'extended' } },
  );
  expect(body.results).toHaveLength(body.totalResults);
  return body.totalResults;
};

const lastEvent = async () =>
  api.db.query<{ event_type: string; payload: { status: string; record?: { id: string } } }>(
    '',
    'SELECT event_type, payload FROM events ORDER BY id DESC LIMIT 1',
  );

test('it is decided as written: with the record, an entry of who and why, an event, and exact totals', async () => {
  const push = await pushThat('giveUp');
  const [unknown, success] = [await total('Unknown'), await total('Success')];
  const decision = { outcome: 'Success', reason: 'Customer cus_7 has our number', recordId: 'cus_7' };
  const answer = await decide(push, decision);
  expect(answer).toMatchObject({
    status: 200,
    body: {
      status: 'Success',
      statusCode: 200,
      errorMessage: null,
      changes: [{ type: 'Created', recordRef: { id: 'cus_7', dataType: 'customers' } }],
    },
  });
  const { body } = await api.call('GET', `${push}/timeline`);
  expect(body['results']).toMatchObject([
    {
      step: 'resolve',
      outcome: 'decided',
      movedTo: 'succeeded',
      detail: expect.stringMatching(/^API key [-0-9a-f]{36} \(First key\) decided: Customer cus_7 has our number$/),
    },
  ]);
  expect(await lastEvent()).toMatchObject([
    { event_type: 'customers.write.successful', payload: { status: 'Success', record: { id: 'cus_7' } } },
  ]);
  expect([await total('Unknown'), await total('Success')]).toEqual([unknown - 1, success + 1]);
});

test('what is decided as written is read again before it is shown, and so is what it changed', async () => {
  const { connectionId } = connection;
  const lines = [{ amount: 10, links: [{ type: 'Invoice', id: 'inv_3', amount: -10 }] }];
  const body = { totalAmount: 10, currency: 'GBP', customerRef: { id: 'cus_7' }, accountRef: { id: 'acc_1' }, lines };
  const stale = () =>
    api.db.query('', 'SELECT data_type, record_id FROM stale_records WHERE connection_id = $1 AND record_id <> $2', [
      connectionId,
      '',
    ]);
  await api.db.execute(
    '',
    `INSERT INTO records (company_id, connection_id, data_type, record_id, content, bucket, modified_at, seen_at)
     VALUES ($1, $2, 'invoices', 'inv_3', '{"id":"inv_3"}', 0, now(), now())`,
    [connection.companyId, connectionId],
  );
  const push = await pushThat('giveUp', 'POST', 'payments', body);
  expect(await stale()).not.toContainEqual({ data_type: 'payments', record_id: 'pay_9' });
  const decided = await decide(push, { outcome: 'Success', reason: 'It is there', recordId: 'pay_9' });
  expect(decided).toMatchObject({ status: 200 });
  expect(await stale()).toEqual(
    expect.arrayContaining([
      { data_type: 'payments', record_id: 'pay_9' },
      { data_type: 'invoices', record_id: 'inv_3' },
    ]),
  );
});

test('it is decided as not written, and says on whose word', async () => {
  const push = await pushThat('giveUp');
  const [unknown, fails] = [await total('Unknown'), await total('Failed')];
  const answer = await decide(push, failed);
  expect(answer).toMatchObject({ status: 200, body: { status: 'Failed', statusCode: 502, changes: [] } });
  expect(answer.body['errorMessage']).toMatch(/does not have it: The customer is not there; looked at 14:10$/);
  expect(await lastEvent()).toMatchObject([
    { event_type: 'customers.write.unsuccessful', payload: { status: 'Failed' } },
  ]);
  expect([await total('Unknown'), await total('Failed')]).toEqual([unknown - 1, fails + 1]);
});

test('of several decisions at once one holds, and the others are told', async () => {
  const push = await pushThat('giveUp');
  const success = { outcome: 'Success', reason: 'Seen', recordId: 'cus_8' };
  const answers = await Promise.all([decide(push, failed), decide(push, success), decide(push, failed)]);
  expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['200', '409', '409']);
  const { body } = await api.call('GET', `${push}/timeline`);
  expect((body['results'] as { movedTo?: string }[]).filter(({ movedTo }) => movedTo !== undefined)).toHaveLength(1);
  expect(
    await api.db.query('', `SELECT id FROM events WHERE payload ->> 'id' = $1`, [push.split('/').at(-1)]),
  ).toHaveLength(1);
});

test.each([['succeed'], [undefined]] as const)('one that has come to %s cannot be decided', async (end) => {
  const push = await pushThat(end);
  // When a pending one will probably be sent is reckoned anew each time.
  const { waitingOn, ...before } = (await api.call('GET', push)).body;
  const answer = await decide(push, failed);
  expect(answer).toMatchObject({ status: 409, body: { error: expect.stringContaining('is not unknown') } });
  const after = (await api.call('GET', push)).body;
  expect({ ...after, waitingOn }).toEqual({ ...before, waitingOn });
});

test('an update names its record itself, and no other', async () => {
  const push = await pushThat('giveUp', 'PUT', 'customers/cus_9');
  const other = { outcome: 'Success', reason: 'Seen', recordId: 'cus_1' };
  expect(await decide(push, other)).toMatchObject({ status: 400, body: { error: expect.stringContaining('cus_9') } });
  expect(await decide(push, { outcome: 'Success', reason: 'Seen' })).toMatchObject({
    status: 200,
    body: { changes: [{ recordRef: { id: 'cus_9' } }] },
  });
});

test.each([
  [{ reason: 'x' }, 'outcome'],
  [{ outcome: 'Unknown', reason: 'x' }, 'outcome'],
  [{ outcome: 'Failed' }, 'reason'],
  [{ outcome: 'Failed', reason: '' }, 'reason'],
  [{ outcome: 'Failed', reason: '  ' }, 'reason'],
  [{ outcome: 'Failed', reason: 'x'.repeat(1_001) }, 'reason'],
  [{ outcome: 'Failed', reason: 'x', recordId: 'cus_1' }, 'recordId'],
  [{ outcome: 'Success', reason: 'x' }, 'recordId'],
  [{ outcome: 'Success', reason: 'x', recordId: '' }, 'recordId'],
])('%j is refused by the name of what is wrong', async (body, member) => {
  const push = await pushThat('giveUp');
  const answer = await decide(push, body);
  expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining(member) } });
  expect((await api.call('GET', push)).body).toMatchObject({ statusCode: 504 });
});

test('a push that is not there, or is of another company, is not found', async () => {
  const push = await pushThat('giveUp');
  const other = await makeLinkedConnection(api, 'Other Ltd');
  const elsewhere = push.replace(connection.companyId, other.companyId);
  expect(await decide(elsewhere, failed)).toMatchObject({
    status: 404,
    body: { error: expect.stringContaining('push operation') },
  });
  const nowhere = `/companies/${connection.connectionId}/push/${connection.connectionId}`;
  expect(await decide(nowhere, failed)).toMatchObject({
    status: 404,
    body: { error: expect.stringContaining('company') },
  });
});
