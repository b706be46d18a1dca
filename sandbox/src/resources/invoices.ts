// Invoices: what customers owe.
import { defineDocument, openItemOf, owedMembers } from './document.ts';
import type { DocumentKind } from './document.ts';
import { date, list, text } from '../fields.ts';

const kind: DocumentKind = {
  path: 'invoices',
  prefix: 'inv',
  numberPrefix: 'INV',
  contact: { member: 'customerId', resource: 'customers' },
  itemSide: 'sale',
  controlAccount: 'receivable',
  side: 1n,
  openStatus: 'submitted',
  members: owedMembers,
  takesAttachments: true,
};

export const invoices = defineDocument(kind, { dueDate: date(), salesOrderIds: list(text(255), 50) });
export const openInvoice = openItemOf(kind);
