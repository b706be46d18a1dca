/**
 * `node bench/webhooks.ts`: how many signed deliveries a second reach one local consumer, each stored with its answer;
 * alone, and beside consumers that never answer. Events are written by the database itself; the rest is the real way.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type pg from 'pg';
import { Webhook } from 'svix';
import { median } from './measure.ts';
import { withOwnServer, type OwnServer } from './own-server.ts';

const EVENTS_A_ROUND = 5_000;
const ROUNDS = 3;
const STUCK_CONSUMERS = 5;
const DELIVERIES_PER_SECOND_MIN = 500;
/** Every so many deliveries the signature is checked by the library: checking all would measure the check. */
const CHECKED_EVERY = 50;
const DONE_MS_MAX = 120_000;
const apiKey = 'bench_webhooks';

async function run({ server, client }: OwnServer): Promise<void> {
  const consumer = await startConsumer();
  const stuck = await startConsumer({ answers: false });
  try {
    consumer.secret = await register(server.url, consumer.url);
    const alone = await rounds(client, consumer);
    for (let index = 0; index < STUCK_CONSUMERS; index += 1) await register(server.url, stuck.url);
    const beside = await rounds(client, consumer);
    print({ alone, beside }, server.memory());
  } finally {
    consumer.close();
    stuck.close();
  }
}

interface Consumer {
  readonly url: string;
  secret: string;
  readonly received: Set<string>;
  readonly close: () => void;
}

async function startConsumer({ answers = true } = {}): Promise<Consumer> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (!answers) return;
      consumer.received.add(String(request.headers['webhook-id']));
      if (consumer.received.size % CHECKED_EVERY === 0) {
        new Webhook(consumer.secret).verify(Buffer.concat(chunks), request.headers as Record<string, string>);
      }
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const consumer: Consumer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    secret: '',
    received: new Set(),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return consumer;
}

async function register(server: string, url: string): Promise<string> {
  const answer = await fetch(`${server}/webhooks`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(apiKey).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ url, eventTypes: ['invoices.write.*'] }),
  });
  const body = (await answer.json()) as { secret: string };
  if (answer.status !== 201) throw new Error(`not registered: ${JSON.stringify(body)}`);
  return body.secret;
}

/** Deliveries a second of each round, from the commit of the events until the last outcome is stored. */
async function rounds(client: pg.Client, consumer: Consumer): Promise<number[]> {
  const rates: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    // The first one warms everything up.
    const events = round === 0 ? EVENTS_A_ROUND / 5 : EVENTS_A_ROUND;
    const before = consumer.received.size;
    await tell(client, events);
    const began = performance.now();
    for (;;) {
      const stored = await countDelivered(client);
      if (stored >= before + events) break;
      if (performance.now() - began > DONE_MS_MAX) throw new Error(`only ${stored - before} of ${events} delivered`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const seconds = (performance.now() - began) / 1_000;
    if (consumer.received.size !== before + events) throw new Error('what is stored is not what has come');
    if (round > 0) rates.push(Math.round(events / seconds));
  }
  return rates;
}

async function tell(client: pg.Client, events: number): Promise<void> {
  await client.query(
    `INSERT INTO events (id, company_id, event_type, generated_at, payload)
     SELECT gen_random_uuid(), $1, 'invoices.write.successful', now(), $2 FROM generate_series(1, $3)`,
    [randomUUID(), JSON.stringify(payload), events],
  );
  await client.query(`SELECT pg_notify('ledgerpost_events', '')`);
}

const payload = {
  id: randomUUID(),
  type: 'Create',
  referenceCompany: { id: randomUUID(), name: 'Bench', links: { portal: 'http://127.0.0.1/portal' }, tags: {} },
  connectionId: randomUUID(),
  requestedOnDate: '2026-01-01T00:00:00.000Z',
  completedOnDate: '2026-01-01T00:00:00.000Z',
  status: 'Success',
  record: { id: 'inv-1' },
};

async function countDelivered(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    `SELECT count(*) FROM webhook_messages WHERE state = 'delivered'`,
  );
  return Number(rows[0]?.count);
}

function print(figures: { readonly alone: number[]; readonly beside: number[] }, memory: unknown): void {
  console.log(
    `webhook deliveries, rounds of ${EVENTS_A_ROUND}, signed, each stored; server memory ${JSON.stringify(memory)}`,
  );
  for (const [what, rates] of [
    ['to one consumer', figures.alone],
    [`beside ${STUCK_CONSUMERS} that never answer`, figures.beside],
  ] as const) {
    const rate = median(rates);
    const verdict = rate >= DELIVERIES_PER_SECOND_MIN ? 'met   ' : 'MISSED';
    console.log(`${verdict}  ${what.padEnd(28)} ${rates.join(', ')} a second  (bar ${DELIVERIES_PER_SECOND_MIN})`);
  }
}

await withOwnServer({ name: 'webhooks', roles: 'api,webhooks', apiKey }, run);
