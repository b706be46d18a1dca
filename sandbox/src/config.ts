// Every setting of the sandbox: its environment variable, its flag, its default. The only reader of `process.env`.
import { parseArgs } from 'node:util';
import { checkControlChange } from './http/control-settings.ts';
import type { ControlChange } from './http/control-settings.ts';
import type { Json, JsonObject } from './json.ts';

export interface Config {
  readonly port: number;
  readonly host: string;
  readonly dir: string;
  readonly token: string;
  readonly control: ControlChange;
}

/** Flag names and their defaults; the variable of `rate-per-minute` is LEDGERPOST_SANDBOX_RATE_PER_MINUTE. */
const defaults = {
  port: '4101',
  host: '127.0.0.1',
  dir: './.ledgerpost/sandbox',
  token: 'sandbox-token',
  'latency-ms': '0',
  'rate-per-minute': '',
  offline: '',
  idempotency: 'honour',
  'audit-trail': 'on',
  faults: '[]',
} as const;

type Name = keyof typeof defaults;
const names = Object.keys(defaults) as Name[];

export function readConfig(args: readonly string[], environment: NodeJS.ProcessEnv = process.env): Config {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  const { values } = parseArgs({ args: [...args], options });
  const read = (name: Name): string => {
    const variable = `LEDGERPOST_SANDBOX_${name.toUpperCase().replaceAll('-', '_')}`;
    const flag = values[name];
    return typeof flag === 'string' ? flag : environment[variable] || defaults[name];
  };
  if (read('token') === '' || read('dir') === '') throw new Error('--token and --dir must not be empty');
  return {
    port: wholeNumber('port', read('port'), 65_535),
    host: read('host'),
    dir: read('dir'),
    token: read('token'),
    control: readControl(read),
  };
}

function readControl(read: (name: Name) => string): ControlChange {
  const rate = read('rate-per-minute');
  const change: JsonObject = {
    latencyMs: wholeNumber('latency-ms', read('latency-ms'), 86_400_000),
    offline: read('offline') || false,
    idempotency: read('idempotency'),
    auditTrail: read('audit-trail'),
    faults: parseFaults(read('faults')),
    ...(rate !== '' && { rateLimit: { perMinute: wholeNumber('rate-per-minute', rate, 1_000_000) } }),
  };
  return checkControlChange(change);
}

function wholeNumber(name: Name, given: string, max: number): number {
  const value = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
  if (Number.isNaN(value) || value > max)
    throw new Error(`--${name} must be a whole number from 0 to ${max}, not "${given}"`);
  return value;
}

function parseFaults(given: string): Json {
  try {
    const faults: Json = JSON.parse(given);
    return faults;
  } catch {
    throw new Error('--faults must be a JSON list');
  }
}
