/** Bank transactions: lines of a bank statement, written in batches to one bank account. */
import { choices, commonFields, flag, list, moment, number, text } from './fields.ts';
import type { Fields, PushModel } from './model.ts';

/** Beyond credits and debits these are what banks call them; they can be read, and mean nothing for a sign. */
const transactionTypes = choices(
  'Unknown',
  'Credit',
  'Debit',
  'Int',
  'Div',
  'Fee',
  'SerChg',
  'Dep',
  'Atm',
  'Pos',
  'Xfer',
  'Check',
  'Payment',
  'Cash',
  'DirectDep',
  'DirectDebit',
  'RepeatPmt',
  'Other',
);

/** What a transaction has whether it is written or read. */
function bankLine(): Fields {
  return {
    amount: number('Amount', 'Above zero for money in, below zero for money out.', {
      signBy: { sibling: 'transactionType', positive: 'Credit', negative: 'Debit' },
    }),
    description: text('Description', 'Text on the statement.', { nullable: true }),
    balance: number('Balance', 'Balance of the account after this transaction.'),
    transactionType: text('Type', '', { options: transactionTypes }),
    reconciled: flag('Reconciled', 'Whether it is matched with an entry in the books.', { readOnly: true }),
  };
}

function transactions(): Fields {
  return {
    id: text('Identifier', "The bank's own number of the transaction, unique in the account."),
    date: moment('Date', 'Day on which the bank booked it.'),
    ...bankLine(),
    counterparty: text('Counterparty', 'Whom the money came from or went to.', { nullable: true }),
    reference: text('Reference', '', { nullable: true }),
  };
}

/** A record that is read is a single transaction, with another word for its date. */
function asRead(): Fields {
  const { id, modifiedDate, sourceModifiedDate } = commonFields();
  const fields = { id, modifiedDate, sourceModifiedDate, clearedOnDate: moment('Cleared on', ''), ...bankLine() };
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) =>
      field === undefined ? [] : [[name, { ...field, readOnly: true }]],
    ),
  );
}

export const bankTransactions: PushModel = {
  dataType: 'bankTransactions',
  displayName: 'Bank Transactions',
  description: 'Lines of a bank statement, oldest first.',
  fields: {
    ...asRead(),
    accountId: text('Bank account', 'Id of the bank account; the same as in the path.', {
      references: ['bankAccounts'],
    }),
    transactions: list('Transactions', 'Oldest first; the last balance becomes that of the account.', transactions(), {
      itemsMax: 1_000,
      chronologicalBy: 'date',
    }),
  },
  example: {
    transactions: [
      {
        id: 'HB-20260302-1',
        amount: 522.5,
        date: '2026-03-02T00:00:00',
        description: 'Harbour Lane Bakery',
        balance: 2_522.5,
        transactionType: 'Credit',
      },
      {
        id: 'HB-20260303-1',
        amount: -79,
        date: '2026-03-03T00:00:00',
        description: 'Millstone Flour',
        balance: 2_443.5,
        transactionType: 'Debit',
      },
    ],
  },
};
