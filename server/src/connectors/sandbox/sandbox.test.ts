/** The sandbox connector over a network that says what each test wants: which answers prove what. */
import { describe, expect, test } from 'vitest';
import type { Connector, Write, WriteRequest } from '../contract.ts';
import { datatypeFeatures } from '../features.ts';
import { makeConnectors } from '../registry.ts';

const token = 'secret-token-1';
const invoice = {
  id: 'inv_1',
  customerId: 'cus_1',
  issueDate: '2026-03-02',
  status: 'draft',
  total: '10.00',
  lines: [],
  updatedAt: '2026-03-02T09:00:00.000Z',
};

function sandboxConnector(url = 'http://sandbox.test/'): Connector {
  const found = makeConnectors({ sandboxUrl: () => url, sandboxToken: token }).connectorFor('mqjo');
  if (found === undefined) throw new Error('The sandbox connector is not registered');
  return found;
}

interface Call {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A network that gives one answer to everything, and keeps what was asked. */
function network(answer: () => Response | Promise<Response>) {
  const calls: Call[] = [];
  const fake: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const text = await request.text();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    calls.push({ url: request.url, method: request.method, headers: request.headers, body });
    return answer();
  };
  return { calls, io: { fetch: fake, now: () => new Date('2026-03-02T10:00:00Z') } };
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

function failing(...codes: readonly string[]) {
  const causes = codes.map((code) => Object.assign(new Error(code), { code }));
  return network(() => {
    throw new TypeError('fetch failed', { cause: causes.length > 1 ? new AggregateError(causes) : causes[0] });
  });
}

const request: WriteRequest = { pushOperationKey: 'key-1', body: { customerRef: { id: 'cus_1' }, status: 'Draft' } };

function sendWith(
  { io }: ReturnType<typeof network>,
  kind: 'create' | 'update' | 'delete' = 'create',
  asked: WriteRequest = request,
) {
  const connector = sandboxConnector();
  const write: Write<unknown> | undefined = connector.writes.invoices?.[kind];
  if (write === undefined) throw new Error(`No ${kind} of invoices`);
  const changed = kind === 'create' ? asked : { ...asked, recordId: 'inv/1 é' };
  return write.send(connector.open({ books: 'b1' }, io), changed);
}

describe('a write to the sandbox', () => {
  test('is exactly one request, marked with the key in both headers', async () => {
    const net = network(() => json(201, invoice));
    expect(await sendWith(net)).toMatchObject({ kind: 'written', record: { id: 'inv_1', totalAmount: 10 } });
    expect(net.calls).toHaveLength(1);
    const [call] = net.calls;
    expect(call).toMatchObject({
      url: 'http://sandbox.test/books/b1/invoices',
      method: 'POST',
      body: { customerId: 'cus_1', status: 'draft' },
    });
    expect(call?.headers.get('idempotency-key')).toBe('key-1');
    expect(call?.headers.get('client-reference')).toBe('key-1');
    expect(call?.headers.get('authorization')).toBe(`Bearer ${token}`);
  });

  test('escapes the record id in the path', async () => {
    const net = network(() => new Response(null, { status: 204 }));
    expect(await sendWith(net, 'delete')).toEqual({
      kind: 'written',
      changes: [{ type: 'Deleted', recordRef: { id: 'inv/1 é', dataType: 'invoices' } }],
    });
    expect(net.calls[0]?.url).toBe('http://sandbox.test/books/b1/invoices/inv%2F1%20%C3%A9');
    expect(net.calls[0]?.body).toBeUndefined();
  });

  test("goes to the address of the day, and with the link's own token", async () => {
    let url = 'http://one.test';
    const connector = makeConnectors({ sandboxUrl: () => url, sandboxToken: token }).connectorFor('mqjo');
    const net = network(() => json(404, {}));
    await connector?.reads.invoices?.get(connector.open({ books: 'b1', token: 'own' }, net.io), 'x');
    url = 'http://two.test';
    await connector?.reads.invoices?.get(connector.open({ books: 'b1' }, net.io), 'x');
    expect(net.calls.map((call) => new URL(call.url).host)).toEqual(['one.test', 'two.test']);
    expect(net.calls[0]?.headers.get('authorization')).toBe('Bearer own');
  });

  test.each([
    ['ECONNREFUSED'],
    ['ENOTFOUND'],
    ['EAI_AGAIN'],
    ['UND_ERR_CONNECT_TIMEOUT'],
    ['ERR_TLS_CERT_ALTNAME_INVALID'],
    ['ECONNREFUSED', 'EHOSTUNREACH'],
  ])('that fails with %s was certainly not sent', async (...codes) => {
    expect(await sendWith(failing(...codes))).toMatchObject({ kind: 'not-sent', waitingFor: 'platform-offline' });
  });

  test.each([
    ['ECONNRESET'],
    ['UND_ERR_SOCKET'],
    ['UND_ERR_HEADERS_TIMEOUT'],
    ['EPIPE'],
    ['ECONNREFUSED', 'ECONNRESET'],
  ])('that fails with %s may have been taken', async (...codes) => {
    expect(await sendWith(failing(...codes))).toMatchObject({ kind: 'unknown' });
  });

  test('that is timed out by whoever handed the network in may have been taken', async () => {
    const net = network(() => Promise.reject(new DOMException('too slow', 'TimeoutError')));
    expect(await sendWith(net)).toMatchObject({ kind: 'unknown' });
  });

  test.each([500, 502, 503, 504, 408, 302, 200])(
    'answered with %d does not tell whether it was taken',
    async (status) => {
      const net = network(() => json(status, { error: status === 408 ? {} : { code: 'fault', message: '' } }));
      expect(await sendWith(net)).toMatchObject({ kind: 'unknown' });
    },
  );

  test('turned away because the sandbox is offline was certainly not taken', async () => {
    const net = network(() => json(503, { error: { code: 'offline', message: '' } }));
    expect(await sendWith(net)).toMatchObject({ kind: 'not-sent', waitingFor: 'platform-offline' });
  });

  test('answered 201 with half a record, or with none, does not tell either', async () => {
    expect(await sendWith(network(() => new Response('{"id": "inv_', { status: 201 })))).toMatchObject({
      kind: 'unknown',
    });
    expect(await sendWith(network(() => json(201, { number: 'INV-1' })))).toMatchObject({ kind: 'unknown' });
    expect(
      await sendWith(
        network(() => new Response('<html>', { status: 200 })),
        'delete',
      ),
    ).toMatchObject({
      kind: 'unknown',
    });
  });

  test.each([
    ['7', 7_000],
    ['Mon, 02 Mar 2026 10:00:30 GMT', 30_000],
    ['Mon, 02 Mar 2020 10:00:30 GMT', 0],
    ['999999999', 3_600_000],
  ])('held back with Retry-After: %s waits %d ms', async (header, retryAfterMs) => {
    const body = { error: { code: 'rate_limited', message: 'slow down' } };
    const net = network(() => json(429, body, { 'retry-after': header }));
    expect(await sendWith(net)).toMatchObject({ kind: 'not-sent', waitingFor: 'rate-limit', retryAfterMs });
  });

  test('turned away with 429 by a gateway that has never heard of the sandbox was not taken', async () => {
    const page = () =>
      new Response('<html>Too many requests</html>', { status: 429, headers: { 'retry-after': '15' } });
    expect(await sendWith(network(page))).toMatchObject({
      kind: 'not-sent',
      waitingFor: 'rate-limit',
      retryAfterMs: 15_000,
    });
  });

  test.each([
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'books_not_found'],
  ])('answered %d %s means that the link is gone', async (status, code) => {
    expect(await sendWith(network(() => json(status, { error: { code, message: '' } })))).toMatchObject({
      kind: 'unlinked',
    });
  });

  test.each([
    [404, 'record_not_found'],
    [409, 'document_paid'],
    [412, 'stale_version'],
    [413, 'body_too_large'],
  ])('answered %d %s is rejected with what the sandbox said', async (statusCode, code) => {
    const net = network(() => json(statusCode, { error: { code, message: 'It says why.' } }));
    expect(await sendWith(net, 'update')).toEqual({
      kind: 'rejected',
      statusCode,
      message: 'The sandbox refused: It says why.',
      errors: [],
    });
  });

  test('larger than the sandbox takes is rejected without being sent', async () => {
    const net = network(() => json(201, invoice));
    const note = 'é'.repeat(524_288);
    const outcome = await sendWith(net, 'create', { ...request, body: { note } });
    expect(outcome).toMatchObject({ kind: 'rejected', statusCode: 413 });
    expect(net.calls).toEqual([]);
  });

  test('refused for its fields names all of them in our words', async () => {
    const problems = [
      { field: 'customerId', code: 'unknown_reference', message: 'names no record in customers' },
      { field: 'lines[1].accountId', code: 'required', message: 'is required' },
      { field: 'warehouse', code: 'invalid', message: 'is odd' },
    ];
    const net = network(() => json(422, { error: { code: 'validation', message: 'See problems.' }, problems }));
    expect(await sendWith(net)).toEqual({
      kind: 'rejected',
      statusCode: 400,
      message: 'Failed to push to Invoice as CustomerRef.Id names no record in customers. (and 2 more)',
      errors: [
        {
          itemId: 'CustomerRef.Id',
          message: 'Failed to push to Invoice as CustomerRef.Id names no record in customers.',
          validatorName: 'Invoice',
        },
        {
          itemId: 'LineItems[1].AccountRef.Id',
          message: 'Failed to push to Invoice as LineItems[1].AccountRef.Id is required.',
          validatorName: 'Invoice',
        },
        { message: 'Failed to push to Invoice as warehouse is odd.', validatorName: 'Invoice' },
      ],
    });
  });
});

