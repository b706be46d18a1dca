// The chart of accounts and the tax rates that every new set of books begins with.

export interface SeedAccount {
  readonly code: string;
  readonly name: string;
  readonly category: string;
  /** The part it plays in postings the sandbox makes by itself. */
  readonly role?: 'receivable' | 'payable' | 'tax' | 'openingBalances' | 'sales' | 'purchases' | 'exchangeGains';
}

export const chart: readonly SeedAccount[] = [
  { code: '1100', name: 'Accounts receivable', category: 'Asset.Receivable', role: 'receivable' },
  { code: '2100', name: 'Accounts payable', category: 'Liability.Payable', role: 'payable' },
  { code: '2200', name: 'VAT', category: 'Liability.Tax', role: 'tax' },
  { code: '3900', name: 'Opening balances', category: 'Equity.Capital', role: 'openingBalances' },
  { code: '4000', name: 'Sales', category: 'Income.Sales', role: 'sales' },
  { code: '5000', name: 'Cost of goods sold', category: 'Expense.DirectCosts', role: 'purchases' },
  { code: '4910', name: 'Exchange gains and losses', category: 'Income.Other', role: 'exchangeGains' },
  { code: '1000', name: 'Petty cash', category: 'Asset.Current' },
  { code: '1150', name: 'Other debtors', category: 'Asset.Current' },
  { code: '1160', name: 'Undeposited funds', category: 'Asset.Current' },
  { code: '1200', name: 'Stock', category: 'Asset.Inventory' },
  { code: '1300', name: 'Prepayments', category: 'Asset.Prepayment' },
  { code: '1500', name: 'Plant and machinery', category: 'Asset.Fixed' },
  { code: '1510', name: 'Computer equipment', category: 'Asset.Fixed' },
  { code: '1590', name: 'Accumulated depreciation', category: 'Asset.Fixed' },
  { code: '1700', name: 'Rent deposit', category: 'Asset.NonCurrent' },
  { code: '2110', name: 'Accruals', category: 'Liability.Current' },
  { code: '2210', name: 'PAYE payable', category: 'Liability.Tax' },
  { code: '2220', name: 'Corporation tax payable', category: 'Liability.Tax' },
  { code: '2300', name: 'Wages payable', category: 'Liability.Current' },
  { code: '2310', name: 'Customer deposits', category: 'Liability.Current' },
  { code: '2700', name: 'Bank loan', category: 'Liability.NonCurrent' },
  { code: '3000', name: 'Share capital', category: 'Equity.Capital' },
  { code: '3100', name: 'Retained earnings', category: 'Equity.RetainedEarnings' },
  { code: '3200', name: 'Drawings', category: 'Equity.Drawings' },
  { code: '4100', name: 'Service income', category: 'Income.Sales' },
  { code: '4200', name: 'Delivery charged to customers', category: 'Income.Sales' },
  { code: '4900', name: 'Interest received', category: 'Income.Other' },
  { code: '5100', name: 'Materials', category: 'Expense.DirectCosts' },
  { code: '5200', name: 'Subcontractors', category: 'Expense.DirectCosts' },
  { code: '6000', name: 'Wages and salaries', category: 'Expense.Payroll' },
  { code: '6010', name: 'Employer pension', category: 'Expense.Payroll' },
  { code: '6100', name: 'Rent', category: 'Expense.Overhead' },
  { code: '6110', name: 'Light and heat', category: 'Expense.Overhead' },
  { code: '6120', name: 'Insurance', category: 'Expense.Overhead' },
  { code: '6200', name: 'Telephone and internet', category: 'Expense.Overhead' },
  { code: '6210', name: 'Software subscriptions', category: 'Expense.Overhead' },
  { code: '6300', name: 'Advertising', category: 'Expense.Overhead' },
  { code: '6400', name: 'Travel', category: 'Expense.Overhead' },
  { code: '6410', name: 'Subsistence', category: 'Expense.Overhead' },
  { code: '6500', name: 'Accountancy', category: 'Expense.Overhead' },
  { code: '6600', name: 'Bank charges', category: 'Expense.Other' },
  { code: '6700', name: 'Depreciation', category: 'Expense.Depreciation' },
  { code: '6800', name: 'Corporation tax', category: 'Expense.Tax' },
];

export const paymentMethods = [
  { code: 'CASH', name: 'Cash', type: 'cash' },
  { code: 'CHQ', name: 'Cheque', type: 'cheque' },
  { code: 'CARD', name: 'Credit card', type: 'credit-card' },
  { code: 'BACS', name: 'Bank transfer', type: 'bank-transfer' },
] as const;

export const taxRates = [
  { code: 'STD20', name: 'Standard rate', rate: '20' },
  { code: 'RED5', name: 'Reduced rate', rate: '5' },
  { code: 'ZERO', name: 'Zero rated', rate: '0' },
  { code: 'EXEMPT', name: 'Exempt', rate: '0' },
] as const;
