/** What is kept of late look-ups: bounded in number and time, and never a failure. */
import { expect, test } from 'vitest';
import { makeRecent } from './recent.ts';

function counting(entriesMax = 10) {
  let clock = 0;
  const looks: string[] = [];
  const recent = makeRecent({ entriesMax, ttlMs: 1_000 }, () => clock);
  const get = (owner: string, name: string) =>
    recent.get(owner, name, async () => {
      looks.push(`${owner} ${name}`);
      return name.toUpperCase();
    });
  return { recent, get, looks, pass: (ms: number) => (clock += ms) };
}

test('what was looked up is looked up once, by all who ask, until its time is over', async () => {
  const { get, looks, pass } = counting();
  expect(await Promise.all([get('a', 'x'), get('a', 'x'), get('b', 'x')])).toEqual(['X', 'X', 'X']);
  pass(999);
  await get('a', 'x');
  expect(looks).toEqual(['a x', 'b x']);
  pass(1);
  await get('a', 'x');
  expect(looks).toEqual(['a x', 'b x', 'a x']);
});

test('one who is told to forget looks again, and the others do not', async () => {
  const { recent, get, looks } = counting();
  await get('a', 'x');
  await get('b', 'x');
  recent.forget('a');
  await get('a', 'x');
  await get('b', 'x');
  expect(looks).toEqual(['a x', 'b x', 'a x']);
});

test('what was not used for longest makes room', async () => {
  const { get, looks } = counting(2);
  await get('a', 'x');
  await get('a', 'y');
  await get('a', 'x');
  await get('a', 'z');
  await get('a', 'x');
  expect(looks).toEqual(['a x', 'a y', 'a z']);
  await get('a', 'y');
  expect(looks).toHaveLength(4);
});

test('a look that failed is made again', async () => {
  const { recent, get } = counting();
  await expect(recent.get('a', 'x', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await get('a', 'x')).toBe('X');
});
