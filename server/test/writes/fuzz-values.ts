/** Random and mutated values, texts and queries: the same from the same seed everywhere. */
import { isMembers } from '../../src/models/validate.ts';

export interface Random {
  readonly below: (limit: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(items: readonly [T, ...T[]]) => T;
}

export function randomFrom(seed: number): Random {
  let state = seed;
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    chance: (probability) => next() < probability,
    pick: (items) => items[below(items.length)] ?? items[0],
  };
}

const TEXTS = [
  '',
  ' ',
  'x',
  '\u0000',
  '\ud800',
  'a\u0000b',
  '😀'.repeat(130),
  'x'.repeat(300),
  'x'.repeat(5_000),
  "'; DROP TABLE pushes; --",
  '%00',
  '%zz',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  'null',
  'true',
  '12',
  '1e400',
  'NaN',
  '__proto__',
  'constructor',
  '\u202eabc',
  'İstanbul',
  '2026-02-30',
  '2026-13-01T00:00:00',
  '0000-00-00',
  '9999-12-31T23:59:59+14:00',
  '2026-03-02T00:00:00Z',
  'XXX',
  'gbp',
  '\r\n\t',
  '{}',
  '$1',
  '\\',
  '00000000-0000-0000-0000-000000000000',
] as const;

const NUMBERS = [
  0,
  -0,
  1,
  -1,
  0.01,
  -0.01,
  0.1 + 0.2,
  1e-10,
  1e-320,
  1e15,
  1e16,
  1e21,
  1e308,
  -1e308,
  0.005,
  2_147_483_648,
  -2_147_483_649,
  999_999_999_999.99,
  1_234_567_890_123_456,
] as const;

const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'id',
  'Id',
  '',
  'x'.repeat(500),
  '\u0000',
  'lineItems',
  'a.b[0]',
] as const;

export function oddText(random: Random): string {
  return random.pick(TEXTS);
}

export function oddValue(random: Random, depth = 0): unknown {
  switch (random.below(depth > 3 ? 5 : 8)) {
    case 0:
      return null;
    case 1:
      return random.chance(0.5);
    case 2:
      return random.pick(NUMBERS);
    case 3:
    case 4:
      return oddText(random);
    case 5:
      return Array.from({ length: random.below(4) }, () => oddValue(random, depth + 1));
    case 6:
      return Object.fromEntries(
        Array.from({ length: random.below(4) }, () => [random.pick(NAMES), oddValue(random, depth + 1)]),
      );
    default:
      // Deeper is refused like the last of these, and to write it down takes the square of the depth.
      return nested(random.pick([5, 60, 300]));
  }
}

function nested(levels: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { in: value };
  return value;
}

/** The value with something about it changed, somewhere in its depth. */
export function mutate(value: unknown, random: Random): unknown {
  if (Array.isArray(value) && value.length > 0 && random.chance(0.8)) return mutateList(value, random);
  if (isMembers(value) && random.chance(0.95)) return mutateMembers(value, random);
  return oddValue(random);
}

function mutateList(items: readonly unknown[], random: Random): unknown {
  const at = random.below(items.length);
  switch (random.below(8)) {
    case 0:
      return items.filter((_, index) => index !== at);
    case 1:
      return [...items, ...items];
    case 2:
      return Array.from({ length: random.pick([2, 40, 1_001]) }, () => items[at]);
    default:
      return items.map((item, index) => (index === at ? mutate(item, random) : item));
  }
}

function mutateMembers(members: Readonly<Record<string, unknown>>, random: Random): unknown {
  const entries = Object.entries(members);
  const at = random.below(Math.max(entries.length, 1));
  switch (random.below(10)) {
    case 0:
      return Object.fromEntries(entries.filter((_, index) => index !== at));
    case 1:
      return Object.fromEntries([...entries, [random.pick(NAMES), oddValue(random)]]);
    case 2:
      return Object.fromEntries(
        entries.map(([name, value], index) => [index === at ? random.pick(NAMES) : name, value]),
      );
    default:
      return Object.fromEntries(
        entries.map(([name, value], index) => [name, index === at ? mutate(value, random) : value]),
      );
  }
}

/** JSON, for the most part; at times JSON that was damaged on its way, or none. */
export function bodyText(value: unknown, random: Random): string {
  const text = JSON.stringify(value);
  if (!random.chance(0.12)) return text;
  const at = random.below(text.length + 1);
  switch (random.below(7)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return (
        text.slice(0, at) + random.pick(['"', '{', ']', ',', '\u0000', '\\u', '😀', '1e999', 'NaN']) + text.slice(at)
      );
    case 2:
      return text + text;
    case 3:
      return `\ufeff${text}`;
    case 4:
      return random.pick([
        '',
        ' ',
        'null',
        '[]',
        '"text"',
        '12',
        'true',
        '{',
        '{"a":1,"a":2}',
        '{"__proto__":{"x":1}}',
      ]);
    case 5:
      return `{"supplementalData":{"content":${'['.repeat(6_000)}${']'.repeat(6_000)}}}`;
    default:
      return text.replace('{', '{"constructor":{"prototype":{}},"__proto__":null,');
  }
}

const PROPERTIES = [
  'status',
  'Status',
  'statusCode',
  'dataType',
  'pushOperationKey',
  'requestedOnUtc',
  'completedOnUtc',
  'timeoutInMinutes',
  'errorMessage',
  'name',
  'created',
  'id',
  'dataConnections.status',
  'dataConnections.id',
  'tags.key',
  'customerRef.id',
  'nothing',
  '__proto__',
  '',
] as const;
const OPERATORS = ['=', '!=', '~', '>', '<', '>=', '<=', '==', '=>', ' '] as const;
const VALUES = [
  'Pending',
  'Failed',
  'Success',
  'a',
  '200',
  '-1',
  '1e999',
  '2026-01-01',
  '2026-11-20T13:00:00Z',
  '99999999999999999999',
  '00000000-0000-0000-0000-000000000000',
  'invoices',
  '"quoted"',
  '"open',
  '\\',
  '%',
  '_',
] as const;

/** A filter in the query language, or nearly one. */
export function queryText(random: Random, depth = 0): string {
  if (random.chance(0.08)) return oddText(random);
  const clause = () =>
    `${random.pick(PROPERTIES)}${random.pick(OPERATORS)}${random.chance(0.2) ? oddText(random) : random.pick(VALUES)}`;
  if (depth > 4 || random.chance(0.5)) return clause();
  const group = random.chance(0.5) ? `{${queryText(random, depth + 1)}}` : queryText(random, depth + 1);
  const joined = `${group}${random.pick(['&&', '||', ' && ', '&', ''])}${queryText(random, depth + 1)}`;
  return random.chance(0.05) ? random.pick(['{', '}', '{{']) + joined : joined;
}

export function orderText(random: Random): string {
  const name = random.pick(PROPERTIES);
  return random.pick([name, `-${name}`, `${name} desc`, `${name},id`, `--${name}`, oddText(random)]);
}
