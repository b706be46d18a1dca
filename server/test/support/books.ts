/** The platform's own word on what it holds, asked through its own interface, past our server. */
import type { LinkedCompany } from './server.ts';

const TOKEN = 'sandbox-token';
const PAGE_SIZE = 1_000;

export interface BookRecord {
  readonly id: string;
  readonly code?: string;
  readonly name?: string;
  readonly number?: string;
}

/** All records of one resource, such as `accounts`, page by page. */
export async function recordsIn(
  sandboxUrl: string,
  { books }: Pick<LinkedCompany, 'books'>,
  resource: string,
): Promise<BookRecord[]> {
  const records: BookRecord[] = [];
  for (let page = 1; ; page++) {
    const answer = await fetch(`${sandboxUrl}${books}/${resource}?page=${page}&pageSize=${PAGE_SIZE}`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}: ${await answer.text()}`);
    const { items } = (await answer.json()) as { items: BookRecord[] };
    records.push(...items);
    if (items.length < PAGE_SIZE) return records;
  }
}

/** Tells the sandbox how to misbehave; see its README. */
export async function control(sandboxUrl: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const answer = await fetch(`${sandboxUrl}/control`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(settings),
  });
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}: ${await answer.text()}`);
}

export async function resetControl(sandboxUrl: string): Promise<void> {
  await fetch(`${sandboxUrl}/control`, { method: 'DELETE' });
}

/** How many requests reached the path, whatever came of them. */
export async function requestsTo(sandboxUrl: string, method: string, path: string): Promise<number> {
  const query = new URLSearchParams({ method, path });
  const answer = await fetch(`${sandboxUrl}/control/requests?${query.toString()}`);
  const { matching } = (await answer.json()) as { matching: number };
  return matching;
}

/** An edit by somebody else: straight into the books, past our server. */
export async function editInBooks(
  sandboxUrl: string,
  { books }: Pick<LinkedCompany, 'books'>,
  record: string,
  change: Readonly<Record<string, unknown>>,
): Promise<void> {
  const answer = await fetch(`${sandboxUrl}${books}/${record}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(change),
  });
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}: ${await answer.text()}`);
}

/** One record as the platform has it. */
export async function recordIn(
  sandboxUrl: string,
  { books }: Pick<LinkedCompany, 'books'>,
  record: string,
): Promise<Record<string, unknown>> {
  const answer = await fetch(`${sandboxUrl}${books}/${record}`, { headers: { authorization: `Bearer ${TOKEN}` } });
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Record<string, unknown>;
}
