/** One key at several processes, and across a kill -9: still one push, one change, one answer. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { recordsIn } from '../support/books.ts';
import { untilAllEnded } from '../support/pushes.ts';
import {
  authorization,
  makeLinkedCompany,
  removeDataDir,
  startServer,
  type LinkedCompany,
  type ServerProcess,
} from '../support/server.ts';

let database: TestDatabase;
let company: LinkedCompany;
let first: ServerProcess;
let second: ServerProcess;
const dataDirs: string[] = [];

async function start(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const secretKey = 'the same text for both of the processes';
  const server = await startServer({
    env: { LEDGERPOST_DATABASE_URL: database.url, LEDGERPOST_SECRET_KEY: secretKey, ...env },
  });
  dataDirs.push(server.dataDir);
  return server;
}

beforeAll(async () => {
  database = await createTestDatabase();
  first = await start({});
  second = await start({ LEDGERPOST_SANDBOX_URL: first.sandboxUrl, LEDGERPOST_ROLES: 'api' });
  company = await makeLinkedCompany(first);
});
afterAll(async () => {
  await second.stop();
  await first.stop();
  for (const dataDir of dataDirs) await removeDataDir(dataDir);
  await database.drop();
});

async function post(server: ServerProcess, path: string, key: string, body: object) {
  const answer = await fetch(server.url + path, {
    method: 'POST',
    headers: {
      authorization: authorization(server.apiKey),
      'content-type': 'application/json',
      'idempotency-key': key,
    },
    body: JSON.stringify(body),
  });
  return {
    status: answer.status,
    isReplay: answer.headers.get('idempotent-replay') === 'true',
    text: await answer.text(),
  };
}

const account = (code: string) => ({ nominalCode: code, name: code, fullyQualifiedCategory: 'Asset.Current' });

async function inBooks(code: string): Promise<number> {
  const records = await recordsIn(first.sandboxUrl, company, 'accounts');
  return records.filter((record) => record.code === code).length;
}

test('the same key at two processes at once makes one push, one record and one answer', async () => {
  const keys = Array.from({ length: 20 }, () => randomUUID());
  const answers = await Promise.all(
    keys.map((key, index) =>
      Promise.all(
        [first, second, second, first].map((server) =>
          post(server, `${company.push}/accounts`, key, account(`77${String(index).padStart(2, '0')}`)),
        ),
      ),
    ),
  );
  for (const ofKey of answers) {
    expect(new Set(ofKey.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(ofKey.filter(({ isReplay }) => !isReplay)).toHaveLength(1);
  }
  const pushes = await untilAllEnded(first, company);
  expect(pushes).toHaveLength(keys.length);
  for (let index = 0; index < keys.length; index++) {
    expect(await inBooks(`77${String(index).padStart(2, '0')}`)).toBe(1);
  }
});

test('an answer with a secret is repeated by another process, and after a kill -9 and a new start', async () => {
  const key = randomUUID();
  const made = await post(first, '/apiKeys', key, { name: 'kept' });
  expect(made.status).toBe(201);
  expect(await post(second, '/apiKeys', key, { name: 'kept' })).toEqual({ ...made, isReplay: true });
  await second.kill();
  second = await start({ LEDGERPOST_SANDBOX_URL: first.sandboxUrl, LEDGERPOST_ROLES: 'api' });
  expect(await post(second, '/apiKeys', key, { name: 'kept' })).toEqual({ ...made, isReplay: true });
});

test('a process killed in the middle of writes leaves no key that cannot be used: every retry ends in one record', async () => {
  const codes = Array.from({ length: 60 }, (_, index) => `78${String(index).padStart(2, '0')}`);
  const sent = codes.map((code) =>
    post(second, `${company.push}/accounts`, `key-${code}`, account(code)).then(
      ({ status }) => status,
      () => 0,
    ),
  );
  await Promise.race(sent);
  await second.kill();
  const statuses = await Promise.all(sent);
  expect(statuses.every((status) => status === 200 || status === 0)).toBe(true);
  const retries = await Promise.all(
    codes.map((code) => post(first, `${company.push}/accounts`, `key-${code}`, account(code))),
  );
  expect(new Set(retries.map(({ status }) => status))).toEqual(new Set([200]));
  await untilAllEnded(first, company);
  for (const code of codes) expect(await inBooks(code)).toBe(1);
  second = await start({ LEDGERPOST_SANDBOX_URL: first.sandboxUrl, LEDGERPOST_ROLES: 'api' });
});
