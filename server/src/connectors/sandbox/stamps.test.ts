/** Stamps of the sandbox's records: what is compared, and what people read. */
import { describe, expect, test } from 'vitest';
import { currentStamp, preconditionOf, staleMessage, stampOf } from './stamps.ts';

const seen = '3@2026-01-31T09:30:00.000Z';

describe('a stamp', () => {
  test('is made of the version and the date of a record, and of nothing less', () => {
    const record = { sourceVersion: '3', sourceModifiedDate: '2026-01-31T09:30:00.000Z' };
    expect(stampOf(record)).toBe(seen);
    expect(stampOf({ sourceVersion: '3' })).toBeUndefined();
    expect(stampOf({ sourceModifiedDate: '2026-01-31T09:30:00.000Z' })).toBeUndefined();
  });

  test('is put to the sandbox as the version alone', () => {
    expect(preconditionOf(seen)).toEqual({ 'if-match': '3' });
    expect(preconditionOf(undefined)).toEqual({});
  });

  test.each(['', 'never', '"3"', '3 OR 1', '99999999999999999999@x'])(
    '%j is that of no state of any record, rather than of all',
    (stamp) => {
      expect(preconditionOf(stamp)).toEqual({ 'if-match': '0' });
    },
  );

  test('that is stale is told with both dates, or with what is known', () => {
    const current = currentStamp({ current: { id: 'cus_1', version: 5, updatedAt: '2026-02-01T10:00:00.000Z' } });
    const message = staleMessage(seen, current);
    expect(message).toContain('2026-01-31T09:30:00.000Z (version 3)');
    expect(message).toContain('2026-02-01T10:00:00.000Z (version 5)');
    expect(currentStamp({})).toBeUndefined();
    expect(staleMessage(seen, undefined)).toContain('another version');
    expect(staleMessage('never', undefined)).toContain('as of never.');
    expect(staleMessage('', current)).toMatch(/^The record has not been read .*2026-02-01T10:00:00.000Z/);
  });
});
