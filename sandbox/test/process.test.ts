import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isObject, objectsAt, textAt } from '../src/json.ts';
import { books, clientOf, invoiceBody, knownIds, temporaryFolder } from './support/sandbox.ts';

const program = new URL('../src/main.ts', import.meta.url);

interface Running {
  readonly child: ChildProcess;
  readonly output: { text: string };
}

function run(...args: string[]): Running {
  const child = fork(program, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => (output.text += String(bytes)));
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, output };
}

async function ready({ child }: Running): Promise<string> {
  const [message] = await once(child, 'message');
  return (isObject(message) && textAt(message, 'url')) || '';
}

async function exitCode({ child }: Running): Promise<unknown> {
  if (child.exitCode !== null) return child.exitCode;
  const [code] = await once(child, 'close');
  return code;
}

test('every write that was answered survives kill -9, and the next start comes up by itself', async () => {
  const dir = temporaryFolder();
  const first = run('--port', '0', '--dir', dir);
  const client = clientOf(await ready(first));
  const body = invoiceBody(await knownIds(client));
  const acknowledged: string[] = [];
  let isRunning = true;
  const writers = Array.from({ length: 8 }, async () => {
    while (isRunning) {
      const reply = await client.post(`${books}/invoices`, body).catch(() => undefined);
      if (reply?.status !== 201) return;
      acknowledged.push(textAt(reply.body, 'id') ?? '');
      if (acknowledged.length === 200) first.child.kill('SIGKILL');
    }
  });
  await once(first.child, 'exit');
  isRunning = false;
  await Promise.all(writers);

  const second = run('--port', '0', '--dir', dir);
  const again = clientOf(await ready(second));
  const kept = objectsAt((await again.get(`${books}/invoices?pageSize=1000`)).body, 'items').map((one) => one['id']);
  expect(acknowledged.length).toBeGreaterThanOrEqual(200);
  expect(acknowledged.filter((id) => !kept.includes(id))).toEqual([]);
  expect((await again.get(`${books}/trial-balance`)).body['isBalanced']).toBe(true);
});

test('it says where it listens, and stops cleanly when told to, whatever is still asked of it', async () => {
  const dir = temporaryFolder();
  const running = run('--port=0', '--dir', dir);
  const url = await ready(running);
  expect(running.output.text).toBe(`sandbox listening on ${url}\n`);
  const client = clientOf(url);
  await client.control({ faults: [{ kind: 'stall-before', times: null }] });
  const unanswered = client.get(`${books}/customers`).catch(() => 'ended');
  await expect.poll(async () => objectsAt((await client.get('/control/requests')).body, 'items')).toHaveLength(1);
  running.child.kill('SIGTERM');
  expect(await exitCode(running)).toBe(0);
  expect(await unanswered).toBe('ended');
  expect(existsSync(join(dir, 'sandbox.lock'))).toBe(false);
});

test('it ends by itself when the parent that started it goes away', async () => {
  const running = run('--port', '0', '--dir', temporaryFolder());
  await ready(running);
  const ended = once(running.child, 'exit');
  running.child.disconnect();
  expect(await ended).toEqual([0, null]);
});

test('a second process on the same folder is refused, naming the first', async () => {
  const dir = temporaryFolder();
  const first = run('--port', '0', '--dir', dir);
  await ready(first);
  const second = run('--port', '0', '--dir', dir);
  expect(await exitCode(second)).toBe(1);
  expect(second.output.text).toBe(
    `sandbox cannot start: the folder ${dir} is in use by the sandbox with process id ${first.child.pid}\n`,
  );
});

test('even with its lock file lost, a running sandbox keeps its folder', async () => {
  const dir = temporaryFolder();
  await ready(run('--port', '0', '--dir', dir));
  rmSync(join(dir, 'sandbox.lock'));
  const second = run('--port', '0', '--dir', dir);
  expect(await exitCode(second)).toBe(1);
  expect(second.output.text).toBe(`sandbox cannot start: the folder ${dir} is in use by another sandbox\n`);
});

test.each([['{"pid":4194304}'], ['not a lock'], [''], [`{"pid":${process.pid},"startedAt":"1"}`]])(
  'a lock left behind as %j does not stop the next start',
  async (lock) => {
    const dir = temporaryFolder();
    writeFileSync(join(dir, 'sandbox.lock'), lock);
    expect(await ready(run('--port', '0', '--dir', dir))).toMatch(/^http:/);
  },
);

test('a port in use is said in one line', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  onTestFinished(() => void holder.close());
  const address = holder.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const running = run('--port', String(port), '--dir', temporaryFolder());
  expect(await exitCode(running)).toBe(1);
  expect(running.output.text).toBe(`sandbox cannot start: port ${port} is in use; choose another one with --port\n`);
});

test.each([
  [['--port', 'many'], '--port must be a whole number from 0 to 65535, not "many"'],
  [['--faults', 'cut'], '--faults must be a JSON list'],
  [['--idempotency', 'maybe'], 'idempotency: must be one of honour, ignore'],
  [['--colour', 'red'], "Unknown option '--colour'"],
])('wrong settings %j are explained in one line', async (args, message) => {
  const running = run('--dir', temporaryFolder(), ...args);
  expect(await exitCode(running)).toBe(1);
  expect(running.output.text).toContain(message);
  expect(running.output.text.trimEnd().split('\n')).toHaveLength(1);
});

test('faults can be switched on at the start', async () => {
  const faults = JSON.stringify([{ kind: 'status-before', status: 500 }]);
  const url = await ready(run('--port', '0', '--dir', temporaryFolder(), '--faults', faults, '--audit-trail', 'off'));
  const client = clientOf(url);
  expect((await client.get('/books')).status).toBe(500);
  expect((await client.get(`${books}/audit-trail`)).status).toBe(501);
});
