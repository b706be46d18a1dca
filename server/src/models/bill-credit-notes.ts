/** Bill credit note: what a supplier gives back, in money or against bills. */
import { creditNoteFields } from './credit-note-fields.ts';
import { lineAmounts } from './document-lines.ts';
import { commonFields, lineRef, list, recordRef, supplierRef, text, tracking } from './fields.ts';
import type { Fields, PushModel } from './model.ts';

function lines(): Fields {
  return {
    ...lineAmounts({ alwaysPresent: true }),
    unitOfMeasurement: text('Unit of measurement', 'Such as kg or hours.', { nullable: true }),
    createdFromLineRef: lineRef('Created from line', 'Line of the bill that this line credits.'),
    tracking: tracking('payable'),
  };
}

export const billCreditNotes: PushModel = {
  dataType: 'billCreditNotes',
  displayName: 'Bill Credit Note',
  description: 'A document by which a supplier gives the company credit for something bought.',
  fields: {
    ...commonFields(),
    billCreditNoteNumber: text('Credit note number', "The supplier's number of the document.", { nullable: true }),
    supplierRef: supplierRef(),
    ...creditNoteFields(),
    lineItems: list('Lines', 'What is credited.', lines(), { nullable: true }),
    createdFromRefs: list('Created from', 'Bills that the credit is given for.', recordRef('Record', '').fields ?? {}, {
      nullable: true,
    }),
  },
  example: {
    billCreditNoteNumber: 'MFC-CR-204',
    supplierRef: { id: '1' },
    issueDate: '2026-03-10T00:00:00',
    currency: 'GBP',
    status: 'Submitted',
    lineItems: [
      { description: 'Strong white flour, torn bags', unitAmount: 19.75, quantity: 2, accountRef: { id: '5000' } },
    ],
  },
};
