/**
 * Consumers as they are in life: away, slow, resetting connections, and answering what is not so; and kill -9 of the
 * server in the middle. Every push's end is told to each of them at least once, always under one id, validly signed.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'svix';
import { afterEach, expect, test } from 'vitest';
import { control } from '../support/books.ts';
import { pushAccount, untilAllEnded } from '../support/pushes.ts';
import { makeDataDir, makeLinkedCompany, removeDataDir, startServer, type ServerProcess } from '../support/server.ts';

let server: ServerProcess | undefined;
let dataDir = '';
const closings: (() => void)[] = [];

afterEach(async () => {
  await server?.stop();
  await removeDataDir(dataDir);
  for (const close of closings.splice(0)) close();
});

type Treat = (request: http.IncomingMessage, response: http.ServerResponse, nth: number) => void;

interface Subscriber {
  readonly url: string;
  /** By push: the ids under which it was told, of deliveries that were answered with an honest 2xx. */
  readonly told: Map<string, Set<string>>;
  /** What came and was not validly signed. */
  readonly forged: string[];
  /** By message: how often it came. */
  readonly seen: Map<string, number>;
  secret: string;
  readonly listen: () => Promise<void>;
  readonly close: () => void;
}

/** Treats each delivery as told, by how often its message has come: only where nothing is done to it, it counts. */
async function subscriber(treat: Treat): Promise<Subscriber> {
  const httpServer = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const headers = request.headers as Record<string, string>;
      const id = headers['webhook-id'] ?? '';
      const nth = (each.seen.get(id) ?? 0) + 1;
      each.seen.set(id, nth);
      try {
        const { payload } = new Webhook(each.secret).verify(body, headers) as { payload: { id: string } };
        each.told.set(payload.id, (each.told.get(payload.id) ?? new Set()).add(id));
      } catch (error) {
        each.forged.push(String(error));
      }
      treat(request, response, nth);
    });
  });
  const listenOn = (port: number) =>
    new Promise<void>((resolve) => httpServer.listen(port, '127.0.0.1', () => resolve()));
  await listenOn(0);
  const { port } = httpServer.address() as AddressInfo;
  const each: Subscriber = {
    url: `http://127.0.0.1:${port}/`,
    told: new Map(),
    forged: [],
    seen: new Map(),
    secret: '',
    listen: () => listenOn(port),
    close: () => {
      httpServer.close();
      httpServer.closeAllConnections();
    },
  };
  closings.push(each.close);
  return each;
}

const accept = (response: http.ServerResponse) => void response.writeHead(204).end();
/** Three starts and two leases, on a machine that does much besides. */
const bound = { timeout: 300_000 };
const PUSHES = 60;
const codes = Array.from({ length: PUSHES }, (_, index) => `7${String(index).padStart(3, '0')}`);
// Short at first; then long enough that a consumer is not given up while a busy machine starts servers.
const env = { LEDGERPOST_WEBHOOK_RETRY_SECONDS: [...Array(6).fill('0.5'), ...Array(44).fill('5')].join(',') };

test(
  'every end of a push is told to consumers that are away, slow, resetting and lying, through two kills',
  bound,
  async () => {
    dataDir = await makeDataDir();
    server = await startServer({ dataDir, env });
    const away = await subscriber((_, response) => accept(response));
    const held: http.ServerResponse[] = [];
    let isSlow = true;
    const slow = await subscriber((_, response) => void (isSlow ? held.push(response) : accept(response)));
    const resetting = await subscriber((request, response, nth) =>
      nth <= 2 ? request.socket.resetAndDestroy() : accept(response),
    );
    const lies: readonly ((response: http.ServerResponse) => void)[] = [
      // A success that breaks off, one that leads elsewhere, one with a body that never ends well, and one that is none.
      (response) => void response.writeHead(200, { 'content-length': 100 }).write('so', () => response.destroy()),
      (response) => void response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
      (response) => void response.socket?.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'),
      (response) => void response.writeHead(500).end('200 OK'),
    ];
    const lying = await subscriber((_, response, nth) => (lies[nth - 1] ?? accept)(response));
    const everybody = [away, slow, resetting, lying];
    for (const each of everybody) {
      const body = { url: each.url, eventTypes: ['chartOfAccounts.write.*'] };
      const made = await server.call<{ secret: string }>('POST', '/webhooks', body);
      each.secret = made.body.secret;
    }
    away.close();

    const company = await makeLinkedCompany(server);
    await control(server.sandboxUrl, { latencyMs: 20 });
    const accepted: { pushOperationKey: string }[] = [];
    for (const part of [codes.slice(0, PUSHES / 2), codes.slice(PUSHES / 2)]) {
      const running: ServerProcess = server;
      const before = lying.seen.size;
      accepted.push(...(await Promise.all(part.map((code) => pushAccount(running, company, code)))));
      // In the middle: some were told and some were not.
      await expect.poll(() => lying.seen.size, { timeout: 120_000, interval: 5 }).toBeGreaterThan(before + 3);
      await running.kill();
      server = await startServer({ dataDir, env });
    }
    const ended = await untilAllEnded(server, company, 120_000);
    expect(ended).toHaveLength(PUSHES);
    isSlow = false;
    for (const response of held.splice(0)) accept(response);
    await away.listen();

    const keys = accepted.map(({ pushOperationKey }) => pushOperationKey).toSorted();
    for (const each of everybody) {
      await expect.poll(() => [...each.told.keys()].toSorted(), { timeout: 120_000 }).toEqual(keys);
      expect([...each.told.values()].filter((ids) => ids.size !== 1)).toEqual([]);
      expect(each.forged).toEqual([]);
    }
    // And each was believed only once it told the truth.
    await expect
      .poll(() => [...lying.seen.values()].filter((times) => times <= lies.length), { timeout: 120_000 })
      .toEqual([]);
    await expect
      .poll(() => [...resetting.seen.values()].filter((times) => times <= 2), { timeout: 120_000 })
      .toEqual([]);
    const running: ServerProcess = server;
    const delivered = async () => {
      const { body } = await running.call<{ results: { id: string }[] }>('GET', '/webhooks');
      const lists = body.results.map(({ id }) =>
        running.call<{ totalResults: number }>('GET', `/webhooks/${id}/messages?status=Success`),
      );
      return (await Promise.all(lists)).map(({ body: { totalResults } }) => totalResults);
    };
    await expect.poll(delivered, { timeout: 120_000 }).toEqual(everybody.map(() => PUSHES));
  },
);
