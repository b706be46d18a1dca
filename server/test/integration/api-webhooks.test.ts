/** What the owner of a consumer can do over the API, seen from both ends: what is asked for, and what then arrives. */
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook } from 'svix';
import { describe, expect, it } from 'vitest';
import { answer, neverAnswer } from '../support/webhook-consumer.ts';
import { until, useWebhookApi, type Registered } from '../support/webhook-api.ts';

const rig = useWebhookApi();
const call = <Body = Record<string, unknown>>(method: string, path: string, body?: unknown) =>
  rig.api().call<Body>(method, path, body === undefined ? {} : { body });

interface Message {
  readonly id: string;
  readonly status: string;
  readonly attempts: number;
  readonly eventType: string;
}

interface Attempt {
  readonly number: number;
  readonly status: string;
  readonly resend: boolean;
  readonly request: { readonly url: string; readonly headers: Record<string, string>; readonly body: string };
  readonly response?: { readonly statusCode: number; readonly headers: Record<string, string>; readonly body: string };
}

const messagesOf = async ({ path }: Registered, query = '') =>
  (await call<{ results: Message[]; totalResults: number }>('GET', `${path}/messages${query}`)).body;
const attemptsOf = async ({ path }: Registered, messageId: string) =>
  (await call<{ results: Attempt[] }>('GET', `${path}/messages/${messageId}/attempts`)).body.results;

async function sendTest({ path }: Registered, eventType = 'bills.write.successful'): Promise<string> {
  const sent = await call<{ id: string }>('POST', `${path}/test`, { eventType });
  expect(sent.status).toBe(202);
  return sent.body.id;
}

async function untilReceived({ server }: Registered, count: number) {
  await until(() => expect(server.received).toHaveLength(count));
  return server.received;
}

describe('a consumer', () => {
  it('is changed field by field, replaced as a whole, and shows neither secret nor headers', async () => {
    const headers = { Authorization: 'Bearer hidden-token', 'X-Tenant': 'hidden-tenant' };
    const consumer = await rig.register({ description: 'books', headers, rateLimit: 50, companyTags: ['a:b'] });
    const patched = await call('PATCH', consumer.path, { eventTypes: ['bills.write.*'], description: null });
    expect(patched.status).toBe(200);
    expect(patched.body).toMatchObject({
      eventTypes: ['bills.write.*'],
      companyTags: ['a:b'],
      rateLimit: 50,
      headerNames: ['Authorization', 'X-Tenant'],
    });
    expect(patched.body).not.toHaveProperty('description');

    const replaced = await call('PUT', consumer.path, { url: consumer.server.url, eventTypes: ['*'] });
    expect(replaced.body).toMatchObject({ companyTags: [], headerNames: ['Authorization', 'X-Tenant'] });
    expect(replaced.body).not.toHaveProperty('rateLimit');
    expect((await call('PATCH', consumer.path, { headers: null })).body).toMatchObject({ headerNames: [] });
    expect((await call('GET', consumer.path)).body).toEqual((await call('PATCH', consumer.path, {})).body);

    const shown = [patched, replaced, await call('GET', consumer.path), await call('GET', '/webhooks')];
    for (const { text } of shown) expect(text).not.toMatch(/hidden-|whsec_/);
    const rows = await rig.api().db.query<{ whole: string }>('', 'SELECT c::text AS whole FROM webhook_consumers c');
    expect(JSON.stringify(rows)).not.toContain(Buffer.from('hidden-token').toString('hex'));
  });

  it.each([
    [{ url: 'nonsense' }, 'url'],
    [{ eventTypes: ['bill.*'] }, 'eventTypes'],
    [{ eventTypes: [] }, 'eventTypes'],
    [{ rateLimit: 0 }, 'rateLimit'],
    [{ headers: { 'webhook-id': 'x' } }, 'headers'],
    [{ headers: { Host: 'x' } }, 'headers'],
    [{ headers: { 'X-A': 'a\r\nX-B: b' } }, 'headers'],
    [{ headers: { 'bad name': 'x' } }, 'headers'],
    [{ clientCertificate: 'not a certificate' }, 'clientCertificate'],
    [{ companyTags: ['nothing'] }, 'companyTags'],
  ])('is not changed to %j', async (change, field) => {
    const consumer = await rig.register();
    const refused = await call('PATCH', consumer.path, change);
    expect(refused.status).toBe(400);
    expect(refused.text).toContain(field);
    expect((await call('DELETE', consumer.path)).status).toBe(204);
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      expect((await call(method, consumer.path, method === 'PATCH' ? {} : undefined)).status).toBe(404);
    }
  });

  it('as a third-party client registers it, by name and company and without event types, hears all of that company', async () => {
    const { server } = await rig.register();
    const company = await call('POST', '/companies', { name: 'Only this' });
    const body = { url: server.url, name: 'elixir', companyId: company.body['id'], type: 'webhook' };
    const made = await call('POST', '/webhooks', body);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ name: 'elixir', eventTypes: ['*'], companyId: company.body['id'] });
    await call('DELETE', `/webhooks/${String(made.body['id'])}`);
  });

  it('gets its own headers with each delivery, and they are hidden in what is kept of it', async () => {
    const consumer = await rig.register({ headers: { Authorization: 'Bearer hidden-token' } });
    const id = await sendTest(consumer);
    const [delivery] = await untilReceived(consumer, 1);
    expect(delivery?.headers).toMatchObject({ authorization: 'Bearer hidden-token' });
    await until(async () => expect(await attemptsOf(consumer, id)).toHaveLength(1));
    expect(JSON.stringify(await attemptsOf(consumer, id))).not.toContain('hidden-token');
    expect((await attemptsOf(consumer, id))[0]?.request.headers).toMatchObject({ authorization: '(hidden)' });
  });
});

