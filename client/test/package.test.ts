/**
 * The package as people get it: packed, installed into fresh projects without a network, and used there, by every Node of
 * this machine, by a browser, and by the type checker. The examples of its documents are such projects, too.
 */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { build, transformWithEsbuild } from 'vite';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { useServer } from '../../server/test/clients/official-clients.ts';
import { examples } from './documents.ts';

const CLIENT = path.join(import.meta.dirname, '..');
const ROOT = path.join(CLIENT, '..');
const MINIFIED_MAX = 25_000;
const run = promisify(execFile);
// npm, type checker and browser are many processes, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });
const rig = useServer();

let folder = path.join(tmpdir(), 'ledgerpost-client-none');
let project: string;
/** Nodes of this machine, by their major versions: the one that runs this, and what PATH has besides. */
const nodes = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ledgerpost-client-'));
  const tarball = await pack();
  project = path.join(folder, 'project');
  await mkdir(project);
  await writeFile(path.join(project, 'package.json'), '{ "name": "fresh", "private": true, "type": "module" }');
  await npm(project, 'install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', tarball);
  for (const node of [process.execPath, ...nodesOnPath()]) {
    const { stdout } = await run(node, ['-p', 'process.versions.node.split(".")[0]']);
    if (Number(stdout) >= 20 && !nodes.has(stdout.trim())) nodes.set(stdout.trim(), node);
  }
});

afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));

function nodesOnPath(): readonly string[] {
  const places = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/bin', '/usr/local/bin'];
  return places.map((place) => path.join(place, 'node')).filter((file) => existsSync(file));
}

/** In a copy, so that nothing is left beside the sources. */
async function pack(): Promise<string> {
  const copy = path.join(folder, 'source');
  await mkdir(path.join(copy, 'client'), { recursive: true });
  for (const name of ['package.json', 'README.md', 'tsconfig.build.json', 'src']) {
    await cp(path.join(CLIENT, name), path.join(copy, 'client', name), { recursive: true });
  }
  await cp(path.join(ROOT, 'tsconfig.json'), path.join(copy, 'tsconfig.json'));
  await symlink(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'));
  const packed = await npm(path.join(copy, 'client'), 'pack', '--silent', '--pack-destination', folder);
  return path.join(folder, packed.trim().split('\n').at(-1) ?? '');
}

async function npm(cwd: string, ...args: readonly string[]): Promise<string> {
  const bin = path.join(ROOT, 'node_modules/.bin');
  const env = {
    ...process.env,
    PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}`,
    npm_config_loglevel: 'error',
  };
  return (await run('npm', args, { cwd, env })).stdout;
}

/** Runs a program in the project, against the server. */
async function runProgram(node: string, name: string, code: string): Promise<string> {
  await writeFile(path.join(project, name), code);
  const { server } = rig();
  const env = { PATH: process.env['PATH'], LEDGERPOST_SERVER_URL: server.url, LEDGERPOST_API_KEY: server.apiKey };
  return (await run(node, [name], { cwd: project, env })).stdout;
}

const USE = `
const client = createClient();
const company = await client.companies.create({ name: 'Packed' });
const listed = await client.companies.list({ query: (q) => q.eq('id', company.id) });
const { headers, body } = await webhooks.signTestEvent('whsec_AAAA', { eventType: 'company.created', payload: company });
const event = await webhooks.verify('whsec_AAAA', headers, body);
console.log(listed.totalResults, event.payload.name);`;

test('it holds the compiled files with their types, the README, and nothing of the sources', async () => {
  const installed = path.join(project, 'node_modules/@ledgerpost/client');
  const manifest = JSON.parse(await readFile(path.join(installed, 'package.json'), 'utf8')) as Record<string, unknown>;
  expect(manifest).not.toHaveProperty('dependencies');
  for (const file of ['README.md', 'dist/main.js', 'dist/main.d.ts', 'dist/file-store.js', 'dist/file-store.d.ts']) {
    expect(existsSync(path.join(installed, file)), file).toBe(true);
  }
  expect(existsSync(path.join(installed, 'src'))).toBe(false);
});

test('every Node of this machine from 20 on runs it, imported and required', async () => {
  expect([...nodes.keys()]).toContain(process.versions.node.split('.')[0]);
  for (const [major, node] of nodes) {
    const esm = `import { createClient, webhooks } from '@ledgerpost/client';\n${USE}`;
    expect(await runProgram(node, `esm-${major}.mjs`, esm), `Node ${major}`).toBe('1 Packed\n');
    const imported = `(async () => { const { createClient, webhooks } = await import('@ledgerpost/client');\n${USE} })();`;
    expect(await runProgram(node, `imported-${major}.cjs`, imported), `Node ${major}`).toBe('1 Packed\n');
    const required = `const client = process.features.require_module === false ? undefined : require('@ledgerpost/client');
      console.log(typeof client.createClient, typeof require('@ledgerpost/client/file-store').fileStore);`;
    const canRequire = (await run(node, ['-p', 'process.features.require_module'])).stdout.trim() === 'true';
    if (canRequire) expect(await runProgram(node, `required-${major}.cjs`, required)).toBe('function function\n');
  }
});

async function bundle(entry: string, minify: boolean): Promise<string> {
  const file = path.join(project, `entry-${entry.length}.js`);
  await writeFile(file, entry);
  const built = await build({
    root: project,
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
    await writeFile(path.join(project, `tsconfig.${name}.json`), JSON.stringify(config));
    const tsc = path.join(ROOT, 'node_modules/.bin/tsc');
    const told = await run(tsc, ['-p', `tsconfig.${name}.json`], { cwd: project }).catch((error: unknown) => error);
    return told instanceof Error && 'stdout' in told ? told.stdout : '';
  };

  test('hold in a project that has nothing but them, with those of a browser', async () => {
    const types = await readFile(path.join(CLIENT, 'test/types.ts'), 'utf8');
    await writeFile(path.join(project, 'types.ts'), types.replaceAll('../src/main.ts', '@ledgerpost/client'));
    expect(await check('types', ['types.ts'], { lib: ['es2024', 'dom', 'dom.iterable'], types: [] })).toBe('');
  });

  test("hold for every example of the documents, with Node's", async () => {
    const all = examples();
    await Promise.all(all.map(({ code }, n) => writeFile(path.join(project, `example-${n}.ts`), code)));
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

test('every example of the README and of the doc comments runs, and prints what it says', async () => {
  const all = examples();
  expect(all.length).toBeGreaterThan(10);
  for (const [n, { place, code, printed }] of all.entries()) {
    const output = await runProgram(process.execPath, `example-${n}.ts`, code).catch((error: unknown) => String(error));
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
  const profile = await mkdtemp(path.join(folder, 'profile-'));
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
