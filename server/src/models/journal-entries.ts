/** Journal entry: amounts moved between accounts, adding up to nothing. */
import {
  accountRef,
  choices,
  commonFields,
  contactRef,
  list,
  moment,
  number,
  object,
  recordRef,
  supplementalData,
  text,
  trackedRecords,
} from './fields.ts';
import type { Field, Fields, PushModel } from './model.ts';

const referable = choices(
  'bankTransactions',
  'billCreditNotes',
  'billPayments',
  'bills',
  'creditNotes',
  'directCosts',
  'directIncomes',
  'invoices',
  'journalEntries',
  'payments',
  'transfers',
);

function lines(): Fields {
  return {
    description: text('Description', '', { nullable: true }),
    netAmount: number('Net amount', 'Above zero for a debit, below zero for a credit.', { alwaysPresent: true }),
    transactionAmount: number('Transaction amount', 'The amount in the currency of the transaction.'),
    currency: text('Currency', '', { nullable: true, format: 'currency' }),
    transactionCurrency: text('Transaction currency', '', { nullable: true, format: 'currency' }),
    accountRef: accountRef(),
    tracking: object('Tracking', 'What the line counts towards.', {
      recordRefs: trackedRecords({ nullable: true }),
    }),
    contactRef: contactRef('customers', 'suppliers'),
  };
}

function underlyingRecord(): Field {
  const field = recordRef('Record', 'Document that the entry was made for.');
  return { ...field, fields: { ...field.fields, dataType: text('Data type', '', { options: referable }) } };
}

export const journalEntries: PushModel = {
  dataType: 'journalEntries',
  displayName: 'Journal Entry',
  description: 'Amounts moved between accounts. Debits and credits add up to the same.',
  fields: {
    ...commonFields(),
    description: text('Description', 'What the entry is for.', { nullable: true }),
    postedOn: moment('Posted on', 'Date on which the entry counts.'),
    createdOn: moment('Created on', 'When the platform took it.', { readOnly: true }),
    updatedOn: moment('Updated on', 'When the platform last changed it.', { readOnly: true }),
    journalRef: object('Journal', 'Journal that the entry is kept in, where a platform has several.', {
      id: text('Identifier', 'Id of the journal.', { required: true, references: ['journals'] }),
      name: text('Name', '', { nullable: true, maxLength: 256 }),
    }),
    journalLines: list('Lines', 'Debits and credits.', lines(), {
      nullable: true,
      itemsMin: 2,
      sumsToZero: 'netAmount',
    }),
    recordRef: underlyingRecord(),
    supplementalData: supplementalData(),
  },
  example: {
    description: 'Prepaid insurance, March',
    postedOn: '2026-03-31T00:00:00',
    journalLines: [
      { description: 'Insurance for March', netAmount: 82.5, accountRef: { id: '6100' } },
      { description: 'Insurance for March', netAmount: -82.5, accountRef: { id: '1215' } },
    ],
  },
};
