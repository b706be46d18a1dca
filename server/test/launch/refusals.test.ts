/** Starts that cannot go well end with one sentence that names the setting, and with exit code 1. */
import { expect, test } from 'vitest';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { createTestDatabase } from '../support/database.ts';
import { inheritedEnvironment } from '../support/processes.ts';
import { makeDataDir, removeDataDir, startServer } from '../support/server.ts';

const MAIN = path.join(import.meta.dirname, '..', '..', 'src', 'main.ts');

function start(dataDir: string, env: Readonly<Record<string, string>>) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN], {
    env: {
      ...inheritedEnvironment(),
      LEDGERPOST_DATA_DIR: dataDir,
      LEDGERPOST_PORT: '0',
      LEDGERPOST_SANDBOX_PORT: '0',
      LEDGERPOST_LOG_LEVEL: 'silent',
      ...env,
    },
    encoding: 'utf8',
    timeout: 120_000,
  });
  return { status, stdout, stderr: stderr.replaceAll(/^\(.*\n/gm, '').trim() };
}

test.each([
  ['LEDGERPOST_SECRET_KEY', { LEDGERPOST_SECRET_KEY: 'short' }],
  ['LEDGERPOST_DATABASE_URL', { LEDGERPOST_DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/x' }],
  ['LEDGERPOST_PORT', { LEDGERPOST_PORT: 'http' }],
  ['LEDGERPOST_PROT', { LEDGERPOST_PROT: '4100' }],
])('a start with an unfit %s says so in one line, without secrets or stack', async (name, env) => {
  const dataDir = await makeDataDir();
  const { status, stdout, stderr } = start(dataDir, env);
  await removeDataDir(dataDir);
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toContain(name);
  expect(stderr.split('\n')).toHaveLength(1);
  expect(stderr).not.toContain('hunter2');
});

test('a taken port is told by name, and nothing of the attempt keeps running', async () => {
  const running = await startServer();
  const dataDir = await makeDataDir();
  const { status, stderr } = start(dataDir, { LEDGERPOST_PORT: new URL(running.url).port });
  expect(status).toBe(1);
  expect(stderr).toMatch(/in use.*LEDGERPOST_PORT/);
  const second = await startServer({ dataDir });
  expect(await second.stop()).toBe(0);
  expect(await running.stop()).toBe(0);
  await Promise.all([removeDataDir(dataDir), removeDataDir(running.dataDir)]);
});

test('a second start on the same data folder is refused, and the first does not notice', async () => {
  const running = await startServer();
  const { status, stderr } = start(running.dataDir, {});
  expect(status).toBe(1);
  expect(stderr).toContain(`Another Ledgerpost (pid ${running.child.pid})`);
  expect((await running.call('GET', '/companies')).status).toBe(200);
  await running.stop();
  await removeDataDir(running.dataDir);
});

test('a database whose credentials were sealed with another secret key is refused at the start', async () => {
  const shared = await createTestDatabase({ connectionsMax: 1 });
  const env = { LEDGERPOST_DATABASE_URL: shared.url };
  const first = await startServer({ env });
  await first.stop();
  const dataDir = await makeDataDir();
  const { status, stderr } = start(dataDir, env);
  expect(status).toBe(1);
  expect(stderr).toContain('LEDGERPOST_SECRET_KEY');
  const again = await startServer({ env, dataDir: first.dataDir });
  await again.stop();
  await Promise.all([removeDataDir(dataDir), removeDataDir(first.dataDir)]);
  await shared.drop();
});
