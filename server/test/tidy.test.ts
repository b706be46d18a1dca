/**
 * House style as a test: what the linter cannot express. Reads the sources from the disk, not from git, because a
 * machine that runs the tests need not have git.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { SETTINGS } from '../src/config.ts';

const root = path.resolve(import.meta.dirname, '../..');
const thisFile = 'server/test/tidy.test.ts';
const linesMax = 500;

interface Source {
  readonly path: string;
  readonly text: string;
}

function readTree(folder: string, extensions: readonly string[]): Source[] {
  if (!existsSync(path.join(root, folder))) return [];
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const entryPath = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) {
      const skipped = entry.name.startsWith('.') || ['node_modules', 'dist', 'coverage'].includes(entry.name);
      return skipped ? [] : readTree(entryPath, extensions);
    }
    if (!extensions.includes(path.extname(entry.name))) return [];
    return [{ path: entryPath, text: readFileSync(path.join(root, entryPath), 'utf8') }];
  });
}

const sources = ['server', 'client', 'sandbox', 'scripts', 'bench', 'examples'].flatMap((folder) =>
  readTree(folder, ['.ts', '.mjs', '.sql']),
);
const code = sources.filter((source) => !source.path.endsWith('.sql') && source.path !== thisFile);
const isProduct = (source: Source) => /^(server|client|sandbox)\/src\//.test(source.path);
const isClock = (source: Source) => /\/src\/(lib\/)?clock\.ts$/.test(source.path);
const isConfig = (source: Source) => source.path.endsWith('/src/config.ts');
const isRunByHand = (source: Source) => /^(scripts|bench|examples)\//.test(source.path);

/** `path:line: text` of every line that matches, so that a failure names its places. */
function places(among: readonly Source[], banned: RegExp): string[] {
  return among.flatMap((source) =>
    source.text
      .split('\n')
      .flatMap((line, index) => (banned.test(line) ? [`${source.path}:${index + 1}: ${line.trim()}`] : [])),
  );
}

const bans: readonly { readonly name: string; readonly banned: RegExp; readonly among: readonly Source[] }[] = [
  {
    name: 'no test replaces a module: fakes are handed in',
    banned: /\bvi\.(mock|doMock|unmock|hoisted)\b/,
    among: code,
  },
  {
    name: 'time is read through a clock only, so that every test can move it',
    banned: /\bnew Date(\(\)|;|$)|\bDate\.now\b|(?<![\w.])Date\(\)/,
    among: code.filter((source) => !isClock(source) && !isRunByHand(source)),
  },
  {
    name: 'the environment is read in config.ts only, so that no setting is hidden',
    banned: /\bprocess\s*\.\s*env\b|\bprocess\['env'\]|from '(node:)?process'/,
    among: code.filter((source) => isProduct(source) && !isConfig(source)),
  },
  { name: 'nothing is left to be done later', banned: /\b(TODO|FIXME|HACK)\b|\bfor now\b/, among: code },
  { name: 'there are no barrels', banned: /from '\.[^']*\/index(\.[jt]s)?'/, among: code },
  {
    name: 'types are not talked away',
    banned: /^(?:[^']|'[^']*')*?\bas unknown as\b|@ts-ignore|@ts-nocheck|eslint-disable/,
    among: code,
  },
  {
    name: 'every exception from a rule gives its reason on the same line',
    banned: /oxlint-disable(?!.* -- \S.{9,})|@ts-expect-error(?!.{10,})/,
    among: code,
  },
  {
    name: 'things are named for what they do, not Service, Manager or Helper',
    banned: /\b(class|function|const|interface|type) \w*(Service|Manager|Helper|Utils?)\b/,
    among: code,
  },
];

describe('tidy', () => {
  test.each(bans)('$name', ({ banned, among }) => {
    expect(among.length).toBeGreaterThan(0);
    expect(places(among, banned)).toEqual([]);
  });

  test('every file opens by saying what it is for, tests by their names', () => {
    const programs = sources.filter((source) => !source.path.endsWith('.test.ts'));
    const silent = programs.filter(({ text }) => !/^(#!.*\n)?(\/\/|\/\*|--) ?\S?/.test(text));
    expect(silent.map((source) => source.path)).toEqual([]);
  });

  test(`no file is longer than ${linesMax} lines, unless it is generated`, () => {
    const long = sources.filter(({ text }) => text.split('\n').length > linesMax && !/^.*\bGenerated\b/.test(text));
    expect(long.map((source) => source.path)).toEqual([]);
  });

  test('no file or folder is a bucket', () => {
    const bucket = /^(utils?|helpers?|common|shared|misc|services?|managers?)(\.|$)/;
    const buckets = sources.filter((source) => source.path.split('/').some((part) => bucket.test(part)));
    expect(buckets.map((source) => source.path)).toEqual([]);
  });

  test('every room of the server has its floor in the lint rules', () => {
    const lint = readFileSync(path.join(root, '.oxlintrc.json'), 'utf8');
    const rooms = readdirSync(path.join(root, 'server/src'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    const homeless = rooms.filter((room) => !lint.includes(`"server/src/${room.name}/**"`));
    expect(homeless.map((room) => room.name)).toEqual([]);
  });
});

function namesIn(document: Source): readonly string[] {
  return document.text.match(/\bLEDGERPOST_[A-Z_]*[A-Z]\b/g) ?? [];
}

describe('settings and documentation', () => {
  const known = new Set<string>(Object.keys(SETTINGS));
  // The sandbox is a program of its own with settings of its own, told in its README.
  const isOfSandbox = ({ path: document }: Source) => document.startsWith('sandbox/');
  const documents = readTree('.', ['.md']);
  const ofSandbox = new Set(documents.filter(isOfSandbox).flatMap(namesIn));
  const table = documents.find((document) => document.path === 'README.md');

  test('every setting stands in the settings table', () => {
    const missing = [...known].filter((name) => !table?.text.includes(`| \`${name}\``));
    expect(missing).toEqual([]);
  });

  test('no document names a setting that does not exist', () => {
    const strangers = documents
      .filter((document) => !isOfSandbox(document))
      .flatMap((document) =>
        namesIn(document)
          .filter((name) => !known.has(name) && !ofSandbox.has(name))
          .map((name) => `${document.path}: ${name}`),
      );
    expect(strangers).toEqual([]);
  });
});
