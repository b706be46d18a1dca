import { expect, test } from 'vitest';
import { idempotencyId, idempotencyKeyIn, startFingerprint } from './idempotency-key.ts';

const headers = (...keys: string[]) => ['Host', 'x', ...keys.flatMap((key) => ['Idempotency-Key', key]), 'Accept', '*'];

test.each([
  ['a GUID', '0d1e6c1c-7d0f-4a8e-9c55-0c8f5d9f6f11'],
  ['one character', 'x'],
  ['255 characters', 'k'.repeat(255)],
  ['the hex of an HMAC', 'ab'.repeat(32)],
  ['every sign of ASCII that can be seen', '"a,b;c=d"'],
])('%s is a key', (_name, key) => {
  expect(idempotencyKeyIn(headers(key))).toBe(key);
});

test.each([
  ['an empty one', ['']],
  ['256 characters', ['k'.repeat(256)]],
  ['a blank inside', ['a b']],
  ['a letter beyond ASCII', ['clé']],
  ['two headers', ['a', 'a']],
])('%s is refused, naming the header', (_name, keys) => {
  expect(() => idempotencyKeyIn(headers(...keys))).toThrow(/Idempotency-Key/);
});

test('a header whose value is the name of the key header is not taken for one', () => {
  expect(idempotencyKeyIn(['X-Odd', 'idempotency-key', 'Idempotency-Key', 'mine'])).toBe('mine');
});

test('a key belongs to its verb and path, however the path is written, and to no other', () => {
  const id = idempotencyId('PUT', '/a/inv%2F1?x=1', 'k').toString('hex');
  expect(idempotencyId('PUT', '/a/inv%2f1/?y=2', 'k').toString('hex')).toBe(id);
  const others = [
    idempotencyId('POST', '/a/inv%2F1', 'k'),
    idempotencyId('PUT', '/a/inv/1', 'k'),
    idempotencyId('PUT', '/a/inv%2F1', 'K'),
  ];
  for (const other of others) expect(other.toString('hex')).not.toBe(id);
});

test('query and body both tell requests apart, and none can be taken for a part of the other', () => {
  const sums = [
    startFingerprint('/a').update('b=1'),
    startFingerprint('/a?b=1'),
    startFingerprint('/a?b=1').update('{}'),
    startFingerprint('/a?b=2').update('{}'),
  ].map((hash) => hash.digest('hex'));
  expect(new Set(sums).size).toBe(sums.length);
});
