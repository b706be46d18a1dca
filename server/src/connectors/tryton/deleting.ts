/** What becomes of a record of Tryton that is deleted: told in the models and, drawn from here, in docs/connectors/tryton.md. */
import type { WritableDataType } from '../../models/data-types.ts';

const party =
  'One that is in both lists leaves this one. One that nothing refers to is deleted; one that is in use is put out of use.';
const document = (condition = '') =>
  `A draft is deleted. One that is posted is cancelled instead${condition}: it stays, as void.`;
const customerDocument = document(', if the company lets customer invoices be cancelled');
const payment = 'It is reversed by a second entry: what it settled is due again.';
const entry = 'A draft is deleted; one that is posted is reversed instead, and then counts as deleted.';

export const DELETING: { readonly [D in WritableDataType]?: string } = {
  bankAccounts: 'One without entries is deleted with its journal of statements; one with entries is closed.',
  billCreditNotes: document(),
  billPayments: payment,
  bills: document(),
  chartOfAccounts: 'One that nothing refers to is deleted; one that is in use is refused.',
  creditNotes: customerDocument,
  customers: party,
  directCosts: entry,
  directIncomes: entry,
  invoices: customerDocument,
  items: 'One that stands on no document is deleted; one that is in use is put out of use.',
  journalEntries: `${entry} One that a document made goes with the document.`,
  journals: 'One without entries is deleted; one that is in use is refused.',
  payments: payment,
  purchaseOrders: 'A draft is deleted, and so is an order that is not confirmed yet; one that is confirmed is refused.',
  suppliers: party,
  transfers: entry,
};
