/** A company of a real Tryton behind a server of ours, for tests that push through the API and look into the books. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { TrytonClient, Values } from '../../../scripts/tryton/client.ts';
import type { Connector, Link } from '../../src/connectors/contract.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { getPush, untilEnded, type WirePush } from '../support/pushes.ts';
import type { LinkedCompany, ServerProcess } from '../support/server.ts';
import type { TestCompany } from './fixture.ts';

/** Links with what the link page would be filled with. */
export async function linkTo(
  server: ServerProcess,
  { fields }: TestCompany,
  policies: Readonly<Record<string, string>> = {},
): Promise<LinkedCompany> {
  const company = await server.call<{ id: string }>('POST', '/companies', { name: 'Harbour Lane' });
  const connections = `/companies/${company.body.id}/connections`;
  const connection = await server.call<{ id: string }>('POST', connections, { platformKey: 'tryt' });
  const path = `${connections}/${connection.body.id}`;
  const linked = await server.call('PUT', `${path}/authorization`, { ...fields, ...policies });
  expect(linked.body, JSON.stringify(linked.body)).toMatchObject({ status: 'Linked' });
  return { companyId: company.body.id, connectionId: connection.body.id, push: `${path}/push`, books: '' };
}

/** A link for calls to the connector itself, past the server. */
export async function linkBy(
  connector: Connector,
  { fields }: TestCompany,
  policies: Readonly<Record<string, string>> = {},
): Promise<Link> {
  const about = { companyId: randomUUID(), companyName: 'Harbour Lane', connectionId: randomUUID() };
  const io = { fetch: globalThis.fetch, now: systemClock.now };
  const outcome = await connector.authorize({ ...about, fields: { ...fields, ...policies } }, io);
  if (outcome.kind !== 'linked') throw new Error(JSON.stringify(outcome));
  return outcome.link;
}

/** Pushes, waits, and gives the push as it ended. */
export async function pushed(
  server: ServerProcess,
  company: LinkedCompany,
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<WirePush & { readonly data?: Values }> {
  const asked = await server.call<WirePush>(method, `${company.push}/${path}`, body);
  expect(asked.status, JSON.stringify(asked.body)).toBe(200);
  await untilEnded(server, company, asked.body.pushOperationKey);
  return getPush(server, company, asked.body.pushOperationKey);
}

/** As `pushed`, where it has to succeed; gives the id of the record. */
export async function written(...asked: Parameters<typeof pushed>): Promise<string> {
  const push = await pushed(...asked);
  expect(push.status, JSON.stringify(push)).toBe('Success');
  return push.changes[0]?.recordRef.id ?? '';
}

/** A record as Tryton itself tells it. Decimals as their digits. */
export async function inBooks(books: TrytonClient, model: string, id: string, fields: readonly string[]) {
  const [record] = await books.search(model, [['id', '=', Number(id)]], fields);
  return record === undefined ? undefined : plain(record);
}

/** `{"__class__":"Decimal","decimal":"12.50"}` as 12.5, and the like of each member. */
function plain(record: Values): Values {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value !== 'object' || value === null) return value;
  if ('decimal' in value) return Number(value.decimal);
  if ('__class__' in value && 'day' in value) return `${String(Reflect.get(value, 'month'))}/${String(value.day)}`;
  return plain(Object.fromEntries(Object.entries(value)));
}

/** What each account has moved by over all entries that are posted, by the accounts' codes; those at nothing are left out. */
export async function balances(books: TestCompany): Promise<Readonly<Record<string, number>>> {
  const rows = await books.sql(`
    SELECT account.code, sum(line.debit - line.credit)::text AS balance FROM account_move_line AS line
    JOIN account_move AS move ON move.id = line.move AND move.state = 'posted'
    JOIN account_account AS account ON account.id = line.account
    GROUP BY account.code HAVING sum(line.debit - line.credit) <> 0`);
  return Object.fromEntries(rows.map(({ code, balance }) => [String(code), Number(balance)]));
}

/** Entries of which the debits are not the credits. */
export async function unbalanced(books: TestCompany): Promise<number> {
  return (await books.sql('SELECT move FROM account_move_line GROUP BY move HAVING sum(debit) <> sum(credit)')).length;
}
