// The list of resources. A new one is a file in resources/ and a line here.
import type { Resource } from './resource.ts';
import { accounts } from './resources/accounts.ts';
import { bankAccounts } from './resources/bank-accounts.ts';
import { bills } from './resources/bills.ts';
import { creditNotes } from './resources/credit-notes.ts';
import { customers } from './resources/customers.ts';
import { expenses } from './resources/expenses.ts';
import { invoices } from './resources/invoices.ts';
import { items } from './resources/items.ts';
import { journalEntries } from './resources/journal-entries.ts';
import { journals } from './resources/journals.ts';
import { paymentMethods } from './resources/payment-methods.ts';
import { payments } from './resources/payments.ts';
import { purchaseOrders } from './resources/purchase-orders.ts';
import { receipts } from './resources/receipts.ts';
import { supplierCreditNotes } from './resources/supplier-credit-notes.ts';
import { supplierPayments } from './resources/supplier-payments.ts';
import { suppliers } from './resources/suppliers.ts';
import { taxRates } from './resources/tax-rates.ts';
import { trackingCategories } from './resources/tracking-categories.ts';
import { transfers } from './resources/transfers.ts';

const resources: readonly Resource[] = [
  accounts,
  bankAccounts,
  taxRates,
  trackingCategories,
  paymentMethods,
  customers,
  suppliers,
  items,
  invoices,
  bills,
  creditNotes,
  supplierCreditNotes,
  payments,
  supplierPayments,
  expenses,
  receipts,
  transfers,
  purchaseOrders,
  journals,
  journalEntries,
];

export const resourceByPath: ReadonlyMap<string, Resource> = new Map(resources.map((one) => [one.path, one]));
