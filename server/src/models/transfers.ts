/** Transfer: money moved between two accounts of the company's own. */
import {
  choices,
  commonFields,
  contactRef,
  currency,
  list,
  moment,
  number,
  object,
  recordRef,
  supplementalData,
  text,
  trackingCategoryRefs,
} from './fields.ts';
import type { Field, PushModel } from './model.ts';

function side(displayName: string, description: string): Field {
  const id = text('Identifier', 'Id of the account or bank account.', {
    references: ['bankAccounts', 'chartOfAccounts'],
  });
  const dataType = text('Data type', '', { options: choices('bankAccounts', 'accounts') });
  return object(displayName, description, {
    accountRef: object('Account', 'A bank account, or an account of the chart.', { id, dataType }),
    currency: currency('Currency', 'Currency of the amount.'),
    amount: number('Amount', 'Above zero.', { minimum: 0.01 }),
  });
}

export const transfers: PushModel = {
  dataType: 'transfers',
  displayName: 'Transfer',
  description: 'Money moved from one account of the company to another.',
  fields: {
    ...commonFields(),
    description: text('Description', 'What the transfer is for.', { nullable: true }),
    contactRef: contactRef('customers', 'suppliers'),
    date: moment('Date', 'Day on which the money moved.'),
    from: side('From', 'The account that the money left.'),
    to: {
      ...side('To', 'The account that the money went to.'),
      mirrors: { sibling: 'from', amount: 'amount', whileSame: 'currency' },
    },
    status: text('Status', '', { nullable: true, options: choices('Unknown', 'Unreconciled', 'Reconciled', 'Void') }),
    trackingCategoryRefs: trackingCategoryRefs(),
    depositedRecordRefs: list(
      'Deposited records',
      'Payments that were held back and go to the bank together.',
      recordRef('Record', '').fields ?? {},
      { nullable: true },
    ),
    supplementalData: supplementalData(),
  },
  example: {
    description: 'Monthly savings',
    date: '2026-03-31T00:00:00',
    from: { accountRef: { id: '1000', dataType: 'bankAccounts' }, currency: 'GBP', amount: 250 },
    to: { accountRef: { id: '1010', dataType: 'bankAccounts' }, currency: 'GBP', amount: 250 },
  },
};
