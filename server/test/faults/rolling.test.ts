/** Servers that are replaced one after the other while clients write: no push is lost, doubled or told twice. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { control, recordsIn } from '../support/books.ts';
import type { Passage } from '../support/platform-proxy.ts';
import { pushAccount, untilAllEnded } from '../support/pushes.ts';
import { authorization, makeLinkedCompany, type LinkedCompany, type ServerProcess } from '../support/server.ts';
import { prepareServers, type SeveralServers } from '../support/several-servers.ts';

let place: SeveralServers;
let servers: ServerProcess[];
let company: LinkedCompany;

beforeAll(async () => {
  place = await prepareServers();
  servers = [await place.start(), await place.start()];
  company = await makeLinkedCompany(servers[0] as ServerProcess);
  await control(place.sandboxUrl, { idempotency: 'ignore', latencyMs: 10 });
});
afterAll(() => place.close());

/** Readings of the books pass there too, and go on beside the writes. */
const isSend = ({ method, path }: Passage) => method === 'POST' && path.endsWith('/accounts');
const sends = () => place.proxy.passages.filter(isSend);

/** Or a start of three seconds lets thousands of pushes pile up. */
const PAUSE_OF_A_CLIENT_MS = 30;

/** As a careful client does it: again with the same key, at another server, until one answers. */
async function write(code: string): Promise<void> {
  const key = randomUUID();
  const body = JSON.stringify({ nominalCode: code, name: code, fullyQualifiedCategory: 'Asset.Current' });
  for (let attempt = 0; attempt < 200; attempt++) {
    const server = servers[attempt % servers.length] as ServerProcess;
    const headers = {
      authorization: authorization(server.apiKey),
      'content-type': 'application/json',
      'idempotency-key': key,
    };
    const url = `${server.url}${company.push}/accounts`;
    const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`no server took ${code}`);
}

test('a rolling restart of two servers under load loses nothing, doubles nothing and leaves nothing in doubt', async () => {
  const codes: string[] = [];
  let isWriting = true;
  const client = async () => {
    while (isWriting) {
      const code = `W${codes.length}`;
      codes.push(code);
      await write(code);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_OF_A_CLIENT_MS));
    }
  };
  const clients = Array.from({ length: 6 }, client);
  const acceptedAtLeast = (count: number) => expect.poll(() => codes.length).toBeGreaterThan(count);
  for (const index of [0, 1]) {
    await acceptedAtLeast(codes.length + 60);
    const fresh = await place.start();
    const [old] = servers.splice(index, 1, fresh);
    expect(await old?.stop(), old?.output()).toBe(0);
  }
  await acceptedAtLeast(codes.length + 60);
  isWriting = false;
  await Promise.all(clients);

  const ended = await untilAllEnded(servers[0] as ServerProcess, company);
  expect(ended.filter(({ status }) => status !== 'Success')).toEqual([]);
  expect(ended).toHaveLength(codes.length);
  const records = await recordsIn(place.sandboxUrl, company, 'accounts');
  const written = records.flatMap(({ code = '' }) => (code.startsWith('W') ? [code] : []));
  expect(written.toSorted()).toEqual(codes.toSorted());
  // On a starved machine a process may lose a lease, and another looks; nothing was refused, cut off or sent again.
  const { query } = place.database.database;
  const outcomes = await query(
    '',
    `SELECT DISTINCT outcome FROM push_attempts WHERE step = 'send' AND moved_to IS NOT NULL`,
  );
  expect(outcomes).toEqual([{ outcome: 'written' }]);
  expect(sends()).toHaveLength(codes.length);
  const events = await query('', `SELECT payload ->> 'id' AS id FROM events WHERE event_type LIKE '%.write.%'`);
  expect(events).toHaveLength(codes.length);
});

test('a server that is stopped hears the answer to what it has sent, and leaves nothing behind that it holds', async () => {
  const [stopped, other] = servers as [ServerProcess, ServerProcess];
  // Nobody else is there to finish it.
  await other.stop();
  const answers = Promise.withResolvers<void>();
  place.proxy.treat = (passage) => (isSend(passage) ? { after: answers.promise } : undefined);
  const sentBefore = sends().length;
  const pushes = await Promise.all(['S1', 'S2', 'S3'].map((code) => pushAccount(stopped, company, code)));
  const keys = pushes.map(({ pushOperationKey }) => pushOperationKey);
  await expect.poll(() => sends().length - sentBefore).toBe(keys.length);
  const exit = stopped.stop();
  answers.resolve();
  expect(await exit, stopped.output()).toBe(0);
  const rows = await place.database.database.query(
    '',
    `SELECT p.state, p.attempts, p.lease_token, array_agg(a.step || ' ' || a.outcome) AS steps
     FROM pushes p JOIN push_attempts a ON a.push_id = p.id WHERE p.id = ANY ($1::uuid[]) GROUP BY p.id`,
    [keys],
  );
  const heard = { state: 'succeeded', attempts: 1, lease_token: null, steps: ['send written'] };
  expect(rows).toEqual(keys.map(() => heard));
});
