/** What is read from the sandbox and never written: rates, categories, methods, movements of money, the company itself. */
import { readDataTypes, type ReadDataType } from '../../models/data-types.ts';
import { isMembers } from '../../models/validate.ts';
import type { PlatformRecord, ReadOutcome } from '../contract.ts';
import { amount, date, list, same, toOurs, word, type Pair } from '../mapping.ts';
import { addressPairs } from './contacts.ts';
import { callSandbox, type SandboxSession } from './http.ts';
import { readOutcome } from './outcomes.ts';
import { booksPath } from './requests.ts';
import { commonPairs, withProperties, type SandboxSource } from './resource.ts';

const statuses = { Active: 'active', Archived: 'archived' };
const pairsWithoutSupplement = commonPairs.filter(({ ours }) => !ours.startsWith('supplementalData'));

export const taxRates: SandboxSource = {
  path: 'tax-rates',
  pairs: [
    ...commonPairs,
    same('name'),
    same('code'),
    amount('effectiveTaxRate', 'rate'),
    amount('totalTaxRate', 'rate'),
    list('components', 'components', [same('name'), amount('rate'), same('isCompound')]),
    word('status', 'status', statuses),
  ],
  complete(record) {
    const { components } = record;
    if (!Array.isArray(components)) return record;
    const whole = components.map((one: unknown) => (isMembers(one) ? { isCompound: false, ...one } : one));
    return { ...record, components: whole };
  },
};

export const trackingCategories: SandboxSource = {
  path: 'tracking-categories',
  pairs: [
    ...pairsWithoutSupplement,
    same('name'),
    same('parentId'),
    same('hasChildren'),
    word('status', 'status', statuses),
  ],
  complete: (record) => ({ hasChildren: false, ...record }),
};

const methodTypes = {
  Cash: 'cash',
  Check: 'cheque',
  CreditCard: 'credit-card',
  DebitCard: 'debit-card',
  BankTransfer: 'bank-transfer',
  Other: 'other',
};

export const paymentMethods: SandboxSource = {
  path: 'payment-methods',
  pairs: [
    ...pairsWithoutSupplement,
    same('name'),
    word('type', 'type', methodTypes),
    word('status', 'status', statuses),
  ],
};

/** What can move money there, in our words. An account by itself does with its opening balance. */
const movers = {
  bills: 'bills',
  billCreditNotes: 'supplier-credit-notes',
  billPayments: 'supplier-payments',
  chartOfAccounts: 'accounts',
  creditNotes: 'credit-notes',
  directCosts: 'expenses',
  directIncomes: 'receipts',
  invoices: 'invoices',
  journalEntries: 'journal-entries',
  payments: 'payments',
  transfers: 'transfers',
} as const satisfies { readonly [D in ReadDataType]?: string };

/** The same, and bank accounts: the account that stands behind each is kept in step with it. */
export const moneyMovers = readDataTypes.filter((name) => name in movers || name === 'bankAccounts');

export const accountTransactions: SandboxSource = {
  path: 'account-transactions',
  pairs: [
    ...pairsWithoutSupplement,
    same('transactionId', 'sourceRecord.id'),
    same('note'),
    same('bankAccountRef.id', 'bankAccountId'),
    date('date'),
    word('status', 'status', { Unreconciled: 'unreconciled', Reconciled: 'reconciled' }),
    same('currency'),
    amount('lines[0].amount', 'amount'),
    same('lines[0].description', 'note'),
    same('lines[0].recordRef.id', 'sourceRecord.id'),
    word('lines[0].recordRef.dataType', 'sourceRecord.type', movers),
    amount('totalAmount', 'amount'),
  ],
};

const phoneTypes = { Primary: 'primary', Landline: 'landline', Mobile: 'mobile', Fax: 'fax', Unknown: 'other' };

const companyPairs: readonly Pair[] = [
  same('companyName', 'name'),
  same('accountingPlatformRef', 'id'),
  same('companyLegalName', 'legalName'),
  list('addresses', 'addresses', addressPairs),
  list('phoneNumbers', 'phones', [same('number'), word('type', 'type', phoneTypes)]),
  list('webLinks', 'webLinks', [word('type', 'type', { Website: 'website', Social: 'social' }), same('url')]),
  date('ledgerLockDate', 'lockDate'),
  same('registrationNumber'),
  same('taxNumber'),
  date('financialYearStartDate', 'financialYearStart'),
  same('baseCurrency'),
  same('createdDate', 'createdAt'),
  same('supplementalData.content', 'customFields'),
];

export async function readCompanyInfo(
  session: SandboxSession,
  properties?: readonly string[],
): Promise<ReadOutcome<PlatformRecord>> {
  const answer = await callSandbox(session, { method: 'GET', path: `${booksPath(session)}/company` });
  return readOutcome(answer, ({ status, json }) =>
    status === 200 && json !== undefined
      ? { value: withProperties(toOurs(companyPairs, json), json, properties) }
      : undefined,
  );
}
