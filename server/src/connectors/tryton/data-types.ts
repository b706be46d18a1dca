/** All data types of the Tryton connector, and what can be done with each. */
import { describedWith } from '../../models/model.ts';
import type { Connector, Write, WriteKind } from '../contract.ts';
import { accounts } from './accounts.ts';
import { trytonAttach, trytonAttachments } from './attachments.ts';
import { bankAccounts } from './bank-accounts.ts';
import { paymentMethods, taxRates, trackingCategories } from './companions.ts';
import { billCreditNotes, bills, creditNotes, invoices } from './invoices.ts';
import { items } from './items.ts';
import { journals } from './journals.ts';
import { customers, suppliers } from './parties.ts';
import { bankTransactionsCreate, bankTransactionsRead } from './bank-transactions.ts';
import { DELETING } from './deleting.ts';
import { directCosts, directIncomes } from './direct-transactions.ts';
import { journalEntries } from './journal-entries.ts';
import { billPayments, payments } from './payments.ts';
import { purchaseOrders } from './purchase-orders.ts';
import { transfers } from './transfers.ts';
import { trytonRead } from './reads.ts';
import type { TrytonResource } from './resource.ts';
import type { TrytonSession } from './session.ts';
import { trytonWrite } from './writes.ts';

export const writes: Connector<TrytonSession>['writes'] = {
  bankAccounts: writesOf(bankAccounts, 'create', 'update', 'delete'),
  bankTransactions: { create: bankTransactionsCreate },
  billCreditNotes: writesOf(billCreditNotes, 'create', 'update', 'delete', 'attach'),
  billPayments: writesOf(billPayments, 'create', 'delete'),
  bills: writesOf(bills, 'create', 'update', 'delete', 'attach'),
  chartOfAccounts: writesOf(accounts, 'create', 'update', 'delete'),
  creditNotes: writesOf(creditNotes, 'create', 'update', 'delete'),
  customers: writesOf(customers, 'create', 'update', 'delete'),
  directCosts: writesOf(directCosts, 'create', 'update', 'delete', 'attach'),
  directIncomes: writesOf(directIncomes, 'create', 'update', 'delete', 'attach'),
  invoices: writesOf(invoices, 'create', 'update', 'delete', 'attach'),
  items: writesOf(items, 'create', 'update', 'delete'),
  journalEntries: writesOf(journalEntries, 'create', 'update', 'delete'),
  journals: writesOf(journals, 'create', 'update', 'delete'),
  payments: writesOf(payments, 'create', 'delete'),
  purchaseOrders: writesOf(purchaseOrders, 'create', 'update', 'delete'),
  suppliers: writesOf(suppliers, 'create', 'update', 'delete'),
  transfers: writesOf(transfers, 'create', 'update', 'delete', 'attach'),
};

export const reads: Connector<TrytonSession>['reads'] = {
  bankAccounts: trytonRead(bankAccounts),
  bankTransactions: bankTransactionsRead,
  billCreditNotes: readWithFiles(billCreditNotes),
  billPayments: trytonRead(billPayments),
  bills: readWithFiles(bills),
  chartOfAccounts: trytonRead(accounts),
  creditNotes: trytonRead(creditNotes),
  customers: readWithFiles(customers),
  directCosts: readWithFiles(directCosts),
  directIncomes: readWithFiles(directIncomes),
  invoices: readWithFiles(invoices),
  items: trytonRead(items),
  journalEntries: trytonRead(journalEntries),
  journals: trytonRead(journals),
  paymentMethods: trytonRead(paymentMethods),
  payments: trytonRead(payments),
  purchaseOrders: trytonRead(purchaseOrders),
  suppliers: readWithFiles(suppliers),
  transfers: readWithFiles(transfers),
  taxRates: trytonRead(taxRates),
  trackingCategories: trytonRead(trackingCategories),
};

function writesOf(plain: TrytonResource, ...kinds: readonly WriteKind[]) {
  const resource = tellingOfDeletes(plain);
  const write = (kind: WriteKind) => (kind === 'attach' ? trytonAttach(resource) : trytonWrite(resource, kind));
  const entries = kinds.map((kind) => [kind, write(kind)] as const);
  // Object.fromEntries forgets the keys' type.
  return Object.fromEntries(entries) as { readonly [K in WriteKind]?: Write<TrytonSession> };
}

/** The description of each model says what deleting means. */
function tellingOfDeletes(resource: TrytonResource): TrytonResource {
  const { model, updateModel } = resource;
  const sentence = DELETING[model.dataType];
  if (sentence === undefined) throw new Error(`Nobody said what deleting means of ${model.dataType}`);
  return {
    ...resource,
    model: describedWith(model, sentence),
    ...(updateModel === undefined ? {} : { updateModel: describedWith(updateModel, sentence) }),
  };
}

function readWithFiles(resource: TrytonResource) {
  return { ...trytonRead(resource), attachments: trytonAttachments(resource) };
}
