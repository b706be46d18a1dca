/** Where each data type stands in Tryton, in the words of a bare client: for counting past the connector. */
import type { TrytonClient } from '../../../scripts/tryton/client.ts';
import type { Counted } from '../../src/connectors/conformance-run.ts';
import type { DataType } from '../../src/models/data-types.ts';

interface Place {
  readonly model: string;
  readonly domain: readonly unknown[];
}

const active = ['active', '=', true];

async function withRole(books: TrytonClient, role: string, other: string): Promise<Place> {
  const categories = await books.search('party.category', [['name', 'in', [role, other]]], ['name']);
  const idOf = (name: string) => categories.find((category) => category['name'] === name)?.['id'] ?? 0;
  const sorted = ['OR', ['categories', 'in', [idOf(role)]], ['categories', 'not in', [idOf(other)]]];
  return { model: 'party.party', domain: [active, sorted] };
}

function invoices(type: 'in' | 'out', sign: '>=' | '<'): Place {
  const domain = [
    ['type', '=', type],
    ['state', '!=', 'cancelled'],
    ['lines.quantity', sign, 0],
  ];
  return { model: 'account.invoice', domain };
}

/** Every entry counts: what a type is told by are the connector's own rules, and nothing else is written beside a test. */
const moves = (): Place => ({ model: 'account.move', domain: [] });

const places: { readonly [D in DataType]?: (books: TrytonClient) => Place | Promise<Place> } = {
  billPayments: moves,
  directCosts: moves,
  directIncomes: moves,
  journalEntries: moves,
  payments: moves,
  transfers: moves,
  billCreditNotes: () => invoices('in', '<'),
  bills: () => invoices('in', '>='),
  chartOfAccounts: () => ({ model: 'account.account', domain: [['type.statement', '!=', null]] }),
  creditNotes: () => invoices('out', '<'),
  customers: (books) => withRole(books, 'Customer', 'Supplier'),
  invoices: () => invoices('out', '>='),
  items: () => ({ model: 'product.product', domain: [active] }),
  journals: () => ({ model: 'account.journal', domain: [active] }),
  purchaseOrders: () => ({ model: 'purchase.purchase', domain: [['state', '!=', 'cancelled']] }),
  suppliers: (books) => withRole(books, 'Supplier', 'Customer'),
  async bankAccounts(books) {
    const journals = await books.search('account.statement.journal', [], ['account']);
    return { model: 'account.account', domain: [['id', 'in', journals.map(({ account }) => account)]] };
  },
};

export async function domainOf(books: TrytonClient, { dataType, parentId, filesOf }: Counted): Promise<Place> {
  if (parentId !== undefined) {
    return { model: 'account.statement.origin', domain: [['statement.journal.account', '=', Number(parentId)]] };
  }
  const place = await places[dataType]?.(books);
  if (place === undefined) throw new Error(`Nobody said where ${dataType} stand in Tryton`);
  if (filesOf === undefined) return place;
  return { model: 'ir.attachment', domain: [['resource', '=', `${place.model},${filesOf}`]] };
}
