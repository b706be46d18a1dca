// Accounts: the chart of accounts of a set of books.
import { accountCategories, isNaturallyCredit } from './account-categories.ts';
import { centsOf, formatCents } from '../decimal.ts';
import { choice, currency, date, decimal, name, readOnly, report, required, text } from '../fields.ts';
import { objectAt, textAt } from '../json.ts';
import { defineResource, ownAccount } from '../resource.ts';
import type { Books, Posting, Writing } from '../resource.ts';

export const accounts = defineResource({
  path: 'accounts',
  prefix: 'acc',
  fields: {
    name: name(150),
    category: required(choice(...accountCategories.map((one) => one.category))),
    code: text(10),
    description: text(4000),
    fullName: text(300),
    currency: currency(),
    status: choice('active', 'archived', 'pending'),
    openingBalance: decimal({ places: 2 }),
    openingDate: date(),
    balance: readOnly(),
    isBankAccount: readOnly(),
    isSystemAccount: readOnly(),
  },
  complete(input, writing, before) {
    const status = input.status ?? 'active';
    if (isSystem(writing.books, textAt(before?.body, 'id')) && status !== 'active')
      report(writing, 'status', 'system_account', 'the books need this account to stay active');
    const openingDate = (input.openingDate ?? writing.now).slice(0, 10);
    const members = {
      ...input,
      ...(input.openingBalance !== undefined && { openingDate }),
      currency: input.currency ?? textAt(writing.books.company, 'baseCurrency'),
      status,
      isBankAccount: input.category === 'Asset.Bank' || input.category === 'Liability.CreditCard',
    };
    return {
      members,
      number: input.code === undefined || input.code === '' ? undefined : { field: 'code', value: input.code },
      status,
      postings: openingPostings(writing, { ...input, openingDate }, textAt(before?.body, 'id')),
    };
  },
  present: (body, reading) => {
    const id = textAt(body, 'id') ?? '';
    const debit = reading.balance(id);
    return {
      ...body,
      isSystemAccount: isSystem(reading.books, id),
      balance: formatCents(isNaturallyCredit(textAt(body, 'category')) ? -debit : debit),
    };
  },
});

function isSystem(books: Books, id: string | undefined): boolean {
  const systemAccounts = objectAt(books.company, 'systemAccounts') ?? {};
  return id !== undefined && Object.values(systemAccounts).includes(id);
}

function openingPostings(
  writing: Writing,
  input: { openingBalance?: string; openingDate: string; category?: string },
  id: string | undefined,
): Posting[] {
  const natural = centsOf(input.openingBalance);
  const against = textAt(objectAt(writing.books.company, 'systemAccounts'), 'openingBalances');
  if (natural === 0n || against === undefined || against === id) return [];
  const cents = isNaturallyCredit(input.category) ? -natural : natural;
  const common = { date: input.openingDate, field: 'openingDate' };
  return [
    { accountId: ownAccount, cents, ...common },
    { accountId: against, cents: -cents, ...common },
  ];
}
