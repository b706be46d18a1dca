// The daily quota: what callers are told of it, and what happens once it is used up.
import { afterEach, expect, test } from 'vitest';
import { makeQuota } from '../../src/api/quota.ts';
import { ROLES } from '../../src/config.ts';
import { startApi, type TestApi } from '../support/api.ts';

let apis: TestApi[] = [];
afterEach(async () => {
  for (const api of apis) await api.stop();
  apis = [];
});

const NOON = Date.UTC(2026, 10, 20, 12);
const MIDNIGHT = Date.UTC(2026, 10, 21);

async function apiWithQuota(dailyQuota: number) {
  const time = { nowMs: NOON };
  const clock = { now: () => new Date(time.nowMs) };
  const config = { statuses: 'codat', strict: false, roles: new Set(ROLES), dailyQuota } as const;
  const api = await startApi({ clock, config });
  apis.push(api);
  const told = () =>
    api.db.query<{ event_type: string; payload: object; company_id: null }>(
      '',
      'SELECT event_type, payload, company_id FROM events ORDER BY id',
    );
  const quotaHere = () => makeQuota({ db: api.db, clock, quota: dailyQuota, eventsStored: () => undefined });
  return { api, time, told, quotaHere };
}

const rateLimit = ({ headers }: { headers: Headers }) =>
  ['limit', 'remaining', 'reset'].map((name) => headers.get(`x-rate-limit-${name}`));

test('every answer to a caller with a key tells the quota, what is left of it, and when it begins anew', async () => {
  const { api } = await apiWithQuota(5_000);
  const reset = String(MIDNIGHT / 1_000);
  const answers = [
    await api.call('GET', '/companies'),
    await api.call('GET', '/companies/nobody'),
    await api.call('POST', '/companies', { text: '{' }),
    await api.call('PATCH', '/companies'),
    await api.call('GET', '/nowhere'),
  ];
  expect(answers.map((answer) => answer.status)).toEqual([200, 404, 400, 405, 404]);
  expect(answers.map(rateLimit)).toEqual(
    [4_999, 4_998, 4_997, 4_996, 4_995].map((left) => ['5000', String(left), reset]),
  );
});

test('callers without a key are told nothing and use up nothing', async () => {
  const { api } = await apiWithQuota(5_000);
  const none = { headers: { authorization: undefined } };
  for (const target of ['/health', '/openapi.json', '/companies']) {
    expect(rateLimit(await api.call('GET', target, none))).toEqual([null, null, null]);
  }
  expect(rateLimit(await api.call('GET', '/companies'))[1]).toBe('4999');
});

test('past the quota a request is refused, not done, and told when to come back; the next day all goes on', async () => {
  const { api, time } = await apiWithQuota(3);
  for (let left = 2; left >= 0; left--) {
    expect(rateLimit(await api.call('GET', '/companies'))[1]).toBe(String(left));
  }
  const refused = await api.call('POST', '/companies', { body: { name: 'One too many' } });
  expect(refused.body).toMatchObject({ statusCode: 429, service: 'PublicApi', canBeRetried: 'True' });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, String(12 * 3_600)]);
  expect(rateLimit(refused)).toEqual(['3', '0', String(MIDNIGHT / 1_000)]);
  time.nowMs = MIDNIGHT - 400;
  expect((await api.call('GET', '/companies')).headers.get('retry-after')).toBe('1');
  time.nowMs = MIDNIGHT;
  const list = await api.call('GET', '/companies');
  expect([list.status, list.body['totalResults']]).toEqual([200, 0]);
  expect(rateLimit(list)).toEqual(['3', '2', String(MIDNIGHT / 1_000 + 86_400)]);
});

test('consumers are told once a day that the quota is used up, and once that it begins anew', async () => {
  const { api, time, told, quotaHere } = await apiWithQuota(2);
  const other = quotaHere();
  for (let request = 0; request < 6; request++) await api.call('GET', '/companies');
  await other.tellReset();
  const reached = {
    event_type: 'client.rateLimit.reached',
    company_id: null,
    payload: { dailyQuota: 2, quotaRemaining: 0, expiryDate: '2026-11-21T00:00:00.000Z' },
  };
  expect(await told()).toEqual([reached]);
  time.nowMs = MIDNIGHT;
  await Promise.all([other.tellReset(), quotaHere().tellReset()]);
  await other.tellReset();
  const reset = {
    event_type: 'client.rateLimit.reset',
    company_id: null,
    payload: { dailyQuota: 2, quotaRemaining: 2, expiryDate: '2026-11-22T00:00:00.000Z' },
  };
  expect(await told()).toEqual([reached, reset]);
  for (let request = 0; request < 4; request++) await api.call('GET', '/companies');
  expect((await told()).map((event) => event.event_type)).toEqual([
    'client.rateLimit.reached',
    'client.rateLimit.reset',
    'client.rateLimit.reached',
  ]);
});

test.each([1, 7, 250, 1_000])('processes together let through a quota of %i and not one more', async (quota) => {
  const { api, quotaHere } = await apiWithQuota(quota);
  const reply = { header: () => undefined };
  const processes = [quotaHere(), quotaHere(), quotaHere()];
  const charges = processes.flatMap(({ charge }) =>
    Array.from({ length: quota }, () => charge(reply).then(() => 'through' as const, String)),
  );
  const outcomes = await Promise.all(charges);
  expect(outcomes.filter((outcome) => outcome === 'through')).toHaveLength(quota);
  expect(new Set(outcomes)).toEqual(new Set(['through', 'Error: Rate limit exceeded']));
  expect((await api.call('GET', '/companies')).status).toBe(429);
});

test('the database is asked once for very many requests', async () => {
  const { api } = await apiWithQuota(10_000_000);
  for (let request = 0; request < 50; request++) await api.call('GET', '/companies');
  expect(await api.db.query('', 'SELECT reserved FROM quota_usage')).toEqual([{ reserved: 1_000 }]);
});

test('a request refused for the quota gives its Idempotency-Key back', async () => {
  const { api, time } = await apiWithQuota(1);
  await api.call('GET', '/companies');
  const call = { headers: { 'Idempotency-Key': 'mine' }, body: { name: 'Patient Ltd' } };
  expect((await api.call('POST', '/companies', call)).status).toBe(429);
  time.nowMs = MIDNIGHT;
  const done = await api.call('POST', '/companies', call);
  expect([done.status, done.headers.get('idempotent-replay')]).toEqual([200, null]);
});
