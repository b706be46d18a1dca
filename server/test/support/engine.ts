/** A write engine on a database of its own, with a platform in memory whose every answer a test decides. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type {
  CallRates,
  Connector,
  FindOutcome,
  RepeatPolicy,
  WriteOutcome,
  WriteRequest,
} from '../../src/connectors/contract.ts';
import type { Database } from '../../src/db/pool.ts';
import { systemClock, type Clock } from '../../src/lib/clock.ts';
import { makeLog } from '../../src/lib/log.ts';
import { chartOfAccounts } from '../../src/models/chart-of-accounts.ts';
import type { Push } from '../../src/push/push.ts';
import { getPush, loadFile } from '../../src/push/queries.ts';
import { makeRequestPush, type PushRequest } from '../../src/push/request.ts';
import { makeSettle } from '../../src/push/settle.ts';
import { startEngine, type Engine, type EngineBounds } from '../../src/push/worker.ts';
import { findConfig } from '../../src/supplemental/config.ts';
import { createTestDatabase } from './database.ts';

export interface TestPlatform {
  /** Keys of the pushes that the platform has in its books, in the order of their arrival. */
  readonly books: string[];
  /** Every request that reached it. */
  readonly requests: WriteRequest[];
  callsInFlightMax: number;
  /** How it answers a send; by default it writes and says so. */
  answer: (request: WriteRequest, write: () => WriteOutcome) => WriteOutcome | Promise<WriteOutcome>;
  find: ((request: WriteRequest) => FindOutcome | Promise<FindOutcome>) | undefined;
  /** What it says of writes in doubt; by default that they are found before they are sent again. */
  repeat: RepeatPolicy;
}

export const accountBody = { nominalCode: '4200', name: 'Sundries', fullyQualifiedCategory: 'Asset.Current' };

export async function makeTestEngine(
  options: {
    bounds?: Partial<EngineBounds>;
    callsInFlight?: number;
    /** How long what a frozen process sent may still be carried out. */
    callTimeoutMs?: number;
    rates?: CallRates;
  } = {},
) {
  const { database: db, drop } = await createTestDatabase();
  const platform = makePlatform();
  const connector = {
    ...makeConnector(platform, {
      callsInFlight: options.callsInFlight ?? 4,
      callTimeoutMs: options.callTimeoutMs ?? 2_000,
    }),
    ...(options.rates && { rates: () => options.rates ?? {} }),
  };
  const started: Engine[] = [];
  const requestPush = makeRequestPush({
    db,
    clock: systemClock,
    onAccepted: (ids) => ids.forEach((id) => started.forEach((engine) => engine.wake(id))),
  });

  const company = await makeCompany(db);
  return {
    db,
    platform,
    company,
    start(bounds: Partial<EngineBounds> = {}, clock: Clock = systemClock): Engine {
      const engine = startEngine({
        db,
        settle: makeSettle({ db, clock, publicUrl: () => 'http://localhost', onEvents: () => undefined }),
        clock,
        log: makeLog('error', systemClock),
        connectors: [connector],
        connectorFor: () => connector,
        openLink: () => ({}),
        supplementalConfig: (platformKey, dataType) => findConfig(db, { platformKey, dataType }),
        loadFile: (pushId) => loadFile(db, pushId),
        onUnlinked: () => Promise.resolve(),
        random: () => 0,
        bounds: { housekeepingMs: 50, ...options.bounds, ...bounds },
      });
      started.push(engine);
      return engine;
    },
    async request(request: Partial<PushRequest> = {}): Promise<Push> {
      const outcome = await requestPush({
        companyId: company.id,
        connectionId: company.connectionId,
        dataType: 'chartOfAccounts',
        kind: 'create',
        bodyText: JSON.stringify(accountBody),
        allowSync: true,
        forceUpdate: false,
        correlationId: 'c0ffee',
        ...request,
      });
      if (outcome.kind === 'refused') throw new Error(`${outcome.code} ${outcome.about}`);
      return outcome.push;
    },
    get: async (push: Push): Promise<Push> => {
      const found = await getPush(db, { companyId: push.companyId, pushId: push.id });
      if (found === undefined) throw new Error(`there is no push ${push.id}`);
      return found;
    },
    async until(push: Push, state: Push['state']): Promise<Push> {
      await expect.poll(async () => (await this.get(push)).state).toBe(state);
      return this.get(push);
    },
    async close(): Promise<void> {
      await Promise.all(started.map((engine) => engine.stop()));
      await drop();
    },
  };
}

export async function makeCompany(db: Database) {
  const company = { id: randomUUID(), connectionId: randomUUID() };
  await db.execute('', `INSERT INTO companies (id, name, created_at) VALUES ($1, 'Toft stores', now())`, [company.id]);
  await db.execute(
    '',
    `INSERT INTO connections (id, company_id, platform_key, status, link_sealed, link_token, created_at)
     VALUES ($1, $2, 'test', 'Linked', '\\x00', $1::uuid::text, now())`,
    [company.connectionId, company.id],
  );
  return company;
}

function makePlatform(): TestPlatform {
  const books: string[] = [];
  return {
    books,
    requests: [],
    callsInFlightMax: 0,
    repeat: 'find-before-resend',
    answer: (_request, write) => write(),
    find: (request) =>
      books.includes(request.pushOperationKey)
        ? { kind: 'found', changes: [created(request)], evidence: 'it is in the books' }
        : { kind: 'absent', evidence: 'it is not in the books' },
  };
}

function created(request: WriteRequest) {
  return {
    type: 'Created',
    recordRef: { id: request.recordId ?? `acc_${request.pushOperationKey}`, dataType: 'chartOfAccounts' },
  } as const;
}

function makeConnector(
  platform: TestPlatform,
  limits: Pick<Connector['limits'], 'callsInFlight' | 'callTimeoutMs'>,
): Connector {
  let callsInFlightNow = 0;
  const send = async (_session: unknown, request: WriteRequest) => {
    platform.requests.push(request);
    callsInFlightNow += 1;
    platform.callsInFlightMax = Math.max(platform.callsInFlightMax, callsInFlightNow);
    try {
      return await platform.answer(request, () => {
        platform.books.push(request.pushOperationKey);
        return { kind: 'written', changes: [created(request)], record: { id: 'acc_1' } };
      });
    } finally {
      callsInFlightNow -= 1;
    }
  };
  const write = {
    model: chartOfAccounts,
    repeatFor: () => platform.repeat,
    send,
    find: async (_session: unknown, request: WriteRequest): Promise<FindOutcome> =>
      (await platform.find?.(request)) ?? { kind: 'cannot-tell', evidence: 'the platform has no search' },
  } as const;
  return {
    platform: {
      key: 'test',
      integrationId: randomUUID(),
      sourceId: randomUUID(),
      name: 'Test',
      sourceType: 'Accounting',
      linkFields: [],
    },
    limits: { ...limits, lateCommitMs: 0 },
    writes: { chartOfAccounts: { create: write, update: write, delete: write } },
    reads: {},
    authorize: () => Promise.resolve({ kind: 'linked', link: {}, info: {} }),
    secretsOf: () => [],
    open: () => ({}),
  };
}
