import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { migrate, readMigrations, type Migration } from '../../src/db/migrate.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { makeLog } from '../../src/lib/log.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const log = makeLog('silent', systemClock);
let parent: string;
let own: TestDatabase;
beforeAll(async () => {
  parent = await mkdtemp(path.join(os.tmpdir(), 'lp-migrations-'));
});
afterAll(() => rm(parent, { recursive: true }));
beforeEach(async () => {
  own = await createTestDatabase({ empty: true });
  return own.drop;
});

async function run(files: Readonly<Record<string, string>>): Promise<string[]> {
  return migrate({ connection: own.connection, migrations: await written(files), log });
}

async function written(files: Readonly<Record<string, string>>): Promise<Migration[]> {
  const dir = await mkdtemp(path.join(parent, 'set-'));
  await Promise.all(Object.entries(files).map(([name, sql]) => writeFile(path.join(dir, name), sql)));
  return readMigrations(dir);
}

const FIRST = { '0001_first.sql': 'CREATE TABLE one (a int); CREATE TABLE two (b int);' };
const SECOND = { ...FIRST, '0002_second.sql': 'INSERT INTO one VALUES (1);' };

describe('migrations', () => {
  test('are applied once each, in order, and later only the new ones', async () => {
    expect(await run(FIRST)).toEqual(['0001_first']);
    expect(await run(SECOND)).toEqual(['0002_second']);
    expect(await run(SECOND)).toEqual([]);
    expect(await own.database.query('one', 'SELECT a FROM one')).toEqual([{ a: 1 }]);
  });

  test('of many processes that start at once are applied once', async () => {
    const migrations = await written(SECOND);
    const applied = await Promise.all(
      Array.from({ length: 6 }, () => migrate({ connection: own.connection, migrations, log })),
    );
    expect(applied.flat().toSorted()).toEqual(['0001_first', '0002_second']);
    expect(await own.database.query('one', 'SELECT a FROM one')).toEqual([{ a: 1 }]);
  });

  test('one that fails leaves nothing behind and names itself', async () => {
    const broken = { ...FIRST, '0002_second.sql': 'CREATE TABLE three (c int); SELECT nonsense;' };
    await expect(run(broken)).rejects.toThrow(/Migration 0002_second failed and was undone: .*nonsense/);
    expect(await own.database.query('three', `SELECT to_regclass('three') AS three`)).toEqual([{ three: null }]);
    expect(await run(SECOND)).toEqual(['0002_second']);
  });

  test('a database made by a newer version is refused', async () => {
    await run(SECOND);
    await expect(run(FIRST)).rejects.toThrow(/newer version of Ledgerpost \(migration 0002_second is unknown here\)/);
  });

  test('a changed text of an applied migration is refused, changed line ends are not', async () => {
    await run({ '0001_first.sql': 'CREATE TABLE one (a int);\n' });
    expect(await run({ '0001_first.sql': 'CREATE TABLE one (a int);\r\n' })).toEqual([]);
    await expect(run({ '0001_first.sql': 'CREATE TABLE one (a bigint);\n' })).rejects.toThrow(/another text/);
  });

  test('two of one number, and names without a number, are refused', async () => {
    await expect(run({ ...FIRST, '0001_other.sql': '' })).rejects.toThrow(/another migration has this number/);
    await expect(run({ 'first.sql': '' })).rejects.toThrow(/0001_some_words\.sql/);
  });
});
