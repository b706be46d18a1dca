// Transfers: money moved between two accounts of the same books.
import { missing, refuseSameParent } from './document-lines.ts';
import { refuseVoidUpdate } from './document-status.ts';
import { baseCurrency, rateToBase } from './exchange.ts';
import { centsOf, formatCents, scaleCents } from '../decimal.ts';
import { choice, currency, date, decimal, group, list, reference, report, required, text } from '../fields.ts';
import type { Checked } from '../fields.ts';
import { textAt } from '../json.ts';
import { mergePostings } from '../ledger.ts';
import { defineResource } from '../resource.ts';
import type { Posting, Writing } from '../resource.ts';

const sideFields = {
  accountId: required(reference('bank-accounts', 'accounts')),
  amount: decimal({ above: '0', places: 2 }),
  currency: currency(),
};

const fields = {
  number: text(255),
  reference: text(255),
  description: text(4000),
  date: required(date()),
  from: required(group({ ...sideFields, amount: required(sideFields.amount) })),
  to: required(group(sideFields)),
  exchangeRate: decimal({ above: '0' }),
  contactId: reference('customers', 'suppliers'),
  status: choice('unreconciled', 'reconciled', 'void'),
  trackingCategoryIds: list(reference('tracking-categories'), 2),
  depositedRecords: list(group({ id: text(255), type: text(50) }), 50),
};

type TransferInput = Checked<typeof fields>;
type Side = Checked<typeof sideFields>;

export const transfers = defineResource({
  path: 'transfers',
  prefix: 'trf',
  isDocument: true,
  takesAttachments: true,
  fields,
  complete(input, writing, before) {
    const from = withCurrency(input.from ?? {}, 'from', writing);
    const to = withAmount(withCurrency(input.to ?? {}, 'to', writing), from, writing);
    const status = input.status ?? 'unreconciled';
    if (status === 'void' && before === undefined)
      report(writing, 'status', 'invalid_status_move', 'a new transfer cannot be void');
    refuseSameParent(input.trackingCategoryIds ?? [], 'trackingCategoryIds', writing);
    const number =
      input.number === undefined || input.number === '' ? writing.nextNumber('transfers', 'TRF') : input.number;
    return {
      members: { ...input, number, from, to, status },
      number: { field: 'number', value: number },
      reference: input.reference,
      status,
      postings: status === 'void' ? [] : postingsOf(input, from, to, writing),
    };
  },
  refuseChange: refuseVoidUpdate,
});

function withCurrency(side: Side, at: 'from' | 'to', writing: Writing): Side {
  if (side.accountId === undefined) return side;
  const account = writing.find('bank-accounts', side.accountId) ?? writing.find('accounts', side.accountId);
  const own = textAt(account?.body, 'currency') ?? baseCurrency(writing);
  if (side.currency !== undefined && side.currency !== own)
    report(writing, `${at}.currency`, 'wrong_currency', `must be the account's own, ${own}`);
  return { ...side, currency: own };
}

function withAmount(to: Side, from: Side, writing: Writing): Side {
  if (to.accountId === undefined || from.accountId === undefined) return to;
  if (ledgerIdOf(to.accountId, writing) === ledgerIdOf(from.accountId, writing))
    report(writing, 'to.accountId', 'not_allowed', 'is the account the money comes from');
  const isOneCurrency = to.currency === from.currency;
  if (to.amount === undefined) {
    if (!isOneCurrency) missing(writing, 'to', 'amount', 'is required between two currencies');
    return isOneCurrency && from.amount !== undefined ? { ...to, amount: from.amount } : to;
  }
  if (isOneCurrency && from.amount !== undefined && centsOf(to.amount) !== centsOf(from.amount))
    report(writing, 'to.amount', 'unbalanced', `must be ${formatCents(centsOf(from.amount))} as on the other side`);
  return to;
}

function ledgerIdOf(accountId: string, writing: Writing): string {
  return textAt(writing.find('bank-accounts', accountId)?.body, 'accountId') ?? accountId;
}

/** One amount in base currency on both sides: a transfer makes neither gain nor loss. */
function postingsOf(input: TransferInput, from: Side, to: Side, writing: Writing): Posting[] {
  const base = baseCurrency(writing);
  const rate = rateToBase(writing, from.currency, input.exchangeRate);
  const cents =
    from.currency !== base && to.currency === base ? centsOf(to.amount) : scaleCents(centsOf(from.amount), rate);
  const common = { date: (input.date ?? '').slice(0, 10), field: 'date' };
  return mergePostings([
    { accountId: from.accountId ?? '', cents: -cents, ...common },
    { accountId: to.accountId ?? '', cents, ...common },
  ]);
}
