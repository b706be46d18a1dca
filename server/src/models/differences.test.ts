/** What counts as a difference between a body and what a platform made of it. */
import { describe, expect, test } from 'vitest';
import { differences } from './differences.ts';
import { parcel } from './test-model.ts';

function found(body: Readonly<Record<string, unknown>>, record: Readonly<Record<string, unknown>>): readonly string[] {
  return differences(parcel, body, record).map(({ message }) => message);
}

describe('what a platform made of a body', () => {
  test('is no finding when it is what was sent, however much the platform adds', () => {
    const body = { name: 'One', lines: [{ amount: 1, ref: { id: 'a' } }] };
    const lines = [{ amount: 1, ref: { id: 'a', name: 'A' }, total: 2 }];
    expect(found(body, { id: '7', name: 'One', lines, weight: 3 })).toEqual([]);
  });

  test('names each member that came back otherwise, or not at all', () => {
    const body = { name: 'One', note: 'Hello', lines: [{ amount: 1.005 }, { amount: 2 }] };
    expect(found(body, { name: 'ONE', lines: [{ amount: 1.01 }] })).toEqual([
      'Name was sent as "One", and the platform has "ONE".',
      'Note was not kept by the platform.',
      'Lines[0].Amount was sent as 1.005, and the platform has 1.01.',
      'Lines[1].Amount was not kept by the platform.',
    ]);
  });

  test.each(['2026-03-02', '2026-03-02T00:00:00', '2026-03-02T00:00:00.000Z', '2026-03-02T23:30:00-05:00'])(
    'takes %s for the day that the books have',
    (sentOn) => {
      expect(found({ sentOn }, { sentOn: '2026-03-02T00:00:00' })).toEqual([]);
    },
  );

  test('names another day, and another time where the books have one', () => {
    expect(found({ sentOn: '2026-03-03' }, { sentOn: '2026-03-02T00:00:00' })).toHaveLength(1);
    expect(found({ sentOn: '2026-03-02T09:30:00' }, { sentOn: '2026-03-02T09:31:00' })).toHaveLength(1);
    expect(found({ sentOn: '2026-03-02' }, { sentOn: '2026-03-02T09:31:00' })).toHaveLength(1);
  });

  test('says nothing of what was not wished for: nulls, blanks, stamps, and members outside the model', () => {
    const stamps = { id: '1', modifiedDate: '2026-01-01', metadata: { isDeleted: true } };
    expect(found({ ...stamps, name: '', note: null, colourOfBox: 'red' }, { id: '2' })).toEqual([]);
  });
});
