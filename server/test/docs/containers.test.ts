/** The files for containers, without a container: what the image holds is laid out in a folder, and its command run there. */
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { inheritedEnvironment } from '../support/processes.ts';
import { readDocument, ROOT } from './documents.ts';

const START_MS_MAX = 240_000;

const dockerfile = readDocument('Dockerfile');
const compose = readDocument('compose.yaml');
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** The words of an instruction, such as `COPY server server`. */
const instructions = (name: string) =>
  [...dockerfile.matchAll(new RegExp(`^${name} (.*)$`, 'gm'))].map(([, words = '']) => words);

/** `LEDGERPOST_HOST=0.0.0.0 …` as members. */
const imageSettings = () =>
  Object.fromEntries(
    instructions('ENV').flatMap((line) => line.split(' ').map((pair) => pair.split('=') as [string, string])),
  );

test(
  'the image holds all that its command needs, and starts with it',
  async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'ledgerpost-image-'));
    ends.push(() => rm(dir, { recursive: true, force: true }));
    for (const words of instructions('COPY')) {
      const [into = '', ...files] = words.split(' ').toReversed();
      for (const file of files.toReversed()) {
        const isFolder = into.endsWith('/');
        if (isFolder) await mkdir(path.join(dir, into), { recursive: true });
        const target = path.join(dir, into, isFolder ? path.basename(file) : '');
        await cp(path.join(ROOT, file), target, { recursive: true });
      }
    }
    await symlink(path.join(ROOT, 'node_modules'), path.join(dir, 'node_modules'));
    const database = await createTestDatabase({ empty: true });
    ends.push(database.drop);
    const [command = '[]'] = instructions('CMD');
    const [node, ...args] = JSON.parse(command) as string[];
    expect(node).toBe('node');
    const child = spawn(process.execPath, args, {
      cwd: dir,
      env: {
        ...inheritedEnvironment(),
        ...imageSettings(),
        LEDGERPOST_DATA_DIR: path.join(dir, 'data'),
        LEDGERPOST_HOST: '127.0.0.1',
        LEDGERPOST_PORT: '0',
        LEDGERPOST_SANDBOX_PORT: '0',
        LEDGERPOST_DATABASE_URL: database.url,
        LEDGERPOST_API_KEY: 'lp_test_key',
        LEDGERPOST_SECRET_KEY: 'ab'.repeat(32),
      },
    });
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
    ends.push(async () => {
      child.kill('SIGKILL');
      await exited;
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const api = () => /^ +API +(http\S+)/m.exec(output)?.[1];
    await expect.poll(() => api() ?? (child.exitCode === null ? '' : output), { timeout: 150_000 }).toMatch(/^http/);
    await expect.poll(async () => (await fetch(`${api()}/health`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await exited, output).toBe(0);
  },
  START_MS_MAX,
);

test('the command of the image has the flags of npm start, and the ports are those that are published', () => {
  const { scripts } = JSON.parse(readDocument('package.json')) as { readonly scripts: { readonly start: string } };
  expect(JSON.parse(instructions('CMD')[0] ?? '[]')).toEqual(scripts.start.split(' '));
  const [port = ''] = instructions('EXPOSE');
  expect(readDocument('README.md')).toContain(`\`LEDGERPOST_PORT\` | \`${port}\``);
  expect(compose).toContain(`${port}:${port}`);
});

test('every setting that the files give is one of the program', () => {
  const known = readDocument('server/src/config.ts');
  const given = [...`${dockerfile}\n${compose}`.matchAll(/\bLEDGERPOST_[A-Z_]+/g)].map(([name]) => name);
  expect(given.length).toBeGreaterThan(5);
  expect(given.filter((name) => !known.includes(`${name.replace('LEDGERPOST_', '')}`))).toEqual([]);
});
