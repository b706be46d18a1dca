/** The README's tour, word for word, against a server that was just started; and the same with official clients. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../support/ports.ts';
import {
  authorization,
  makeDataDir,
  makeLinkedCompany,
  removeDataDir,
  startServer,
  type ServerProcess,
} from '../support/server.ts';
import { codeBlocks, readDocument, ROOT, section, tableRows } from './documents.ts';
import { startShell, type Shell } from './shell.ts';

const readme = readDocument('README.md');
const bound = { timeout: 60_000, interval: 20 };
let dataDir: string;
let places: Readonly<Record<string, string>>;
let server: ServerProcess;
let shell: Shell;
/** The path of a company with linked books. */
let books = '';

beforeAll(async () => {
  dataDir = await makeDataDir();
  const [api, sandbox, receiver] = await Promise.all([freePort(), freePort(), freePort()]);
  places = {
    LEDGERPOST: `http://127.0.0.1:${api}`,
    SANDBOX: `http://127.0.0.1:${sandbox}`,
    DATA: dataDir,
    RECEIVER_PORT: String(receiver),
  };
  server = await start();
  shell = startShell();
});

afterAll(async () => {
  await shell?.stop();
  await server?.stop();
  await removeDataDir(dataDir);
});

/** As `npm start` does, with the places of this test; the key is made by the server, as for any user. */
function start(): Promise<ServerProcess> {
  const port = (name: string) => new URL(places[name] ?? '').port;
  const env = { LEDGERPOST_API_KEY: '', LEDGERPOST_PORT: port('LEDGERPOST'), LEDGERPOST_SANDBOX_PORT: port('SANDBOX') };
  return startServer({ dataDir, env });
}

test('the tour of the README does what it says, a kill in the middle included', { timeout: 240_000 }, async () => {
  const steps = tourSteps();
  const run = (title: string) => shell.run(steps.get(title) ?? expect.unreachable(`The tour has no step "${title}"`));
  const [setup] = tour();
  expect(await shell.run(here(setup?.code ?? ''))).toBe('');

  const linked = await run('A company, and its books.');
  expect(linked).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/link\/\S+\nLinked\n$/);
  const model = JSON.parse(await run('What does the platform want to know of an account?')) as { required: boolean };
  expect(model.required).toBe(true);
  expect(await run('Be told when it is done.')).not.toContain('rror');

  expect(await run('Push an account.')).toContain('"status": "Success"');
  await expect.poll(() => shell.output(), bound).toContain('chartOfAccounts.write.successful: Success\n');
  const seen = await run('See what happened');
  expect(seen).toContain('"outcome": "written"');
  expect(seen).toContain('"name": "Prepaid cards"');
  const refusal = 'Failed to push to Account as NominalCode must not be longer than 10 characters long.';
  expect(await run('A write that is refused')).toContain(refusal);
  await expect.poll(() => shell.output(), bound).toContain('chartOfAccounts.write.unsuccessful: Failed\n');

  const lost = await run('Lose an answer.');
  expect(lost).toMatch(/^cut-after\n/);
  expect(lost).toContain('"outcome": "unknown"');
  expect(lost).toContain('"outcome": "found"');
  expect(lost).toMatch(/\n1\n/);

  expect(await run('Kill it in the middle.')).toMatch(/^2000\n/);
  const [restart] = tour().filter(({ language }) => language === 'sh');
  expect(restart?.code).toBe('npm start\n');
  server = await start();
  expect(await shell.run(tour().at(-1)?.code ?? '')).toContain('asked for 40 customers, 40 were written\n');
});

test('the program with official clients prints what the README says', async () => {
  const chapter = section(readme, "## The same with Codat's official clients");
  const printed = codeBlocks(chapter).find(({ language }) => language === 'text')?.code;
  const program = path.join(ROOT, 'examples', 'tour.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [program], { env: { ...process.env, ...places } });
  expect(stdout).toBe(printed);
});

test('every metric is explained, and every one that is explained is there', async () => {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const told = tableRows(section(readDocument('docs/operations.md'), '## Health and metrics'));
  const measured = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, kind]) => `${name} ${kind}`);
  expect(told.map(([name, kind]) => `${name} ${kind}`).toSorted()).toEqual(measured.toSorted());
});

