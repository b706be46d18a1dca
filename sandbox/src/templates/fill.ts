// Fills a new set of books from a template, through the same rules as any other write, and the same way every time.
import { chart, paymentMethods as seedPaymentMethods, taxRates as seedTaxRates } from './chart.ts';
import { fillTrade } from './fill-trade.ts';
import { trades } from './trades.ts';
import type { JsonObject } from '../json.ts';
import { objectAt, textAt } from '../json.ts';
import { createRecord } from '../records.ts';
import { accounts } from '../resources/accounts.ts';
import { bankAccounts } from '../resources/bank-accounts.ts';
import { paymentMethods } from '../resources/payment-methods.ts';
import { taxRates } from '../resources/tax-rates.ts';
import type { Books, Resource } from '../resource.ts';
import type { Store } from '../store.ts';

export type TemplateName = keyof typeof trades | 'empty';
export const templateNames = [...Object.keys(trades), 'empty'];

export function isTemplate(name: string): name is TemplateName {
  return templateNames.includes(name);
}

/** Creates a record and answers its id. */
export type Plant = (resource: Resource, input: JsonObject) => string;

/** The ids the documents of a template refer to. */
export interface Ground {
  readonly accounts: ReadonlyMap<string, string>;
  readonly taxRates: ReadonlyMap<string, string>;
  readonly currentAccount: string;
}

/** Answers the company with the accounts that postings of its own go to. */
export function fillFromTemplate(store: Store, books: Books, template: TemplateName, now: string): JsonObject {
  const byCode = new Map<string, string>();
  const systemAccounts: Record<string, string> = {};
  for (const { role, ...account } of chart) {
    const id = planter(store, books, now)(accounts, account);
    byCode.set(account.code, id);
    if (role !== undefined) systemAccounts[role] = id;
  }
  const company = { ...books.company, systemAccounts };
  const plant = planter(store, { ...books, company }, now);
  const taxes = new Map(seedTaxRates.map((rate) => [rate.code, plant(taxRates, { ...rate })]));
  const currentAccount = plant(bankAccounts, {
    name: 'Current account',
    code: '1010',
    sortCode: '20-00-01',
    accountNumber: '10203040',
    iban: 'GB33BUKB20000110203040',
    institution: 'Borough Bank',
    openingBalance: template === 'empty' ? '0' : '12500.00',
    openingDate: '2026-01-01',
  });
  if (template !== 'empty') fillTrade(plant, trades[template], { accounts: byCode, taxRates: taxes, currentAccount });
  // Last, so that all others keep the ids that they had before there were any.
  for (const method of seedPaymentMethods) plant(paymentMethods, { ...method });
  return company;
}

/** Books from before an account became needed: the company with it, or nothing when none is missing. */
export function addSystemAccounts(store: Store, books: Books, now: string): JsonObject | undefined {
  const known = objectAt(books.company, 'systemAccounts') ?? {};
  const added: JsonObject = {};
  for (const { role, code, ...account } of chart) {
    if (role === undefined || known[role] !== undefined) continue;
    const isFree = store.seqByNumber(books.no, 'accounts', code) === undefined;
    added[role] = planter(store, books, now)(accounts, { ...account, ...(isFree && { code }) });
  }
  if (Object.keys(added).length === 0) return undefined;
  return { ...books.company, systemAccounts: { ...known, ...added } };
}

function planter(store: Store, books: Books, now: string): Plant {
  return (resource, input) =>
    textAt(createRecord(store, { books, now, reference: undefined }, resource, input).body, 'id') ?? '';
}
