/** The Debian packages that Tryton needs, and whether they are installed. */
import { execFileSync } from 'node:child_process';

/** Without what they recommend: with it they are 99 packages, an office suite among them. */
const PACKAGES: readonly string[] = [
  'tryton-server',
  'python3-psycopg2',
  'tryton-modules-account',
  'tryton-modules-account-invoice',
  'tryton-modules-account-invoice-correction',
  'tryton-modules-account-payment',
  'tryton-modules-account-product',
  'tryton-modules-account-statement',
  'tryton-modules-analytic-account',
  'tryton-modules-analytic-invoice',
  'tryton-modules-bank',
  'tryton-modules-company',
  'tryton-modules-country',
  'tryton-modules-currency',
  'tryton-modules-party',
  'tryton-modules-product',
  'tryton-modules-purchase',
  'tryton-modules-sale',
];

export type Installed =
  | { readonly kind: 'installed'; /** Of every package. */ readonly versions: string }
  | { readonly kind: 'missing'; readonly packages: readonly string[] };

export function findPackages(): Installed {
  const states = packageStates();
  const missing = PACKAGES.filter((name) => states.get(name)?.endsWith(' installed') !== true);
  if (missing.length > 0) return { kind: 'missing', packages: missing };
  return { kind: 'installed', versions: PACKAGES.map((name) => `${name} ${states.get(name)}`).join('\n') };
}

export function installText(packages: readonly string[]): string {
  const command = `sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  return `Tryton is not installed on this machine. On Debian 12 it comes with:\n\n  ${command}\n`;
}

function packageStates(): ReadonlyMap<string, string> {
  const format = '${Package} ${Version} ${db:Status-Status}\n';
  const lines = dpkgQuery(['-W', '-f', format, ...PACKAGES]).split('\n');
  return new Map(lines.map((line) => [line.split(' ', 1)[0] ?? '', line]));
}

/** Packages that dpkg never heard of make it fail, after it has told of the others. No dpkg at all: none is installed. */
function dpkgQuery(args: readonly string[]): string {
  try {
    return execFileSync('dpkg-query', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch (error) {
    const told: unknown = error instanceof Error ? Reflect.get(error, 'stdout') : '';
    return typeof told === 'string' ? told : '';
  }
}
