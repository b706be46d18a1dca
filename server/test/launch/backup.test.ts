/** Backup and restore as the documents describe them: of the embedded database's folder, and of a database of one's own. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { clientConfig, withDatabase } from '../../src/db/connection.ts';
import { readDocument } from '../docs/documents.ts';
import { control, recordsIn } from '../support/books.ts';
import { getPush, pushAccount, untilEnded } from '../support/pushes.ts';
import { makeDataDir, makeLinkedCompany, removeDataDir, startServer, type ServerProcess } from '../support/server.ts';
import { prepareServers, type SeveralServers } from '../support/several-servers.ts';

/** Two or three starts of everything, one after the other. */
const STARTS_MS_MAX = 240_000;

let servers: ServerProcess[] = [];
let place: SeveralServers | undefined;
afterEach(async () => {
  for (const server of servers) await server.stop();
  for (const dataDir of new Set(servers.map((server) => server.dataDir))) await removeDataDir(dataDir);
  await place?.close();
  servers = [];
  place = undefined;
});

async function start(dataDir: string): Promise<ServerProcess> {
  const server = await startServer({ dataDir });
  servers.push(server);
  return server;
}

test(
  'a copy of the data folder of a stopped server is a backup: keys, books, pushes and all',
  async () => {
    const dataDir = await makeDataDir();
    const first = await start(dataDir);
    const company = await makeLinkedCompany(first);
    const before = await pushAccount(first, company, '7001');
    await untilEnded(first, company, before.pushOperationKey);
    await first.stop();
    const copy = `${dataDir}-copy`;
    await rm(copy, { recursive: true, force: true });
    await promisify(execFile)('cp', ['-a', dataDir, copy]);
    // What comes after the backup is what a restore loses.
    await rm(path.join(dataDir, 'database'), { recursive: true });

    const second = await start(copy);
    expect((await getPush(second, company, before.pushOperationKey)).status).toBe('Success');
    const after = await pushAccount(second, company, '7002');
    expect((await untilEnded(second, company, after.pushOperationKey)).status).toBe('Success');
  },
  STARTS_MS_MAX,
);

test(
  'after a restore nothing that was perhaps written since is sent until its connection is linked again',
  async () => {
    place = await prepareServers();
    const { database, sandboxUrl } = place;
    // It takes pushes in and sends none.
    const first = await place.start({ LEDGERPOST_ROLES: 'api' });
    const company = await makeLinkedCompany(first);
    await control(sandboxUrl, { idempotency: 'ignore' });
    const { pushOperationKey } = await pushAccount(first, company, '7001');
    await first.stop();
    // The backup, as it is taken in the middle: a push is queued. A template copy stands for the dump, whose tools are not here.
    const restored = `restored_${randomBytes(6).toString('hex')}`;
    const admin = new pg.Client(clientConfig(withDatabase(database.connection, 'postgres')));
    await admin.connect();
    await admin.query(`CREATE DATABASE ${restored} TEMPLATE ${new URL(database.url).pathname.slice(1)}`);
    const second = await place.start();
    expect((await untilEnded(second, company, pushOperationKey)).status).toBe('Success');
    await second.stop();

    const [fence] = /^UPDATE connections SET .*$/m.exec(readDocument('docs/deploy.md')) ?? [];
    const client = new pg.Client(clientConfig(withDatabase(database.connection, restored)));
    await client.connect();
    await client.query(fence ?? '');
    await client.end();
    const url = new URL(database.url);
    url.pathname = `/${restored}`;
    const third = await place.start({ LEDGERPOST_DATABASE_URL: url.href });
    await expect
      .poll(async () => (await getPush(third, company, pushOperationKey)).waitingOn?.reason)
      .toBe('connection-not-linked');
    const inBooks = async () =>
      (await recordsIn(sandboxUrl, company, 'accounts')).filter(({ code }) => code === '7001').length;
    expect(await inBooks()).toBe(1);
    await third.stop();
    await admin.query(`DROP DATABASE ${restored} WITH (FORCE)`);
    await admin.end();
  },
  STARTS_MS_MAX,
);
