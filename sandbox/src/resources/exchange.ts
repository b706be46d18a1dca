// Foreign currencies: what an amount comes to in the base currency, and where the realised differences go.
import { decimal as exact, scaleCents } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import { objectAt, textAt } from '../json.ts';
import type { Writing } from '../resource.ts';

type Role = 'receivable' | 'payable' | 'tax' | 'exchangeGains';

export function baseCurrency(writing: Writing): string {
  return textAt(writing.books.company, 'baseCurrency') ?? 'GBP';
}

export function systemAccount(writing: Writing, role: Role): string {
  return textAt(objectAt(writing.books.company, 'systemAccounts'), role) ?? '';
}

/** The rate a record keeps: nothing in the base currency, where a rate has no meaning. */
export function rateOfRecord(writing: Writing, currency: string, given: string | undefined): string | undefined {
  return currency === baseCurrency(writing) ? given : (given ?? '1');
}

export function rateToBase(writing: Writing, currency: string | undefined, given: string | undefined): Decimal {
  return exact(currency === baseCurrency(writing) ? '1' : (given ?? '1'));
}

interface Share {
  readonly cents: bigint;
  /** What is still open, in the record's currency and as it stands in the books. */
  readonly open: bigint;
  readonly openBase: bigint;
  readonly rate: Decimal;
}

/** What goes out of the books with a part of an open amount: with the last of it, all that rounding has left. */
export function shareOfBase({ cents, open, openBase, rate }: Share): bigint {
  return cents === open ? openBase : scaleCents(cents, rate);
}
