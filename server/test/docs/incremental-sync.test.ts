/** The programs of the incremental-sync guide, as they stand there: from an empty table to the books, and behind every change. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordsIn } from '../support/books.ts';
import { readAgain, untilRead } from '../support/reading.ts';
import { endServer, startLinkedCompany, type LinkedCompany, type ServerProcess } from '../support/server.ts';
import { codeBlocks, readDocument, section } from './documents.ts';

let server: ServerProcess;
let company: LinkedCompany;
beforeAll(async () => {
  ({ server, company } = await startLinkedCompany());
  await untilRead(server, company);
}, 120_000);
afterAll(() => endServer(server));

const resources = { customers: 'customers', invoices: 'invoices', journalEntries: 'journal-entries' } as const;

/** The ids of a mirror, and those in the books. */
function mirrored(file: string): string[] {
  const db = new DatabaseSync(file, { readOnly: true });
  const rows = db.prepare('SELECT type, id FROM records').all();
  db.close();
  return rows.map(({ type, id }) => `${String(type)} ${String(id)}`).toSorted((a, b) => (a < b ? -1 : 1));
}

async function inBooks(of = company): Promise<string[]> {
  const all = await Promise.all(
    Object.entries(resources).map(async ([type, resource]) => {
      const records = await recordsIn(server.sandboxUrl, of, resource);
      return records.map(({ id }) => `${type} ${id}`);
    }),
  );
  return all.flat().toSorted((a, b) => (a < b ? -1 : 1));
}

/** Saves the program that stands under the heading, and gives what runs it. */
async function programUnder(heading: string, name: string) {
  const [program] = codeBlocks(section(readDocument('docs/incremental-sync.md'), heading));
  const file = path.join(server.dataDir, name);
  await writeFile(file, program?.code ?? '');
  const mirror = path.join(server.dataDir, `${name}.sqlite`);
  const env = {
    PATH: process.env['PATH'],
    LEDGERPOST: server.url,
    API_KEY: server.apiKey,
    COMPANY: company.companyId,
    CONNECTION: company.connectionId,
    MIRROR: mirror,
  };
  return { mirror, run: async () => (await promisify(execFile)(process.execPath, [file], { env })).stdout };
}

test.each([
  ['## With the change feed', 'mirror.mjs'],
  ['## With modified dates', 'by-date.mjs'],
])('the program %s makes a mirror of the books, and keeps it', { timeout: 120_000 }, async (heading, name) => {
  const { mirror, run } = await programUnder(heading, name);

  expect(await run()).toMatch(/^\d+ records\n$/);
  expect(mirrored(mirror)).toEqual(await inBooks());

  const ask = (method: string, target: string, body?: object) =>
    fetch(`${server.sandboxUrl}${company.books}/${target}`, {
      method,
      headers: { authorization: 'Bearer sandbox-token', 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const [entry] = await recordsIn(server.sandboxUrl, company, 'journal-entries');
  const [customer] = await recordsIn(server.sandboxUrl, company, 'customers');
  expect((await ask('DELETE', `journal-entries/${entry?.id}`)).status).toBe(204);
  expect((await ask('PUT', `customers/${customer?.id}`, { name: `Seen by ${name}` })).status).toBe(200);
  expect((await ask('POST', 'customers', { name: `New to ${name}` })).status).toBe(201);
  for (const dataType of ['customers', 'journalEntries']) {
    expect(await readAgain(server, company, dataType)).toMatchObject({ status: 'Complete' });
  }
  await run();
  expect(mirrored(mirror)).toEqual(await inBooks());
  const db = new DatabaseSync(mirror, { readOnly: true });
  const kept = db.prepare('SELECT record FROM records WHERE id = ?').get(customer?.id ?? '');
  db.close();
  expect(JSON.parse(String(kept?.['record']))).toMatchObject({ customerName: `Seen by ${name}` });
});

test('the mirror loses what belonged to a connection that was deleted, and takes up the next one', async () => {
  const { mirror, run } = await programUnder('## With the change feed', 'mirror.mjs');
  await run();
  const { companyId, connectionId } = company;
  const connections = `/companies/${companyId}/connections`;
  expect((await server.call('DELETE', `${connections}/${connectionId}`)).status).toBe(200);
  expect(await run()).toBe('0 records\n');

  const next = await server.call<{ id: string }>('POST', connections, { platformKey: 'mqjo' });
  await server.call('PUT', `${connections}/${next.body.id}/authorization`, {});
  const relinked = { ...company, connectionId: next.body.id, books: `/books/${next.body.id}` };
  await untilRead(server, relinked);
  await run();
  expect(mirrored(mirror)).toEqual(await inBooks(relinked));
  expect(mirrored(mirror).length).toBeGreaterThan(0);
}, 60_000);
