/** A platform that misbehaves in every way it knows: whatever it does, each write ends up in its books once. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { control, recordsIn, requestsTo, resetControl } from '../support/books.ts';
import { getPush, pushAccount, stepsOf, untilAllEnded } from '../support/pushes.ts';
import { endServer, makeLinkedCompany, startServer, type ServerProcess } from '../support/server.ts';

let server: ServerProcess;
beforeAll(async () => {
  // First readings of twenty companies would cost more than their writes.
  server = await startServer({ env: { LEDGERPOST_ROLES: 'api,engine' } });
});
afterEach(() => resetControl(server.sandboxUrl));
afterAll(() => endServer(server));

const accountsOf = async (company: { books: string }, code: string) =>
  (await recordsIn(server.sandboxUrl, company, 'accounts')).filter((account) => account.code === code).length;

describe.each([
  ['commits and then cuts the connection', { kind: 'cut-after' }],
  ['cuts the connection before it writes', { kind: 'cut-before' }],
  ['answers 503 and has not written', { kind: 'status-before' }],
  ['answers 500 although it has written', { kind: 'status-after' }],
  ['breaks off in the middle of its answer', { kind: 'truncate-after' }],
  ['answers 200 with a page of HTML after writing', { kind: 'garbage-after' }],
  ['answers 200 with a page of HTML and has not written', { kind: 'garbage-before' }],
  ['turns the request away with 429', { kind: 'status-before', status: 429, retryAfterSeconds: 1 }],
])('a platform that %s', (_name, fault) => {
  test.each(['honour', 'ignore'])('has the record once when it may %s idempotency keys', async (idempotency) => {
    const company = await makeLinkedCompany(server);
    await control(server.sandboxUrl, { idempotency, faults: [{ ...fault, method: 'POST', path: company.books }] });
    const { pushOperationKey } = await pushAccount(server, company, '7001');
    const [push] = await untilAllEnded(server, company);
    expect(push).toMatchObject({ pushOperationKey, status: 'Success' });
    expect(await accountsOf(company, '7001')).toBe(1);
  });
});

test('an answer dropped after the commit is found in the books, and nothing is sent a second time', async () => {
  const company = await makeLinkedCompany(server);
  await control(server.sandboxUrl, { faults: [{ kind: 'cut-after', method: 'POST', path: company.books }] });
  const { pushOperationKey } = await pushAccount(server, company, '7002');
  await untilAllEnded(server, company);
  expect(await stepsOf(server, company, pushOperationKey)).toEqual(['send unknown', 'find found']);
  expect(await requestsTo(server.sandboxUrl, 'POST', `${company.books}/accounts`)).toBe(1);
});

test('while the platform is away pushes say so, and after its return all are written once', async () => {
  const company = await makeLinkedCompany(server);
  await control(server.sandboxUrl, { offline: 'cut' });
  const codes = Array.from({ length: 20 }, (_, index) => `71${String(index).padStart(2, '0')}`);
  const pushes = await Promise.all(codes.map((code) => pushAccount(server, company, code)));
  const reasons = async () => {
    const seen = await Promise.all(pushes.map((push) => getPush(server, company, push.pushOperationKey)));
    return seen.map((push) => push.waitingOn?.reason).filter((reason) => reason === 'turn');
  };
  await expect.poll(reasons).toEqual([]);
  await resetControl(server.sandboxUrl);
  const ended = await untilAllEnded(server, company);
  expect(ended.map((push) => push.status)).toEqual(codes.map(() => 'Success'));
  const written = (await recordsIn(server.sandboxUrl, company, 'accounts')).flatMap(({ code = '' }) =>
    codes.includes(code) ? [code] : [],
  );
  expect(written.toSorted()).toEqual(codes);
});

test('a hundred writes under a mixture of faults are each in the books once', async () => {
  const company = await makeLinkedCompany(server);
  const seed = 20_261_120;
  const faults = ['cut-after', 'cut-before', 'status-after', 'truncate-after'].map((kind) => ({
    kind,
    method: 'POST',
    path: company.books,
    probability: 0.1,
  }));
  await control(server.sandboxUrl, { seed, faults, idempotency: 'ignore' });
  const codes = Array.from({ length: 100 }, (_, index) => `72${String(index).padStart(3, '0')}`);
  await Promise.all(codes.map((code) => pushAccount(server, company, code)));
  const ended = await untilAllEnded(server, company);
  expect(
    ended.filter((push) => push.status !== 'Success'),
    `seed ${seed}`,
  ).toEqual([]);
  const written = (await recordsIn(server.sandboxUrl, company, 'accounts')).flatMap(({ code = '' }) =>
    codes.includes(code) ? [code] : [],
  );
  expect(written.toSorted(), `seed ${seed}`).toEqual(codes);
});
