/** The guide to webhooks, word for word: from a fresh start to a delivery whose signature was checked. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../support/ports.ts';
import { makeDataDir, removeDataDir, startServer, type ServerProcess } from '../support/server.ts';
import { codeBlocks, readDocument, section } from './documents.ts';
import { startShell, type Shell } from './shell.ts';

let dataDir: string;
let server: ServerProcess;
let shell: Shell;

beforeAll(async () => {
  dataDir = await makeDataDir();
  server = await startServer({ dataDir });
  shell = startShell();
});

afterAll(async () => {
  await shell?.stop();
  await server?.stop();
  await removeDataDir(dataDir);
});

test('a newcomer who follows the guide ends with a verified webhook', { timeout: 180_000 }, async () => {
  const [setup, register, receive, send, see, forge] = codeBlocks(
    section(readDocument('docs/webhooks.md'), '## From zero to a verified webhook'),
  ).flatMap(({ language, code }) => (language === 'bash' ? [code] : []));
  const run = (block: string | undefined) => shell.run(block ?? expect.unreachable('The guide lacks a step'));
  expect(await run(await here(setup ?? ''))).toBe('');
  expect(await run(register)).toMatch(/^registered [0-9a-f-]{36}\n$/);
  await run(receive);
  expect(await run(send)).toContain('"id":"msg_');
  await expect.poll(() => shell.output(), { timeout: 90_000 }).toContain('bills.write.successful: Success');
  expect(await run(see)).toContain('204\n');
  expect(await run(forge)).toContain('400\n');
  await run('kill %1');
});

/** The places that the guide sets, replaced by those of this test. */
async function here(code: string): Promise<string> {
  const places = {
    LEDGERPOST: server.url,
    KEY: server.apiKey,
    RECEIVER_PORT: String(await freePort()),
  };
  return Object.entries(places).reduce((replaced, [name, value]) => {
    const line = new RegExp(`^${name}=.*$`, 'm');
    expect(replaced).toMatch(line);
    return replaced.replace(line, `${name}=${value}`);
  }, code);
}