describe('a look-up in the sandbox', () => {
  const entry = { id: '9', action: 'created', resource: 'invoices', recordId: 'inv_1', reference: 'key-1' };

  function findWith(answer: () => Response) {
    const connector = sandboxConnector();
    return connector.writes.invoices?.create?.find?.(connector.open({ books: 'b1' }, network(answer).io), request);
  }

  test.each([
    [200, { items: [] }, 'absent'],
    [200, { items: [{ ...entry, action: 'updated' }] }, 'cannot-tell'],
    [200, { items: [{ ...entry, reference: 'key-2' }] }, 'cannot-tell'],
    [200, { items: [entry] }, 'found'],
    [200, { items: ['?', null] }, 'cannot-tell'],
    [200, { records: [] }, 'unreachable'],
    [200, 'maintenance', 'unreachable'],
    [429, { error: { code: 'rate_limited', message: '' } }, 'unreachable'],
    [503, { error: { code: 'offline', message: '' } }, 'unreachable'],
    [401, { error: { code: 'unauthorized', message: '' } }, 'unreachable'],
    [501, { error: { code: 'not_offered', message: '' } }, 'cannot-tell'],
    [404, { error: { code: 'books_not_found', message: '' } }, 'cannot-tell'],
  ])('answered %d %j says %s', async (status, body, kind) => {
    expect(await findWith(() => json(status, body))).toMatchObject({ kind });
  });
});

