/** The API and the webhooks role over one database: what is asked over HTTP is delivered to real consumers. */
import { afterAll, beforeAll, vi } from 'vitest';
import { systemClock } from '../../src/lib/clock.ts';
import { makeLog } from '../../src/lib/log.ts';
import { startWebhooks, type Webhooks } from '../../src/webhooks/worker.ts';
import { startApi, type TestApi } from './api.ts';
import { startTestConsumer, type Answering, type TestConsumer } from './webhook-consumer.ts';

export interface Registered {
  readonly id: string;
  readonly secret: string;
  readonly server: TestConsumer;
  /** Its path in the API. */
  readonly path: string;
}

export interface WebhookApi {
  readonly api: () => TestApi;
  readonly webhooks: () => Webhooks;
  readonly register: (registration?: Readonly<Record<string, unknown>>, answering?: Answering) => Promise<Registered>;
}

/** Long enough that nothing is tried again by itself while a test looks. */
const RETRY_SECONDS = [600, 600];

/** Call at the top of a test file: one server for all its tests. */
export function useWebhookApi(): WebhookApi {
  let api: TestApi;
  let webhooks: Webhooks;
  const servers: TestConsumer[] = [];
  beforeAll(async () => {
    api = await startApi({}, { eventsStored: () => webhooks?.wake() });
    webhooks = startWebhooks({
      db: api.db,
      clock: systemClock,
      sealer: api.companies.sealer,
      log: makeLog('silent', systemClock),
      allowPrivateWebhooks: true,
      webhookHttpsOnly: false,
      webhookRetrySeconds: RETRY_SECONDS,
      random: Math.random,
    });
  });
  afterAll(async () => {
    // The consumers first: a worker would otherwise wait for answers that never come.
    for (const server of servers) await server.close();
    await webhooks?.stop();
    await api?.stop();
  });
  return {
    api: () => api,
    webhooks: () => webhooks,
    register: async (registration = {}, answering) => {
      const server = await startTestConsumer(answering);
      servers.push(server);
      const body = { url: `${server.url}/hook`, eventTypes: ['*'], ...registration };
      const made = await api.call<{ id: string; secret: string }>('POST', '/webhooks', { body });
      if (made.status !== 201) throw new Error(`Not registered: ${made.text}`);
      return { id: made.body.id, secret: made.body.secret, server, path: `/webhooks/${made.body.id}` };
    },
  };
}

export const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 50_000, interval: 10 });