describe('the key of an integration', () => {
  it('works until the next one is made', async () => {
    const keys: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      const made = await call<{ key: string }>('POST', '/webhooks/integrationKeys/zapier');
      expect(made.status).toBe(201);
      keys.push(made.body.key);
    }
    const statuses = keys.map(async (key) => {
      const authorization = `Basic ${Buffer.from(key).toString('base64')}`;
      return (await rig.api().call('GET', '/webhooks', { headers: { authorization } })).status;
    });
    expect(await Promise.all(statuses)).toEqual([401, 200]);
  });
});

describe('a rotated secret', () => {
  it('signs beside the old one until its time is over, for both libraries; then alone', async () => {
    const consumer = await rig.register();
    const rotated = await call<{ secret: string }>('POST', `${consumer.path}/secret/rotate`);
    expect(rotated.status).toBe(200);
    expect(rotated.body.secret).not.toBe(consumer.secret);
    expect((await call('GET', `${consumer.path}/secret`)).body).toEqual({ secret: rotated.body.secret });
    await sendTest(consumer);
    const [delivery] = await untilReceived(consumer, 1);
    const { body = '', headers = {} } = delivery ?? {};
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
    for (const secret of [consumer.secret, rotated.body.secret]) {
      expect(new Webhook(secret).verify(body, headers)).toMatchObject({ eventType: 'bills.write.successful' });
      expect(new StandardWebhook(secret).verify(body, headers)).toMatchObject({ eventType: 'bills.write.successful' });
    }

    const again = await call<{ secret: string }>('POST', `${consumer.path}/secret/rotate`, { overlapSeconds: 0 });
    await sendTest(consumer);
    const { body: later = '', headers: after = {} } = (await untilReceived(consumer, 2))[1] ?? {};
    expect(after['webhook-signature']?.split(' ')).toHaveLength(1);
    expect(() => new Webhook(rotated.body.secret).verify(later, after)).toThrow('No matching signature');
    expect(new Webhook(again.body.secret).verify(later, after)).toBeDefined();
  });

  it('is refused when the overlap or a secret of the own is out of bounds', async () => {
    const { path } = await rig.register();
    for (const body of [{ overlapSeconds: -1 }, { overlapSeconds: 604_801 }, { secret: 'whsec_c2hvcnQ=' }]) {
      expect((await call('POST', `${path}/secret/rotate`, body)).status).toBe(400);
    }
    const own = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
    expect((await call('POST', `${path}/secret/rotate`, { secret: own })).body).toMatchObject({ secret: own });
  });
});

