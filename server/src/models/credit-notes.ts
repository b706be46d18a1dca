/** Credit note: what a customer is given back, in money or against invoices. */
import { creditNoteFields } from './credit-note-fields.ts';
import { lineAmounts } from './document-lines.ts';
import { commonFields, customerRef, flag, list, number, text, tracking } from './fields.ts';
import type { Fields, PushModel } from './model.ts';

function lines(): Fields {
  return {
    ...lineAmounts({ alwaysPresent: true }),
    tracking: tracking('receivable'),
    isDirectIncome: flag('Direct income', 'Whether the line was paid on the spot.'),
  };
}

export const creditNotes: PushModel = {
  dataType: 'creditNotes',
  displayName: 'Credit Note',
  description: 'A document by which the company gives a customer credit for something sold.',
  fields: {
    ...commonFields(),
    creditNoteNumber: text('Credit note number', 'The number that the customer sees.', { nullable: true }),
    customerRef: customerRef(),
    ...creditNoteFields(),
    additionalTaxAmount: number('Additional tax', 'Tax beyond that of the lines.'),
    additionalTaxPercentage: number('Additional tax percentage', ''),
    lineItems: list('Lines', 'What is credited.', lines(), { nullable: true }),
  },
  example: {
    creditNoteNumber: 'HLB-CN-118',
    customerRef: { id: '1' },
    issueDate: '2026-03-09T00:00:00',
    currency: 'GBP',
    status: 'Submitted',
    lineItems: [{ description: 'Rye loaf, 800 g, burnt', unitAmount: 4.2, quantity: 6, accountRef: { id: '4000' } }],
    note: 'With our apologies.',
  },
};
