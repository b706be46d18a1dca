/** Bank account: an account that the company has with a bank, or a card. */
import { choices, commonFields, currency, number, supplementalData, text } from './fields.ts';
import type { PushModel } from './model.ts';

export const bankAccounts: PushModel = {
  dataType: 'bankAccounts',
  displayName: 'Bank Account',
  description: 'An account with a bank or the issuer of a card.',
  fields: {
    ...commonFields(),
    accountName: text('Account name', 'Name by which the company knows the account.', { nullable: true }),
    accountType: text('Account type', 'Debit: a positive balance is money. Credit: a positive balance is debt.', {
      options: choices('Unknown', 'Credit', 'Debit'),
    }),
    nominalCode: text('Nominal code', 'Code of the account in the chart of accounts.', { nullable: true }),
    sortCode: text('Sort code', 'Code of the branch.', { nullable: true }),
    accountNumber: text('Account number', "The bank's number of the account.", { nullable: true }),
    iBan: text('IBAN', 'International number of the account.', { nullable: true }),
    currency: currency('Currency', 'Currency that the account is kept in.'),
    balance: number('Balance', '', { nullable: true }),
    institution: text('Institution', 'Name of the bank.', { nullable: true }),
    availableBalance: number('Available balance', 'What can be drawn, the overdraft included.', { nullable: true }),
    overdraftLimit: number('Overdraft limit', '', { nullable: true, minimum: 0 }),
    status: text('Status', 'Whether new transactions may use the account.', {
      options: choices('Unknown', 'Active', 'Archived', 'Pending'),
    }),
    supplementalData: supplementalData(),
  },
  example: {
    accountName: 'Savings',
    accountType: 'Debit',
    nominalCode: '1212',
    sortCode: '20-00-00',
    accountNumber: '55779911',
    iBan: 'GB33BUKB20201555555555',
    currency: 'GBP',
    institution: 'Harbour Bank',
    overdraftLimit: 0,
    status: 'Active',
  },
};
