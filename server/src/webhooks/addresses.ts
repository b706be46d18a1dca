/**
 * Keeps deliveries out of our own network: a consumer's address is checked when it is registered, and what its name
 * resolves to is checked again at every new connection, which is then made to the very address that was checked: a name
 * may lead elsewhere a moment later.
 */
import { lookup as systemLookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { BlockList, isIP, isIPv4, type LookupFunction } from 'node:net';

type Range = readonly [network: string, prefix: number];

const IPV4 = new BlockList();
/** Everything that is not somebody's address in the public internet, after the registries of IANA. */
const NOT_PUBLIC_IPV4: readonly Range[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  // Public by its number, and yet the inner service of one large cloud.
  ['168.63.129.16', 32],
];
for (const [network, prefix] of NOT_PUBLIC_IPV4) IPV4.addSubnet(network, prefix, 'ipv4');

/** Of IPv6 only this is handed out to the public; what lies outside is loopback, link-local, private, multicast, NAT64. */
const PUBLIC_IPV6 = new BlockList();
PUBLIC_IPV6.addSubnet('2000::', 3, 'ipv6');

const NOT_PUBLIC_IPV6 = new BlockList();
for (const [network, prefix] of [
  // Protocol assignments, Teredo among them, which carries an IPv4 address inside.
  ['2001::', 23],
  ['2001:db8::', 32],
  // 6to4: the same.
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
] satisfies readonly Range[]) {
  NOT_PUBLIC_IPV6.addSubnet(network, prefix, 'ipv6');
}

export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return true;
  if (family === 4) return IPV4.check(address, 'ipv4');
  const plain = address.split('%', 1)[0] ?? '';
  const inner = mappedIPv4(plain);
  if (inner !== undefined) return IPV4.check(inner, 'ipv4');
  return !PUBLIC_IPV6.check(plain, 'ipv6') || NOT_PUBLIC_IPV6.check(plain, 'ipv6');
}

/** `::ffff:127.0.0.1` is IPv4 in disguise. A URL writes every IPv6 address in its shortest hexadecimal form. */
function mappedIPv4(address: string): string | undefined {
  const host = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const bits = (Number.parseInt(high, 16) << 16) | Number.parseInt(low, 16);
  const inner = [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
  return isIPv4(inner) ? inner : undefined;
}

/** Names that never lead into the public internet, whatever a resolver says. */
const PRIVATE_SUFFIXES = ['localhost', 'local', 'internal', 'intranet', 'lan', 'home.arpa', 'localdomain', 'onion'];

/** `hostname` as a parsed URL has it: numbers already in their plain form, IPv6 in brackets. */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIP(host) !== 0) return isPrivateAddress(host);
  // No name at all, or one that only some resolvers would take.
  if (host.split('.').includes('')) return true;
  return PRIVATE_SUFFIXES.some((suffix) => host === suffix || host.endsWith(`.${suffix}`));
}

/** As `dns.lookup` is called for all addresses of a name. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void,
) => void;

const PRIVATE_NAME = 'the name leads to a loopback or private address';

/** A lookup for sockets that refuses a name with any private address. Literal addresses never come this way. */
export function makePublicLookup(resolve: Resolve = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, '', 0);
      const [first] = found;
      if (first === undefined || found.some(({ address }) => isPrivateAddress(address))) {
        return callback(new Error(PRIVATE_NAME), '', 0);
      }
      return options.all === true ? callback(null, found) : callback(null, first.address, first.family);
    });
  };
}

const RESOLVE_LIMIT_MS = 2_000;

/**
 * Whether the name leads to a private address now. A name that cannot be resolved at the moment may well come into being
 * before the first delivery, which looks again.
 */
export function leadsToPrivate(hostname: string, resolve: Resolve = systemLookup): Promise<boolean> {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return Promise.resolve(isPrivateAddress(host));
  return new Promise((done) => {
    const timer = setTimeout(() => done(false), RESOLVE_LIMIT_MS);
    resolve(host, { all: true }, (error, found) => {
      clearTimeout(timer);
      done(error === null && found.some(({ address }) => isPrivateAddress(address)));
    });
  });
}
