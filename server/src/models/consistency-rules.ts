/**
 * The rules between values: sums, order, amounts that mirror each other, signs. Each is silent when a value that it needs
 * is missing or of the wrong type: that has been said already, or is not asked for, and no total means anything then.
 */
import { compare, decimalFromNumber, decimalText, subtract, sum, type Decimal } from '../lib/decimal.ts';
import { pascalCase, type Mirror, type SignBy, type SumOf } from './model.ts';
import type { Complaint } from './scalar-rules.ts';

type Members = Readonly<Record<string, unknown>>;

/** Members are looked up as own ones only, so that `__proto__` or `constructor` in a body is just another name. */
export function ownMember(members: unknown, name: string): unknown {
  if (typeof members !== 'object' || members === null || !Object.hasOwn(members, name)) return undefined;
  return Reflect.get(members, name);
}

export function checkZeroSum(items: readonly unknown[], member: string): Complaint {
  const total = totalOf(items, member);
  if (total === undefined || total.units === 0n) return undefined;
  return `must add up to zero over ${pascalCase(member)}, but adds up to ${decimalText(total)}.`;
}

export function checkSumOf(rule: SumOf, value: unknown, members: Members, pathOf: (name: string) => string): Complaint {
  const items = ownMember(members, rule.list);
  const stated = decimalOf(value);
  if (!Array.isArray(items) || items.length === 0 || stated === undefined) return undefined;
  const total = totalOf(items, rule.member);
  if (total === undefined) return undefined;
  const expected = rule.isNegated === true ? subtract(sum([]), total) : total;
  if (compare(stated, expected) === 0) return undefined;
  const over = `${pascalCase(rule.member)} over ${pathOf(rule.list)}`;
  return `must be the sum of ${over}${rule.isNegated === true ? ' with its sign turned round' : ''}, which is ${decimalText(expected)}.`;
}

export function checkMirror(rule: Mirror, value: unknown, members: Members, siblingPath: string): Complaint {
  const sibling = ownMember(members, rule.sibling);
  const word = ownMember(value, rule.whileSame);
  const [here, there] = [decimalOf(ownMember(value, rule.amount)), decimalOf(ownMember(sibling, rule.amount))];
  if (typeof word !== 'string' || word !== ownMember(sibling, rule.whileSame)) return undefined;
  if (here === undefined || there === undefined || compare(here, there) === 0) return undefined;
  const amount = pascalCase(rule.amount);
  return `must have the same ${amount} as ${siblingPath} while both have the same ${pascalCase(rule.whileSame)}.`;
}

/** The position of the first element that is earlier than the one before it. */
export function firstOutOfOrder(items: readonly unknown[], member: string): number | undefined {
  let latest = Number.NEGATIVE_INFINITY;
  for (const [index, item] of items.entries()) {
    const at = instantOf(ownMember(item, member));
    if (at < latest) return index;
    latest = Number.isNaN(at) ? latest : at;
  }
  return undefined;
}

/** A time without an offset counts as UTC, wherever this server stands. */
function instantOf(value: unknown): number {
  if (typeof value !== 'string') return Number.NaN;
  return Date.parse(/T.*(?:Z|[+-]\d{2}:\d{2})$/.test(value) || !value.includes('T') ? value : `${value}Z`);
}

export function disagreesInSign(rule: SignBy, value: unknown, members: Members): boolean {
  const word = ownMember(members, rule.sibling);
  if (typeof value !== 'number') return false;
  return (word === rule.positive && value < 0) || (word === rule.negative && value > 0);
}

function totalOf(items: readonly unknown[], member: string): Decimal | undefined {
  const amounts: Decimal[] = [];
  for (const item of items) {
    const amount = decimalOf(ownMember(item, member));
    if (amount === undefined) return undefined;
    amounts.push(amount);
  }
  return sum(amounts);
}

function decimalOf(value: unknown): Decimal | undefined {
  return typeof value === 'number' ? decimalFromNumber(value) : undefined;
}
