/** What a consumer must be to be registered, and of which events it hears. */
import { describe, expect, it } from 'vitest';
import { PublicError } from '../errors.ts';
import { consumerFields, wants } from './consumer.ts';

const eventTypes = ['*'];
const PUBLIC = { allowPrivateWebhooks: false, webhookHttpsOnly: true };
const ANY = { allowPrivateWebhooks: true, webhookHttpsOnly: false };
const uk = { eventType: 'invoices.write.successful', companyTags: { region: 'uk', team: 'x' } };

describe('who hears of an event', () => {
  it.each([
    [['*'], [], uk, true],
    [['invoices.write.successful'], [], uk, true],
    [['invoices.write.unsuccessful', 'bills.write.successful'], [], uk, false],
    [['*'], ['region:us', 'team:x'], uk, true],
    [['*'], ['region:us'], uk, false],
    [['*'], ['region:UK'], uk, false],
    [['bills.write.successful'], ['region:uk'], uk, false],
    [['*'], ['region:uk'], { ...uk, companyTags: {} }, false],
    [['*'], ['region:uk'], { eventType: 'client.rateLimit.reached', companyTags: undefined }, true],
    [['invoices.write.*'], [], uk, true],
    [['*.write.successful'], [], uk, true],
    [['*.write.unsuccessful'], [], uk, false],
    [['bills.*', 'inv*.write.*ful'], [], uk, true],
    [['invoices.write.*.successful'], [], uk, false],
  ])('types %j and tags %j: %j is %s', (types, companyTags, event, expected) => {
    expect(wants({ eventTypes: types, companyTags }, event)).toBe(expected);
  });
});

describe('a consumer is refused by the name of the field', () => {
  it.each([
    [{ url: 'not an address', eventTypes }, 'url'],
    [{ url: 'ftp://example.com/', eventTypes }, 'url'],
    [{ url: 'https://me:pass@example.com/', eventTypes }, 'url'],
    [{ url: `https://example.com/${'x'.repeat(2048)}`, eventTypes }, 'url'],
    [{ url: 'http://localhost:3000/', eventTypes }, 'url'],
    [{ url: 'http://127.1/', eventTypes }, 'url'],
    [{ url: 'http://0x7f000001/', eventTypes }, 'url'],
    [{ url: 'http://[::ffff:10.0.0.1]/', eventTypes }, 'url'],
    [{ url: 'https://192.168.1.7/hook', eventTypes }, 'url'],
    [{ url: 'https://example.com/', eventTypes: [] }, 'eventTypes'],
    [{ url: 'https://example.com/', eventTypes: ['invoices.written'] }, 'eventTypes'],
    [{ url: 'https://example.com/', eventTypes: ['accounts.write.successful'] }, 'eventTypes'],
    [{ url: 'http://example.com/', eventTypes }, 'url'],
    [{ url: 'https://example.com/', eventTypes: ['invoice.*'] }, 'eventTypes'],
    [{ url: 'https://example.com/', eventTypes, companyTags: ['region'] }, 'companyTags'],
    [{ url: 'https://example.com/', eventTypes, companyId: 'acme' }, 'companyId'],
    [{ url: 'https://example.com/', eventTypes, description: 'x'.repeat(2001) }, 'description'],
    [{ url: 'https://example.com/', eventTypes, rateLimit: 0 }, 'rateLimit'],
    [{ url: 'https://example.com/', eventTypes, companyTags: ['region:'] }, 'companyTags'],
    [{ url: 'https://example.com/', eventTypes, companyTags: [`a:${'x'.repeat(127)}`] }, 'companyTags'],
    [{ url: 'https://example.com/', eventTypes, companyTags: Array(11).fill('a:b') as string[] }, 'companyTags'],
  ])('%j', (input, field) => {
    expect(() => consumerFields(input, PUBLIC)).toThrow(PublicError);
    expect(() => consumerFields(input, PUBLIC)).toThrow(new RegExp(`^${field}: `));
  });

  it('and no message repeats an address, which may hold a password', () => {
    expect(() => consumerFields({ url: 'https://me:pass@example.com/', eventTypes }, ANY)).not.toThrow(/pass@/);
  });
});

describe('a consumer is accepted', () => {
  it('with every name that clients of this API know, legacy ones included', () => {
    const known = ['chartOfAccounts.write.unsuccessful', 'read.completed', 'PushOperationStatusChanged', '*'];
    expect(consumerFields({ url: 'https://example.com/a?b=c', eventTypes: known }, PUBLIC)).toEqual({
      url: 'https://example.com/a?b=c',
      eventTypes: known,
      companyTags: [],
      companyId: undefined,
      name: undefined,
      description: undefined,
      rateLimit: undefined,
      disabled: false,
    });
  });

  it('on a private address where the installation allows it', () => {
    expect(consumerFields({ url: 'http://127.0.0.1:8080/', eventTypes }, ANY).url).toBe('http://127.0.0.1:8080/');
  });
});
