// The command line against a running server: what a person and a program can do with it, and how each command ends.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { control, recordsIn, resetControl } from '../support/books.ts';
import { removeDataDir, startServer, type ServerProcess } from '../support/server.ts';
import { commandsOf, startCommand } from './command-line.ts';

let server: ServerProcess;
let cli: ReturnType<typeof commandsOf>;
let folder: string;
let connectionId: string;

const COMPANY = 'Toft Stores';
const account = (nominalCode: string) =>
  JSON.stringify({ nominalCode, name: `Account ${nominalCode}`, fullyQualifiedCategory: 'Asset.Current' });

beforeAll(async () => {
  [server, folder] = await Promise.all([startServer(), mkdtemp(path.join(tmpdir(), 'ledgerpost-cli-'))]);
  cli = commandsOf(server);
  await cli.json(['companies', 'create', COMPANY, '--tag', 'region=uk']);
  const connection = await cli.json<{ id: string }>(['connections', 'create', COMPANY, '--link']);
  connectionId = connection.id;
});
afterAll(async () => {
  await server.stop();
  await removeDataDir(server.dataDir);
  await rm(folder, { recursive: true });
});

const inBooks = async (code: string) => {
  const accounts = await recordsIn(server.sandboxUrl, { books: `/books/${connectionId}` }, 'accounts');
  return accounts.filter((each) => each.code === code).length;
};

test('a record from a file is pushed, waited for and in the books', async () => {
  const file = path.join(folder, 'account.json');
  await writeFile(file, account('7001'));
  const { code, stdout } = await cli.run(['push', COMPANY, 'accounts', file, '--wait']);
  expect(stdout).toMatch(/Success \(200\)[^]*Created record /);
  expect(code).toBe(0);
  expect(await inBooks('7001')).toBe(1);
});

test('a record from standard input is sent as it stands, with every digit of its amounts', async () => {
  const body = '{"total": 12345678901234567890.10, "rate": 1.0}';
  const heard = await listenOnce();
  const ended = await cli.run(['push', randomUUID(), 'customers', '--connection', heard.id], {
    input: body,
    env: { LEDGERPOST_SERVER_URL: heard.url },
  });
  expect(heard.bodies).toEqual([body]);
  expect(ended.code).toBe(4);
});

test('the same command with the same idempotency key writes once', async () => {
  const args = ['push', COMPANY, 'accounts', '--idempotency-key', 'once', '--wait'];
  const first = await cli.json<{ pushOperationKey: string }>(args, { input: account('7002') });
  const again = await cli.json<{ pushOperationKey: string }>(args, { input: account('7002') });
  expect(again.pushOperationKey).toBe(first.pushOperationKey);
  expect(await inBooks('7002')).toBe(1);
});

test('a push that fails ends the command with a code of its own and names each field', async () => {
  const { code, stdout } = await cli.run(['push', COMPANY, 'accounts', '--wait'], { input: account('70031234567') });
  expect(code).toBe(6);
  expect(stdout).toContain('NominalCode: Failed to push to Account as NominalCode must not be longer');
});

test('a dry run that would fail says so by its exit code, and writes nothing', async () => {
  const bad = await cli.run(['push', COMPANY, 'accounts', '--dry-run'], { input: account('70041234567') });
  const good = await cli.run(['push', COMPANY, 'accounts', '--dry-run'], { input: account('7004') });
  expect([bad.code, good.code]).toEqual([6, 0]);
  expect(await inBooks('7004')).toBe(0);
});

test('a wait that is over before the push has ended says that the push goes on', async () => {
  await control(server.sandboxUrl, { latencyMs: 3_000 });
  const { code, stderr } = await cli.run(['push', COMPANY, 'accounts', '--wait', '1'], { input: account('7005') });
  expect({ code, stderr }).toEqual({ code: 9, stderr: expect.stringMatching(/The push is (Pending|Processing)/) });
  await resetControl(server.sandboxUrl);
  const [push] = await cli.json<{ pushOperationKey: string }[]>(['operations', 'list', COMPANY, '--limit', '1']);
  const followed = await cli.run(['operations', 'follow', COMPANY, push?.pushOperationKey ?? '']);
  expect(followed.stdout).toContain('Success');
  expect(followed.code).toBe(0);
});

test('an operation is shown with all that was tried', async () => {
  const pushed = await cli.json<{ pushOperationKey: string }>(['push', COMPANY, 'accounts', '--wait'], {
    input: account('7006'),
  });
  const { stdout } = await cli.run(['operations', 'show', COMPANY, pushed.pushOperationKey]);
  expect(stdout).toMatch(/STARTED +MS +STEP +OUTCOME/);
  expect(stdout).toMatch(/send +written +succeeded +201/);
});

test('the required fields of a data type are listed', async () => {
  const { stdout } = await cli.run(['options', COMPANY, 'accounts', '--required']);
  expect(stdout).toMatch(/^nominalCode +String +yes/m);
  const schema = await cli.json<{ required: string[] }>(['options', COMPANY, 'accounts', '--json-schema']);
  expect(schema.required).toContain('nominalCode');
});

