import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startSandbox, type SandboxProcess } from '../../src/launch/sandbox-process.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { makeLog } from '../../src/lib/log.ts';
import { freePort } from '../support/ports.ts';
import { inheritedEnvironment } from '../support/processes.ts';
import { processesOf } from './program.ts';

let dir: string;
let sandbox: SandboxProcess | undefined;
let lines: string[];
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'lp-sandbox-'));
  sandbox = undefined;
  lines = [];
});
afterEach(async () => {
  await sandbox?.stop();
  await rm(dir, { recursive: true, maxRetries: 5 });
});

async function startOn(port: number): Promise<SandboxProcess> {
  const log = makeLog('info', systemClock, (line) => lines.push(line) > 0);
  sandbox = await startSandbox({ port, dir, token: 'token', environment: inheritedEnvironment(), log });
  return sandbox;
}

async function isHealthy(url: string): Promise<boolean> {
  return fetch(`${url}/health`).then(
    (response) => response.ok,
    () => false,
  );
}

test('the sandbox is up when it is handed over, and gone when stop returns', async () => {
  const { url, pid, stop } = await startOn(0);
  expect(await isHealthy(url)).toBe(true);
  await stop();
  expect(await isHealthy(url)).toBe(false);
  expect(() => process.kill(Number(pid()), 0)).toThrow('ESRCH');
});

test('a sandbox that dies comes back at the same address', async () => {
  const { url, pid } = await startOn(0);
  const before = pid();
  process.kill(Number(before), 'SIGKILL');
  await expect.poll(() => pid(), { timeout: 90_000 }).not.toBe(before);
  expect(await isHealthy(url)).toBe(true);
  expect(lines.join('')).toContain('started again');
});

test('a port that somebody else holds is named with the setting that changes it', async () => {
  const other = await listening();
  const { port } = other.address() as AddressInfo;
  await expect(startOn(port)).rejects.toThrow(new RegExp(`port ${port} .* in use.*LEDGERPOST_SANDBOX_PORT`));
  other.close();
});

test('a sandbox whose server was killed makes way for the next one on the same port and folder', async () => {
  const port = await freePort();
  const holder = fork(path.join(import.meta.dirname, 'sandbox-holder.ts'), [String(port), dir], { execArgv: [] });
  await new Promise((resolve) => holder.once('message', resolve));
  holder.kill('SIGKILL');
  const { url } = await startOn(port);
  expect(url).toBe(`http://127.0.0.1:${port}`);
  expect(await isHealthy(url)).toBe(true);
});

test('a stop during a restart leaves nothing running', async () => {
  const { pid, stop } = await startOn(0);
  process.kill(Number(pid()), 'SIGKILL');
  await stop();
  expect(processesOf(dir)).toEqual([]);
});

function listening(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
  });
}
