/** The members that credit notes have on either side, whether given to customers or had from suppliers. */
import {
  choices,
  currency,
  currencyRate,
  discountPercentage,
  moment,
  number,
  paymentAllocations,
  supplementalData,
  text,
  withholdingTax,
} from './fields.ts';
import type { Fields } from './model.ts';

export function creditNoteFields(): Fields {
  return {
    withholdingTax: withholdingTax(),
    totalAmount: number('Total amount', 'With tax.', { alwaysPresent: true }),
    totalDiscount: number('Total discount', '', { alwaysPresent: true }),
    subTotal: number('Subtotal', 'Sum of the lines after discount, before tax.', { alwaysPresent: true }),
    totalTaxAmount: number('Total tax', '', { alwaysPresent: true }),
    discountPercentage: discountPercentage({ alwaysPresent: true }),
    remainingCredit: number('Remaining credit', 'What has not been set against another document yet.', {
      alwaysPresent: true,
    }),
    status: text('Status', 'A draft has no effect on the ledger; a submitted credit note has.', {
      alwaysPresent: true,
      options: choices('Unknown', 'Draft', 'Submitted', 'Paid', 'Void', 'PartiallyPaid'),
    }),
    issueDate: moment('Issue date', 'Date of the document.'),
    allocatedOnDate: moment('Allocated on', 'When the last of it was set against another document.', {
      nullable: true,
    }),
    currency: currency('Currency', 'Currency of all amounts on the document.'),
    currencyRate: currencyRate(),
    paymentAllocations: paymentAllocations(),
    note: text('Note', '', { nullable: true }),
    supplementalData: supplementalData(),
  };
}
