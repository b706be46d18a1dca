/** What of invoices, bills and credit notes follows from several of Tryton's fields: status, what is due, who has paid. */
import { compare, parseDecimal, subtract, sum, toNumber, type Decimal } from '../../lib/decimal.ts';
import { isMembers } from '../../models/validate.ts';
import type { PlatformRecord } from '../contract.ts';
import { midnightOf } from '../mapping.ts';
import { currencyBy, moneyAccounts } from './company-facts.ts';
import { wholeLines } from './document-lines.ts';
import type { DocumentKind } from './invoices.ts';
import type { TrytonSession } from './session.ts';
import { dayOf, decimalOf, idOf, idsIn, listOf, type Members } from './values.ts';

/** Ids alone: where there are none, Tryton has null for the second list, and cannot read what stands behind a dot. */
export const allocationReads = ['payment_lines', 'reconciliation_lines'];

const paymentFields = ['move', 'date', 'debit', 'credit', 'amount_second_currency', 'second_currency'];

const none: Decimal = { units: 0n, scale: 0 };

export async function wholeDocument(
  record: Record<string, unknown>,
  theirs: Members,
  session: TrytonSession,
  kind: DocumentKind,
): Promise<PlatformRecord> {
  const currency = await currencyBy(session, record['currency']);
  const lineItems = await wholeLines(record['lineItems'], theirs, session, {
    isCredit: kind.isCredit,
    digits: currency?.digits ?? 2,
  });
  const total = amountOf(theirs['total_amount']);
  const due = await dueOf(theirs, total, session);
  const sign = kind.isCredit ? -1 : 1;
  const dueMember = kind.isCredit ? 'remainingCredit' : 'amountDue';
  return {
    ...record,
    lineItems,
    ...(kind.isCredit ? {} : dueDateOf(record, theirs)),
    [dueMember]: sign * toNumber(due) || 0,
    ...(kind.isCredit ? { totalDiscount: 0, discountPercentage: 0 } : {}),
    status: statusOf(theirs, total, due, kind),
    ...(await allocationsOf(record, theirs, session, kind)),
  };
}

function amountOf(value: unknown): Decimal {
  return parseDecimal(decimalOf(value) ?? '') ?? none;
}

/** Tryton tells what is due of what is posted alone. Of one that is new and has no payments, all is. */
async function dueOf(theirs: Members, total: Decimal, session: TrytonSession): Promise<Decimal> {
  const { id, state } = theirs;
  if (state !== 'posted') return state === 'paid' || state === 'cancelled' ? none : total;
  if ('amount_to_pay' in theirs) return amountOf(theirs['amount_to_pay']);
  if (allocationReads.every((list) => idsIn(theirs[list]).length === 0)) return total;
  const [found] = await session.find('account.invoice', [['id', '=', id]], ['amount_to_pay'], { limit: 1 });
  return amountOf(found?.['amount_to_pay']);
}

function statusOf({ state }: Members, total: Decimal, due: Decimal, { open }: DocumentKind): string {
  if (state === 'draft' || state === 'validated') return 'Draft';
  if (state === 'cancelled') return 'Void';
  if (state === 'paid' || compare(due, none) === 0) return 'Paid';
  return compare(due, total) === 0 ? open : 'PartiallyPaid';
}

/** By the entry once it is posted; the last date where there are instalments. */
function dueDateOf(record: Members, theirs: Members): Members {
  if (!('dueDate' in record) && listOf(theirs['lines_to_pay']).length === 0) return {};
  const days = listOf(theirs['lines_to_pay']).flatMap(({ maturity_date: day }) => dayOf(day) ?? []);
  const last = days.toSorted().at(-1);
  if (last !== undefined) return { dueDate: midnightOf(last) };
  // With terms, the date is where they begin and not where they end.
  return theirs['payment_term'] === null ? {} : { dueDate: undefined };
}

async function allocationsOf(
  record: Members,
  theirs: Members,
  session: TrytonSession,
  { side, isCredit }: DocumentKind,
): Promise<Members> {
  const ids = allocationReads.flatMap((list) => idsIn(theirs[list]));
  if (ids.length === 0) return {};
  const lines = await session.find('account.move.line', [['id', 'in', [...new Set(ids)]]], paymentFields);
  const moneyOf = await moneySides(session, lines);
  const isDebit = (side === 'in') !== isCredit;
  const paymentAllocations = lines.map((line) => {
    const move = idOf(line['move']) ?? 0;
    const date = dayOf(line['date']);
    const day = date === undefined ? {} : { date: midnightOf(date) };
    const account = moneyOf.get(move);
    const totalAmount = toNumber(settled(line, isDebit));
    const { currency } = record;
    return {
      payment: {
        id: String(move),
        ...(account === undefined ? {} : { accountRef: account }),
        ...(currency === undefined ? {} : { currency }),
        ...(day.date === undefined ? {} : { paidOnDate: day.date }),
      },
      allocation: {
        ...(currency === undefined ? {} : { currency }),
        ...(day.date === undefined ? {} : { allocatedOnDate: day.date }),
        totalAmount,
      },
    };
  });
  const last = lines
    .flatMap(({ date }) => dayOf(date) ?? [])
    .toSorted()
    .at(-1);
  const isPaidInvoice = side === 'out' && !isCredit && theirs['state'] === 'paid' && last !== undefined;
  return { paymentAllocations, ...(isPaidInvoice ? { paidOnDate: midnightOf(last) } : {}) };
}

/** In the document's currency: that of the line's second amount where it has one. */
function settled(line: Members, isDebit: boolean): Decimal {
  const second = line['second_currency'] === null ? undefined : decimalOf(line['amount_second_currency']);
  if (second !== undefined) {
    const amount = amountOf(line['amount_second_currency']);
    return isDebit ? amount : subtract(none, amount);
  }
  const [plus, minus] = isDebit ? (['debit', 'credit'] as const) : (['credit', 'debit'] as const);
  return sum([amountOf(line[plus]), subtract(none, amountOf(line[minus]))]);
}

/** The account that the money of each entry moved on. */
async function moneySides(session: TrytonSession, lines: readonly Members[]): Promise<ReadonlyMap<number, Members>> {
  const moves = [...new Set(lines.flatMap(({ move }) => idOf(move) ?? []))];
  const domain = [
    ['move', 'in', moves],
    ['account', 'in', await moneyAccounts(session)],
  ];
  const found = await session.find('account.move.line', domain, ['move', 'account.rec_name']);
  return new Map(
    found.flatMap(({ move, account }) =>
      isMembers(account) ? [[idOf(move) ?? 0, { id: String(account['id']), name: account['rec_name'] }] as const] : [],
    ),
  );
}
