/** Group commit. */
import { expect, test } from 'vitest';
import { makeBatcher } from './batcher.ts';

test('items that arrive together are flushed together, each with its own result', async () => {
  const batches: number[][] = [];
  const batcher = makeBatcher<number, number>({
    itemsMax: 10,
    flushesMax: 1,
    mayBeOneItem: () => false,
    flush: async (items) => {
      batches.push([...items]);
      return items.map((item) => item * 2);
    },
  });
  expect(await Promise.all([1, 2, 3].map(batcher.add))).toEqual([2, 4, 6]);
  expect(batches).toEqual([[1, 2, 3]]);
});

test('no batch is larger than its bound and no more run at once than allowed', async () => {
  let flushing = 0;
  let flushingMost = 0;
  const sizes: number[] = [];
  const batcher = makeBatcher<number, number>({
    itemsMax: 4,
    flushesMax: 2,
    mayBeOneItem: () => false,
    flush: async (items) => {
      sizes.push(items.length);
      flushing += 1;
      flushingMost = Math.max(flushingMost, flushing);
      for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
      flushing -= 1;
      return items;
    },
  });
  await Promise.all(Array.from({ length: 30 }, (_, index) => batcher.add(index)));
  expect(Math.max(...sizes)).toBe(4);
  expect(flushingMost).toBe(2);
  expect(batcher.waiting()).toBe(0);
});

test('one item that cannot be stored does not take the others of its batch down', async () => {
  const batcher = makeBatcher<number, number>({
    itemsMax: 10,
    flushesMax: 1,
    mayBeOneItem: () => true,
    flush: async (items) => {
      if (items.includes(2)) throw new Error('cannot store 2');
      return items;
    },
  });
  const results = await Promise.allSettled([1, 2, 3].map(batcher.add));
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('when the whole flush fails every item is told, and later items are flushed all the same', async () => {
  let isAway = true;
  const batcher = makeBatcher<number, number>({
    itemsMax: 10,
    flushesMax: 1,
    mayBeOneItem: () => false,
    flush: async (items) => {
      if (isAway) throw new Error('away');
      return items;
    },
  });
  await expect(Promise.all([batcher.add(1), batcher.add(2)])).rejects.toThrow('away');
  isAway = false;
  expect(await batcher.add(3)).toBe(3);
});
