/** What has to be known of the company's books to write into them: currencies, journals, periods, taxes, accounts of money. */
import { compare, decimalFromNumber, multiply, parseDecimal, round, type Decimal } from '../../lib/decimal.ts';
import { bankedAccounts } from './accounts.ts';
import type { TrytonSession } from './session.ts';
import { dayOf, decimalOf, encodeDate, idOf, type Members } from './values.ts';

const LISTED_MAX = 1_000;

export interface Currency {
  readonly id: number;
  readonly code: string;
  /** How many digits amounts have behind the point. */
  readonly digits: number;
}

/** By their codes. Throws a NoResult. */
export function currencies(session: TrytonSession): Promise<ReadonlyMap<string, Currency>> {
  return session.known('currencies', async () => {
    const found = await session.find('currency.currency', [], ['code', 'digits'], { limit: LISTED_MAX });
    const all = found.map((each): Currency => {
      const { id, code, digits } = each;
      return { id: Number(id), code: String(code), digits: typeof digits === 'number' ? digits : 2 };
    });
    return new Map(all.map((each) => [each.code, each]));
  });
}

/** Throws a NoResult. */
export function companyCurrency(session: TrytonSession): Promise<Currency> {
  return session.known('company currency', async () => {
    const domain = [['id', '=', session.link.company]];
    const [company] = await session.find('company.company', domain, ['currency.code'], { limit: 1 });
    const id = idOf(company?.['currency']);
    const own = [...(await currencies(session)).values()].find((each) => each.id === id);
    return own ?? { id: id ?? 0, code: '', digits: 2 };
  });
}

/** The currency that a code stands for; the company's own without one. Undefined when Tryton has none such. */
export async function currencyBy(session: TrytonSession, code: unknown): Promise<Currency | undefined> {
  if (typeof code !== 'string' || code === '') return companyCurrency(session);
  return (await currencies(session)).get(code);
}

/** How many units of the company's currency one unit of another is worth on a day, by Tryton's own rates. */
export async function rateOn(session: TrytonSession, currency: Currency, day: string): Promise<Fraction | undefined> {
  const date = encodeDate(day);
  const own = await companyCurrency(session);
  if (own.id === currency.id) return { numerator: one, denominator: one };
  const context = date === undefined ? {} : { date };
  const domain = [['id', 'in', [own.id, currency.id]]];
  const found = await session.find('currency.currency', domain, ['rate'], { context });
  const rate = (id: number) => parseDecimal(decimalOf(found.find((each) => each['id'] === id)?.['rate']) ?? '');
  const [numerator, denominator] = [rate(own.id), rate(currency.id)];
  if (numerator === undefined || denominator === undefined || denominator.units === 0n) return undefined;
  return { numerator, denominator };
}

const one: Decimal = { units: 1n, scale: 0 };

/** A rate as Tryton has it, two decimals of which the quotient need not be one. */
export interface Fraction {
  readonly numerator: Decimal;
  readonly denominator: Decimal;
}

export function fractionOf(rate: number): Fraction | undefined {
  const numerator = decimalFromNumber(rate);
  return numerator === undefined ? undefined : { numerator, denominator: one };
}

/** Exactly, and rounded once at the end; a half goes away from zero. */
export function converted(amount: Decimal, { numerator, denominator }: Fraction, places: number): Decimal {
  const product = multiply(amount, numerator);
  const scale = product.scale - denominator.scale;
  // Two digits more than are wanted, cut off: enough to round by, since a half is met exactly or not at all.
  const shift = BigInt(Math.max(places + 2 - scale, 0));
  const sign = product.units < 0n !== denominator.units < 0n ? -1n : 1n;
  const dividend = abs(product.units) * 10n ** shift;
  const quotient = dividend / abs(denominator.units);
  const sticky = dividend % abs(denominator.units) === 0n ? 0n : 1n;
  return round({ units: sign * (quotient * 10n + sticky), scale: scale + Number(shift) + 1 }, places);
}

/** An amount in the currency of the books and, of the same sign, in another one. */
export interface BothAmounts {
  readonly own: Decimal;
  readonly second: Decimal;
}

const RATE_PLACES_MAX = 9;

