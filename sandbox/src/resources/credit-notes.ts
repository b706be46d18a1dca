// Credit notes: what customers are owed back.
import { creditMembers, defineDocument, openItemOf } from './document.ts';
import type { DocumentKind } from './document.ts';
import { group, list, text } from '../fields.ts';

const kind: DocumentKind = {
  path: 'credit-notes',
  prefix: 'crn',
  numberPrefix: 'CN',
  contact: { member: 'customerId', resource: 'customers' },
  itemSide: 'sale',
  controlAccount: 'receivable',
  side: -1n,
  openStatus: 'submitted',
  members: creditMembers,
  takesAttachments: false,
};

/** The records a credit note was made from, kept as written. */
export const createdFrom = list(group({ id: text(255), type: text(50) }), 50);

export const creditNotes = defineDocument(kind, { createdFrom });
export const openCreditNote = openItemOf(kind);
