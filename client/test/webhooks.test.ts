/** Webhooks are proven as Svix's own library proves them, and what is signed here is taken by it. */
import { Webhook } from 'svix';
import { describe, expect, test } from 'vitest';
import { webhooks, LedgerpostError } from '../src/main.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const other = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX';
const now = 1_700_000_000;
const clock = { now: () => now * 1_000 };
const event = {
  id: 'e',
  eventType: 'bills.write.successful',
  generatedDate: '2026-01-01T00:00:00.000Z',
  payload: { id: 'ké', status: 'Success' },
};
const body = JSON.stringify(event);

/** As the library signs it. */
function signed(at = now, key = secret, id = 'msg_1') {
  const signature = new Webhook(key).sign(id, new Date(at * 1_000), body);
  return { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': signature };
}

const reasonOf = async (promise: Promise<unknown>) => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof LedgerpostError)) throw new Error(`not refused: ${String(error)}`);
  return [error.type, error.detail];
};

const inCapitals = Object.fromEntries(Object.entries(signed()).map(([name, value]) => [name.toUpperCase(), [value]]));
const asSvix = Object.fromEntries(
  Object.entries(signed()).map(([name, value]) => [name.replace('webhook', 'svix'), value]),
);

test.each([
  ['an object', signed(), body],
  ['Headers', new Headers(signed()), body],
  ["Node's lists in capitals", inCapitals, body],
  ["Svix's names", asSvix, body],
  ['bytes', signed(), new TextEncoder().encode(body)],
  ['a buffer', signed(), new TextEncoder().encode(body).buffer],
])('an event that the library signed is taken: %s', async (_, headers, raw) => {
  expect(await webhooks.verify(secret, headers, raw, { clock })).toEqual(event);
});

test('what is signed for a test is taken by the library, and by verify', async () => {
  const made = await webhooks.signTestEvent(secret, { eventType: 'company.created', payload: { id: 'c', name: 'é' } });
  expect(new Webhook(secret).verify(made.body, made.headers)).toMatchObject({ eventType: 'company.created' });
  expect(await webhooks.verify(secret, made.headers, made.body)).toMatchObject({ payload: { name: 'é' } });
});

describe('during a rotation', () => {
  test('either of two secrets will do, and either of two signatures', async () => {
    expect(await webhooks.verify([other, secret], signed(), body, { clock })).toEqual(event);
    const both = {
      ...signed(),
      'webhook-signature': `v1a,xx ${signed(now, other)['webhook-signature']} ${signed()['webhook-signature']}`,
    };
    expect(await webhooks.verify(secret, both, body, { clock })).toEqual(event);
  });
});

describe('is refused', () => {
  test.each([
    ['another secret', other, signed(), body, ['unauthorized', 'invalid_signature']],
    ['another body', secret, signed(), `${body} `, ['unauthorized', 'invalid_signature']],
    ['another id', secret, { ...signed(), 'webhook-id': 'msg_2' }, body, ['unauthorized', 'invalid_signature']],
    [
      'nonsense for a signature',
      secret,
      { ...signed(), 'webhook-signature': 'v1,!! v2,aa garbage' },
      body,
      ['unauthorized', 'invalid_signature'],
    ],
    ['no signature', secret, { ...signed(), 'webhook-signature': '' }, body, ['unauthorized', 'missing_headers']],
    ['no headers', secret, {}, body, ['unauthorized', 'missing_headers']],
    ['301 seconds ago', secret, signed(now - 301), body, ['unauthorized', 'expired']],
    ['301 seconds ahead', secret, signed(now + 301), body, ['unauthorized', 'expired']],
    ['no time', secret, { ...signed(), 'webhook-timestamp': '12x' }, body, ['unauthorized', 'invalid_timestamp']],
    ['a secret that is none', 'whsec_$$', signed(), body, ['bad_request', 'invalid_secret']],
    ['no secret', [], signed(), body, ['bad_request', 'invalid_secret']],
  ])('%s', async (_, key, headers, raw, refusal) => {
    expect(await reasonOf(webhooks.verify(key, headers, raw, { clock }))).toEqual(refusal);
  });

  test('what is signed and no event', async () => {
    for (const text of ['[]', 'nothing', '{}']) {
      const signature = new Webhook(secret).sign('m', new Date(now * 1_000), text);
      const headers = { 'webhook-id': 'm', 'webhook-timestamp': String(now), 'webhook-signature': signature };
      expect((await reasonOf(webhooks.verify(secret, headers, text, { clock })))[0]).toBe('json_decode_error');
    }
  });

  test('300 seconds are still taken', async () => {
    expect(await webhooks.verify(secret, signed(now - 300), body, { clock })).toEqual(event);
  });
});