/** The shortest rate by which the second amounts come to the own ones: the books keep amounts, and no rate. */
export function rateBetween(amounts: readonly BothAmounts[], places: number): Decimal | undefined {
  const [largest] = amounts.toSorted((a, b) => Number(abs(b.second.units) - abs(a.second.units)));
  if (largest === undefined || largest.second.units === 0n) return undefined;
  const exact: Fraction = { numerator: largest.own, denominator: largest.second };
  const fits = (rate: Decimal) =>
    amounts.every(
      ({ own, second }) => compare(converted(second, { numerator: rate, denominator: one }, places), own) === 0,
    );
  for (let digits = 0; digits < RATE_PLACES_MAX; digits += 1) {
    const rate = converted(one, exact, digits);
    if (fits(rate)) return rate;
  }
  return converted(one, exact, RATE_PLACES_MAX);
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** The journal to use of the first of these types that there is one of. Throws a NoResult. */
export function journalOf(session: TrytonSession, ...types: readonly string[]): Promise<number | null> {
  return session.known(`journal ${types.join(' ')}`, async () => {
    const domain = [['type', 'in', types]];
    const found = await session.find('account.journal', domain, ['type', 'name'], { limit: LISTED_MAX });
    const byType = types.flatMap((type) => {
      // One that is named for its type is the usual one: General comes before Stock.
      const alike = found.filter((each) => each['type'] === type);
      const isNamed = ({ name }: Members) => String(name).toLowerCase().startsWith(type);
      return [...alike.filter(isNamed), ...alike];
    });
    return idOf(byType[0]) ?? null;
  });
}

/** The period that a day belongs to; Tryton says what is wrong when there is none. Throws a NoResult. */
export function periodOf(session: TrytonSession, day: string): Promise<number | null> {
  return session.known(`period ${day}`, async () => {
    const date = encodeDate(day);
    const domain = [
      ['start_date', '<=', date],
      ['end_date', '>=', date],
      ['company', '=', session.link.company],
      ['type', '=', 'standard'],
    ];
    const [id] = await session.ids('account.period', domain, { limit: 1 });
    return id ?? null;
  });
}

/** Where money is kept: accounts with a journal of statements, those that payments are made by, and cash. */
export async function moneyAccounts(session: TrytonSession): Promise<readonly number[]> {
  const others = await session.known('money accounts', async () => {
    const own = [['company', '=', session.link.company]];
    const fields = ['debit_account', 'credit_account'];
    const methods = await session.find('account.invoice.payment.method', own, fields, { limit: LISTED_MAX });
    const cash = await session.find(
      'account.account',
      [...own, ['type.name', 'ilike', 'cash%'], ['type.statement', '=', 'balance']],
      [],
      { limit: LISTED_MAX },
    );
    return [...methods.flatMap((each) => fields.map((field) => idOf(each[field]))), ...cash.map(idOf)];
  });
  return [...new Set([...(await bankedAccounts(session)), ...others.flatMap((id) => id ?? [])])];
}

export interface Tax {
  readonly id: number;
  readonly name: string;
  /** `0.20`; absent where it is not worked out as a part of the price. */
  readonly rate?: Decimal;
  readonly account?: number;
  readonly refundAccount?: number;
}

/** By their ids, those out of use included. Throws a NoResult. */
export function taxes(session: TrytonSession): Promise<ReadonlyMap<number, Tax>> {
  return session.known('taxes', async () => {
    const domain = [
      ['company', '=', session.link.company],
      ['active', 'in', [true, false]],
    ];
    const fields = ['name', 'type', 'rate', 'childs', 'invoice_account', 'credit_note_account'];
    const found = await session.find('account.tax', domain, fields, { limit: LISTED_MAX });
    return new Map(found.map((each) => [Number(each['id']), taxFrom(each)]));
  });
}

function taxFrom(theirs: Members): Tax {
  const { childs } = theirs;
  const isPart = theirs['type'] === 'percentage' && !(Array.isArray(childs) && childs.length > 0);
  const rate = isPart ? parseDecimal(decimalOf(theirs['rate']) ?? '') : undefined;
  const account = idOf(theirs['invoice_account']);
  const refundAccount = idOf(theirs['credit_note_account']);
  return {
    id: Number(theirs['id']),
    name: String(theirs['name']),
    ...(rate === undefined ? {} : { rate }),
    ...(account === undefined ? {} : { account }),
    ...(refundAccount === undefined ? {} : { refundAccount }),
  };
}

/** `2026-11-20` of what the wire has as a moment; days have no time zone in the books. */
export function dayIn(value: unknown): string | undefined {
  return typeof value === 'string' ? dayOf(encodeDate(value)) : undefined;
}
