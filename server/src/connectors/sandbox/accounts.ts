/** Accounts of the sandbox. Head and bank flag follow from the category, so they are read and not written. */
import { chartOfAccounts } from '../../models/chart-of-accounts.ts';
import { choices } from '../../models/fields.ts';
import { refine, type Choice } from '../../models/model.ts';
import { amount, derived, same, word } from '../mapping.ts';
import { commonPairs, withNumberLimits, type SandboxResource } from './resource.ts';

/** The sandbox's fixed chart, by head. */
const kindsByHead: Readonly<Record<string, readonly string[]>> = {
  Asset: ['Current', 'Bank', 'Receivable', 'Inventory', 'Prepayment', 'Fixed', 'NonCurrent'],
  Liability: ['Current', 'Payable', 'CreditCard', 'Tax', 'NonCurrent'],
  Equity: ['Capital', 'RetainedEarnings', 'Drawings'],
  Income: ['Sales', 'Other'],
  Expense: ['DirectCosts', 'Overhead', 'Payroll', 'Depreciation', 'Tax', 'Other'],
};

const categories: readonly Choice[] = Object.entries(kindsByHead).flatMap(([head, kinds]) =>
  choices(...kinds).map(({ value, displayName }) => ({
    value: `${head}.${value}`,
    displayName: `${displayName} ${head}`,
  })),
);

export const accounts: SandboxResource = {
  path: 'accounts',
  model: withNumberLimits(
    refine(chartOfAccounts, {
      nominalCode: { required: true, maxLength: 10, unique: true },
      name: { required: true, maxLength: 150 },
      description: { maxLength: 4_000 },
      fullyQualifiedCategory: { required: true, options: categories },
      fullyQualifiedName: { maxLength: 300 },
      type: { readOnly: true },
      status: { options: choices('Active', 'Archived', 'Pending') },
      isBankAccount: { readOnly: true },
    }),
  ),
  pairs: [
    ...commonPairs,
    same('nominalCode', 'code'),
    same('name'),
    same('description'),
    same('fullyQualifiedCategory', 'category'),
    same('fullyQualifiedName', 'fullName'),
    same('currency'),
    derived(amount('currentBalance', 'balance')),
    word('status', 'status', { Active: 'active', Archived: 'archived', Pending: 'pending' }),
    derived(same('isBankAccount')),
  ],
  complete(record) {
    const category = record['fullyQualifiedCategory'];
    const head = typeof category === 'string' ? category.split('.')[0] : undefined;
    return { ...record, type: head !== undefined && Object.hasOwn(kindsByHead, head) ? head : 'Unknown' };
  },
};
