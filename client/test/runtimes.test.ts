/**
 * The installed package on every runtime that its README names, as far as this machine has them: the Nodes from 20 on, Deno
 * and Bun on PATH. `.ci/run` brings Deno and Bun along where it can.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { transformWithEsbuild } from 'vite';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { useServer } from '../../server/test/clients/official-clients.ts';
import { examples } from './documents.ts';
import { CLIENT, useFreshProject } from './fresh-project.ts';

// Each example is a process, and so is npm: a busy machine takes its time for them.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

interface Runtime {
  readonly name: string;
  readonly command: readonly string[];
  /** Whether it runs .ts files as they stand. */
  readonly readsTypes: boolean;
}

const places = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/bin', '/usr/local/bin'];
const onPath = (program: string) => places.map((place) => path.join(place, program)).filter((file) => existsSync(file));

function nodes(): readonly Runtime[] {
  const byMajor = new Map<number, Runtime>();
  for (const node of [process.execPath, ...onPath('node')]) {
    const major = Number(execFileSync(node, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' }));
    if (major < 20 || byMajor.has(major)) continue;
    byMajor.set(major, { name: `Node ${major}`, command: [node], readsTypes: major >= 24 });
  }
  return [...byMajor.values()];
}

/** Without a command where this machine has not got it: its tests are skipped, by name. */
function fromPath(name: string, program: string, flags: readonly string[] = []): Runtime {
  const [file] = onPath(program);
  if (file === undefined) return { name: `${name}, which is not on PATH`, command: [], readsTypes: true };
  return { name, command: [file, ...flags], readsTypes: true };
}

// What the package needs, and no more; a prompt for another right would be answered with no.
const DENO = ['run', '--no-prompt', '--allow-net', '--allow-env', '--allow-read', '--allow-write'];
const runtimes = [...nodes(), fromPath('Deno', 'deno', DENO), fromPath('Bun', 'bun')];

const rig = useServer();
const project = useFreshProject(rig);

/** Takes every request, and answers none. */
let silent: net.Server;
beforeAll(async () => {
  silent = net.createServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
});
afterAll(() => silent.close());

async function runTypeScript({ command, readsTypes }: Runtime, name: string, code: string, ...args: string[]) {
  const { runProgram } = project();
  if (readsTypes) return runProgram(command, `${name}.ts`, code, ...args);
  return runProgram(command, `${name}.mjs`, (await transformWithEsbuild(code, 'program.ts')).code, ...args);
}

const EXERCISED = `create, pollUntilDone: true Success
createAndWait: Success
a refused write: Failed NominalCode
stream: 3
syncState: changes true true
changes: true string
a file, there and back: Success é %22quoted%22.txt hello
not_found: not_found
bad_request: bad_request
unauthorized: unauthorized
network_error: network_error
timeout: timeout
abort: true
abort beforehand: true
AbortSignal.timeout: TimeoutError
abort of a wait: true
`;

describe.each(runtimes.map((runtime) => [runtime.name, runtime] as const))('%s', (name, runtime) => {
  const fileName = name.replace(' ', '-').toLowerCase();
  const isAbsent = runtime.command.length === 0;

  test.skipIf(isAbsent)('writes, waits, reads and fails as all others do', async () => {
    const source = await readFile(path.join(CLIENT, 'test/exercise.ts'), 'utf8');
    const installed = source
      .replaceAll('../src/main.ts', '@ledgerpost/client')
      .replaceAll('../src/file-store.ts', '@ledgerpost/client/file-store');
    const { port } = silent.address() as AddressInfo;
    const printed = await runTypeScript(runtime, `exercise-${fileName}`, installed, `http://127.0.0.1:${port}`);
    expect(printed).toBe(EXERCISED);
  });

  test.skipIf(isAbsent)('runs every example of the README', async () => {
    const all = examples().filter(({ place }) => place.startsWith('README.md'));
    expect(all.length).toBeGreaterThan(5);
    for (const [n, { place, code, printed }] of all.entries()) {
      const output = await runTypeScript(runtime, `example-${n}-${fileName}`, code).catch(String);
      expect(output, place).toBe(printed);
    }
  });
});

test('the Node that the server runs on is among them', () => {
  expect(runtimes.map(({ name }) => name)).toContain(`Node ${process.versions.node.split('.')[0]}`);
});

test('a CommonJS program imports it, and requires it where its Node can', async () => {
  const { runProgram } = project();
  const imported = `import('@ledgerpost/client').then(({ createClient }) => console.log(typeof createClient));`;
  const required = `console.log(typeof require('@ledgerpost/client').createClient, typeof require('@ledgerpost/client/file-store').fileStore);`;
  for (const { name, command } of nodes()) {
    expect(await runProgram(command, 'imported.cjs', imported), name).toBe('function\n');
    const [node = ''] = command;
    const canRequire = execFileSync(node, ['-p', 'process.features.require_module'], { encoding: 'utf8' }).trim();
    if (canRequire === 'true') {
      expect(await runProgram(command, 'required.cjs', required), name).toBe('function function\n');
    }
  }
});
