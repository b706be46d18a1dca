/** What sealing promises: the right owner opens it, nobody else does, and no altered byte goes unnoticed. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeSealer } from './seal.ts';

const key = randomBytes(32);
const sealer = makeSealer(key.toString('base64'));

describe('sealed values', () => {
  it('open to what was sealed, whatever it holds', () => {
    for (const text of ['', 'token', '{"a":"ä\u0000漢"}', 'x'.repeat(10_000)]) {
      expect(sealer.open('link', '1', sealer.seal('link', '1', text))).toBe(text);
    }
  });

  it('open under the same key, whichever way it is written', () => {
    const sealed = sealer.seal('link', '1', 'token');
    for (const text of [key.toString('hex'), key.toString('hex').toUpperCase(), key.toString('base64url')]) {
      expect(makeSealer(text).open('link', '1', sealed)).toBe('token');
    }
  });

  it('never show the secret, nor twice the same bytes', () => {
    const [first, second] = [sealer.seal('link', '1', 'token'), sealer.seal('link', '1', 'token')];
    expect(first.includes('token')).toBe(false);
    expect(first.equals(second)).toBe(false);
  });

  it('do not open for another purpose, row or key', () => {
    const sealed = sealer.seal('link', '1', 'token');
    expect(() => sealer.open('secret', '1', sealed)).toThrow('does not open');
    expect(() => sealer.open('link', '2', sealed)).toThrow('does not open');
    expect(() => makeSealer('another secret key of enough letters').open('link', '1', sealed)).toThrow('does not open');
    expect(() => sealer.open('lin', 'k:1', sealer.seal('link', ':1', 'token'))).toThrow('does not open');
  });

  it('do not open once any byte was changed or cut off', () => {
    const refusal = /does not open|not in a form/;
    const sealed = sealer.seal('link', '1', 'token');
    for (let index = 0; index < sealed.length; index++) {
      const altered = Buffer.from(sealed);
      altered.writeUInt8(altered.readUInt8(index) ^ 1, index);
      expect(() => sealer.open('link', '1', altered)).toThrow(refusal);
      expect(() => sealer.open('link', '1', sealed.subarray(0, index))).toThrow(refusal);
    }
  });

  it('are refused under a key that is too short to protect anything', () => {
    expect(() => makeSealer('short')).toThrow('at least 32 characters');
  });
});
