/** Addresses by which somebody might make this server talk to its own network: refused when they are registered. */
import { describe, expect, it } from 'vitest';
import type { Resolve } from './addresses.ts';
import { checkedUrl, requirePublicName } from './consumer-url.ts';

const leadingTo =
  (...addresses: string[]): Resolve =>
  (_, __, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
const PUBLIC = '93.184.215.14';
const rules = (resolve: Resolve) => ({ allowPrivateWebhooks: false, webhookHttpsOnly: false, resolve });

async function register(url: string, resolve = leadingTo(PUBLIC)): Promise<string> {
  const checked = checkedUrl(url, rules(resolve));
  await requirePublicName(checked, rules(resolve));
  return checked;
}

describe('an address into our own network is refused', () => {
  it.each([
    // Loopback, in every way of writing it.
    'http://127.0.0.1/',
    'http://127.0.0.1:5432/',
    'http://127.0.0.1./',
    'http://127.1/',
    'http://127.0.1/',
    'http://127.255.255.254/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0x7f.0x0.0x0.0x1/',
    'http://0x7f.1/',
    'http://017700000001/',
    'http://0177.0.0.1/',
    'http://0177.0.0.01/',
    'http://00000177.0.0.1/',
    'http://127.0x0.0.1/',
    'http://%31%32%37.0.0.1/',
    'http://１２７.０.０.１/',
    'http://①②⑦.0.0.1/',
    'http://127。0。0。1/',
    'http://localhost/',
    'http://LOCALHOST/',
    'http://localhost./',
    'http://admin.localhost/',
    'http://ⓛocalhost/',
    'http://[::1]/',
    'http://[0:0:0:0:0:0:0:1]/',
    'http://[0000::0001]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[0:0:0:0:0:ffff:127.0.0.1]/',
    'http://[::127.0.0.1]/',
    'http://[::ffff:0:127.0.0.1]/',
    // Nowhere, which systems take for themselves.
    'http://0/',
    'http://0.0.0.0/',
    'http://0.1.2.3/',
    'http://[::]/',
    // Private networks.
    'http://10.0.0.1/',
    'http://10.1/',
    'http://0xa000001/',
    'http://012.0.0.1/',
    'http://172.16.0.1/',
    'http://172.31.255.255/',
    'http://192.168.0.1/',
    'http://3232235777/',
    'http://0xc0a80101/',
    'http://[::ffff:192.168.1.1]/',
    'http://[fc00::1]/',
    'http://[fd12:3456:789a::1]/',
    'http://100.64.0.1/',
    'http://198.18.0.1/',
    // Where clouds hand out credentials.
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166/latest/meta-data/',
    'http://0xA9FEA9FE/',
    'http://0251.0376.0251.0376/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[fd00:ec2::254]/',
    'http://100.100.100.200/',
    'http://192.0.0.192/',
    'http://168.63.129.16/',
    'http://metadata.google.internal/',
    // Link-local, multicast, broadcast, documentation.
    'http://[fe80::1]/',
    'http://[fe80::1%25eth0]/',
    'http://[fe80::1%eth0]/',
    'http://224.0.0.1/',
    'http://[ff02::1]/',
    'http://255.255.255.255/',
    'http://240.0.0.1/',
    'http://192.0.2.1/',
    'http://[2001:db8::1]/',
    // IPv4 inside of IPv6.
    'http://[64:ff9b::127.0.0.1]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[64:ff9b:1::a00:1]/',
    'http://[2002:7f00:1::]/',
    'http://[2002:c0a8:101::1]/',
    'http://[2001:0:7f00:1::]/',
    // Names that mean a machine nearby.
    'http://printer.local/',
    'http://db.internal/',
    'http://router.lan/',
    'http://nas.home.arpa/',
    // Somebody else in front of the host.
    'http://example.com@127.0.0.1/',
    'http://example.com:80@127.0.0.1/',
    'http://user@example.com/',
    'http://:password@example.com/',
    'http://127.0.0.1#@example.com/',
    'http://127.0.0.1?@example.com/',
    'http://127.0.0.1\\@example.com/',
    'http:\\\\127.0.0.1/',
    'http:127.0.0.1',
    'http:/127.0.0.1',
    'http:///127.0.0.1',
    '//127.0.0.1/',
    // Characters that a parser drops.
    'http://127.0.0.1\t/',
    'http://exa\nmple.com/',
    ' http://example.com/',
    'http://example.com/\r\nX-Injected: yes',
    'http://example.com/\u0000',
    // Other ways of talking.
    'file:///etc/passwd',
    'ftp://example.com/',
    'gopher://example.com:6379/_INFO',
    'javascript:alert(1)',
    'data:text/plain,hello',
    'unix:///var/run/docker.sock',
    'ws://example.com/',
    'http://',
    'http://.',
    'http://..',
    'example.com',
    '',
  ])('%j', async (url) => {
    await expect(register(url)).rejects.toThrow(/^url: /);
  });

  it.each([
    ['127.0.0.1'],
    ['::1'],
    ['169.254.169.254'],
    ['::ffff:10.0.0.1'],
    ['fd00::1'],
    // One of several is enough: the socket might take that one.
    [PUBLIC, '10.0.0.1'],
    [PUBLIC, '2002:7f00:1::1'],
  ])('a name that leads to %s', async (...addresses) => {
    await expect(register('https://rebind.example.com/', leadingTo(...addresses))).rejects.toThrow(/private address/);
  });
});

describe('an address in the public internet is accepted', () => {
  it.each([
    'https://example.com/hook?token=1',
    'http://example.com:8080/',
    'https://1.1.1.1/',
    'https://[2606:4700:4700::1111]/',
    'https://localhost.example.com/',
    'https://10.example.com/',
    'https://xn--bcher-kva.example/',
  ])('%s', async (url) => {
    expect(await register(url)).toBe(url);
  });

  it('and so is a name that nobody knows yet: the first delivery looks again', async () => {
    const unknown: Resolve = (_, __, callback) => callback(new Error('ENOTFOUND'), []);
    expect(await register('https://soon.example.com/', unknown)).toBe('https://soon.example.com/');
  });

  it('but not without encryption, where that is asked for', () => {
    const strict = { allowPrivateWebhooks: true, webhookHttpsOnly: true };
    expect(() => checkedUrl('http://example.com/', strict)).toThrow('url: must begin with https://');
  });
});
