/** What is compared: where each takes invoices in, and how to see that it has done with them. */
import type pg from 'pg';
import { exampleInvoice } from './rivals/invoice.ts';
import type { Program } from './programs.ts';
import type { Target } from './load.ts';

export interface Gateway {
  readonly name: string;
  readonly program: Program;
  readonly targets: readonly Target[];
  /** Pushes that are stored as far as the measurement goes: taken in, or done with outcome and event. */
  readonly stored: () => Promise<number>;
  /** Events, which are stored with outcomes: the same cheap question to all, to be asked again and again. */
  readonly told: () => Promise<number>;
}

export interface OurGateway extends Gateway {
  /** Of each push from that one on: how long after its acceptance the call to the platform began. Shortest first. */
  readonly startedAfterMs: (first: number) => Promise<number[]>;
}

export type Way = 'accepted' | 'done';

export interface Books {
  readonly id: string;
  readonly customerId: string;
  readonly accountId: string;
}

export const sandboxToken = 'sandbox-token';

/** Sets of books at the sandbox, each with a customer to invoice and an account for sales. */
export async function makeBooks(sandboxUrl: string, count: number): Promise<readonly Books[]> {
  const ask = (method: string, path: string, body?: object) =>
    call(`${sandboxUrl}${path}`, method, { authorization: `Bearer ${sandboxToken}` }, body);
  return Promise.all(
    Array.from({ length: count }, async (_, index): Promise<Books> => {
      const id = `bench-${index + 1}`;
      await ask('POST', '/books', { id, name: `Bench ${index + 1}`, template: 'empty' });
      const customer = await ask('POST', `/books/${id}/customers`, { name: 'Corner Shop' });
      const account = await ask('POST', `/books/${id}/accounts`, { name: 'Bread', category: 'Income.Sales' });
      return { id, customerId: textOf(customer, 'id'), accountId: textOf(account, 'id') };
    }),
  );
}

/** One company and linked connection for each set of books, made through the API as a customer would. */
export async function ledgerpost(
  name: string,
  program: Program,
  apiKey: string,
  books: readonly Books[],
  database: pg.Client,
  way: Way,
): Promise<OurGateway> {
  const headers = { authorization: `Basic ${Buffer.from(apiKey).toString('base64')}` };
  const targets: Target[] = [];
  for (const { id, customerId, accountId } of books) {
    const company = await call(`${program.url}/companies`, 'POST', headers, { name: `Company ${id}` });
    const connections = `${program.url}/companies/${textOf(company, 'id')}/connections`;
    const connection = `${connections}/${textOf(await call(connections, 'POST', headers, { platformKey: 'mqjo' }), 'id')}`;
    const linked = await call(`${connection}/authorization`, 'PUT', headers, { books: id });
    if (linked['status'] !== 'Linked') throw new Error(`the connection is ${String(linked['status'])}`);
    targets.push(target(`${connection}/push/invoices`, headers, customerId, accountId));
  }
  const done = `
    SELECT least(
      (SELECT count(*) FROM pushes WHERE state = 'succeeded'),
      (SELECT count(*) FROM events WHERE event_type LIKE '%.write.successful')) AS count`;
  return {
    name,
    program,
    targets,
    stored: () => count(database, way === 'accepted' ? countPushes : done),
    told: () => count(database, countEvents),
    startedAfterMs: async (first) => {
      const { rows } = await database.query<{ readonly ms: number }>(
        `SELECT ms FROM (
           SELECT (extract(epoch FROM a.started_at - p.requested_at) * 1000)::float8 AS ms
           FROM pushes p JOIN push_attempts a ON a.push_id = p.id AND a.step = 'send' ORDER BY p.requested_at OFFSET $1) seen
         ORDER BY ms`,
        [first],
      );
      return rows.map(({ ms }) => ms);
    },
  };
}

export function rival(name: string, program: Program, books: readonly Books[], database: pg.Client, way: Way): Gateway {
  const targets = books.map(({ id, customerId, accountId }) =>
    target(`${program.url}/companies/${id}/connections/${id}/push/invoices`, {}, customerId, accountId),
  );
  const done = 'SELECT count(*) FROM outcomes JOIN events USING (push_id)';
  return {
    name,
    program,
    targets,
    stored: () => count(database, way === 'accepted' ? countPushes : done),
    told: () => count(database, countEvents),
  };
}

function target(url: string, headers: Readonly<Record<string, string>>, customerId: string, accountId: string): Target {
  return {
    url,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(exampleInvoice(customerId, accountId)),
  };
}

const countPushes = 'SELECT count(*) FROM pushes';
const countEvents = 'SELECT count(*) FROM events';

async function count(database: pg.Client, statement: string): Promise<number> {
  const { rows } = await database.query<{ readonly count: string }>(statement);
  return Number(rows[0]?.count);
}

async function call(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body?: object,
): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}

function textOf(json: Readonly<Record<string, unknown>>, member: string): string {
  const value = json[member];
  if (typeof value !== 'string') throw new Error(`the answer has no ${member}`);
  return value;
}