describe('the catalogue', () => {
  test('says of each data type what the sandbox can do, and of which the files can be read', () => {
    const states = Object.fromEntries(
      datatypeFeatures(sandboxConnector()).map(({ dataType, supportedFeatures }) => [
        dataType,
        supportedFeatures
          .filter(({ featureState }) => featureState === 'Release')
          .map(({ featureType }) => featureType),
      ]),
    );
    const files = ['GetAttachments', 'GetAttachment', 'DownloadAttachment'];
    expect(states).toEqual({
      accountTransactions: ['Get'],
      bankAccounts: ['Get', 'Post', 'Put'],
      bankTransactions: ['Get', 'Post'],
      billCreditNotes: ['Get', 'Post', 'Put', 'UploadAttachment', ...files],
      billPayments: ['Get', 'Post', 'Delete'],
      bills: ['Get', 'Post', 'Put', 'Delete', 'UploadAttachment', ...files],
      chartOfAccounts: ['Get', 'Post'],
      company: ['Get'],
      creditNotes: ['Get', 'Post', 'Put'],
      customers: ['Get', 'Post', 'Put', ...files],
      directCosts: ['Get', 'Post', 'Delete', 'UploadAttachment', ...files],
      directIncomes: ['Get', 'Post', 'UploadAttachment', ...files],
      invoices: ['Get', 'Post', 'Put', 'Delete', 'UploadAttachment', ...files],
      items: ['Get', 'Post'],
      journalEntries: ['Get', 'Post', 'Delete'],
      journals: ['Get', 'Post'],
      paymentMethods: ['Get'],
      payments: ['Get', 'Post'],
      purchaseOrders: ['Get', 'Post', 'Put', ...files],
      suppliers: ['Get', 'Post', 'Put', ...files],
      taxRates: ['Get'],
      trackingCategories: ['Get'],
      transfers: ['Get', 'Post', 'UploadAttachment', ...files],
    });
  });

  test.each([
    [{}, 'find-before-resend'],
    [{ memory: 'searchable' }, 'find-before-resend'],
    [{ memory: 'deduplicates' }, 'platform-deduplicates'],
    [{ memory: 'none' }, 'never-resend'],
  ])('a link with %j says of every write: %s', (link, repeat) => {
    const connector = makeConnectors({ sandboxUrl: () => '', sandboxToken: '' }).connectorFor('mqjo');
    const session = connector?.open(link, { fetch, now: () => new Date(0) });
    const writes = Object.values(connector?.writes ?? {}).flatMap((kinds) => Object.values(kinds));
    expect(writes.length).toBeGreaterThan(18);
    expect(new Set(writes.map((write) => write.repeatFor(session)))).toEqual(new Set([repeat]));
    expect(writes.filter((write) => !('find' in write))).toEqual([]);
  });
});
