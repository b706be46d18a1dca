/** The members that direct costs and direct incomes share: money that moved at once, without a bill or an invoice. */
import { currency, currencyRate, moment, number, paymentAllocations, supplementalData, text } from './fields.ts';
import { lineAmounts } from './document-lines.ts';
import type { Fields } from './model.ts';

export function directTransactionFields(accountMeaning: string): Fields {
  return {
    reference: text('Reference', 'Such as the number of a receipt.', { nullable: true }),
    note: text('Note', '', { nullable: true }),
    issueDate: moment('Date', 'Day on which the money moved.', { alwaysPresent: true }),
    currency: currency('Currency', 'Currency of all amounts.', { alwaysPresent: true }),
    currencyRate: currencyRate(),
    paymentAllocations: { ...paymentAllocations(), alwaysPresent: true, description: accountMeaning },
    subTotal: number('Subtotal', 'Sum of the lines after discount, before tax.', { alwaysPresent: true }),
    taxAmount: number('Tax', '', { alwaysPresent: true }),
    totalAmount: number('Total amount', 'With tax.', { alwaysPresent: true }),
    supplementalData: supplementalData(),
  };
}

export function directTransactionLines(): Fields {
  return lineAmounts({ alwaysPresent: true });
}