test('records are exported whole, as NDJSON and as CSV with one head', async () => {
  await expect.poll(async () => (await cli.run(['records', 'list', COMPANY, 'accounts', '--limit', '1'])).code).toBe(0);
  const listed = await cli.json<{ id: string }[]>(['records', 'list', COMPANY, 'accounts', '--limit', '1000']);
  const ndjson = await cli.run(['records', 'export', COMPANY, 'accounts']);
  const ids = ndjson.stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id: string }).id);
  expect(ids.toSorted()).toEqual(listed.map(({ id }) => id).toSorted());
  const file = path.join(folder, 'accounts.csv');
  const { code } = await cli.run(['records', 'export', COMPANY, 'accounts', '--format', 'csv', '--output', file]);
  expect(code).toBe(0);
  const [head, ...lines] = (await readFile(file, 'utf8')).trim().split('\n');
  expect(head).toMatch(/^id,.*nominalCode,name,/);
  expect(lines).toHaveLength(ids.length);
});

test('each way to fail has its exit code, and no stack is shown', async () => {
  const ends = await Promise.all([
    cli.run(['companies', 'show', 'Nobody']),
    cli.run(['nonsense']),
    cli.run(['push', COMPANY, 'accounts', '/does/not/exist']),
    cli.run(['push', COMPANY, 'accounts'], { input: 'no JSON' }),
    cli.run(['companies', 'list'], { env: { LEDGERPOST_API_KEY: 'wrong' } }),
    cli.run(['companies', 'list'], { env: { LEDGERPOST_SERVER_URL: 'http://127.0.0.1:1' } }),
    cli.run(['companies', 'list'], { env: { LEDGERPOST_PORT: 'many' } }),
  ]);
  expect(ends.map(({ code }) => code)).toEqual([5, 2, 2, 2, 4, 3, 2]);
  expect(ends.map(({ stderr }) => stderr).join('\n')).not.toMatch(/ {4}at /);
});

test('piped output has no colours, and --json prints one JSON value', async () => {
  const { stdout } = await cli.run(['companies']);
  expect(stdout).not.toContain('\u001B');
  expect(await cli.json<unknown[]>(['companies'])).toHaveLength(1);
});

test('a deletion wants to be confirmed', async () => {
  const { code } = await cli.run(['companies', 'delete', COMPANY]);
  expect(code).toBe(2);
  expect(await cli.json<unknown[]>(['companies'])).toHaveLength(1);
});

test('config shows where each setting comes from, and no secret', async () => {
  const { stdout } = await cli.run(['config'], { env: { LEDGERPOST_API_KEY: 'not-to-be-seen' } });
  expect(stdout).toMatch(/^LEDGERPOST_SERVER_URL +http\S+ +environment/m);
  expect(stdout).toMatch(/^LEDGERPOST_PORT +4100 +default/m);
  expect(stdout).not.toContain('not-to-be-seen');
});

test('doctor finds a healthy installation healthy, and names what ails another', async () => {
  const healthy = await cli.run(['doctor'], { env: { LEDGERPOST_DATA_DIR: server.dataDir } });
  expect(healthy.stdout).not.toMatch(/ bad /);
  expect(healthy.code).toBe(0);
  const ill = await cli.run(['doctor'], {
    env: { LEDGERPOST_SERVER_URL: 'http://127.0.0.1:1', LEDGERPOST_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' },
  });
  expect(ill.code).toBe(10);
  expect(ill.stdout).toMatch(/^database +bad/m);
  expect(ill.stdout).toMatch(/^server +bad/m);
});

test('a key made here works, until it is deleted', async () => {
  const { id, apiKey } = await cli.json<{ id: string; apiKey: string }>(['keys', 'create', 'a laptop']);
  const withIt = { env: { LEDGERPOST_API_KEY: apiKey } };
  expect((await cli.run(['companies'], withIt)).code).toBe(0);
  await cli.run(['keys', 'delete', id]);
  expect((await cli.run(['companies'], withIt)).code).toBe(4);
});

test('migrate brings a new database up to date, and a second time finds nothing to do', async () => {
  const env = { LEDGERPOST_DATA_DIR: path.join(folder, 'data') };
  const first = await startCommand(['--json', 'migrate'], { env }).ended;
  const second = await startCommand(['--json', 'migrate'], { env }).ended;
  const { applied, known } = JSON.parse(first.stdout) as { applied: string[]; known: number };
  expect(applied).toHaveLength(known);
  expect(JSON.parse(second.stdout)).toEqual({ applied: [], known });
});

/** Answers whatever company is asked for, with one connection, and refuses what is pushed. */
async function listenOnce() {
  const id = randomUUID();
  const bodies: string[] = [];
  const listener = createServer((request, response) => {
    void text(request).then((body) => {
      if (request.method === 'POST') bodies.push(body);
      response.statusCode = request.method === 'POST' ? 400 : 200;
      response.end(JSON.stringify({ id, name: COMPANY, created: '', dataConnections: [{ id, status: 'Linked' }] }));
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void listener.close());
  return { id, bodies, url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}` };
}
