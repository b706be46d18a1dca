// GET …/push/{key}?wait=: the answer is held back until the push has ended, whoever ends it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeLinkedConnection, startApi, type TestApi } from '../support/api.ts';
import { endPush } from '../support/ended-pushes.ts';

let api: TestApi;
let connection: Awaited<ReturnType<typeof makeLinkedConnection>>;

beforeAll(async () => {
  api = await startApi();
  connection = await makeLinkedConnection(api);
});
afterAll(() => api.stop());

interface Operation {
  readonly pushOperationKey: string;
  readonly status: string;
}

async function pushed(): Promise<string> {
  const body = { customerName: 'Bob', status: 'Active' };
  return (await api.call<Operation>('POST', `${connection.prefix}/push/customers`, { body })).body.pushOperationKey;
}
const get = (key: string, wait: string) =>
  api.call<Operation>('GET', `/companies/${connection.companyId}/push/${key}?wait=${wait}`);
const end = (id: string) => endPush(api.db, { ...connection, id }, { move: 'expire' });

test(
  'whoever waits for a push is answered as soon as it has ended, in whichever process',
  { timeout: 40_000 },
  async () => {
    const key = await pushed();
    // Longer than this test may take: an answer in time is an answer because of the end.
    const waiting = get(key, '60');
    await end(key);
    expect((await waiting).body).toMatchObject({ pushOperationKey: key, status: 'TimedOut' });
  },
);

test('whoever waits for a push that does not end in time is told that it is pending', async () => {
  expect((await get(await pushed(), '1')).body.status).toBe('Pending');
});

test('many may wait, for one push and for many', { timeout: 40_000 }, async () => {
  const keys = await Promise.all(Array.from({ length: 20 }, pushed));
  const waiting = Promise.all([...keys, ...keys].map((key) => get(key, '60')));
  await Promise.all(keys.map(end));
  expect((await waiting).map(({ body }) => body.status)).toEqual(Array.from({ length: 40 }, () => 'TimedOut'));
});

test.each(['61', '-1', 'soon', '1.5', ''])('a wait of "%s" is refused by name', async (wait) => {
  const answer = await get(await pushed(), wait);
  expect(answer.status).toBe(400);
  expect(answer.text).toContain('wait');
});
