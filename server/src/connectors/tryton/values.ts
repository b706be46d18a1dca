/**
 * Values as Tryton's JSON carries them. Tryton takes a float where a Decimal belongs and a text where a date belongs, and
 * stores what it makes of them; so everything is encoded here, exactly, and nothing else leaves.
 */
import { decimalFromNumber, decimalText, parseDecimal, toNumber } from '../../lib/decimal.ts';
import { isMembers } from '../../models/validate.ts';

export type Members = Readonly<Record<string, unknown>>;

/** `{"__class__":"Decimal","decimal":"12.34"}` and its like. */
export interface TaggedValue {
  readonly __class__: 'Decimal' | 'date' | 'datetime' | 'bytes' | 'timedelta' | 'time';
  readonly [part: string]: unknown;
}

export function encodeDecimal(value: number | string): TaggedValue | undefined {
  const exact = typeof value === 'number' ? decimalFromNumber(value) : parseDecimal(value);
  return exact === undefined ? undefined : { __class__: 'Decimal', decimal: decimalText(exact) };
}

const dateForm = /^(\d{4})-(\d{2})-(\d{2})(?:$|T)/;

/** The calendar day of a date or a moment, as it is written; days have no time zone in the books. */
export function encodeDate(text: string): TaggedValue | undefined {
  const parts = dateForm.exec(text);
  if (parts === null) return undefined;
  const [year = 0, month = 0, day = 0] = parts.slice(1).map(Number);
  const isReal = new Date(Date.UTC(year, month - 1, day)).toISOString().startsWith(text.slice(0, 10));
  return isReal && year > 0 ? { __class__: 'date', year, month, day } : undefined;
}

/** Tryton keeps moments in UTC, without a zone. */
export function encodeMoment(moment: Date): TaggedValue {
  return {
    __class__: 'datetime',
    year: moment.getUTCFullYear(),
    month: moment.getUTCMonth() + 1,
    day: moment.getUTCDate(),
    hour: moment.getUTCHours(),
    minute: moment.getUTCMinutes(),
    second: moment.getUTCSeconds(),
    microsecond: moment.getUTCMilliseconds() * 1_000,
  };
}

export function encodeBytes(bytes: Uint8Array): TaggedValue {
  return { __class__: 'bytes', base64: Buffer.from(bytes).toString('base64') };
}

/** An id of ours as Tryton's number. Undefined for anything that Tryton would not take for an id. */
export function encodeId(id: unknown): number | undefined {
  return typeof id === 'string' && /^[1-9]\d{0,8}$/.test(id) ? Number(id) : undefined;
}

function tagged(value: unknown, name: TaggedValue['__class__']): Members | undefined {
  return isMembers(value) && value['__class__'] === name ? value : undefined;
}

/** The digits of a Decimal, as they came. */
export function decimalOf(value: unknown): string | undefined {
  const digits = tagged(value, 'Decimal')?.['decimal'];
  return typeof digits === 'string' ? digits : undefined;
}

export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const exact = parseDecimal(decimalOf(value) ?? '');
  return exact === undefined ? undefined : toNumber(exact);
}

/** `2026-11-20`, of a date or a moment. */
export function dayOf(value: unknown): string | undefined {
  const parts = tagged(value, 'date') ?? tagged(value, 'datetime');
  if (parts === undefined) return undefined;
  const [year, month, day] = ['year', 'month', 'day'].map((part) => digits(parts[part]));
  return `${year?.padStart(4, '0')}-${month}-${day}`;
}

/** `2026-11-20T09:41:04.320679Z`: all that Tryton has, so that two changes within one millisecond differ. */
export function momentOf(value: unknown): string | undefined {
  const parts = tagged(value, 'datetime');
  if (parts === undefined) return undefined;
  const [hour, minute, second] = ['hour', 'minute', 'second'].map((part) => digits(parts[part]));
  const fraction = digits(parts['microsecond']).padStart(6, '0');
  return `${dayOf(value)}T${hour}:${minute}:${second}.${fraction}Z`;
}

function digits(value: unknown): string {
  return (typeof value === 'number' ? String(value) : '0').padStart(2, '0');
}

export function bytesOf(value: unknown): Uint8Array | undefined {
  const base64 = tagged(value, 'bytes')?.['base64'];
  return typeof base64 === 'string' ? new Uint8Array(Buffer.from(base64, 'base64')) : undefined;
}

/** The id of a many2one, whether it was read alone or with fields behind a dot. */
export function idOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return isMembers(value) && typeof value['id'] === 'number' ? value['id'] : undefined;
}

export function idsIn(list: unknown): readonly number[] {
  return Array.isArray(list) ? list.flatMap((id) => idOf(id) ?? []) : [];
}

/**
 * What was read behind dots stands under `lines.` beside `lines`; here it takes the latter's place, so that a path such as
 * `lines[0].account.code` reads as it is asked for.
 */
export function unfolded(record: Members): Members {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(record)) if (!name.endsWith('.')) result[name] = value;
  for (const [name, value] of Object.entries(record)) {
    if (!name.endsWith('.')) continue;
    result[name.slice(0, -1)] = Array.isArray(value)
      ? value.filter(isMembers).map(unfolded)
      : isMembers(value)
        ? unfolded(value)
        : null;
  }
  return result;
}

/** The elements of a list that was read with fields behind a dot. */
export function listOf(value: unknown): readonly Members[] {
  return Array.isArray(value) ? value.filter(isMembers) : [];
}

/** Without Tryton's own words for dates and decimals. */
export function plainMembers(record: Members): Members {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, plain(value)]));
}

export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isMembers(value)) return value;
  if (!('__class__' in value)) return plainMembers(value);
  return numberOf(value) ?? momentOf(value) ?? dayOf(value) ?? null;
}
