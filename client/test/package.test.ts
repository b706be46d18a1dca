/**
 * The package as people get it: packed, installed into fresh projects without a network, and used there, by a browser, by
 * the type checker, and by the examples of its doc comments. What runs it besides is tried in runtimes.test.ts.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { build, transformWithEsbuild } from 'vite';
import { describe, expect, test, vi } from 'vitest';
import { useServer } from '../../server/test/clients/official-clients.ts';
import { makeLinkedCompany } from '../../server/test/support/server.ts';
import { examples } from './documents.ts';
import { CLIENT, ROOT, run, useFreshProject } from './fresh-project.ts';

const MINIFIED_MAX = 25_000;
// npm, type checker and browser are many processes, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });
const rig = useServer();

const project = useFreshProject(rig);

const USE = `
const client = createClient();
const company = await client.companies.create({ name: 'Packed' });
const listed = await client.companies.list({ query: (q) => q.eq('id', company.id) });
const { headers, body } = await webhooks.signTestEvent('whsec_AAAA', { eventType: 'company.created', payload: company });
const event = await webhooks.verify('whsec_AAAA', headers, body);
console.log(listed.totalResults, event.payload.name);`;

test('it holds the compiled files with their types, the README, and nothing of the sources', async () => {
  const installed = path.join(project().folder, 'node_modules/@ledgerpost/client');
  const manifest = JSON.parse(await readFile(path.join(installed, 'package.json'), 'utf8')) as Record<string, unknown>;
  expect(manifest).not.toHaveProperty('dependencies');
  for (const file of ['README.md', 'dist/main.js', 'dist/main.d.ts', 'dist/file-store.js', 'dist/file-store.d.ts']) {
    expect(existsSync(path.join(installed, file)), file).toBe(true);
  }
  expect(existsSync(path.join(installed, 'src'))).toBe(false);
});

async function bundle(entry: string, minify: boolean): Promise<string> {
  const file = path.join(project().folder, `entry-${entry.length}.js`);
  await writeFile(file, entry);
  const built = await build({
    root: project().folder,
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: minify && 'esbuild',
      target: 'es2022',
      modulePreload: false,
      lib: { entry: file, formats: ['es'] },
    },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (output === undefined || !('output' in output)) throw new Error('vite built nothing');
  return output.output[0].code;
}

test('all of it is no larger than 25 kB minified, and an import of a part brings that part', async () => {
  // esbuild, since vite leaves white space in libraries for others to shake.
  const sizeOf = async (entry: string) =>
    (await transformWithEsbuild(await bundle(entry, false), 'bundle.js', { minify: true, sourcemap: false })).code
      .length;
  expect(await sizeOf("export * from '@ledgerpost/client';")).toBeLessThanOrEqual(MINIFIED_MAX);
  expect(await sizeOf("export { webhooks } from '@ledgerpost/client';")).toBeLessThan(5_000);
  expect(await sizeOf("export { and, eq } from '@ledgerpost/client';")).toBeLessThan(4_000);
});

describe('types', () => {
  const check = async (name: string, files: readonly string[], options: object) => {
    const config = {
      compilerOptions: {
        module: 'nodenext',
        target: 'es2022',
        strict: true,
        noEmit: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        skipLibCheck: false,
        ...options,
      },
      files,
    };
    await writeFile(path.join(project().folder, `tsconfig.${name}.json`), JSON.stringify(config));
    const tsc = path.join(ROOT, 'node_modules/.bin/tsc');
    const told = await run(tsc, ['-p', `tsconfig.${name}.json`], { cwd: project().folder }).catch(
      (error: unknown) => error,
    );
    return told instanceof Error && 'stdout' in told ? told.stdout : '';
  };

  test('hold in a project that has nothing but them, with those of a browser', async () => {
    const types = await readFile(path.join(CLIENT, 'test/types.ts'), 'utf8');
    await writeFile(path.join(project().folder, 'types.ts'), types.replaceAll('../src/main.ts', '@ledgerpost/client'));
    const ofBrowsers = { lib: ['es2024', 'dom', 'dom.iterable'], types: [] };
    expect(await check('types', ['types.ts'], ofBrowsers)).toBe('');
    // Most projects do not ask for more than `strict`.
    const lenient = { exactOptionalPropertyTypes: false, noUncheckedIndexedAccess: false };
    expect(await check('lenient', ['types.ts'], { ...ofBrowsers, ...lenient })).toBe('');
  });

  test("hold for every example of the documents, with Node's", async () => {
    const all = examples();
    await Promise.all(all.map(({ code }, n) => writeFile(path.join(project().folder, `example-${n}.ts`), code)));
    const options = { lib: ['es2024'], types: [path.join(ROOT, 'node_modules/@types/node')], skipLibCheck: true };
    expect(
      await check(
        'examples',
        all.map((_, n) => `example-${n}.ts`),
        options,
      ),
    ).toBe('');
  });
});

test('every example of the doc comments runs, and prints what it says', async () => {
  const all = examples().filter(({ place }) => !place.startsWith('README.md'));
  expect(all.length).toBeGreaterThan(5);
  // Some of them take the first company that there is.
  await makeLinkedCompany(rig().server);
  for (const [n, { place, code, printed }] of all.entries()) {
    const output = await project()
      .runProgram([process.execPath], `example-${n}.ts`, code)
      .catch((error: unknown) => String(error));
    expect(output, place).toBe(printed);
  }
});

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  existsSync(file),
);

/** A page, and the API under the same address as well: at first the server lets pages of no other in. */
async function startPage(script: string) {
  const { server } = rig();
  let report: (text: string) => void = () => undefined;
  const reported = new Promise<string>((resolve) => (report = resolve));
  const site = http.createServer((request, response) => {
    if (request.url === '/') {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><script type="module" src="/page.js"></script>');
    } else if (request.url === '/page.js') {
      response.setHeader('content-type', 'text/javascript');
      response.end(script);
    } else if (request.url === '/report') {
      request
        .setEncoding('utf8')
        .on('data', report)
        .on('end', () => response.end());
    } else {
      const headers = { ...request.headers, authorization: `Basic ${Buffer.from(server.apiKey).toString('base64')}` };
      const target = `${server.url}${(request.url ?? '').replace('/api', '')}`;
      const forwarded = http.request(target, { method: request.method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      forwarded.on('error', () => response.destroy());
      request.pipe(forwarded);
    }
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const { port } = site.address() as AddressInfo;
  const close = () => {
    site.close();
    site.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}/`, reported, close };
}

/** What the program reports from a page, given the client that `client` makes there. */
async function runInBrowser(client: string, program: string): Promise<string> {
  const entry = `import { createClient as make, webhooks } from '@ledgerpost/client';
const told = [];
const console = { log: (...all) => told.push(all.join(' ')) };
const createClient = () => make(${client});
const report = (text) => fetch('/report', { method: 'POST', body: text });
(async () => {${program}
})().then(() => report(told.join()), (error) => report(String(error)));`;
  const page = await startPage(await bundle(entry, true));
  const profile = await mkdtemp(path.join(project().folder, 'profile-'));
  const flags = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--remote-debugging-port=0',
  ];
  const browser = spawn(chromium ?? '', [...flags, `--user-data-dir=${profile}`, page.url], { stdio: 'ignore' });
  const gone = new Promise<string>((resolve) =>
    browser.once('exit', (code) => resolve(`the browser ended with ${code}`)),
  );
  try {
    return await Promise.race([page.reported, gone]);
  } finally {
    browser.kill('SIGKILL');
    await gone;
    page.close();
  }
}

test.skipIf(chromium === undefined)('a browser runs it, through a proxy that has the key', async () => {
  expect(await runInBrowser("{ baseUrl: location.origin + '/api', apiKey: null }", USE)).toBe('1 Packed');
});

test.skipIf(chromium === undefined)(
  'a page of another site is kept out by its browser, and let in once allowed',
  async () => {
    const { server } = rig();
    const options = JSON.stringify({ baseUrl: server.url, apiKey: server.apiKey, maxRetries: 0 });
    const kept = await runInBrowser(options, USE);
    expect(kept).toMatch(/^LedgerpostError: The server cannot be reached/);
    // The page allows itself, by the proxy beside it, and then writes without it: preflights, an ETag, a watermark.
    const direct = `
const { corsSettings } = make({ baseUrl: location.origin + '/api', apiKey: null });
await corsSettings.set({ allowedOrigins: [location.origin] });
const client = createClient();
const company = await client.companies.create({ name: 'Across' });
const connection = await client.connections.create({ companyId: company.id, platformKey: 'mqjo' });
const books = { companyId: company.id, connectionId: connection.id };
await client.connections.authorize(books);
const customer = { customerName: 'Corner Café', status: 'Active' };
const push = await client.customers.createAndWait({ ...books, customer });
const customerId = push.changes[0].recordRef.id;
const { etag } = await client.customers.getWithETag({ ...books, customerId });
const update = { ...books, customerId, ifMatch: etag, customer: { ...customer, customerName: 'Corner' } };
const updated = await client.customers.updateAndWait(update);
let page;
while (page === undefined) {
  // Until the books have been read for the first time.
  page = await client.customers.list({ companyId: company.id }).catch((error) => {
    if (error.type !== 'conflict') throw error;
  });
}
const nobody = await client.companies.get({ companyId: company.id + 'x' }).catch((error) => error);
console.log(push.status, updated.status, typeof page.watermark, page.answeredAt instanceof Date, nobody.type, nobody.correlationId?.length > 0);`;
    expect(await runInBrowser(options, direct)).toBe('Success Success string true not_found true');
  },
);
