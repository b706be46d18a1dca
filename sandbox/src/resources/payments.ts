// Payments of customers: money received for invoices, and credit notes set off against them.
import { openCreditNote } from './credit-notes.ts';
import { openInvoice } from './invoices.ts';
import { definePayment } from './payment.ts';

export const payments = definePayment({
  path: 'payments',
  prefix: 'pay',
  numberPrefix: 'PAY',
  contact: { member: 'customerId', resource: 'customers' },
  controlAccount: 'receivable',
  side: 1n,
  documentType: 'invoice',
  document: openInvoice,
  creditNote: openCreditNote,
});