describe('what was sent', () => {
  it('is told by status and page, with request, answer and timing of every attempt', async () => {
    const consumer = await rig.register({}, (_, response) => {
      response.writeHead(503, { 'x-reason': 'closed', 'set-cookie': 'session=secret' }).end('y'.repeat(20_000));
    });
    const ids = [await sendTest(consumer), await sendTest(consumer, 'company.created')];
    await until(async () => expect((await messagesOf(consumer, '?status=Attempting')).results).toHaveLength(2));
    const listed = await messagesOf(consumer, '?pageSize=1');
    expect(listed).toMatchObject({ totalResults: 2, results: [{ id: ids[1], attempts: 1 }] });
    expect((await messagesOf(consumer, '?page=2&pageSize=1')).results).toMatchObject([{ id: ids[0] }]);
    expect((await messagesOf(consumer, '?status=Success')).results).toEqual([]);
    expect((await messagesOf(consumer, '?eventTypes=company.*')).results).toMatchObject([{ id: ids[1] }]);
    expect((await messagesOf(consumer, '?until=2020-01-01')).results).toEqual([]);

    const [attempt] = await attemptsOf(consumer, ids[0] ?? '');
    expect(attempt).toMatchObject({
      number: 1,
      status: 'Failure',
      resend: false,
      request: { method: 'POST', url: `${consumer.server.url}/hook`, headers: { 'webhook-id': ids[0] } },
      response: { statusCode: 503, headers: { 'x-reason': 'closed' }, body: 'y'.repeat(10_000) },
    });
    expect(attempt?.response?.headers).not.toHaveProperty('set-cookie');
    expect(attempt?.request.body).toBe(consumer.server.received[0]?.body);
    const all = await call<{ results: Attempt[] }>('GET', `${consumer.path}/attempts?status=Failure`);
    expect(all.body.results).toHaveLength(2);
    expect((await call('GET', `${consumer.path}/attempts?status=Success`)).body).toMatchObject({ results: [] });
    const whole = await call('GET', `${consumer.path}/messages/${ids[0]}`);
    expect(whole.body).toMatchObject({ status: 'Attempting', body: attempt?.request.body, attemptList: [attempt] });
    expect((await call('GET', `${consumer.path}/messages/msg_nothing`)).status).toBe(404);
    expect((await call('GET', `${consumer.path}/messages?status=Odd`)).status).toBe(400);
    expect((await call('GET', `${consumer.path}/messages?since=yesterday`)).status).toBe(400);
  });

  it('is Sending until the first attempt has ended', async () => {
    const consumer = await rig.register({}, neverAnswer);
    const id = await sendTest(consumer);
    await untilReceived(consumer, 1);
    expect((await messagesOf(consumer)).results).toMatchObject([{ id, status: 'Sending', attempts: 0 }]);
    expect((await call('POST', `${consumer.path}/messages/${id}/resend`)).status).toBe(409);
    await consumer.server.close();
  });
});

