/** Which addresses count as our own network, in every way of writing them. */
import { describe, expect, it } from 'vitest';
import { isPrivateAddress, isPrivateHost } from './addresses.ts';

describe('addresses that deliveries are kept away from', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fd00::1',
    'fe80::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
  ])('%s', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '::ffff:8.8.8.8'])(
    '%s is none of them',
    (address) => {
      expect(isPrivateAddress(address)).toBe(false);
    },
  );

  it.each(['localhost', 'localhost.', 'a.localhost', '[::1]', '127.0.0.1'])(
    'the host %s is refused as it stands',
    (host) => {
      expect(isPrivateHost(host)).toBe(true);
    },
  );

  it('a name is not: what it leads to is looked at when connecting', () => {
    expect(isPrivateHost('example.com')).toBe(false);
  });
});
