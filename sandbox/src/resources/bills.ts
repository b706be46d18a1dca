// Bills: what is owed to suppliers.
import { defineDocument, openItemOf, owedMembers } from './document.ts';
import type { DocumentKind } from './document.ts';
import { date, group, list, text } from '../fields.ts';

const kind: DocumentKind = {
  path: 'bills',
  prefix: 'bil',
  numberPrefix: 'BILL',
  contact: { member: 'supplierId', resource: 'suppliers' },
  itemSide: 'purchase',
  controlAccount: 'payable',
  side: -1n,
  openStatus: 'open',
  members: owedMembers,
  takesAttachments: true,
};

export const bills = defineDocument(kind, {
  dueDate: date(),
  purchaseOrders: list(group({ id: text(255), number: text(255) }), 50),
});
export const openBill = openItemOf(kind);
