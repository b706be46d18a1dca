/**
 * Every setting: its name, default, meaning, and how it is read. The only file that looks at the environment.
 * The settings table of the documentation is generated from SETTINGS.
 */
import path from 'node:path';

export const ROLES = ['api', 'engine', 'webhooks', 'sync', 'portal'] as const;
export type Role = (typeof ROLES)[number];

interface Setting<T> {
  readonly meaning: string;
  /** How the default reads in the documentation. */
  readonly shownDefault: string;
  readonly secret?: true;
  /** Reads a value that was given; throws an Error whose message says what is expected. */
  readonly read: (text: string) => T;
}

const setting = <T>(shownDefault: string, meaning: string, read: (text: string) => T): Setting<T> => ({
  shownDefault,
  meaning,
  read,
});
const secret = (shownDefault: string, meaning: string): Setting<string> => ({
  shownDefault,
  meaning,
  secret: true,
  read: text,
});

export const SETTINGS = {
  LEDGERPOST_PORT: setting('4100', 'port of the API and the portal; 0 takes a free one', port),
  LEDGERPOST_HOST: setting('127.0.0.1', 'address the API listens on', text),
  LEDGERPOST_PUBLIC_URL: setting(
    'http://HOST:PORT',
    'address under which browsers reach this server; link pages are given out under it',
    url('http:', 'https:'),
  ),
  LEDGERPOST_DATA_DIR: setting('./.ledgerpost', 'embedded database, sandbox file, generated keys', text),
  LEDGERPOST_DATABASE_URL: {
    ...setting('(absent: embedded)', 'a PostgreSQL (15 or newer) of your own instead of the embedded one', postgresUrl),
    secret: true,
  },
  LEDGERPOST_DATABASE_CONNECTIONS: setting('16', 'database connections of one process, at most', integer(2, 500)),
  LEDGERPOST_API_KEY: secret('generated at first start', 'first API key; printed once and kept in the data dir'),
  LEDGERPOST_SECRET_KEY: secret(
    'generated into the data dir',
    'seals credentials and webhook secrets; 32 bytes in base64 or hex, or any text of 32 characters and more',
  ),
  LEDGERPOST_SANDBOX_URL: setting(
    '(absent: start our own)',
    'where the sandbox connector finds its platform',
    url('http:', 'https:'),
  ),
  LEDGERPOST_SANDBOX_PORT: setting('4101', 'port of the sandbox that we start; 0 takes a free one', port),
  LEDGERPOST_SANDBOX_DIR: setting('sandbox/ in the data dir', 'where the sandbox keeps its books', text),
  LEDGERPOST_SANDBOX_TOKEN: secret('sandbox-token', 'API token of the sandbox'),
  LEDGERPOST_ALLOW_PRIVATE_WEBHOOKS: setting(
    'true while listening on loopback only',
    'whether consumers may be on loopback or private addresses',
    boolean,
  ),
  LEDGERPOST_WEBHOOK_HTTPS_ONLY: setting(
    'true where private addresses are not allowed',
    'whether consumers must have https:// addresses, as they should in production',
    boolean,
  ),
  LEDGERPOST_WEBHOOK_CONSUMERS_MAX: setting('50', 'webhook consumers, at most', integer(1, 10_000)),
  LEDGERPOST_EVENT_RETENTION_DAYS: setting(
    '30',
    'for how many days events and what was sent of them are kept, with or without a consumer',
    integer(1, 36_500),
  ),
  LEDGERPOST_DAILY_QUOTA: setting('10000000', 'requests a day, over all keys and processes', integer(1, 1e12)),
  LEDGERPOST_WEBHOOK_RETRY_SECONDS: setting(
    '5,300,1800,7200,18000,36000,36000',
    'pauses between delivery attempts, in seconds',
    integers(1, 50, 604_800),
  ),
  LEDGERPOST_RETENTION_DAYS: setting(
    '90',
    'for how many days pushes that have ended, their attempts and keys are kept',
    integer(1, 36_500),
  ),
  LEDGERPOST_STATUSES: setting(
    'codat',
    '`codat`: the four statuses that official clients know; `extended`: also Processing and Unknown',
    oneOf('codat', 'extended'),
  ),
  LEDGERPOST_STRICT: setting(
    'false',
    'whether a write fails on members that the model does not have, where the request does not say',
    boolean,
  ),
  LEDGERPOST_ROLES: setting('all', `which of ${ROLES.join(', ')} this process runs, separated by commas`, roles),
  LEDGERPOST_SERVER_URL: setting(
    'http://HOST:PORT',
    'for commands: the server that they talk to',
    url('http:', 'https:'),
  ),
  LEDGERPOST_LOG_LEVEL: setting(
    'info',
    'silent, error, warn, info or debug',
    oneOf('silent', 'error', 'warn', 'info', 'debug'),
  ),
} as const satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof SETTINGS;
type Value<N extends SettingName> = ReturnType<(typeof SETTINGS)[N]['read']>;

