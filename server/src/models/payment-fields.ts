/** The members that payments have on either side: what was paid, and which documents it settles. */
import {
  bankAccountRef,
  choices,
  currency,
  currencyRate,
  list,
  moment,
  number,
  paymentMethodRef,
  supplementalData,
  text,
} from './fields.ts';
import type { DataType } from './data-types.ts';
import type { Field, Fields } from './model.ts';

/** What the links of a payment may point to, by the word that the wire has for each. */
export interface Linkable {
  readonly types: readonly string[];
  readonly references: readonly DataType[];
}

export function paymentFields(accountMeaning: string, linkable: Linkable): Fields {
  return {
    accountRef: bankAccountRef(accountMeaning),
    paymentMethodRef: paymentMethodRef(),
    totalAmount: number('Total amount', 'Sum of the lines; 0 where credit is only set against other documents.', {
      sumOf: { list: 'lines', member: 'amount' },
    }),
    currency: currency('Currency', 'Currency of all amounts of the payment.'),
    currencyRate: currencyRate(),
    date: moment('Date', 'Day on which the money moved.', { alwaysPresent: true }),
    note: text('Note', '', { nullable: true }),
    lines: lines(linkable),
    reference: text('Reference', 'Such as the text on the bank statement.', { nullable: true }),
    supplementalData: supplementalData(),
  };
}

function lines(linkable: Linkable): Field {
  const fields: Fields = {
    amount: number('Amount', 'What its links take off other documents, less the credit that they use.', {
      alwaysPresent: true,
      sumOf: { list: 'links', member: 'amount', isNegated: true },
    }),
    links: links(linkable),
    allocatedOnDate: moment('Allocated on', 'When the payment was set against the documents.'),
  };
  return list('Lines', 'Parts of the payment and what each of them settles.', fields, { nullable: true });
}

function links({ types, references }: Linkable): Field {
  const fields: Fields = {
    type: text('Type', 'What is linked to.', { alwaysPresent: true, options: choices(...types) }),
    id: text('Identifier', 'Id of the record that is linked to.', { nullable: true, references }),
    amount: number('Amount', 'Below zero where it lowers what is owed, above zero where it uses up credit.', {
      nullable: true,
    }),
    currencyRate: currencyRate(),
  };
  return list('Links', 'Documents that this part of the payment settles.', fields, { nullable: true });
}
