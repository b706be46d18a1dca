/** Those who change a company's books: people who work in the platform itself, and our own pushes. */
import type { Random } from '../simulation/random.ts';
import type { Body } from '../support/reading.ts';
import type { LinkedCompany } from '../support/server.ts';

const TOKEN = 'sandbox-token';

export interface Known {
  readonly customers: string[];
  readonly entries: string[];
  readonly accounts: readonly string[];
}

export interface Writers {
  /** One change, made past our server. */
  readonly changeBooks: () => Promise<void>;
  /** One change, asked of our server. */
  readonly push: () => Promise<void>;
  readonly made: { books: number; pushes: number };
}

export function makeWriters(deps: {
  readonly sandboxUrl: string;
  readonly company: LinkedCompany;
  readonly random: Random;
  readonly known: Known;
  /** A request to whichever server is up. */
  readonly call: (method: string, path: string, body?: unknown) => Promise<{ status: number; body: Body }>;
}): Writers {
  const { sandboxUrl, company, random, known, call } = deps;
  const made = { books: 0, pushes: 0 };
  let n = 0;

  async function inBooks(method: string, path: string, body?: Body): Promise<Body | undefined> {
    const answer = await fetch(`${sandboxUrl}${company.books}/${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    // Of two who delete the same entry one is too late.
    if (!answer.ok && answer.status !== 404) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    if (answer.ok) made.books += 1;
    return answer.ok && text !== '' ? (JSON.parse(text) as Body) : undefined;
  }

  const account = () => known.accounts[random.below(known.accounts.length)] ?? '';
  const amount = () => `${1 + random.below(900)}.${10 + random.below(89)}`;

  async function addEntry(): Promise<void> {
    const value = amount();
    const [debit, credit] = [account(), account()];
    const lines = [
      { accountId: debit, amount: value },
      { accountId: credit, amount: `-${value}` },
    ];
    const entry = await inBooks('POST', 'journal-entries', { description: `Entry ${++n}`, lines });
    if (entry !== undefined) known.entries.push(String(entry['id']));
  }

  async function addCustomer(): Promise<void> {
    const customer = await inBooks('POST', 'customers', { name: `Customer ${++n}` });
    if (customer !== undefined) known.customers.push(String(customer['id']));
  }

  const anyOf = (ids: readonly string[]) => ids[random.below(ids.length)];

  async function changeBooks(): Promise<void> {
    const kind = random.weighted([
      { weight: 4, of: 'new customer' },
      { weight: 4, of: 'new entry' },
      { weight: 4, of: 'customer' },
      { weight: 3, of: 'entry' },
      { weight: 2, of: 'deletion' },
    ])?.of;
    const [customer, entry] = [anyOf(known.customers), anyOf(known.entries)];
    if (kind === 'customer' && customer !== undefined) {
      await inBooks('PUT', `customers/${customer}`, { name: `Customer ${++n}`, phone: `${n}` });
    } else if (kind === 'entry' && entry !== undefined) {
      await inBooks('PUT', `journal-entries/${entry}`, { description: `Changed ${++n}` });
    } else if (kind === 'deletion' && entry !== undefined) {
      known.entries.splice(known.entries.indexOf(entry), 1);
      await inBooks('DELETE', `journal-entries/${entry}`);
    } else if (kind === 'new entry') await addEntry();
    else await addCustomer();
  }

  async function push(): Promise<void> {
    const customer = anyOf(known.customers);
    const entry = anyOf(known.entries);
    const kind = random.below(4);
    made.pushes += 1;
    if (kind === 0 && entry !== undefined) {
      known.entries.splice(known.entries.indexOf(entry), 1);
      await call('DELETE', `${company.push}/journalEntries/${entry}`);
    } else if (kind === 1 && customer !== undefined) {
      const body = { customerName: `Pushed ${++n}`, status: 'Active' };
      await call('PUT', `${company.push}/customers/${customer}?forceUpdate=true`, body);
    } else {
      await call('POST', `${company.push}/customers`, { customerName: `Pushed ${++n}`, status: 'Active' });
    }
  }

  return { changeBooks, push, made };
}
