// Bank accounts and cards: each stands for a ledger account of its own, made with it and kept in step.
import { accounts } from './accounts.ts';
import { formatCents } from '../decimal.ts';
import { choice, currency, date, decimal, name, readOnly, text } from '../fields.ts';
import { textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { defineResource } from '../resource.ts';
import type { Writing } from '../resource.ts';

export const bankAccounts = defineResource({
  path: 'bank-accounts',
  prefix: 'bnk',
  fields: {
    name: name(150),
    type: choice('debit', 'credit'),
    code: text(10),
    sortCode: text(50),
    accountNumber: text(50),
    iban: text(50),
    institution: text(150),
    currency: currency(),
    availableBalance: decimal(),
    overdraftLimit: decimal({ min: '0' }),
    openingBalance: decimal({ places: 2 }),
    openingDate: date(),
    status: choice('active', 'archived', 'pending'),
    balance: readOnly(),
    statementBalance: readOnly(),
    statementDate: readOnly(),
    accountId: readOnly(),
  },
  complete(input, writing, before) {
    const type = input.type ?? 'debit';
    const status = input.status ?? 'active';
    const baseCurrency = textAt(writing.books.company, 'baseCurrency') ?? 'GBP';
    const own = { ...input, type, status, currency: input.currency ?? baseCurrency };
    const accountId = keepLedgerAccount(writing, textAt(before?.body, 'accountId'), {
      // Blank or missing names are this record's own problem and would be reported twice.
      name: own.name ?? 'Bank account',
      category: type === 'debit' ? 'Asset.Bank' : 'Liability.CreditCard',
      code: own.code ?? null,
      currency: own.currency,
      status,
      openingBalance: own.openingBalance ?? null,
      openingDate: own.openingDate ?? null,
    });
    return { members: { ...own, accountId }, status };
  },
  present(body, reading) {
    const debit = reading.balance(textAt(body, 'accountId') ?? '');
    const latest = reading.latest('bank-transactions', textAt(body, 'id') ?? '')?.body;
    return {
      ...body,
      balance: formatCents(body['type'] === 'credit' ? -debit : debit),
      ...(latest && { statementBalance: latest['balance'] ?? null, statementDate: latest['date'] ?? null }),
    };
  },
});

function keepLedgerAccount(writing: Writing, accountId: string | undefined, input: JsonObject): string | undefined {
  const before = accountId === undefined ? undefined : writing.find('accounts', accountId);
  const account = before === undefined ? writing.create(accounts, input) : writing.update(accounts, before, input);
  return textAt(account?.body, 'id');
}
