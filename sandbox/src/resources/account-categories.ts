// The categories an account can have: a head of the balance sheet or income statement, and a kind under it.

const kinds = {
  Asset: {
    Current: 'Current asset',
    Bank: 'Bank',
    Receivable: 'Accounts receivable',
    Inventory: 'Inventory',
    Prepayment: 'Prepayment',
    Fixed: 'Fixed asset',
    NonCurrent: 'Non-current asset',
  },
  Liability: {
    Current: 'Current liability',
    Payable: 'Accounts payable',
    CreditCard: 'Credit card',
    Tax: 'Tax liability',
    NonCurrent: 'Non-current liability',
  },
  Equity: { Capital: 'Capital', RetainedEarnings: 'Retained earnings', Drawings: 'Drawings' },
  Income: { Sales: 'Sales', Other: 'Other income' },
  Expense: {
    DirectCosts: 'Direct costs',
    Overhead: 'Overhead',
    Payroll: 'Payroll',
    Depreciation: 'Depreciation',
    Tax: 'Tax expense',
    Other: 'Other expense',
  },
} as const;

export interface AccountCategory {
  readonly category: string;
  readonly head: string;
  readonly kind: string;
  readonly name: string;
}

export const accountCategories: readonly AccountCategory[] = Object.entries(kinds).flatMap(([head, names]) =>
  Object.entries(names).map(([kind, name]) => ({ category: `${head}.${kind}`, head, kind, name })),
);

/** Liabilities, equity and income grow on the credit side. */
export function isNaturallyCredit(category: string | undefined): boolean {
  return category !== undefined && /^(Liability|Equity|Income)\./.test(category);
}
