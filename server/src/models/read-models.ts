/**
 * The models as records are read: those of the data types that can be written, and of those that only ever come from the
 * platform. They say what lists can be searched and sorted by.
 */
import { allModels } from './all-models.ts';
import {
  addresses,
  bankAccountRef,
  choices,
  commonFields,
  currency,
  currencyRate,
  flag,
  list,
  moment,
  number,
  object,
  phoneNumbers,
  recordRef,
  supplementalData,
  text,
} from './fields.ts';
import { nameOfType, type ReadDataType, type ReadOnlyDataType } from './data-types.ts';
import type { Fields } from './model.ts';

export interface ReadModel {
  /** The singular that messages use. */
  readonly name: string;
  readonly fields: Fields;
}

function status() {
  return text('Status', '', { alwaysPresent: true, options: choices('Unknown', 'Active', 'Archived') });
}

/** Which members of other records may refer to this one. */
function datatypeLinks() {
  return list(
    'Valid data type links',
    'Where this record may be referred to.',
    {
      property: text('Property', '', { nullable: true }),
      links: list('Links', '', {}, { nullable: true, listOf: 'String' }),
    },
    { nullable: true },
  );
}

const readOnlyFields: Readonly<Record<ReadOnlyDataType, Fields>> = {
  accountTransactions: {
    ...commonFields(),
    transactionId: text('Transaction', 'Id of the record that moved the money.', { nullable: true }),
    note: text('Note', '', { nullable: true }),
    bankAccountRef: bankAccountRef('The account that the money moved on.'),
    date: moment('Date', ''),
    status: text('Status', '', { options: choices('Unknown', 'Unreconciled', 'Reconciled', 'Void') }),
    currency: currency('Currency', ''),
    currencyRate: currencyRate(),
    lines: list(
      'Lines',
      'What the money was for.',
      {
        description: text('Description', '', { nullable: true }),
        recordRef: recordRef('Record', 'What caused the line.'),
        amount: number('Amount', ''),
      },
      { nullable: true },
    ),
    totalAmount: number('Total amount', ''),
  },
  paymentMethods: {
    ...commonFields(),
    name: text('Name', '', { nullable: true }),
    type: text('Type', '', {
      alwaysPresent: true,
      options: choices('Unknown', 'Cash', 'Check', 'CreditCard', 'DebitCard', 'BankTransfer', 'Other'),
    }),
    status: status(),
  },
  taxRates: {
    ...commonFields(),
    name: text('Name', '', { nullable: true }),
    code: text('Code', '', { nullable: true }),
    effectiveTaxRate: number('Effective tax rate', 'In percent, of the amount before tax.', { nullable: true }),
    totalTaxRate: number('Total tax rate', 'The sum of its components, in percent.', { nullable: true }),
    components: list(
      'Components',
      '',
      {
        name: text('Name', '', { nullable: true }),
        rate: number('Rate', 'In percent.', { nullable: true }),
        isCompound: flag('Compound', 'Whether it is charged on the tax before it too.', { alwaysPresent: true }),
      },
      { nullable: true },
    ),
    status: status(),
    validDatatypeLinks: datatypeLinks(),
    supplementalData: supplementalData(),
  },
  trackingCategories: {
    ...commonFields(),
    name: text('Name', '', { nullable: true }),
    parentId: text('Parent', 'Id of the category above.', { nullable: true }),
    hasChildren: flag('Has children', '', { alwaysPresent: true }),
    status: status(),
  },
};

/** Written in batches below an account, and read one by one. */
const bankTransactionFields: Fields = {
  ...commonFields(),
  accountId: text('Account', 'Id of the bank account.', { nullable: true }),
  clearedOnDate: moment('Cleared on', ''),
  description: text('Description', '', { nullable: true }),
  reconciled: flag('Reconciled', ''),
  amount: number('Amount', ''),
  balance: number('Balance', ''),
  transactionType: text('Type', ''),
};

const companyFields: Fields = {
  companyName: text('Company name', '', { nullable: true }),
  accountingPlatformRef: text('Accounting platform reference', '', { nullable: true }),
  companyLegalName: text('Legal name', '', { nullable: true }),
  addresses: addresses(),
  phoneNumbers: phoneNumbers(),
  webLinks: list('Web links', '', { type: text('Type', ''), url: text('Address', '') }, { nullable: true }),
  ledgerLockDate: moment('Ledger lock date', '', { nullable: true }),
  registrationNumber: text('Registration number', '', { nullable: true }),
  taxNumber: text('Tax number', '', { nullable: true }),
  financialYearStartDate: moment('Start of the financial year', '', { nullable: true }),
  baseCurrency: currency('Base currency', ''),
  sourceUrls: object('Source addresses', '', {}, { anyMembers: true, nullable: true }),
  createdDate: moment('Created', '', { nullable: true }),
  supplementalData: supplementalData(),
};

const writable = new Map(allModels.map((model) => [model.dataType as string, model.fields]));
const others = new Map<string, Fields>([
  ...Object.entries(readOnlyFields),
  ['bankTransactions', bankTransactionFields],
  ['company', companyFields],
]);

export function modelOfType(dataType: ReadDataType | 'company'): ReadModel {
  const fields = others.get(dataType) ?? writable.get(dataType);
  if (fields === undefined) throw new Error(`There is no model of ${dataType}`);
  return { name: dataType === 'company' ? 'Company' : nameOfType(dataType), fields };
}
