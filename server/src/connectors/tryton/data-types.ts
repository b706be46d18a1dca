/** All data types of the Tryton connector, and what can be done with each. */
import type { Connector, Write, WriteKind } from '../contract.ts';
import { accounts } from './accounts.ts';
import { trytonAttach, trytonAttachments } from './attachments.ts';
import { bankAccounts } from './bank-accounts.ts';
import { billCreditNotes, bills, creditNotes, invoices } from './invoices.ts';
import { items } from './items.ts';
import { journals } from './journals.ts';
import { customers, suppliers } from './parties.ts';
import { trytonRead } from './reads.ts';
import type { TrytonResource } from './resource.ts';
import type { TrytonSession } from './session.ts';
import { trytonWrite } from './writes.ts';

export const writes: Connector<TrytonSession>['writes'] = {
  bankAccounts: writesOf(bankAccounts, 'create', 'update', 'delete'),
  billCreditNotes: writesOf(billCreditNotes, 'create', 'update', 'delete', 'attach'),
  bills: writesOf(bills, 'create', 'update', 'delete', 'attach'),
  chartOfAccounts: writesOf(accounts, 'create', 'update', 'delete'),
  creditNotes: writesOf(creditNotes, 'create', 'update', 'delete'),
  customers: writesOf(customers, 'create', 'update', 'delete'),
  invoices: writesOf(invoices, 'create', 'update', 'delete', 'attach'),
  items: writesOf(items, 'create', 'update', 'delete'),
  journals: writesOf(journals, 'create', 'update', 'delete'),
  suppliers: writesOf(suppliers, 'create', 'update', 'delete'),
};

export const reads: Connector<TrytonSession>['reads'] = {
  bankAccounts: trytonRead(bankAccounts),
  billCreditNotes: readWithFiles(billCreditNotes),
  bills: readWithFiles(bills),
  chartOfAccounts: trytonRead(accounts),
  creditNotes: trytonRead(creditNotes),
  customers: readWithFiles(customers),
  invoices: readWithFiles(invoices),
  items: trytonRead(items),
  journals: trytonRead(journals),
  suppliers: readWithFiles(suppliers),
};

function writesOf(resource: TrytonResource, ...kinds: readonly WriteKind[]) {
  const write = (kind: WriteKind) => (kind === 'attach' ? trytonAttach(resource) : trytonWrite(resource, kind));
  const entries = kinds.map((kind) => [kind, write(kind)] as const);
  // Object.fromEntries forgets the keys' type.
  return Object.fromEntries(entries) as { readonly [K in WriteKind]?: Write<TrytonSession> };
}

function readWithFiles(resource: TrytonResource) {
  return { ...trytonRead(resource), attachments: trytonAttachments(resource) };
}
