// Credit notes of suppliers: what they owe back.
import { createdFrom } from './credit-notes.ts';
import { creditMembers, defineDocument, openItemOf } from './document.ts';
import type { DocumentKind } from './document.ts';

const kind: DocumentKind = {
  path: 'supplier-credit-notes',
  prefix: 'scn',
  numberPrefix: 'SCN',
  contact: { member: 'supplierId', resource: 'suppliers' },
  itemSide: 'purchase',
  controlAccount: 'payable',
  side: 1n,
  openStatus: 'submitted',
  members: creditMembers,
  takesAttachments: true,
};

export const supplierCreditNotes = defineDocument(kind, { createdFrom });
export const openSupplierCreditNote = openItemOf(kind);
