/** Bank accounts of the sandbox, cards included. */
import { bankAccounts as bankAccountModel } from '../../models/bank-accounts.ts';
import { choices } from '../../models/fields.ts';
import { refine } from '../../models/model.ts';
import { amount, derived, same, word } from '../mapping.ts';
import { commonPairs, withNumberLimits, type SandboxResource } from './resource.ts';

export const bankAccounts: SandboxResource = {
  path: 'bank-accounts',
  model: withNumberLimits(
    refine(bankAccountModel, {
      accountName: { required: true, maxLength: 150 },
      accountType: {
        options: choices('Debit', 'Credit'),
        description: 'Debit if absent: a positive balance is money.',
      },
      nominalCode: { maxLength: 10, unique: true },
      sortCode: { maxLength: 50 },
      accountNumber: { maxLength: 50 },
      iBan: { maxLength: 50 },
      institution: { maxLength: 150 },
      balance: { readOnly: true },
      status: { options: choices('Active', 'Archived', 'Pending') },
    }),
  ),
  pairs: [
    ...commonPairs,
    same('accountName', 'name'),
    word('accountType', 'type', { Debit: 'debit', Credit: 'credit' }),
    same('nominalCode', 'code'),
    same('sortCode'),
    same('accountNumber'),
    same('iBan', 'iban'),
    same('currency'),
    derived(amount('balance')),
    // What the bank says wins over what the ledger says, as soon as the bank has said anything.
    derived(amount('balance', 'statementBalance')),
    same('institution'),
    amount('availableBalance'),
    amount('overdraftLimit'),
    word('status', 'status', { Active: 'active', Archived: 'archived', Pending: 'pending' }),
  ],
};
