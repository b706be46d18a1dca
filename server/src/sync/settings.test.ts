import { expect, test } from 'vitest';
import { fromDateOf, type SyncSetting } from './settings.ts';

const setting: SyncSetting = { dataType: 'invoices', fetchOnFirstLink: true, syncSchedule: 24, syncOrder: 0 };
const windowAt = (now: string, syncFromWindow: number) =>
  fromDateOf({ ...setting, syncFromWindow }, new Date(now))?.toISOString();

test.each([
  ['2027-03-31T08:00:00Z', 1, '2027-02-28T00:00:00.000Z'],
  ['2028-03-31T08:00:00Z', 1, '2028-02-29T00:00:00.000Z'],
  ['2027-01-31T23:59:59Z', 2, '2026-11-30T00:00:00.000Z'],
  ['2027-05-15T00:00:00Z', 24, '2025-05-15T00:00:00.000Z'],
  ['2027-05-31T12:00:00Z', 0, '2027-05-31T00:00:00.000Z'],
])('a window seen at %s over %i months begins at %s', (now, months, from) => {
  expect(windowAt(now, months)).toBe(from);
});

test('a window never moves back while time goes on', () => {
  const hours = Array.from({ length: 3 * 366 * 24 }, (_, hour) => new Date(Date.UTC(2027, 0, 1, hour)).toISOString());
  const begins = hours.map((hour) => windowAt(hour, 1) ?? '');
  expect(begins).toEqual(begins.toSorted());
});
