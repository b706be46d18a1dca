/**
 * Requests that no client of good manners sends: each is answered in the wire's one error body, names what was wrong,
 * and leaves nothing behind. What is wrong inside a record fails the push instead, field by field.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { recordsIn, requestsTo } from '../support/books.ts';
import { authorization, makeLinkedCompany, type LinkedCompany } from '../support/server.ts';
import { untilEnded, useServer } from './official-clients.ts';

const rig = useServer();

let company: LinkedCompany;
let other: LinkedCompany;
beforeAll(async () => {
  [company, other] = [await makeLinkedCompany(rig().server), await makeLinkedCompany(rig().server)];
});

const UNKNOWN_ID = '0190a1b2-0000-7000-8000-000000000000';
const MEGABYTE = 1_048_576;
const JSON_BODY = { 'content-type': 'application/json' };

const account = (changes: object = {}) =>
  JSON.stringify({ nominalCode: 'LP-R', name: 'Refused', fullyQualifiedCategory: 'Asset.Current', ...changes });
/** An account whose JSON is so many bytes long. */
const accountOf = (bytes: number) => account({ note: 'x'.repeat(bytes - account({ note: '' }).length) });

interface Call {
  readonly method?: string;
  readonly path: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `@` is the push path of a linked connection, `#` its company. */
async function send({ method = 'POST', path, body, headers = JSON_BODY }: Call) {
  const { url, apiKey } = rig().server;
  const target = path.replace('@', company.push).replace('#', `/companies/${company.companyId}`);
  return fetch(url + target, {
    method,
    headers: { authorization: authorization(apiKey), ...headers },
    ...(body !== undefined && { body }),
  });
}

interface ErrorBody {
  readonly statusCode: number;
  readonly error: string;
}

/** The error body is whole, repeats the status, and gives away nothing from inside. */
async function refusal(call: Call): Promise<ErrorBody> {
  const answer = await send(call);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  const text = await answer.text();
  const body = JSON.parse(text) as ErrorBody;
  expect(body).toMatchObject({
    statusCode: answer.status,
    service: expect.stringMatching(/./) as string,
    error: expect.stringMatching(/./) as string,
    correlationId: expect.stringMatching(/^[0-9a-f-]{32,36}$/) as string,
    canBeRetried: expect.stringMatching(/^(True|False|Unknown)$/) as string,
    detailedErrorCode: 0,
  });
  expect(text).not.toMatch(/node_modules|\.ts:|SELECT|INSERT|FST_ERR/);
  return body;
}

type Case = readonly [what: string, call: Call, statusCode: number, named: string];

const bodies: readonly Case[] = [
  ['text that is no JSON', { path: '@/accounts', body: '{"nominalCode": "1",' }, 400, 'not valid JSON'],
  ['two JSON values', { path: '@/accounts', body: '{}{}' }, 400, 'not valid JSON'],
  ['a list', { path: '@/accounts', body: `[${account()}]` }, 400, 'not a list'],
  ['null', { path: '@/accounts', body: 'null' }, 400, 'not null'],
  ['a number', { path: '@/accounts', body: '12' }, 400, 'not a number'],
  ['a text', { path: '@/accounts', body: '"account"' }, 400, 'not a string'],
  ['true', { path: '@/accounts', body: 'true' }, 400, 'not a boolean'],
  ['nothing', { path: '@/accounts' }, 400, 'body'],
  ['nothing, for an update', { method: 'PUT', path: '@/invoices/inv_1' }, 400, 'body'],
  ['bytes that are no UTF-8', { path: '@/accounts', body: new Uint8Array([0x7b, 0xff, 0x7d]) }, 400, 'UTF-8'],
  ['nesting without end', { path: '@/accounts', body: '{"a":'.repeat(5_000) + '1' + '}'.repeat(5_000) }, 400, '64'],
  ['one byte more than 1 MB', { path: '@/accounts', body: accountOf(MEGABYTE + 1) }, 413, '1 MB'],
  ['8 MB', { path: '@/accounts', body: accountOf(8 * MEGABYTE) }, 413, '1 MB'],
  [
    'XML',
    { path: '@/accounts', body: '<a/>', headers: { 'content-type': 'application/xml' } },
    415,
    'application/json',
  ],
  ['a form', { path: '@/accounts', body: 'a=1', headers: { 'content-type': 'multipart/form-data' } }, 415, 'json'],
];

const ids: readonly Case[] = [
  ['a company id that is none', { path: '/companies/x/connections/y/push/accounts', body: account() }, 404, 'ID x'],
  ['a connection id that is none', { path: '#/connections/x/push/accounts', body: account() }, 404, 'connection x'],
  ['an unknown connection', { path: `#/connections/${UNKNOWN_ID}/push/bills`, body: account() }, 404, UNKNOWN_ID],
  ['an unknown operation', { method: 'GET', path: `#/push/${UNKNOWN_ID}` }, 404, UNKNOWN_ID],
  ['an operation key that is none', { method: 'GET', path: '#/push/latest' }, 404, 'latest'],
  ['an unknown record', { method: 'GET', path: '#/data/invoices/inv_0' }, 404, 'inv_0'],
  ['a record id that is too long', { method: 'DELETE', path: `@/invoices/${'a'.repeat(300)}` }, 400, 'recordId'],
  ['a record id with a NUL', { method: 'DELETE', path: '@/invoices/a%00b' }, 400, 'recordId'],
  ['a path that is badly encoded', { path: '@/%zz', body: account() }, 400, 'percent-encoded'],
  ['an unknown webhook consumer', { method: 'DELETE', path: `/webhooks/${UNKNOWN_ID}` }, 404, UNKNOWN_ID],
];

const verbs: readonly Case[] = [
  ['an unknown data type', { path: '@/nonsense', body: account() }, 404, "'nonsense'"],
  ['a data type under a name of no type', { path: '@/constructor', body: account() }, 404, "'constructor'"],
  ['a type that the platform does not write', { path: '@/taxRates', body: account() }, 405, "'taxRates'"],
  ['an update of a type without one', { method: 'PUT', path: '@/items/itm_1', body: account() }, 405, "'items'"],
  ['a delete of a type without one', { method: 'DELETE', path: '@/accounts/acc_1' }, 405, "'chartOfAccounts'"],
  ['a PATCH of a record', { method: 'PATCH', path: '@/invoices/inv_1', body: account() }, 405, 'PATCH'],
  ['a write to the list of operations', { path: '#/push', body: account() }, 405, 'POST'],
  ['a path that nobody serves', { method: 'GET', path: '/nowhere' }, 404, 'NotFound'],
];

const parameters: readonly Case[] = [
  ...['0', '-1', '1.5', 'soon', '', '1e9', '99999999999'].map((value): Case => {
    const path = `@/accounts?timeoutInMinutes=${value}`;
    return [`timeoutInMinutes=${value}`, { path, body: account() }, 400, 'timeoutInMinutes'];
  }),
  [
    'allowSyncOnPushComplete=perhaps',
    { path: '@/accounts?allowSyncOnPushComplete=perhaps', body: account() },
    400,
    'allowSyncOnPushComplete',
  ],
  ['forceUpdate=perhaps', { method: 'PUT', path: '@/invoices/1?forceUpdate=perhaps', body: '{}' }, 400, 'forceUpdate'],
  ['page=0', { method: 'GET', path: '#/push?page=0' }, 400, 'page'],
  ['page twice', { method: 'GET', path: '#/push?page=1&page=2' }, 400, 'page'],
  ['pageNumber=none', { method: 'GET', path: '#/push?pageNumber=none' }, 400, 'page'],
  ['pageSize=5001', { method: 'GET', path: '#/data/invoices?pageSize=5001' }, 400, 'pageSize'],
  ['pageSize=0', { method: 'GET', path: '/companies?pageSize=0' }, 400, 'pageSize'],
  ['an unbalanced brace', { method: 'GET', path: '#/push?query=%7Bstatus%3DFailed' }, 400, 'Malformed query'],
  ['mixed clauses', { method: 'GET', path: '#/push?query=a%3D1%26%26b%3D2%7C%7Cc%3D3' }, 400, 'Malformed query'],
  ['a query too long', { method: 'GET', path: `#/push?query=status%3D${'x'.repeat(2_100)}` }, 400, 'Malformed query'],
  ['a query of no field', { method: 'GET', path: '#/push?query=secret%3D1' }, 400, 'property secret on PushOperation'],
  ['an order of no field', { method: 'GET', path: '#/push?orderBy=-secret' }, 400, 'property secret on PushOperation'],
];

describe.each([
  ['body', bodies],
  ['id', ids],
  ['verb or data type', verbs],
  ['query parameter', parameters],
])('a bad %s', (_kind, cases) => {
  test.each(cases)('%s', async (_what, call, statusCode, named) => {
    const refused = await refusal(call);
    expect(refused.error).toContain(named);
    expect(refused.statusCode).toBe(statusCode);
  });
});

/** Sent piece by piece without saying how long it will be. */
function streamOf(bytes: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      if (left <= 0) return controller.close();
      controller.enqueue(new Uint8Array(65_536).fill(0x78));
      left -= 65_536;
    },
  });
}

