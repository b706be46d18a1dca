/** The ring of connections with work. */
import { expect, test } from 'vitest';
import { makeLaneHints } from './lanes.ts';

test('connections are served in turn, and one that is hinted at again and again has one place', () => {
  const hints = makeLaneHints(() => undefined);
  for (const id of ['a', 'b', 'a', 'c', 'a']) hints.add(id);
  expect(hints.take(2)).toEqual(['a', 'b']);
  hints.add('a');
  expect(hints.take(5)).toEqual(['c', 'a']);
  expect(hints.size()).toBe(0);
});

test('of several times the earliest brings a connection back', async () => {
  const due = Promise.withResolvers<void>();
  const hints = makeLaneHints(due.resolve);
  hints.addAfter('a', 60_000);
  hints.addAfter('a', 5);
  hints.addAfter('a', 30_000);
  await due.promise;
  expect(hints.take(9)).toEqual(['a']);
  hints.close();
});