export interface Config {
  readonly port: number;
  readonly host: string;
  readonly publicUrl: string | undefined;
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly databaseConnectionsMax: number;
  readonly apiKey: string | undefined;
  readonly secretKey: string | undefined;
  readonly sandboxUrl: string | undefined;
  readonly sandboxPort: number;
  readonly sandboxDir: string;
  readonly sandboxToken: string;
  /** The sandbox's own settings (its faults among them), for the one that we start. */
  readonly sandboxEnvironment: Readonly<Record<string, string>>;
  readonly allowPrivateWebhooks: boolean;
  readonly webhookHttpsOnly: boolean;
  readonly webhookConsumersMax: number;
  readonly eventRetentionDays: number;
  readonly dailyQuota: number;
  readonly webhookRetrySeconds: readonly number[];
  readonly retentionDays: number;
  readonly statuses: 'codat' | 'extended';
  readonly strict: boolean;
  readonly roles: ReadonlySet<Role>;
  readonly serverUrl: string | undefined;
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug';
}

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config }
  /** One sentence per bad setting, each naming it. */
  | { readonly ok: false; readonly problems: readonly string[] };

type Environment = Readonly<Record<string, string | undefined>>;

export function readConfig(): ParsedConfig {
  return parseConfig(process.env, process.cwd());
}

/** The settings that are given in the environment, as they stand there. */
export function settingsGiven(): ReadonlyMap<string, string> {
  return new Map(
    Object.keys(SETTINGS).flatMap((name): [string, string][] => {
      const value = process.env[name];
      return value === undefined || value.trim() === '' ? [] : [[name, value]];
    }),
  );
}

export function parseConfig(env: Environment, workingDir: string): ParsedConfig {
  const problems: string[] = unknownSettings(env);
  const given = <N extends SettingName>(name: N): Value<N> | undefined => {
    const raw = env[name];
    if (raw === undefined || raw.trim() === '') return undefined;
    try {
      return SETTINGS[name].read(raw.trim()) as Value<N>;
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };

  const host = given('LEDGERPOST_HOST') ?? '127.0.0.1';
  const dataDir = path.resolve(workingDir, given('LEDGERPOST_DATA_DIR') ?? '.ledgerpost');
  const sandboxDir = given('LEDGERPOST_SANDBOX_DIR');
  const allowPrivateWebhooks = given('LEDGERPOST_ALLOW_PRIVATE_WEBHOOKS') ?? isLoopback(host);
  const config: Config = {
    port: given('LEDGERPOST_PORT') ?? 4100,
    host,
    publicUrl: given('LEDGERPOST_PUBLIC_URL'),
    dataDir,
    databaseUrl: given('LEDGERPOST_DATABASE_URL'),
    databaseConnectionsMax: given('LEDGERPOST_DATABASE_CONNECTIONS') ?? 16,
    apiKey: given('LEDGERPOST_API_KEY'),
    secretKey: given('LEDGERPOST_SECRET_KEY'),
    sandboxUrl: given('LEDGERPOST_SANDBOX_URL'),
    sandboxPort: given('LEDGERPOST_SANDBOX_PORT') ?? 4101,
    sandboxDir: sandboxDir === undefined ? path.join(dataDir, 'sandbox') : path.resolve(workingDir, sandboxDir),
    sandboxToken: given('LEDGERPOST_SANDBOX_TOKEN') ?? 'sandbox-token',
    sandboxEnvironment: sandboxSettings(env),
    allowPrivateWebhooks,
    webhookHttpsOnly: given('LEDGERPOST_WEBHOOK_HTTPS_ONLY') ?? !allowPrivateWebhooks,
    webhookConsumersMax: given('LEDGERPOST_WEBHOOK_CONSUMERS_MAX') ?? 50,
    eventRetentionDays: given('LEDGERPOST_EVENT_RETENTION_DAYS') ?? 30,
    dailyQuota: given('LEDGERPOST_DAILY_QUOTA') ?? 10_000_000,
    webhookRetrySeconds: given('LEDGERPOST_WEBHOOK_RETRY_SECONDS') ?? [5, 300, 1800, 7200, 18_000, 36_000, 36_000],
    retentionDays: given('LEDGERPOST_RETENTION_DAYS') ?? 90,
    statuses: given('LEDGERPOST_STATUSES') ?? 'codat',
    strict: given('LEDGERPOST_STRICT') ?? false,
    roles: given('LEDGERPOST_ROLES') ?? new Set(ROLES),
    serverUrl: given('LEDGERPOST_SERVER_URL'),
    logLevel: given('LEDGERPOST_LOG_LEVEL') ?? 'info',
  };
  return problems.length === 0 ? { ok: true, config } : { ok: false, problems };
}

/** A misspelt setting would otherwise be ignored without a word. The sandbox has settings of its own. */
function unknownSettings(env: Environment): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith('LEDGERPOST_') && !name.startsWith('LEDGERPOST_SANDBOX_') && !(name in SETTINGS))
    .map((name) => `${name}: there is no setting of this name`);
}

