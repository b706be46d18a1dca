/** The body and the signature of a delivery, checked with the library that consumers use. */
import { Webhook } from 'svix';
import { describe, expect, it } from 'vitest';
import { envelope, signatureHeaders, webhookId } from './envelope.ts';

const event = {
  id: '01900000-0000-7000-8000-000000000001',
  eventType: 'invoices.write.successful',
  generatedAt: new Date('2026-03-01T12:00:00.123Z'),
  payloadText: '{"id":"1","amount":12345678901234567890.10}',
  isTest: false,
};

describe('the body of a delivery', () => {
  it('has the four members of the wire and keeps every digit of the payload', () => {
    expect(envelope(event)).toBe(
      '{"id":"01900000-0000-7000-8000-000000000001","eventType":"invoices.write.successful",' +
        '"generatedDate":"2026-03-01T12:00:00.123Z","payload":{"id":"1","amount":12345678901234567890.10}}',
    );
  });
});

describe('the signature', () => {
  const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
  const id = webhookId('01900000-0000-7000-8000-000000000002');
  const body = envelope(event);
  // The library compares with the machine's clock.
  const headers = signatureHeaders([secret], { id, at: new Date(performance.timeOrigin + performance.now()), body });
  const ofPrefix = (prefix: string) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith(prefix)));

  it.each(['webhook-', 'svix-'])('is accepted by Svix under the names that begin with %s', (prefix) => {
    expect(new Webhook(secret).verify(body, ofPrefix(prefix))).toMatchObject({ eventType: event.eventType });
  });

  it('is refused when the body was altered or another secret was used', () => {
    expect(() => new Webhook(secret).verify(body.replace('"1"', '"2"'), headers)).toThrow('No matching signature');
    const other = `whsec_${Buffer.alloc(24, 8).toString('base64')}`;
    expect(() => new Webhook(other).verify(body, headers)).toThrow('No matching signature');
  });
});
