// What a document with lines posts: its lines and tax against one account, and the money that came or went with it.
import type { Line } from './document-lines.ts';
import { sum } from './document-lines.ts';
import type { Totals } from './document-totals.ts';
import { rateToBase, shareOfBase, systemAccount } from './exchange.ts';
import { centsOf, scaleCents } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import { mergePostings } from '../ledger.ts';
import type { Posting, Writing } from '../resource.ts';

interface InlinePayment {
  readonly accountId?: string;
  readonly date?: string;
  readonly amount?: string;
  readonly exchangeRate?: string;
}

export interface Posted {
  /** The control account, or the bank account of what is paid at once. */
  readonly against: string;
  /** 1 when that account is debited, -1 when it is credited. */
  readonly side: bigint;
  readonly issueDate: string;
  readonly currency: string;
  readonly exchangeRate: string | undefined;
  readonly payments: readonly InlinePayment[];
}

export function documentPostings(posted: Posted, lines: readonly Line[], totals: Totals, writing: Writing): Posting[] {
  const { against, side } = posted;
  const rate = rateToBase(writing, posted.currency, posted.exchangeRate);
  const toBase = (cents: bigint) => side * scaleCents(cents, rate);
  const issued = { date: posted.issueDate.slice(0, 10), field: 'issueDate' };
  const income = lines.map((line) => ({
    accountId: line.accountId ?? '',
    cents: -toBase(line.subTotal - line.discountShare),
    ...issued,
  }));
  const tax = {
    accountId: systemAccount(writing, 'tax'),
    cents: toBase(totals.withheld) - toBase(totals.tax),
    ...issued,
  };
  // This account takes whatever makes the journal balance, so that rounding of a foreign currency cannot break it.
  const owed = { accountId: against, cents: -sum([...income, tax].map((one) => one.cents)), ...issued };
  const paid = inlinePostings(posted, totals, side * owed.cents, rate, writing);
  return mergePostings([owed, ...income, tax, ...paid]);
}

/** Payments within a document go the way of payments of their own: bank, control account, and the exchange difference. */
function inlinePostings(
  { against, side, payments, currency }: Posted,
  totals: Totals,
  owedBase: bigint,
  rate: Decimal,
  writing: Writing,
): Posting[] {
  let open = totals.total - totals.withheld;
  let openBase = owedBase;
  return payments.flatMap((one, index) => {
    const cents = centsOf(one.amount);
    const share = shareOfBase({ cents, open, openBase, rate });
    open -= cents;
    openBase -= share;
    const paymentRate = one.exchangeRate === undefined ? rate : rateToBase(writing, currency, one.exchangeRate);
    return moneyPostings({
      bank: { accountId: one.accountId ?? '', cents: side * scaleCents(cents, paymentRate) },
      control: [{ accountId: against, cents: -side * share }],
      date: (one.date ?? '').slice(0, 10),
      field: `payments[${index}].date`,
      writing,
    });
  });
}

interface Money {
  readonly bank: Pick<Posting, 'accountId' | 'cents'>;
  readonly control: readonly Pick<Posting, 'accountId' | 'cents'>[];
  readonly date: string;
  readonly field: string;
  readonly writing: Writing;
}

/** Money moved at one rate against documents booked at others: the exchange gains account takes the difference. */
export function moneyPostings({ bank, control, date, field, writing }: Money): Posting[] {
  const moved = [bank, ...control];
  const difference = -sum(moved.map((one) => one.cents));
  return [...moved, { accountId: systemAccount(writing, 'exchangeGains'), cents: difference }].map((one) => ({
    ...one,
    date,
    field,
  }));
}
