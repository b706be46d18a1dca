/** What tests of webhooks share: a database, a clock that stands still until it is moved, and events to tell. */
import { afterEach, beforeEach } from 'vitest';
import type { Database } from '../../src/db/pool.ts';
import { writeEvent } from '../../src/events/event.ts';
import { insertEvents } from '../../src/events/queries.ts';
import { systemClock, type Clock } from '../../src/lib/clock.ts';
import { uuidv7 } from '../../src/lib/ids.ts';
import { makeLog } from '../../src/lib/log.ts';
import { makeSealer } from '../../src/lib/seal.ts';
import { createConsumer, type ConsumersContext } from '../../src/webhooks/change-consumer.ts';
import { startWebhooks, type Webhooks } from '../../src/webhooks/worker.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { startTestConsumer, type Answering, type TestConsumer } from './webhook-consumer.ts';

export const SECRET_KEY = 'a secret key for the tests of webhooks';
export const RETRY_SECONDS = [5, 300, 1800, 7200, 18_000, 36_000, 36_000];

export interface StandingClock extends Clock {
  readonly move: (seconds: number) => void;
}

export function standingClock(): StandingClock {
  // Near the machine's own time, because verifiers of signatures compare with that.
  let now = systemClock.now();
  return { now: () => now, move: (seconds) => (now = new Date(now.getTime() + seconds * 1000)) };
}

export interface WebhookRig {
  readonly testDatabase: () => TestDatabase;
  readonly db: () => Database;
  readonly clock: () => StandingClock;
  readonly context: () => ConsumersContext;
  /** Stopped after the test. */
  readonly start: (clock?: Clock) => Webhooks;
  /** A server and its registration; closed after the test. */
  readonly consumer: (
    answering?: Answering,
    registration?: { eventTypes?: string[]; companyTags?: string[]; disabled?: boolean; rateLimit?: number },
  ) => Promise<{ id: string; secret: string; server: TestConsumer }>;
  readonly tell: (count: number, tags?: Record<string, string>) => Promise<void>;
}

/** Call at the top of a test file. */
export function useWebhookRig(): WebhookRig {
  let testDatabase: TestDatabase;
  let clock: StandingClock;
  let ends: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    testDatabase = await createTestDatabase();
    clock = standingClock();
  });
  afterEach(async () => {
    // The servers first: a worker would otherwise wait for answers that never come.
    for (const end of ends.toReversed()) await end();
    ends = [];
    await testDatabase.drop();
  });
  const sealer = makeSealer(SECRET_KEY);
  const db = () => testDatabase.database;
  const context = () => ({
    db: db(),
    clock,
    sealer,
    allowPrivateWebhooks: true,
    webhookHttpsOnly: false,
    webhookConsumersMax: 50,
    publicUrl: () => 'http://127.0.0.1:4100',
    eventsStored: () => undefined,
  });
  return {
    testDatabase: () => testDatabase,
    db,
    clock: () => clock,
    context,
    start: (workerClock = clock) => {
      const log = makeLog('silent', systemClock);
      const webhooks = startWebhooks({
        ...context(),
        clock: workerClock,
        log,
        webhookRetrySeconds: RETRY_SECONDS,
        random: () => 0,
      });
      ends.unshift(() => webhooks.stop());
      return webhooks;
    },
    consumer: async (answering, registration = {}) => {
      const server = await startTestConsumer(answering);
      ends.push(() => server.close());
      const input = { url: `${server.url}/hook`, eventTypes: ['*'], ...registration };
      const { consumer, secret } = await createConsumer(context(), input);
      return { id: consumer.id, secret, server };
    },
    tell: async (count, tags = {}) => {
      const now = clock.now();
      const company = { id: uuidv7(now.getTime()), name: 'Toft', description: undefined, tags };
      const events = Array.from({ length: count }, () =>
        writeEvent(
          {
            pushId: uuidv7(now.getTime()),
            company,
            connectionId: uuidv7(now.getTime()),
            dataType: 'invoices',
            kind: 'create',
            requestedAt: now,
            completedAt: now,
            status: 'Success',
            recordId: 'inv-1',
          },
          { publicUrl: 'http://127.0.0.1:4100', now },
        ),
      );
      await insertEvents(db(), events);
    },
  };
}

interface StoredMessage {
  readonly consumer_id: string;
  readonly state: string;
  readonly attempts: number;
  readonly next_attempt_at: Date;
}

export function messagesIn(db: Database): Promise<StoredMessage[]> {
  return db.query('', 'SELECT consumer_id, state, attempts, next_attempt_at FROM webhook_messages ORDER BY id');
}

interface StoredAttempt {
  readonly number: number;
  readonly started_at: Date;
  readonly status_code: number | null;
  readonly response_body: string | null;
  readonly error: string | null;
}

export function attemptsIn(db: Database): Promise<StoredAttempt[]> {
  return db.query(
    '',
    'SELECT number, started_at, status_code, response_body, error FROM webhook_attempts ORDER BY message_id, number',
  );
}