describe('a client that is still sending when it is refused hears why, and is not cut off', () => {
  const tooMuch = 8 * MEGABYTE;
  test.each<[string, number, Readonly<Record<string, string>>, () => string | ReadableStream]>([
    ['too long, as announced', 413, {}, () => 'x'.repeat(tooMuch)],
    ['too long, unannounced', 413, {}, () => streamOf(tooMuch)],
    ['of another type', 415, { 'content-type': 'text/plain' }, () => 'x'.repeat(tooMuch)],
    ['with no key', 401, { authorization: '' }, () => streamOf(tooMuch)],
  ])('%s: %d', async (_what, status, headers, body) => {
    const { url, apiKey } = rig().server;
    // Whether a reset overtakes the answer is a matter of chance, so there are several.
    for (let time = 0; time < 8; time++) {
      const answer = await fetch(`${url}${company.push}/accounts`, {
        method: 'POST',
        headers: { ...JSON_BODY, authorization: authorization(apiKey), ...headers },
        body: body(),
        duplex: 'half',
      });
      expect(answer.status).toBe(status);
      expect(await answer.json()).toMatchObject({ statusCode: status });
    }
  });
});

test('a connection of another company is as unknown as one that nobody has', async () => {
  const path = `#/connections/${other.connectionId}/push/accounts`;
  expect(await refusal({ path, body: account() })).toMatchObject({ statusCode: 404 });
});

