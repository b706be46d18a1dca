/** The README's chapter on Tryton, word for word, against a running one; and an official client that posts a bill. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { BillStatus } from '@codat/accounting/dist/sdk/models/shared/index.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { clientsOf, present } from '../clients/official-clients.ts';
import { codeBlocks, readDocument, section } from '../docs/documents.ts';
import { startShell, type Shell } from '../docs/shell.ts';
import { authorization, makeDataDir, removeDataDir, startServer, type ServerProcess } from '../support/server.ts';
import { describeTryton, makeCompany, type TestCompany } from './fixture.ts';
import { linkLedger } from './ledgers.ts';

const chapter = section(readDocument('README.md'), '## A real ERP: Tryton');
const steps = codeBlocks(chapter).flatMap(({ language, code }) => (language === 'bash' ? [code] : []));

describeTryton("the README's chapter on Tryton", () => {
  let dataDir: string;
  let server: ServerProcess;
  let shell: Shell;
  let books: TestCompany;

  beforeAll(async () => {
    books = await makeCompany();
    dataDir = await makeDataDir();
    // The key is made by the server, as for any user.
    server = await startServer({ dataDir, env: { LEDGERPOST_API_KEY: '' } });
    shell = startShell();
  });
  afterAll(async () => {
    await shell?.stop();
    await server?.stop();
    await removeDataDir(dataDir);
  });

  /** The places of this test instead of those of `npm start` and `npm run tryton`. */
  const here = (block: string) =>
    block
      .replace(/^LEDGERPOST=.*$/m, `LEDGERPOST=${server.url}`)
      .replace(/^TRYTON=.*$/m, `TRYTON=${books.url}`)
      .replace(/^DATABASE=.*$/m, `DATABASE=${books.database}`)
      .replace(/^DATA=.*$/m, `DATA=${dataDir}`);

  test('does what it says: a bill with tax is in the books, and in the general ledger', async () => {
    const [setup = '', link = '', options = '', bill = '', look = '', ...more] = steps;
    expect(more).toEqual([]);
    expect(await shell.run(here(setup))).toBe('');
    expect(await shell.run(link)).toBe('Linked\n');
    expect(await shell.run(options)).toMatch(/^account \d+, tax \d+\n$/);
    expect(await shell.run(bill)).toBe('Success\n');
    const seen = await shell.run(look);
    expect(seen).toMatch(/^60\n/);
    expect(seen).toContain('"state": "posted"');
    expect(seen).toMatch(/"number": "BILL-\d{4}-00001"/);
    const ledger = JSON.parse(seen.slice(seen.indexOf('[\n'))) as readonly Row[];
    const rows = ledger.map(
      (row) => `${row['account.'].rec_name.slice(0, 4)} ${row.debit.decimal} ${row.credit.decimal}`,
    );
    expect(rows.toSorted()).toEqual(['2100 0.00 60.00', '2200 10.00 0.00', '5100 50.00 0.00']);
  });

  test('an official client posts a bill with tax, which the general ledger shows', async () => {
    const other = await makeCompany();
    const key = await readFile(path.join(dataDir, 'api-key'), 'utf8');
    const { linked, ids } = await linkLedger({ ...server, call: callWith(server, key.trim()) }, other);
    const { accounting, platform } = clientsOf(server, key.trim());
    const { companyId, connectionId } = linked;
    const issueDate = `${systemClock.now().toISOString().slice(0, 10)}T00:00:00`;
    const line = { unitAmount: 12.5, quantity: 4, description: 'Strong white flour' };
    const lineItems = [{ ...line, accountRef: { id: ids.expense }, taxRateRef: { id: ids.tax } }];
    const totals = { subTotal: 0, taxAmount: 0, totalAmount: 0 };
    const bill = { issueDate, status: BillStatus.Open, supplierRef: { id: ids.supplier }, lineItems, ...totals };
    const billed = present((await accounting.bills.create({ companyId, connectionId, bill })).createBillResponse);
    const operation = () => platform.pushData.getOperation({ companyId, pushOperationKey: billed.pushOperationKey });
    await expect.poll(async () => (await operation()).status).toBe('Success');
    const bare = await other.books();
    const ledger = await bare.search('account.general_ledger.account', [['account.code', '=', '5100']], ['debit']);
    expect(ledger).toMatchObject([{ debit: { decimal: '50.00' } }]);
  });
});

interface Row {
  readonly 'account.': { readonly rec_name: string };
  readonly debit: { readonly decimal: string };
  readonly credit: { readonly decimal: string };
}

/** The server was started without the key that tests usually know. */
function callWith(server: ServerProcess, key: string): ServerProcess['call'] {
  return async <Body>(method: string, requestPath: string, body?: unknown) => {
    const answer = await fetch(`${server.url}${requestPath}`, {
      method,
      headers: { authorization: authorization(key), 'content-type': 'application/json' },
      body: JSON.stringify(body ?? {}),
    });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Body };
  };
}