describe('what was missed', () => {
  it('is sent again one by one, under its id, and stays delivered whatever the new attempt comes to', async () => {
    let statusCode = 500;
    const consumer = await rig.register({}, (request, response) => answer(statusCode)(request, response));
    const id = await sendTest(consumer);
    await until(async () => expect((await messagesOf(consumer)).results).toMatchObject([{ status: 'Attempting' }]));
    for (const [index, code] of [204, 500].entries()) {
      statusCode = code;
      expect((await call('POST', `${consumer.path}/messages/${id}/resend`)).status).toBe(202);
      await until(async () => expect(await attemptsOf(consumer, id)).toHaveLength(index + 2));
      expect((await messagesOf(consumer)).results).toMatchObject([{ status: 'Success' }]);
    }
    expect((await attemptsOf(consumer, id)).map(({ resend }) => resend)).toEqual([false, true, true]);
    expect(new Set(consumer.server.received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([id]));
    expect((await call('POST', `${consumer.path}/messages/msg_${'0'.repeat(32)}/resend`)).status).toBe(404);
  });

  it('while it was disabled, did not exist or did not listen is replayed, and nothing else', async () => {
    const before = await call('POST', '/companies', { name: 'Before anybody listened' });
    await until(async () =>
      expect((await call<{ results: unknown[] }>('GET', '/events')).body.results).not.toEqual([]),
    );
    const consumer = await rig.register({ eventTypes: ['company.created'] });
    await call('PATCH', consumer.path, { disabled: true });
    const meanwhile = await call('POST', '/companies', { name: 'While it was disabled' });
    expect((await call('POST', `${consumer.path}/replay`, {})).status).toBe(409);
    expect((await call('POST', `${consumer.path}/test`, { eventType: 'company.created' })).status).toBe(409);
    await until(async () => expect(await placed(meanwhile.body['id'])).toBe(true));
    await call('PATCH', consumer.path, { disabled: false });
    const replay = await call('POST', `${consumer.path}/replay`, {});
    expect(replay.status).toBe(202);
    const task = `${consumer.path}/recoveries/${String(replay.body['id'])}`;
    await until(async () => expect((await call('GET', task)).body).toMatchObject({ status: 'Complete' }));
    const told = (await untilReceived(consumer, Number((await call('GET', task)).body['messages']))).map(
      ({ body }) => JSON.parse(body) as { eventType: string; payload: { id: string } },
    );
    expect(told.map(({ payload }) => payload.id)).toEqual(
      expect.arrayContaining([before.body['id'], meanwhile.body['id']]),
    );
    expect(told.every(({ eventType }) => eventType === 'company.created')).toBe(true);

    const again = await call('POST', `${consumer.path}/replay`, { since: '2026-01-01' });
    expect(again.status).toBe(400);
    const second = await call<{ id: string }>('POST', `${consumer.path}/replay`);
    const path = `${consumer.path}/recoveries/${second.body.id}`;
    await until(async () => expect((await call('GET', path)).body).toMatchObject({ status: 'Complete', messages: 0 }));
    expect((await call('GET', `${consumer.path}/recoveries`)).body).toMatchObject({ results: [{}, {}] });
    expect((await call('GET', `${consumer.path}/recoveries/${consumer.id}`)).status).toBe(404);
  });
});

async function placed(companyId: unknown): Promise<boolean> {
  const rows = await rig
    .api()
    .db.query(
      '',
      `SELECT id FROM events WHERE company_id = $1 AND event_type = 'company.created' AND position IS NOT NULL`,
      [companyId],
    );
  return rows.length > 0;
}

// The last: it uses up the room for consumers.
describe('whatever is sent', () => {
  it('is answered, and never with a fault of ours', async () => {
    const { path } = await rig.register();
    const targets = [
      ['POST', '/webhooks'],
      ['PATCH', path],
      ['PUT', path],
      ['POST', `${path}/test`],
      ['POST', `${path}/secret/rotate`],
      ['POST', `${path}/recover`],
      ['POST', `${path}/replay`],
      ['POST', '/events/test'],
      ['POST', '/rules'],
      ['PUT', '/profile'],
    ] as const;
    const odd = [null, 0, '', '\u0000', [null], { a: 1 }, 1e300];
    const members = ['url', 'eventTypes', 'companyTags', 'headers', 'rateLimit', 'clientCertificate', 'description'];
    const others = [
      'eventType',
      'companyId',
      'since',
      'overlapSeconds',
      'secret',
      'type',
      'notifiers',
      'alertAuthHeader',
    ];
    const sound = { url: 'http://127.0.0.1:9/', eventTypes: ['bills.write.successful'], name: 'n', redirectUrl: 'r' };
    for (const [method, target] of targets) {
      const answers = [...members, ...others].flatMap((member) =>
        odd.map((value) => call(method, target, { ...sound, [member]: value })),
      );
      const faults = (await Promise.all(answers)).filter(({ status }) => status >= 500);
      expect(
        faults.map(({ text }) => text),
        `${method} ${target}`,
      ).toEqual([]);
    }
  });
});
