/** A platform that limits calls: all processes together stay within the limit, and what waits says for how long. */
import { afterAll, afterEach, expect, test } from 'vitest';
import type { CallRates } from '../../src/connectors/contract.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { makeCallGates } from '../../src/rates/gate.ts';
import { makeCompany, makeTestEngine } from '../support/engine.ts';
import { listPushes, pushAccount } from '../support/pushes.ts';
import { makeLinkedCompany } from '../support/server.ts';
import { prepareServers, type SeveralServers } from '../support/several-servers.ts';

const HOUR_MS = 3_600_000;
/** Two servers and a sandbox, one after the other, on a machine that has other things to do. */
const STARTS_MS_MAX = 240_000;

let engine: Awaited<ReturnType<typeof makeTestEngine>> | undefined;
let place: SeveralServers | undefined;
afterEach(async () => {
  await engine?.close();
  engine = undefined;
});
afterAll(() => place?.close());

async function startTwo(rates: CallRates) {
  engine = await makeTestEngine({ rates });
  engine.start();
  engine.start();
  return engine;
}

type TestEngine = Awaited<ReturnType<typeof makeTestEngine>>;

/** As if an hour had passed for the limit. */
async function passAnHour({ db }: TestEngine): Promise<void> {
  await db.execute('', 'UPDATE call_rates SET slice = slice - 20');
}

/** Whatever waits may try at once. One that was just being refused is put back only afterwards: say it again. */
async function endWaits({ db }: TestEngine): Promise<void> {
  await db.execute('', `UPDATE pushes SET not_before = now() WHERE state = 'queued'`);
}

test('the limit of an application holds for all of its connections and all processes together', async () => {
  const started = await startTwo({ perApplication: { calls: 6, windowMs: HOUR_MS } });
  const { db, platform, get } = started;
  const other = await makeCompany(db);
  const ofOther = { companyId: other.id, connectionId: other.connectionId };
  const pushes = await Promise.all(
    Array.from({ length: 16 }, (_, index) => started.request(index % 2 === 0 ? {} : ofOther)),
  );
  const waiting = async () => {
    const seen = await Promise.all(pushes.map((push) => get(push)));
    return seen.filter(({ waitingOn }) => waitingOn?.reason === 'rate-limit');
  };
  await expect.poll(async () => (await waiting()).length, { timeout: 100_000 }).toBe(10);
  expect(platform.requests).toHaveLength(6);
  const tried = (await waiting()).filter(({ waitingOn }) => waitingOn?.notBefore !== undefined);
  expect(tried.length).toBeGreaterThan(0);
  const inMs = Math.max(...tried.map(({ waitingOn }) => Number(waitingOn?.notBefore) - systemClock.now().getTime()));
  expect(inMs).toBeGreaterThan(60_000);
  for (const sent of [12, 16]) {
    await passAnHour(started);
    const sentNow = async () => {
      await endWaits(started);
      return platform.requests.length;
    };
    await expect.poll(sentNow, { timeout: 100_000, interval: 500 }).toBe(sent);
  }
  expect(platform.books).toHaveLength(new Set(platform.books).size);
});

test('each connection has a limit of its own, and what waits was never begun', async () => {
  const started = await startTwo({ perConnection: { calls: 3, windowMs: HOUR_MS } });
  const { db, platform, get } = started;
  const other = await makeCompany(db);
  const pushes = await Promise.all([
    ...Array.from({ length: 5 }, () => started.request()),
    ...Array.from({ length: 5 }, () => started.request({ companyId: other.id, connectionId: other.connectionId })),
  ]);
  const reasons = async () => (await Promise.all(pushes.map(get))).map((push) => push.waitingOn?.reason ?? push.state);
  await expect
    .poll(async () => (await reasons()).toSorted())
    .toEqual([...Array.from({ length: 4 }, () => 'rate-limit'), ...Array.from({ length: 6 }, () => 'succeeded')]);
  expect(platform.requests).toHaveLength(6);
  const left = (await Promise.all(pushes.map(get))).filter(({ state }) => state === 'queued');
  expect(left.map(({ attempts }) => attempts)).toEqual([0, 0, 0, 0]);
});

test('reads leave a fifth of the calls to writes, and a platform without limits is not counted', async () => {
  engine = await makeTestEngine();
  const { db } = engine;
  const gates = makeCallGates(db);
  const connector = { platform: { key: 'test' }, rates: () => ({ perConnection: { calls: 10, windowMs: HOUR_MS } }) };
  const connection = { connectionId: engine.company.connectionId, link: {} };
  const gate = (purpose: 'read' | 'write') => gates.gateFor(connector, connection, purpose);
  const granted = async (purpose: 'read' | 'write') => {
    const answers = await Promise.all(Array.from({ length: 12 }, async () => gate(purpose)?.()));
    return answers.filter((wait) => wait === undefined).length;
  };
  expect(await granted('read')).toBe(8);
  expect(await granted('write')).toBe(2);
  expect(await granted('read')).toBe(0);
  const { rates: _, ...unlimited } = connector;
  expect(gates.gateFor(unlimited, connection, 'write')).toBeUndefined();
});

test(
  'two servers never call the sandbox more often in a minute than its connection allows',
  async () => {
    place = await prepareServers();
    const servers = [await place.start(), await place.start()] as const;
    const company = await makeLinkedCompany(servers[0], 'limited', { callsPerMinute: '10' });
    const codes = Array.from({ length: 24 }, (_, index) => `71${String(index).padStart(2, '0')}`);
    await Promise.all(codes.map((code, index) => pushAccount(servers[index % 2 === 0 ? 0 : 1], company, code)));
    const seen = () => place?.proxy.passages.filter(({ path }) => path.startsWith(`${company.books}/`)) ?? [];
    const limited = async () =>
      (await listPushes(servers[0], company)).filter((push) => push.waitingOn?.reason === 'rate-limit');
    await expect.poll(async () => (await limited()).length).toBeGreaterThan(0);
    await expect.poll(() => seen().length).toBeGreaterThanOrEqual(10);
    await expect.poll(async () => (await limited()).length).toBeGreaterThan(0);
    const times = seen().map(({ arrivedAtMs }) => arrivedAtMs);
    const inAMinuteFrom = (begin: number) => times.filter((at) => at >= begin && at < begin + 60_000).length;
    expect(Math.max(...times.map(inAMinuteFrom))).toBeLessThanOrEqual(10);
  },
  STARTS_MS_MAX,
);
