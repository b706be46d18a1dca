/** What is wrong with a request itself, not with its body: refused at once, by name, and no push is made of it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeConnection, makeLinkedConnection, startApi, type ApiCall, type TestApi } from '../support/api.ts';
import { readWhole } from '../support/records.ts';

let api: TestApi;
let linked: { readonly companyId: string; readonly connectionId: string; readonly prefix: string };
beforeAll(async () => {
  api = await startApi();
  linked = await makeLinkedConnection(api);
});
afterAll(() => api.stop());

const VERBS = [
  ['POST', 'push/invoices'],
  ['POST', 'push/bankAccounts/bnk_1/bankTransactions'],
  ['PUT', 'push/invoices/inv_1'],
  ['DELETE', 'push/invoices/inv_1'],
  ['POST', 'push/invoices/inv_1/attachment'],
] as const;

const pushCount = async (companyId = linked.companyId) =>
  (await api.call<{ totalResults: number }>('GET', `/companies/${companyId}/push`)).body.totalResults;

function contentOf(method: string, path: string): ApiCall {
  if (path.includes('/attachment')) {
    const part =
      'content-disposition: form-data; name="file"; filename="a.pdf"\r\ncontent-type: application/pdf\r\n\r\n%PDF';
    return { text: `--b\r\n${part}\r\n--b--\r\n`, headers: { 'content-type': 'multipart/form-data; boundary=b' } };
  }
  return method === 'DELETE' ? {} : { body: {} };
}

/** The request must be refused so, under that name, and leave no push. */
async function assertRefused(
  [method, path]: readonly [string, string],
  { status = 400, named, headers = {} }: { status?: number; named: string; headers?: Record<string, string> },
  prefix = linked.prefix,
) {
  const before = await pushCount();
  const content = contentOf(method, path);
  const answer = await api.call<{ error?: string }>(method, `${prefix}/${path}`, {
    ...content,
    headers: { ...content.headers, ...headers },
  });
  expect(answer.status, answer.text).toBe(status);
  expect(answer.body).toMatchObject({ statusCode: status, service: 'PublicApi' });
  expect(answer.body.error).toContain(named);
  expect(await pushCount()).toBe(before);
}

describe.each(VERBS)('%s %s', (...verb) => {
  const [method, path] = verb;
  test.each(['0', '-1', '1.5', 'five', '', '525601', '99999999999999999999', '5&timeoutInMinutes=6'])(
    'timeoutInMinutes=%s is refused by name',
    async (value) => {
      await assertRefused([method, `${path}?timeoutInMinutes=${value}`], { named: 'timeoutInMinutes' });
    },
  );

  test.each(['allowSyncOnPushComplete', 'forceUpdate', 'strict', 'dryRun'])(
    '%s takes true and false alone',
    async (name) => {
      await assertRefused([method, `${path}?${name}=maybe`], { named: name });
    },
  );

  test.each([
    ['Ledgerpost-Statuses', 'lengthy'],
    ['If-Match', 'yesterday'],
    ['Idempotency-Key', 'k'.repeat(1_000)],
  ])('a header %s that makes no sense is refused by name', async (name, value) => {
    await assertRefused(verb, { named: name, headers: { [name]: value } });
  });

  test('to a connection that is not linked is refused at once', async () => {
    const { prefix, companyId } = await makeConnection(api, 'Not linked');
    await assertRefused(verb, { named: 'linked' }, prefix);
    expect(await pushCount(companyId)).toBe(0);
  });

  test('to a connection that is not there answers 404', async () => {
    const prefix = `/companies/${linked.companyId}/connections/00000000-0000-4000-8000-000000000000`;
    await assertRefused(verb, { status: 404, named: '00000000-0000-4000-8000-000000000000' }, prefix);
  });
});

describe.each([
  ['POST', 'push/invoices'],
  ['PUT', 'push/invoices/inv_1'],
] as const)('%s %s', (method, path) => {
  test.each(['', '{', '[]', '"text"', 'null', '12', '{"a":1}{"b":2}', '{"a":NaN}'])(
    'a body of %j is refused at once',
    async (text) => {
      const before = await pushCount();
      const answer = await api.call(method, `${linked.prefix}/${path}`, {
        text,
        headers: { 'content-type': 'application/json' },
      });
      expect(answer).toMatchObject({ status: 400, body: { statusCode: 400 } });
      expect(await pushCount()).toBe(before);
    },
  );
});

test('a page beyond all pages is empty and still tells how many there are', async () => {
  await readWhole(api, linked, 'customers');
  for (const query of ['page=1000000000', 'page=1000000000&pageSize=5000', 'page=1000001&pageSize=1']) {
    const { status, body } = await api.call('GET', `${linked.prefix}/data/customers?${query}`);
    expect(status, query).toBe(200);
    expect(body).toMatchObject({ results: [] });
    expect(body['totalResults']).toBeGreaterThan(0);
  }
});

test('a timeout of a year is taken, and so is each flag', async () => {
  const before = await pushCount();
  const query = 'timeoutInMinutes=525600&allowSyncOnPushComplete=false&forceUpdate=true&strict=true';
  for (const [method, path] of VERBS) {
    const answer = await api.call(method, `${linked.prefix}/${path}?${query}`, contentOf(method, path));
    expect(answer).toMatchObject({ status: 200, body: { status: 'Pending', timeoutInMinutes: 525_600 } });
  }
  expect(await pushCount()).toBe(before + VERBS.length);
});
