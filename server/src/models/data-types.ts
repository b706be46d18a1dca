/**
 * The data types of the wire, once: the closed list of 43 names, for the 18 that can be written their path words and
 * singular names, and those that can only be read.
 */

export const dataTypes = [
  'accountTransactions',
  'balanceSheet',
  'bankAccounts',
  'bankTransactions',
  'billCreditNotes',
  'billPayments',
  'bills',
  'cashFlowStatement',
  'chartOfAccounts',
  'company',
  'creditNotes',
  'customers',
  'directCosts',
  'directIncomes',
  'invoices',
  'itemReceipts',
  'items',
  'journalEntries',
  'journals',
  'paymentMethods',
  'payments',
  'profitAndLoss',
  'purchaseOrders',
  'salesOrders',
  'suppliers',
  'taxRates',
  'trackingCategories',
  'transfers',
  'banking-accountBalances',
  'banking-accounts',
  'banking-transactionCategories',
  'banking-transactions',
  'commerce-companyInfo',
  'commerce-customers',
  'commerce-disputes',
  'commerce-locations',
  'commerce-orders',
  'commerce-paymentMethods',
  'commerce-payments',
  'commerce-productCategories',
  'commerce-products',
  'commerce-taxComponents',
  'commerce-transactions',
] as const;

export type DataType = (typeof dataTypes)[number];

/** What the paths and the messages of the wire call a data type that can be written. */
export interface WritableType {
  /** The word in push and data paths: accounts are `chartOfAccounts` everywhere else. */
  readonly path: string;
  /** The path parameter that names one record. */
  readonly recordId: string;
  /** Singular PascalCase: `validatorName`, "Failed to push to Account", the type in query errors. */
  readonly name: string;
  /** How the documentation spells the last segment of an upload; the other spelling works as well. */
  readonly attachmentPath?: 'attachment' | 'attachments';
}

export const writableTypes = {
  bankAccounts: { path: 'bankAccounts', recordId: 'bankAccountId', name: 'BankAccount' },
  bankTransactions: { path: 'bankTransactions', recordId: 'bankTransactionId', name: 'BankTransaction' },
  billCreditNotes: {
    path: 'billCreditNotes',
    recordId: 'billCreditNoteId',
    name: 'BillCreditNote',
    attachmentPath: 'attachment',
  },
  billPayments: { path: 'billPayments', recordId: 'billPaymentId', name: 'BillPayment' },
  bills: { path: 'bills', recordId: 'billId', name: 'Bill', attachmentPath: 'attachments' },
  chartOfAccounts: { path: 'accounts', recordId: 'accountId', name: 'Account' },
  creditNotes: { path: 'creditNotes', recordId: 'creditNoteId', name: 'CreditNote' },
  customers: { path: 'customers', recordId: 'customerId', name: 'Customer' },
  directCosts: { path: 'directCosts', recordId: 'directCostId', name: 'DirectCost', attachmentPath: 'attachment' },
  directIncomes: {
    path: 'directIncomes',
    recordId: 'directIncomeId',
    name: 'DirectIncome',
    attachmentPath: 'attachment',
  },
  invoices: { path: 'invoices', recordId: 'invoiceId', name: 'Invoice', attachmentPath: 'attachment' },
  items: { path: 'items', recordId: 'itemId', name: 'Item' },
  journalEntries: { path: 'journalEntries', recordId: 'journalEntryId', name: 'JournalEntry' },
  journals: { path: 'journals', recordId: 'journalId', name: 'Journal' },
  payments: { path: 'payments', recordId: 'paymentId', name: 'Payment' },
  purchaseOrders: { path: 'purchaseOrders', recordId: 'purchaseOrderId', name: 'PurchaseOrder' },
  suppliers: { path: 'suppliers', recordId: 'supplierId', name: 'Supplier' },
  transfers: { path: 'transfers', recordId: 'transferId', name: 'Transfer', attachmentPath: 'attachment' },
} as const satisfies { readonly [D in DataType]?: WritableType };

export type WritableDataType = keyof typeof writableTypes;

/** What is read and never written, with the singular that messages use. */
export const readOnlyTypes = {
  accountTransactions: { name: 'AccountTransaction' },
  paymentMethods: { name: 'PaymentMethod' },
  taxRates: { name: 'TaxRate' },
  trackingCategories: { name: 'TrackingCategory' },
} as const satisfies { readonly [D in DataType]?: { readonly name: string } };

export type ReadOnlyDataType = keyof typeof readOnlyTypes;

/** Every data type whose records are kept and listed. */
export type ReadDataType = WritableDataType | ReadOnlyDataType;

export const readDataTypes: readonly ReadDataType[] = dataTypes.filter(isReadable);

const byName = new Map<string, DataType>(dataTypes.map((dataType) => [dataType, dataType]));
const byPath = new Map<string, DataType>(dataTypes.filter(isWritable).map((name) => [writableTypes[name].path, name]));

/** What callers have configured beside the data model, by the identifier that they gave it. */
export type CustomDataType = `custom/${string}`;

const CUSTOM = 'custom/';
const customIdentifier = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Undefined for a text that is no such identifier. */
export function customDataType(identifier: string): CustomDataType | undefined {
  return customIdentifier.test(identifier) ? `${CUSTOM}${identifier}` : undefined;
}

export function isCustom(dataType: string): dataType is CustomDataType {
  return dataType.startsWith(CUSTOM);
}

/** The data type that a path segment means: its name, or its path word (`accounts` for `chartOfAccounts`). */
export function dataTypeFromPath(segment: string): DataType | undefined {
  return byName.get(segment) ?? byPath.get(segment);
}

export function isReadable(dataType: DataType): dataType is ReadDataType {
  return Object.hasOwn(writableTypes, dataType) || Object.hasOwn(readOnlyTypes, dataType);
}

/** The singular that messages use: `Account`, `TaxRate`. */
export function nameOfType(dataType: ReadDataType): string {
  return isWritable(dataType) ? writableTypes[dataType].name : readOnlyTypes[dataType].name;
}

export function isWritable(dataType: DataType): dataType is WritableDataType {
  return Object.hasOwn(writableTypes, dataType);
}
