/** Consumers that would lead a delivery elsewhere, and those who want to see whom they talk to. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { Resolve } from '../../src/webhooks/addresses.ts';
import { isDelivered, makePoster, type Poster } from '../../src/webhooks/post.ts';
import { answer, startTestConsumer, type TestConsumer } from '../support/webhook-consumer.ts';
import { until, useWebhookApi } from '../support/webhook-api.ts';

const rig = useWebhookApi();
let consumer: TestConsumer | undefined;
let poster: Poster | undefined;
afterEach(async () => {
  poster?.close();
  await consumer?.close();
});

const PUBLIC = '93.184.215.14';
const request = (url: string) => ({ url, headers: {}, body: '{}' });
const portOf = ({ url }: TestConsumer) => new URL(url).port;

/** Answers with each address once, then with the last. */
function resolveTo(...answers: string[][]): Resolve & { readonly asked: string[] } {
  const asked: string[] = [];
  const resolve: Resolve = (hostname, _, callback) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(hostname);
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return Object.assign(resolve, { asked });
}

describe('a name that leads elsewhere by the time of the delivery', () => {
  it('is looked up once for each connection, and the connection goes to what was looked at', async () => {
    consumer = await startTestConsumer(answer(200));
    // A second look would lead to the consumer; a poster that asks twice would reach it.
    const resolve = resolveTo([PUBLIC, '127.0.0.1'], ['127.0.0.1']);
    poster = makePoster({ allowPrivate: false, resolve });
    const outcome = await poster.post(request(`http://rebind.example.com:${portOf(consumer)}/`));
    expect(outcome).toMatchObject({ statusCode: undefined, error: expect.stringMatching(/private address/) as string });
    expect(resolve.asked).toEqual(['rebind.example.com']);
    expect(consumer.received).toEqual([]);
  });

  it.each(['127.0.0.1', '::ffff:127.0.0.1', '169.254.169.254', '64:ff9b::7f00:1'])(
    'is refused when it is %s',
    async (address) => {
      poster = makePoster({ allowPrivate: false, resolve: resolveTo([address]) });
      expect((await poster.post(request('http://rebind.example.com/'))).error).toMatch(/private address/);
    },
  );

  it('is refused as soon as settings are stricter than when it was registered', async () => {
    consumer = await startTestConsumer(answer(200));
    poster = makePoster({ allowPrivate: true, httpsOnly: true });
    expect((await poster.post(request(consumer.url))).error).toMatch(/https:/);
    expect(consumer.received).toEqual([]);
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('of a webhook is not followed: %i is a failure', async (statusCode) => {
    const target = await startTestConsumer(answer(200));
    consumer = await startTestConsumer((_, response) => response.writeHead(statusCode, { location: target.url }).end());
    poster = makePoster({ allowPrivate: true });
    const outcome = await poster.post(request(consumer.url));
    expect(outcome.statusCode).toBe(statusCode);
    expect(isDelivered(outcome)).toBe(false);
    expect(target.received).toEqual([]);
    await target.close();
  });

  it.each(['file:///etc/passwd', 'ftp://127.0.0.1/', 'http://user:pass@127.0.0.1/', 'http://'])(
    'of an alert does not lead to %s',
    async (location) => {
      consumer = await startTestConsumer((_, response) => response.writeHead(302, { location }).end());
      poster = makePoster({ allowPrivate: true });
      const outcome = await poster.post({ ...request(consumer.url), followRedirects: { secretHeaders: [] } });
      expect(isDelivered(outcome)).toBe(false);
      expect(outcome.error).toBeDefined();
      expect(consumer.received).toHaveLength(1);
    },
  );

  it('of an alert that goes round is left after five', async () => {
    consumer = await startTestConsumer((_, response) => response.writeHead(308, { location: '/again' }).end());
    poster = makePoster({ allowPrivate: true });
    const outcome = await poster.post({ ...request(consumer.url), followRedirects: { secretHeaders: [] } });
    expect(outcome.error).toMatch(/more than 5 redirects/);
    expect(consumer.received).toHaveLength(6);
  });
});

describe('an answer', () => {
  it('with more headers than are read is a failure', async () => {
    consumer = await startTestConsumer((_, response) => response.writeHead(200, { 'x-a': 'x'.repeat(60_000) }).end());
    poster = makePoster({ allowPrivate: true });
    const outcome = await poster.post(request(consumer.url));
    expect(isDelivered(outcome)).toBe(false);
    expect(outcome.error).toMatch(/header/i);
  });
});

describe('mutual TLS', () => {
  const pem = (name: string) => readFileSync(path.join(import.meta.dirname, '../support/tls', `${name}.pem`), 'utf8');

  it('shows the client certificate, and keeps it and its key to itself', async () => {
    const seen: string[] = [];
    const options = { key: pem('consumer-key'), cert: pem('consumer'), ca: pem('authority'), requestCert: true };
    const server = https.createServer({ ...options, rejectUnauthorized: true }, (incoming, response) => {
      seen.push(String((incoming.socket as TLSSocket).getPeerCertificate().subject.CN));
      incoming.resume().on('end', () => response.writeHead(204).end());
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { call } = rig.api();
    const clientCertificate = { certificate: pem('client'), key: pem('client-key'), authority: pem('authority') };
    const body = { url, eventTypes: ['bills.write.successful'], clientCertificate };
    const made = await call('POST', '/webhooks', { body });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ clientCertificate: { subject: 'CN=client.test' } });
    const own = `/webhooks/${String(made.body['id'])}`;
    for (const shown of [made, await call('GET', own), await call('GET', '/webhooks')]) {
      expect(shown.text).not.toMatch(/BEGIN|PRIVATE/);
    }
    await call('POST', `${own}/test`, { body: { eventType: 'bills.write.successful' } });
    await until(() => expect(seen).toEqual(['client.test']));

    expect(
      (await call('PATCH', own, { body: { clientCertificate: { ...clientCertificate, key: pem('consumer-key') } } }))
        .status,
    ).toBe(400);
    const plain = { ...body, url: 'http://127.0.0.1:9/' };
    expect((await call('POST', '/webhooks', { body: plain })).text).toContain('clientCertificate');
    // Without the certificate nobody gets in.
    await call('PATCH', own, { body: { clientCertificate: null } });
    await call('POST', `${own}/test`, { body: { eventType: 'bills.write.successful' } });
    await until(async () => {
      const attempts = await call<{ results: unknown[] }>('GET', `${own}/attempts?status=Failure`);
      expect(attempts.body.results).toHaveLength(1);
    });
    expect(seen).toHaveLength(1);
    const together = `${pem('client')}\n${pem('client-key')}`;
    expect((await call('PATCH', own, { body: { clientCertificate: together } })).status).toBe(200);
    server.closeAllConnections();
    server.close();
  });
});
