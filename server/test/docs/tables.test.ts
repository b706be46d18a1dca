/** What the documents list is what the code has: nothing more, nothing less. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { renderDocument, TABLES_OF_DOCUMENT } from '../../../scripts/emit-docs.ts';
import { PushOperation } from '../../src/api/push-operation.ts';
import { ROLES } from '../../src/config.ts';
import { makeConnectors } from '../../src/connectors/registry.ts';
import { PLATFORM_EVENT_TYPES } from '../../src/events/event-types.ts';
import { LANE_PAUSE_MAX_MS, LANE_SETBACKS_MAX } from '../../src/push/backoff.ts';
import { MOVES } from '../../src/push/state.ts';
import { DOUBT_MAX_MS } from '../../src/push/verdict.ts';
import { codeBlocks, listDocuments, readDocument, ROOT, section, tableRows, withoutCode } from './documents.ts';

describe('documents', () => {
  test.each(Object.keys(TABLES_OF_DOCUMENT))('the generated tables of %s are those of the code', (file) => {
    const text = readDocument(file);
    expect(text).toBe(renderDocument(file, text));
  });

  test.each(listDocuments())('every relative link of %s leads somewhere', (file) => {
    const links = [...withoutCode(readDocument(file)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !/^https?:/.test(link) && !leadsSomewhere(file, link))).toEqual([]);
  });

  test('the picture of a push shows every move of the table and no other', () => {
    const [picture] = codeBlocks(readDocument('ARCHITECTURE.md')).filter(({ language }) => language === 'mermaid');
    const arrows = [...(picture?.code ?? '').matchAll(/^ *(\w+) --> (\w+): (\w+) - \S/gm)];
    const drawn = arrows.map(([, from, to, move]) => `${from} ${move} ${to}`);
    const made = Object.entries(MOVES).flatMap(([move, { from, to }]) => from.map((state) => `${state} ${move} ${to}`));
    expect(drawn.toSorted()).toEqual(made.toSorted());
  });

  test('every room of the server stands in the picture of the rooms, and no other', () => {
    const rooms = section(readDocument('ARCHITECTURE.md'), '## The rooms and the way of a push').split('```')[1] ?? '';
    const drawn = [...rooms.matchAll(/(\w+)\//g)].map(([, room = '']) => room);
    const folders = readdirSync(path.join(ROOT, 'server/src'), { withFileTypes: true });
    const built = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(drawn.toSorted()).toEqual(built.toSorted());
  });

  test('the figures of the engine are those of the code', () => {
    const architecture = readDocument('ARCHITECTURE.md');
    expect(architecture).toContain(`After ${inWords(LANE_SETBACKS_MAX)} setbacks`);
    expect(architecture).toContain(`doubling up to\n${inWords(LANE_PAUSE_MAX_MS / 1_000)} seconds`);
    const life = readDocument('docs/push-lifecycle.md');
    expect(life).toContain(`double up to ${inWords(LANE_PAUSE_MAX_MS / 1_000)} seconds`);
    expect(life).toContain(`for up to ${DOUBT_MAX_MS / 3_600_000} hours`);
    const connectors = makeConnectors({ sandboxUrl: () => '', sandboxToken: '' }).listConnectors();
    const sandbox = connectors.find(({ platform }) => platform.key === 'mqjo');
    expect(life).toContain(`(${inWords((sandbox?.limits.lateCommitMs ?? 0) / 1_000)} seconds for the sandbox)`);
  });

  test('every reason to wait is explained', () => {
    const explained = firstCells('docs/push-lifecycle.md', '## What a pending push waits for');
    const told = JSON.stringify(PushOperation.properties.waitingOn.properties.reason);
    expect(explained).toEqual([...told.matchAll(/`([^`]+)`/g)].map(([, reason]) => reason));
  });

  test('every step of a timeline is explained', () => {
    const explained = firstCells('docs/push-lifecycle.md', '## The timeline');
    const migration = readDocument('server/migrations/0003_pushes.sql');
    const steps = /step text NOT NULL CHECK \(step IN \(([^)]*)\)/.exec(migration)?.[1] ?? '';
    expect(explained).toEqual([...steps.matchAll(/'(\w+)'/g)].map(([, step]) => step));
  });

  test('every role is explained', () => {
    const roles = firstCells('docs/operations.md', '## Your own PostgreSQL');
    expect(roles.toSorted()).toEqual([...ROLES].toSorted());
  });

  test('every event type of ours is told of in the guide, and no other', () => {
    const told = section(readDocument('docs/webhooks.md'), '## What is told');
    const names = [...withoutCode(told).matchAll(/`([a-z]+(?:\.[a-zA-Z]+)+)`/g)].map(([, name = '']) => name);
    const promised = names.filter((name) => !name.startsWith('payload.'));
    expect(promised.toSorted()).toEqual([...PLATFORM_EVENT_TYPES].toSorted());
  });

  test('every dependency has its reason, and every reason its dependency', () => {
    const rows = tableRows(readDocument('docs/decisions/0005-dependencies.md'));
    expect(rows.map(([name = '']) => name).toSorted()).toEqual([...declaredDependencies().keys()].toSorted());
    expect(rows.filter(([, usedBy, , why]) => usedBy === '' || why === '')).toEqual([]);
  });

  test('the licence of every installed dependency is the one that is told', () => {
    const told = new Map(
      tableRows(readDocument('docs/decisions/0005-dependencies.md')).map(([name, , is]) => [name, is]),
    );
    const wrong = [...declaredDependencies()].flatMap(([name, workspace]) => {
      const licence = installedLicence(name, workspace);
      return licence === undefined || licence === told.get(name) ? [] : [`${name}: ${licence}`];
    });
    expect(wrong).toEqual([]);
  });

  test('the programs that the documents print are those of the repository', () => {
    const printed = (file: string, language: string) =>
      codeBlocks(readDocument(file)).find((block) => block.language === language)?.code;
    expect(printed('README.md', 'js')).toBe(readDocument('examples/tour.mjs'));
    expect(printed('docs/webhooks.md', 'ts')).toBe(readDocument('examples/webhook-receiver.ts'));
  });
});

function inWords(count: number): string {
  return ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'][count] ?? String(count);
}

function firstCells(file: string, heading: string): string[] {
  return tableRows(section(readDocument(file), heading)).map(([first = '']) => first);
}

function leadsSomewhere(file: string, link: string): boolean {
  const [target = '', anchor] = link.split('#');
  const found = target === '' ? file : path.posix.join(path.posix.dirname(file), target);
  if (!existsSync(path.join(ROOT, found))) return false;
  if (anchor === undefined) return true;
  const headings = withoutCode(readDocument(found)).match(/^#+ .*$/gm) ?? [];
  return headings.some((heading) => anchorOf(heading) === anchor);
}

/** As GitHub makes it from a heading. */
function anchorOf(heading: string): string {
  const words = heading.replace(/^#+ /, '').toLowerCase();
  return words.replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-');
}

const WORKSPACES = ['', 'server', 'client', 'sandbox'];

interface Manifest {
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Each with the workspace that declares it. */
function declaredDependencies(): Map<string, string> {
  return new Map(
    WORKSPACES.flatMap((workspace) => {
      const manifest = readManifest(path.join(workspace, 'package.json'));
      const { dependencies, devDependencies, optionalDependencies } = manifest ?? {};
      const names = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
      return names.map((name) => [name, workspace] as const);
    }),
  );
}

/** Undefined where the package is for another machine and not installed here. */
function installedLicence(name: string, workspace: string): string | undefined {
  const manifest =
    readManifest(path.join(workspace, 'node_modules', name, 'package.json')) ??
    readManifest(path.join('node_modules', name, 'package.json'));
  return manifest && (manifest.license ?? 'not stated');
}

function readManifest(file: string): Manifest | undefined {
  const whole = path.join(ROOT, file);
  return existsSync(whole) ? (JSON.parse(readFileSync(whole, 'utf8')) as Manifest) : undefined;
}
