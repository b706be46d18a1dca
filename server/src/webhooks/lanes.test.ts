/** One consumer's lane never takes places from another; sends end when the test says so. */
import { expect, it } from 'vitest';
import { makeLanes } from './lanes.ts';

/** Sends end when the test says so. */
function makeRig() {
  const sending = new Map<string, PromiseWithResolvers<void>>();
  let roomCalls = 0;
  const errors: unknown[] = [];
  const lanes = makeLanes<string>({
    inFlightMax: 2,
    fullAt: 4,
    send: async (message) => {
      const end = Promise.withResolvers<void>();
      sending.set(message, end);
      await end.promise.finally(() => sending.delete(message));
      return async () => undefined;
    },
    onRoom: () => (roomCalls += 1),
    onError: (error) => errors.push(error),
  });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return {
    lanes,
    errors,
    roomCalls: () => roomCalls,
    sending: () => [...sending.keys()],
    end: async (message: string) => {
      sending.get(message)?.resolve();
      await turn();
    },
    fail: async (message: string) => {
      sending.get(message)?.reject(new Error('no'));
      await turn();
    },
  };
}

it('a consumer that never answers takes up its own places and no others', () => {
  const { lanes, sending } = makeRig();
  for (const message of ['a1', 'a2', 'a3', 'a4']) lanes.add('a', message);
  lanes.add('b', 'b1');
  expect(sending()).toEqual(['a1', 'a2', 'b1']);
  expect(lanes.full()).toEqual(['a']);
});

it('a place that is free again goes to the oldest message, and room is told once', async () => {
  const { lanes, sending, end, roomCalls } = makeRig();
  for (const message of ['a1', 'a2', 'a3', 'a4']) lanes.add('a', message);
  await end('a2');
  expect(sending()).toEqual(['a1', 'a3']);
  expect([lanes.full(), roomCalls()]).toEqual([[], 1]);
  await end('a1');
  expect(roomCalls()).toBe(1);
});

it('a send that fails unexpectedly frees its place', async () => {
  const { lanes, sending, fail, errors } = makeRig();
  for (const message of ['a1', 'a2', 'a3']) lanes.add('a', message);
  await fail('a1');
  expect(sending()).toEqual(['a2', 'a3']);
  expect(errors).toHaveLength(1);
});

it('taking back the queue leaves what is under way, and idle waits for that', async () => {
  const { lanes, end } = makeRig();
  for (const message of ['a1', 'a2', 'a3', 'a4']) lanes.add('a', message);
  expect(lanes.takeQueued()).toEqual(['a3', 'a4']);
  let isIdle = false;
  const idle = lanes.idle().then(() => (isIdle = true));
  await end('a1');
  expect(isIdle).toBe(false);
  await end('a2');
  await idle;
  expect(lanes.full()).toEqual([]);
});

it('what another process lost has places of its own, as many as the ordinary ones', () => {
  const { lanes, sending } = makeRig();
  for (const message of ['a1', 'a2', 'a3', 'a4']) lanes.add('a', message);
  for (const message of ['lost1', 'lost2', 'lost3']) lanes.add('a', message, true);
  expect(sending()).toEqual(['a1', 'a2', 'lost1', 'lost2']);
  expect(lanes.takeQueued()).toEqual(['lost3', 'a3', 'a4']);
});