test.each([
  ['none', {}],
  ['of another scheme', { authorization: 'Bearer lp_test_key' }],
  ['without base64', { authorization: 'lp_test_key' }],
  ['of another key', { authorization: authorization('lp_test_key2') }],
])('an Authorization header %s is 401, whatever else is wrong', async (_what, headers) => {
  const { url } = rig().server;
  const answer = await fetch(`${url}${company.push}/accounts?timeoutInMinutes=x`, {
    method: 'POST',
    headers: { ...JSON_BODY, ...headers },
    body: '[',
  });
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ statusCode: 401, error: 'Unauthorized', canBeRetried: 'False' });
});

// After all of the above, and before anything that is taken.
test('none of it was stored, and none of it reached the platform', async () => {
  const { server, platform, db } = rig();
  const { totalResults } = await platform.pushData.listOperations({ companyId: company.companyId });
  expect(totalResults).toBe(0);
  expect(await db.query('', 'SELECT id FROM pushes')).toEqual([]);
  expect(await requestsTo(server.sandboxUrl, 'POST', company.books)).toBe(0);
  expect((await platform.companies.list({})).totalResults).toBe(2);
});

describe('what is wrong inside a record fails the push, not the request', () => {
  async function errorsOf(dataType: string, body: string) {
    const answer = await send({ path: `@/${dataType}`, body });
    expect(answer.status).toBe(200);
    const asked = (await answer.json()) as { companyId: string; pushOperationKey: string };
    const operation = await untilEnded(rig(), asked);
    expect(operation).toMatchObject({ status: 'Failed', statusCode: 400, changes: [] });
    expect(operation.errorMessage).toContain('see validation for more information');
    return operation.validation?.errors?.map(({ itemId }) => itemId) ?? [];
  }

  test.each<[string, string, string, string[]]>([
    ['an empty object', 'accounts', '{}', ['NominalCode', 'Name', 'FullyQualifiedCategory']],
    [
      'wrong types',
      'accounts',
      account({ nominalCode: 1, name: {}, fullyQualifiedCategory: ['Asset'] }),
      ['NominalCode', 'Name', 'FullyQualifiedCategory'],
    ],
    [
      'a category that is not offered',
      'accounts',
      account({ fullyQualifiedCategory: 'Asset.Moon' }),
      ['FullyQualifiedCategory'],
    ],
    [
      'members named after what objects inherit',
      'accounts',
      '{"__proto__":{"name":"x"},"constructor":1,"nominalCode":"LP-P","fullyQualifiedCategory":"Asset.Current"}',
      ['Name'],
    ],
    [
      'an amount beyond all numbers',
      'journalEntries',
      '{"postedOn":"2026-03-31","journalLines":[{"netAmount":1e400,"accountRef":{"id":"a"}},{"netAmount":"5","accountRef":{"id":"a"}}]}',
      ['JournalLines[0].NetAmount', 'JournalLines[1].NetAmount'],
    ],
    [
      'lines that are no objects',
      'invoices',
      '{"customerRef":"c","issueDate":"2026-03-02","dueDate":"2026-02-30","lineItems":[1,{"unitAmount":1,"quantity":1}]}',
      ['CustomerRef', 'DueDate', 'LineItems[0]', 'LineItems[1].AccountRef'],
    ],
  ])('%s', async (_what, dataType, body, itemIds) => {
    expect(new Set(await errorsOf(dataType, body))).toEqual(new Set(itemIds));
  });

  test('a body of exactly 1 MB is taken, and written without the member that the model does not know', async () => {
    const answer = await send({ path: '@/accounts', body: accountOf(MEGABYTE) });
    expect(answer.status).toBe(200);
    const asked = (await answer.json()) as { companyId: string; pushOperationKey: string };
    const operation = await untilEnded(rig(), asked);
    expect(operation.status).toBe('Success');
    expect(operation.validation?.warnings).toMatchObject([{ itemId: 'Note' }]);
    const held = await recordsIn(rig().server.sandboxUrl, company, 'accounts');
    expect(held.filter(({ code }) => code === 'LP-R')).toHaveLength(1);
  });
});
