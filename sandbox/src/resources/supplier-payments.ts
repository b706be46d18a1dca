// Payments to suppliers: money paid for bills, and their credit notes set off against them.
import { openBill } from './bills.ts';
import { definePayment } from './payment.ts';
import { openSupplierCreditNote } from './supplier-credit-notes.ts';

export const supplierPayments = definePayment({
  path: 'supplier-payments',
  prefix: 'spy',
  numberPrefix: 'SPAY',
  contact: { member: 'supplierId', resource: 'suppliers' },
  controlAccount: 'payable',
  side: -1n,
  documentType: 'bill',
  document: openBill,
  creditNote: openSupplierCreditNote,
});