/** A path below linked books is refused with a text like this. */
async function isRefused(rest: string, told: RegExp): Promise<boolean> {
  const { body } = await server.call<{ statusCode: number; error: string }>('GET', `${books}/${rest}`);
  return body.statusCode === 404 && told.test(body.error);
}

const all = async (checks: readonly Promise<boolean>[]) => (await Promise.all(checks)).every(Boolean);
const reports = ['balanceSheet', 'profitAndLoss', 'cashFlowStatement'].map((name) => `data/financials/${name}`);
const aged = ['agedDebtor', 'agedCreditor'].flatMap((name) => [`reports/${name}`, `reports/${name}/available`]);

const MISSING: Readonly<Record<string, () => Promise<boolean>>> = {
  'The portal': async () => (await callApi('/portal')).status === 404,
  PDFs: () => all(['invoices', 'purchaseOrders'].map((type) => isRefused(`data/${type}/1/pdf`, /^NotFound$/))),
  Reports: () => all([...reports, ...aged].map((path) => isRefused(path, /^Datatype '\w+' .*there are no reports$/))),
  'Sales orders': () => isRefused('data/salesOrders', /not supported by platform mqjo/),
  'Item receipts': () => isRefused('data/itemReceipts', /not supported by platform mqjo/),
};

test('what the README calls missing is missing, so that it is taken off the list once it is there', async () => {
  books = `/companies/${(await makeLinkedCompany(server)).companyId}`;
  const listed = [...section(readme, '## What is supported').matchAll(/^- ([^:]+):/gm)].map(([, name = '']) => name);
  expect(listed).toEqual(Object.keys(MISSING));
  const there = await Promise.all(
    Object.entries(MISSING).map(async ([name, isMissing]) => ((await isMissing()) ? [] : name)),
  );
  expect(there.flat()).toEqual([]);
});

test('a start says what the README shows', () => {
  const shown = codeBlocks(section(readme, '## Start')).find(({ language }) => language === 'text')?.code ?? '';
  const names = (text: string) => [...text.matchAll(/^ {2}(\w[\w ]*?) {2,}\S/gm)].map(([, name]) => name);
  expect(names(shown).length).toBeGreaterThan(0);
  expect(names(server.output())).toEqual(names(shown));
});

test('the commands that the README names are there', () => {
  const { scripts } = JSON.parse(readDocument('package.json')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const named = [...readme.matchAll(/npm (?:run )?(start|test|check|sandbox|bench)\b/g)].map(([, name = '']) => name);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  expect(scripts['start']).toMatch(/ server\/src\/main\.ts$/);
});

async function callApi(requestPath: string): Promise<Response> {
  return fetch(`${server.url}${requestPath}`, { headers: { authorization: authorization(server.apiKey) } });
}

function tour() {
  return codeBlocks(section(readme, '## A tour in five minutes'));
}

/** The tour's blocks by the bold words that lead to them. */
function tourSteps(): Map<string, string> {
  const chapter = section(readme, '## A tour in five minutes');
  return new Map(
    tour().flatMap(({ language, code }) => {
      const before = chapter.slice(0, chapter.indexOf(code));
      const title = [...before.matchAll(/^\*\*([^*]+)\*\*/gm)].at(-1)?.[1];
      return language !== 'bash' || title === undefined || code === tour().at(-1)?.code ? [] : [[title, code] as const];
    }),
  );
}

/** The places that the README sets, replaced by those of this test. */
function here(code: string): string {
  return Object.entries(places).reduce((replaced, [name, value]) => {
    const line = new RegExp(`^${name}=.*$`, 'm');
    expect(replaced).toMatch(line);
    return replaced.replace(line, `${name}=${value}`);
  }, code);
}
