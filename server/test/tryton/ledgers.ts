/** Companies of a real Tryton linked to a server of ours, what is pushed to them, and what their tables hold afterwards. */
import { expect, vi } from 'vitest';
import type { LinkedCompany, ServerProcess } from '../support/server.ts';
import type { TestCompany } from './fixture.ts';

export interface Ledger {
  readonly books: TestCompany;
  readonly linked: LinkedCompany;
  /** Tryton's ids of what bodies refer to. */
  readonly ids: Readonly<Record<'supplier' | 'customer' | 'expense' | 'revenue' | 'tax' | 'journal', string>>;
}

export async function linkLedger(server: ServerProcess, books: TestCompany, url = books.url): Promise<Ledger> {
  const company = await server.call<{ id: string }>('POST', '/companies', { name: books.database });
  const connections = `/companies/${company.body.id}/connections`;
  const connection = await server.call<{ id: string }>('POST', connections, { platformKey: 'tryt' });
  const path = `${connections}/${connection.body.id}`;
  const link = async () => {
    const linked = await server.call('PUT', `${path}/authorization`, { ...books.fields, url });
    expect(linked.body, JSON.stringify(linked.body)).toMatchObject({ status: 'Linked' });
  };
  // The first call to a database makes Tryton load it, which may take longer than a call may.
  await vi.waitFor(link, { timeout: 180_000, interval: 200 });
  return {
    books,
    linked: { companyId: company.body.id, connectionId: connection.body.id, push: `${path}/push`, books: '' },
    ids: await idsIn(books),
  };
}

/** Asked of PostgreSQL: a log-in at Tryton costs more than all of it. The company trades with itself. */
async function idsIn(books: TestCompany): Promise<Ledger['ids']> {
  const [row] = await books.sql(`
    SELECT (SELECT party FROM company_company)::text AS supplier, (SELECT party FROM company_company)::text AS customer,
      (SELECT id FROM account_account WHERE code = '5100')::text AS expense,
      (SELECT id FROM account_account WHERE code = '4100')::text AS revenue,
      (SELECT min(id) FROM account_tax WHERE type = 'percentage' AND rate > 0)::text AS tax,
      (SELECT min(id) FROM account_journal WHERE type = 'general')::text AS journal`);
  return row as Ledger['ids'];
}

export interface Wanted {
  readonly path: string;
  /** By which it is found in the tables. */
  readonly mark: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export function billFor({ ids }: Ledger, mark: string, day: string): Wanted {
  const lineItems = [
    {
      description: 'Strong white flour',
      unitAmount: 12.5,
      quantity: 4,
      accountRef: { id: ids.expense },
      taxRateRef: { id: ids.tax },
    },
  ];
  const body = { reference: mark, supplierRef: { id: ids.supplier }, issueDate: day, status: 'Open', lineItems };
  return { path: 'bills', mark, body };
}

export function entryFor({ ids }: Ledger, mark: string, day: string): Wanted {
  const line = (accountId: string, netAmount: number) => ({ accountRef: { id: accountId }, netAmount });
  const journalLines = [line(ids.expense, 12.5), line(ids.revenue, -12.5)];
  const body = { description: mark, journalRef: { id: ids.journal }, postedOn: day, journalLines };
  return { path: 'journalEntries', mark, body };
}

export function supplierFor(mark: string): Wanted {
  return { path: 'suppliers', mark, body: { supplierName: mark, status: 'Active' } };
}

/** How often each mark stands in Tryton's tables, and in which state; asked of PostgreSQL itself. */
export async function tally(books: TestCompany): Promise<readonly string[]> {
  const rows = await books.sql(`
    SELECT coalesce(substring(reference || ' ' || coalesce(description, '') from 'L-[0-9]+'), '') AS mark, state FROM account_invoice
    UNION ALL SELECT substring(description from 'L-[0-9]+'), state FROM account_move WHERE description ~ 'L-[0-9]+'
      AND origin IS NULL
    UNION ALL SELECT name, 'there' FROM party_party WHERE name ~ '^L-[0-9]+$'`);
  return rows.map(({ mark, state }) => `${String(mark)} ${String(state)}`).toSorted();
}

export interface Balance {
  readonly debit: string;
  readonly credit: string;
  readonly unbalanced: number;
}

/** Over all, and move by move. */
export async function balanceOf(books: TestCompany): Promise<Balance> {
  const [row] = await books.sql(`
    SELECT coalesce(sum(debit), 0)::text AS debit, coalesce(sum(credit), 0)::text AS credit,
      (SELECT count(*)::int FROM (SELECT move FROM account_move_line GROUP BY move HAVING sum(debit) <> sum(credit)) AS each)
        AS unbalanced
    FROM account_move_line`);
  return { debit: String(row?.['debit']), credit: String(row?.['credit']), unbalanced: Number(row?.['unbalanced']) };
}