/** With Node's own word on where it keeps what it has compiled: the sandbox starts as quickly as we do. */
function sandboxSettings(env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        /^(LEDGERPOST_SANDBOX_|NODE_COMPILE_CACHE$)/.test(entry[0]) && entry[1] !== undefined,
    ),
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function text(value: string): string {
  return value;
}

function port(value: string): number {
  return integer(0, 65_535)(value);
}

function integer(min: number, max: number) {
  return (value: string): number => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= min && number <= max) return number;
    throw new Error(`must be a whole number from ${min} to ${max}, not "${value}"`);
  };
}

function integers(min: number, countMax: number, max: number) {
  return (value: string): readonly number[] => {
    const parts = value.split(',').map((part) => part.trim());
    if (parts.length > countMax) throw new Error(`must have at most ${countMax} numbers`);
    return parts.map((part) => {
      const number = Number(part);
      if (/^\d+(\.\d+)?$/.test(part) && number <= max && parts.length >= min) return number;
      throw new Error(`must be numbers from 0 to ${max} separated by commas, not "${value}"`);
    });
  };
}

function boolean(value: string): boolean {
  if (['true', '1', 'yes'].includes(value.toLowerCase())) return true;
  if (['false', '0', 'no'].includes(value.toLowerCase())) return false;
  throw new Error(`must be true or false, not "${value}"`);
}

function url(...protocols: readonly string[]) {
  return (value: string): string => {
    const parsed = URL.canParse(value) ? new URL(value) : undefined;
    if (parsed !== undefined && protocols.includes(parsed.protocol)) return value.replace(/\/+$/, '');
    // The value may hold a password: it is not repeated.
    throw new Error(`must be an address that begins with ${protocols.map((each) => `${each}//`).join(' or ')}`);
  };
}

/** PostgreSQL's addresses need no host (`postgres:///db?host=/folder`), and then are none for the URL parser. */
function postgresUrl(value: string): string {
  if (/^postgres(?:ql)?:\/\//.test(value)) return value;
  throw new Error('must be an address that begins with postgres:// or postgresql://');
}

function oneOf<const T extends string>(...allowed: readonly T[]) {
  return (value: string): T => {
    const found = allowed.find((each) => each === value.toLowerCase());
    if (found !== undefined) return found;
    throw new Error(`must be one of ${allowed.join(', ')}, not "${value}"`);
  };
}

function roles(value: string): ReadonlySet<Role> {
  if (value.toLowerCase() === 'all') return new Set(ROLES);
  const readRole = oneOf(...ROLES);
  return new Set(value.split(',').map((part) => readRole(part.trim())));
}
