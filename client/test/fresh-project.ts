/** An empty project with the packed package installed, as a user has it: nothing of it comes from the sources or a network. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll } from 'vitest';
import type { Rig } from '../../server/test/clients/official-clients.ts';

export const CLIENT = path.join(import.meta.dirname, '..');
export const ROOT = path.join(CLIENT, '..');
export const run = promisify(execFile);

export interface FreshProject {
  readonly folder: string;
  /** Runs a program in it against the server, and gives what it printed. */
  readonly runProgram: (runtime: readonly string[], name: string, code: string, ...args: string[]) => Promise<string>;
}

/** One for all tests of a file. */
export function useFreshProject(rig: () => Rig): () => FreshProject {
  let place: string | undefined;
  let project: FreshProject | undefined;
  beforeAll(async () => {
    place = await mkdtemp(path.join(tmpdir(), 'ledgerpost-client-'));
    const tarball = await pack(place);
    const folder = path.join(place, 'project');
    await mkdir(folder);
    await writeFile(path.join(folder, 'package.json'), '{ "name": "fresh", "private": true, "type": "module" }');
    await npm(folder, 'install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', tarball);
    const runProgram: FreshProject['runProgram'] = async ([program = '', ...flags], name, code, ...args) => {
      await writeFile(path.join(folder, name), code);
      const { server } = rig();
      const env = { PATH: process.env['PATH'], LEDGERPOST_SERVER_URL: server.url, LEDGERPOST_API_KEY: server.apiKey };
      return (await run(program, [...flags, name, ...args], { cwd: folder, env })).stdout;
    };
    project = { folder, runProgram };
  });
  afterAll(async () => {
    if (place !== undefined) await rm(place, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
  return () => {
    if (project === undefined) throw new Error('The package has not been installed');
    return project;
  };
}

/** In a copy, so that nothing is left beside the sources. */
async function pack(place: string): Promise<string> {
  const copy = path.join(place, 'source');
  await mkdir(path.join(copy, 'client'), { recursive: true });
  for (const name of ['package.json', 'README.md', 'tsconfig.build.json', 'src']) {
    await cp(path.join(CLIENT, name), path.join(copy, 'client', name), { recursive: true });
  }
  await cp(path.join(ROOT, 'tsconfig.json'), path.join(copy, 'tsconfig.json'));
  await symlink(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'));
  const packed = await npm(path.join(copy, 'client'), 'pack', '--silent', '--pack-destination', place);
  return path.join(place, packed.trim().split('\n').at(-1) ?? '');
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
