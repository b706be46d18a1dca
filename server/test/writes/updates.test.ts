/** Updates: nothing that somebody else wrote since we last looked is overwritten unseen. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { editInBooks, recordIn } from '../support/books.ts';
import { pushToEnd, recordIdOf } from '../support/pushes.ts';
import { untilRead } from '../support/reading.ts';
import {
  authorization,
  endServer,
  startLinkedCompany,
  type LinkedCompany,
  type ServerProcess,
} from '../support/server.ts';

let server: ServerProcess;
let company: LinkedCompany;
let customerId: string;
beforeAll(async () => {
  ({ server, company } = await startLinkedCompany());
  // The first reading of the books must not come upon an edit that is meant to be unseen.
  await untilRead(server, company);
  const created = await pushToEnd(server, company, { method: 'POST', path: 'customers', body: customer('Hill & Son') });
  customerId = recordIdOf(created);
});
afterAll(() => endServer(server));

const customer = (customerName: string) => ({ customerName, status: 'Active' });
const update = (customerName: string, query = '') =>
  pushToEnd(server, company, { method: 'PUT', path: `customers/${customerId}${query}`, body: customer(customerName) });
const nameInBooks = async () => (await recordIn(server.sandboxUrl, company, `customers/${customerId}`))['name'];
const editByAnother = (name: string) => editInBooks(server.sandboxUrl, company, `customers/${customerId}`, { name });
const read = () => server.call('GET', `/companies/${company.companyId}/data/customers/${customerId}`);

test('an update right after our own create or update passes', async () => {
  expect((await update('Hill & Daughter')).status).toBe('Success');
  expect((await update('Hill & Hill')).status).toBe('Success');
  expect(await nameInBooks()).toBe('Hill & Hill');
});

test('an update after somebody else’s edit is refused, naming both states, until the record is read again', async () => {
  await editByAnother('Edited by the bookkeeper');
  const refused = await update('Ours');
  expect(refused).toMatchObject({ status: 'Failed', statusCode: 409 });
  expect(refused.errorMessage).toMatch(/\d{4}-\d\d-\d\d.*\d{4}-\d\d-\d\d/s);
  expect(await nameInBooks()).toBe('Edited by the bookkeeper');
  await read();
  expect((await update('Ours')).status).toBe('Success');
});

test('forceUpdate overwrites somebody else’s edit', async () => {
  await editByAnother('Edited again');
  expect((await update('Forced', '?forceUpdate=true')).status).toBe('Success');
  expect(await nameInBooks()).toBe('Forced');
});

test('a record that was never read is not overwritten without force', async () => {
  const made = await fetch(`${server.sandboxUrl}${company.books}/customers`, {
    method: 'POST',
    headers: { authorization: 'Bearer sandbox-token', 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Unseen' }),
  });
  const path = `customers/${((await made.json()) as { id: string }).id}`;
  const refused = await pushToEnd(server, company, { method: 'PUT', path, body: customer('Overwritten') });
  expect(refused).toMatchObject({ status: 'Failed', statusCode: 409 });
  const forced = await pushToEnd(server, company, {
    method: 'PUT',
    path: `${path}?forceUpdate=true`,
    body: customer('Overwritten'),
  });
  expect(forced.status).toBe('Success');
});

test('an update of a record that the platform does not have fails with 404', async () => {
  for (const path of ['customers/cus_nobody', 'customers/cus_nobody?forceUpdate=true']) {
    const failed = await pushToEnd(server, company, { method: 'PUT', path, body: customer('Nobody') });
    expect(failed).toMatchObject({ status: 'Failed', statusCode: 404 });
  }
});

describe('If-Match', () => {
  const updateMatching = (etag: string) =>
    fetch(`${server.url}${company.push}/customers/${customerId}`, {
      method: 'PUT',
      headers: { authorization: authorization(server.apiKey), 'content-type': 'application/json', 'if-match': etag },
      body: JSON.stringify(customer('Matched')),
    });

  test('with the ETag that was read holds the update to that state', async () => {
    const etag = (await read()).headers.get('etag') ?? '';
    expect(etag).toMatch(/^".+"$/);
    await editByAnother('Edited in between');
    await read();
    const answer = (await (await updateMatching(etag)).json()) as { pushOperationKey: string };
    const path = `/companies/${company.companyId}/push/${answer.pushOperationKey}`;
    await expect.poll(async () => (await server.call('GET', path)).body['statusCode']).toBe(409);
    expect(await nameInBooks()).toBe('Edited in between');
  });

  test('that is no ETag is refused by name', async () => {
    const answer = await updateMatching('yesterday');
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('If-Match');
  });
});

describe('members that the model does not have', () => {
  const path = 'customers';
  const body = { ...customer('Extra Ltd'), favouriteColour: 'green' };

  test('are written around with a warning each', async () => {
    const push = await pushToEnd(server, company, { method: 'POST', path, body });
    expect(push.status).toBe('Success');
    expect(JSON.stringify(push.validation)).toContain('FavouriteColour');
  });

  test('fail the push by name when the request is strict', async () => {
    const push = await pushToEnd(server, company, { method: 'POST', path: `${path}?strict=true`, body });
    expect(push).toMatchObject({ status: 'Failed', statusCode: 400, attempts: 0 });
    expect(push.validation.errors.map((error) => error.itemId)).toEqual(['FavouriteColour']);
  });
});
