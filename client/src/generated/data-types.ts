/** The data types by their names on the wire. Generated from the models by scripts/emit-types.ts: do not edit. */
import type {
  Account,
  AccountTransaction,
  BankAccount,
  BankTransaction,
  Bill,
  BillCreditNote,
  BillPayment,
  CreditNote,
  Customer,
  DirectCost,
  DirectIncome,
  Invoice,
  Item,
  Journal,
  JournalEntry,
  Payment,
  PaymentMethod,
  PurchaseOrder,
  Supplier,
  TaxRate,
  TrackingCategory,
  Transfer,
} from './records.ts';

/** What can be written. */
export const writableTypes = [
  'bankAccounts',
  'bankTransactions',
  'billCreditNotes',
  'billPayments',
  'bills',
  'chartOfAccounts',
  'creditNotes',
  'customers',
  'directCosts',
  'directIncomes',
  'invoices',
  'items',
  'journalEntries',
  'journals',
  'payments',
  'purchaseOrders',
  'suppliers',
  'transfers',
] as const;

/** What comes from the platform and can only be read. */
export const readOnlyTypes = ['accountTransactions', 'paymentMethods', 'taxRates', 'trackingCategories'] as const;

export type WritableDataType = (typeof writableTypes)[number];

/** `path`: the word in paths; `recordId`: the id of a record in requests. */
export interface TypeNames {
  bankAccounts: { path: 'bankAccounts'; singular: 'bankAccount'; recordId: 'bankAccountId' };
  bankTransactions: { path: 'bankTransactions'; singular: 'bankTransaction'; recordId: 'bankTransactionId' };
  billCreditNotes: { path: 'billCreditNotes'; singular: 'billCreditNote'; recordId: 'billCreditNoteId' };
  billPayments: { path: 'billPayments'; singular: 'billPayment'; recordId: 'billPaymentId' };
  bills: { path: 'bills'; singular: 'bill'; recordId: 'billId' };
  chartOfAccounts: { path: 'accounts'; singular: 'account'; recordId: 'accountId' };
  creditNotes: { path: 'creditNotes'; singular: 'creditNote'; recordId: 'creditNoteId' };
  customers: { path: 'customers'; singular: 'customer'; recordId: 'customerId' };
  directCosts: { path: 'directCosts'; singular: 'directCost'; recordId: 'directCostId' };
  directIncomes: { path: 'directIncomes'; singular: 'directIncome'; recordId: 'directIncomeId' };
  invoices: { path: 'invoices'; singular: 'invoice'; recordId: 'invoiceId' };
  items: { path: 'items'; singular: 'item'; recordId: 'itemId' };
  journalEntries: { path: 'journalEntries'; singular: 'journalEntry'; recordId: 'journalEntryId' };
  journals: { path: 'journals'; singular: 'journal'; recordId: 'journalId' };
  payments: { path: 'payments'; singular: 'payment'; recordId: 'paymentId' };
  purchaseOrders: { path: 'purchaseOrders'; singular: 'purchaseOrder'; recordId: 'purchaseOrderId' };
  suppliers: { path: 'suppliers'; singular: 'supplier'; recordId: 'supplierId' };
  transfers: { path: 'transfers'; singular: 'transfer'; recordId: 'transferId' };
  accountTransactions: {
    path: 'accountTransactions';
    singular: 'accountTransaction';
    recordId: 'accountTransactionId';
  };
  paymentMethods: { path: 'paymentMethods'; singular: 'paymentMethod'; recordId: 'paymentMethodId' };
  taxRates: { path: 'taxRates'; singular: 'taxRate'; recordId: 'taxRateId' };
  trackingCategories: { path: 'trackingCategories'; singular: 'trackingCategory'; recordId: 'trackingCategoryId' };
}

/** The record of each data type. */
export interface Records {
  bankAccounts: BankAccount;
  bankTransactions: BankTransaction;
  billCreditNotes: BillCreditNote;
  billPayments: BillPayment;
  bills: Bill;
  chartOfAccounts: Account;
  creditNotes: CreditNote;
  customers: Customer;
  directCosts: DirectCost;
  directIncomes: DirectIncome;
  invoices: Invoice;
  items: Item;
  journalEntries: JournalEntry;
  journals: Journal;
  payments: Payment;
  purchaseOrders: PurchaseOrder;
  suppliers: Supplier;
  transfers: Transfer;
  accountTransactions: AccountTransaction;
  paymentMethods: PaymentMethod;
  taxRates: TaxRate;
  trackingCategories: TrackingCategory;
}
