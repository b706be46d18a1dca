/** The guide to a new platform begins with a skeleton; this makes one in a copy of the tree and holds it to the rules. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const bin = (name: string) => path.join(root, 'node_modules/.bin', name);
const run = promisify(execFile);

/** Without the database that most tests need: the suite needs none. */
const vitestConfig = `export default { test: { include: ['server/test/conformance/*.test.ts'] } };\n`;

const copied = 'server/src server/package.json package.json tsconfig.json .oxlintrc.json .prettierrc.json'.split(' ');

let copy: string;
let written: readonly string[];

beforeAll(async () => {
  copy = await mkdtemp(path.join(tmpdir(), 'ledgerpost-skeleton-'));
  for (const part of copied) {
    await cp(path.join(root, part), path.join(copy, part), { recursive: true });
  }
  await symlink(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  await writeFile(path.join(copy, 'vitest.config.ts'), vitestConfig);
  const { stdout } = await skeleton('harbour-lane-books');
  written = stdout.split('\n').flatMap((line) => /^ {2}(server\/\S+)$/.exec(line)?.[1] ?? []);
});
afterAll(() => rm(copy, { recursive: true, force: true }));

const skeleton = (...args: readonly string[]) =>
  run(process.execPath, [path.join(root, 'scripts/new-connector.ts'), ...args, '--root', copy]);

test('the skeleton is a folder of its own, and a test', () => {
  expect(written).toEqual([
    'server/src/connectors/harbour-lane-books/connector.ts',
    'server/src/connectors/harbour-lane-books/http.ts',
    'server/test/conformance/harbour-lane-books.test.ts',
    'server/test/conformance/harbour-lane-books-stand-in.ts',
  ]);
});

test('it passes the conformance suite over the little that it can do', { timeout: 120_000 }, async () => {
  const args = ['run', '--root', copy, '--reporter=json'];
  const { stdout } = await run(process.execPath, [path.join(root, 'node_modules/vitest/vitest.mjs'), ...args]);
  expect(JSON.parse(stdout)).toMatchObject({ success: true, numPassedTests: 4, numFailedTests: 0 });
});

// The compiler reads the whole project.
test('it is formatted, and passes the linter and the compiler', { timeout: 240_000 }, async () => {
  await run(bin('prettier'), ['--check', ...written.map((file) => path.join(copy, file))]);
  await run(bin('oxlint'), ['server/src/connectors/harbour-lane-books', 'server/test/conformance'], { cwd: copy });
  const compiled = await run(bin('tsc'), ['--noEmit'], { cwd: copy }).catch((error: { stdout: string }) => error);
  // What others are changing in the tree at the moment is none of its business.
  expect(compiled.stdout.split('\n').filter((line) => line.includes('harbour-lane-books'))).toEqual([]);
});

test('it has a platform key and ids of its own', async () => {
  await skeleton('harbour-lane-ledger');
  const cards = await Promise.all(
    ['books', 'ledger'].map(async (name) => {
      const file = `server/src/connectors/harbour-lane-${name}/connector.ts`;
      return (await readFile(path.join(copy, file), 'utf8')).match(/(?:key|integrationId|sourceId): '[^']+'/g);
    }),
  );
  expect(cards[0]).toHaveLength(3);
  expect(cards[0]?.[1]).not.toBe(cards[1]?.[1]);
  expect(cards[0]?.[2]).not.toBe(cards[1]?.[2]);
});

test.each(['../harbour', 'harbour_lane', ''])('"%s" is no name for one', async (name) => {
  await expect(skeleton(name)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('name') });
});

test('one that is there already is not written over', async () => {
  await expect(skeleton('tryton')).rejects.toMatchObject({ stderr: expect.stringContaining('is there already') });
});
