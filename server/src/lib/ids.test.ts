/** Identifiers. */
import { expect, test } from 'vitest';
import { isUuid, uuidv7 } from './ids.ts';

test('ids made one after another sort in that order, even within a millisecond and when the clock goes back', () => {
  const now = 1_790_000_000_000;
  const ids = Array.from({ length: 10_000 }, (_, index) => uuidv7(index < 9_000 ? now : now - 5_000));
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

test('an id is a version 7 UUID that tells its time', () => {
  const now = Date.UTC(2040, 0, 1);
  const id = uuidv7(now);
  expect(isUuid(id)).toBe(true);
  expect(id.charAt(14)).toBe('7');
  expect('89ab').toContain(id.charAt(19));
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(now);
});

test('anything but a UUID is told apart', () => {
  for (const text of ['', 'x', '01890a5d-ac96-774b-bcce-b302099a805', `${uuidv7(1)} `])
    expect(isUuid(text)).toBe(false);
});
