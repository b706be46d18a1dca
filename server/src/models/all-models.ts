/** The models of all writable data types, in alphabetical order, before any platform has narrowed them. */
import { bankAccounts } from './bank-accounts.ts';
import { bankTransactions } from './bank-transactions.ts';
import { billCreditNotes } from './bill-credit-notes.ts';
import { billPayments } from './bill-payments.ts';
import { bills } from './bills.ts';
import { chartOfAccounts } from './chart-of-accounts.ts';
import { creditNotes } from './credit-notes.ts';
import { customers } from './customers.ts';
import { directCosts } from './direct-costs.ts';
import { directIncomes } from './direct-incomes.ts';
import { invoices } from './invoices.ts';
import { items } from './items.ts';
import { journalEntries } from './journal-entries.ts';
import { journals } from './journals.ts';
import { payments } from './payments.ts';
import { purchaseOrders } from './purchase-orders.ts';
import { suppliers } from './suppliers.ts';
import { transfers } from './transfers.ts';
import type { PushModel } from './model.ts';

export const allModels: readonly PushModel[] = [
  bankAccounts,
  bankTransactions,
  billCreditNotes,
  billPayments,
  bills,
  chartOfAccounts,
  creditNotes,
  customers,
  directCosts,
  directIncomes,
  invoices,
  items,
  journalEntries,
  journals,
  payments,
  purchaseOrders,
  suppliers,
  transfers,
];
