/** The guide to the command line, its lines run as a reader pastes them. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeDataDir, startServer, type ServerProcess } from '../support/server.ts';
import { codeBlocks, readDocument, ROOT } from './documents.ts';
import { startShell, type Shell } from './shell.ts';

let server: ServerProcess;
let shell: Shell;
let folder: string;

beforeAll(async () => {
  [server, folder] = await Promise.all([startServer(), mkdtemp(path.join(tmpdir(), 'ledgerpost-cli-guide-'))]);
  shell = startShell();
  await shell.run(
    `cd ${folder}; export PATH=${path.join(ROOT, 'node_modules', '.bin')}:$PATH NO_COLOR=1 ` +
      `LEDGERPOST_SERVER_URL=${server.url} LEDGERPOST_API_KEY=${server.apiKey}`,
  );
});
afterAll(async () => {
  await shell?.stop();
  await server?.stop();
  await removeDataDir(server.dataDir);
  await rm(folder, { recursive: true });
});

test('the guide to the command line leads from nothing to a bill in the books', async () => {
  const blocks = codeBlocks(readDocument('docs/cli.md')).filter(({ language }) => language === 'bash');
  // npx would ask the package registry's settings first; it runs the very program that stands in node_modules/.bin.
  const [begin = '', bill = '', shown = ''] = blocks.map(({ code }) =>
    code.replace('npx ledgerpost', 'command ledgerpost'),
  );
  const begun = await shell.run(begin);
  expect(begun).toMatch(/^supplierRef\.id +String +yes/m);
  expect(begun).toMatch(/Success \(200\)[^]*Created record /);
  expect(await shell.run(bill)).toMatch(/^true\n[^]*Success \(200\)/);
  expect(await shell.run(shown)).toMatch(/send +written +succeeded +201/);
  expect(await readFile(path.join(folder, 'bills.csv'), 'utf8')).toContain('PM-1');
});
