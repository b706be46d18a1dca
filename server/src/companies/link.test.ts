import { expect, test } from 'vitest';
import { makeSealer } from '../lib/seal.ts';
import { makeLinkOpener } from './link.ts';

const connectionId = '01a1ff86-fda4-7000-806c-123c4390981f';
const sealer = makeSealer('a text that is long enough for a key');
const sealed = (token: string) => sealer.seal('link', connectionId, JSON.stringify({ token }));

test('a link that was opened before is opened anew when it was sealed anew, and refused when it was altered', () => {
  const open = makeLinkOpener(sealer);
  const first = sealed('first');
  expect(open({ connectionId, linkSealed: first })).toEqual({ token: 'first' });
  expect(open({ connectionId, linkSealed: Buffer.from(first) })).toEqual({ token: 'first' });
  expect(open({ connectionId, linkSealed: sealed('second') })).toEqual({ token: 'second' });
  const altered = Buffer.from(first);
  altered.writeUInt8(altered.readUInt8(altered.length - 1) ^ 1, altered.length - 1);
  expect(() => open({ connectionId, linkSealed: altered })).toThrow('altered');
});
