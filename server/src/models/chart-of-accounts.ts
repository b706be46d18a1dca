/** Account: one entry of the chart of accounts. */
import { choices, commonFields, currency, flag, list, number, supplementalData, text } from './fields.ts';
import type { PushModel } from './model.ts';

export const chartOfAccounts: PushModel = {
  dataType: 'chartOfAccounts',
  displayName: 'Nominal Account',
  description: 'An account in the chart of accounts, to which transactions are posted.',
  fields: {
    ...commonFields(),
    nominalCode: text('Nominal code', 'The code by which bookkeepers know the account.', { nullable: true }),
    name: text('Name', 'Name of the account.', { nullable: true }),
    description: text('Description', '', { nullable: true }),
    fullyQualifiedCategory: text('Category', 'Head and category of the account, such as Asset.Current.', {
      nullable: true,
    }),
    fullyQualifiedName: text('Full name', 'Name with those of the accounts above it.', { nullable: true }),
    currency: currency('Currency', 'Currency that the account is kept in.'),
    currentBalance: number('Current balance', 'Computed by the platform.', { nullable: true, readOnly: true }),
    type: text('Type', 'Head of the chart that the account stands under.', {
      alwaysPresent: true,
      options: choices('Unknown', 'Asset', 'Expense', 'Income', 'Liability', 'Equity'),
    }),
    status: text('Status', 'Whether new transactions may use the account.', {
      alwaysPresent: true,
      options: choices('Unknown', 'Active', 'Archived', 'Pending'),
    }),
    isBankAccount: flag('Bank account', 'Whether the account stands for one at a bank.', { alwaysPresent: true }),
    validDatatypeLinks: list(
      'Valid links',
      'Which references of other data types this account may stand in.',
      {
        property: text('Property', '', { nullable: true }),
        links: { type: 'Array', displayName: 'Links', description: '', listOf: 'String', nullable: true },
      },
      { nullable: true, readOnly: true },
    ),
    supplementalData: supplementalData(),
  },
  example: {
    nominalCode: '1215',
    name: 'Prepaid insurance',
    description: 'Premiums paid ahead of the period they cover',
    fullyQualifiedCategory: 'Asset.Current',
    currency: 'GBP',
    type: 'Asset',
    status: 'Active',
    isBankAccount: false,
  },
};
