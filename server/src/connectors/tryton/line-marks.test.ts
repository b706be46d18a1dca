/** The mark of a document stands in the note of one line, and in no other. */
import { expect, test } from 'vitest';
import { lineMark } from './line-marks.ts';
import { markText } from './marks.ts';

const key = '0197a3c0-0000-7000-8000-000000000001';
const earlier = '0197a3c0-0000-7000-8000-000000000002';

test('a create bears it in its first line', () => {
  const lines = [['create', [{ quantity: 1 }, { quantity: 2 }]]];
  expect(lineMark.put({ party: 1, lines }, key)).toEqual({
    party: 1,
    lines: [['create', [{ quantity: 1, note: markText(key) }, { quantity: 2 }]]],
  });
});

test('an update with new lines bears it in the first of those', () => {
  const lines = [
    ['delete', [1, 2]],
    ['create', [{ quantity: 1 }]],
  ];
  expect(lineMark.put({ lines }, key, { lines: [{ id: 1, note: markText(earlier) }] })).toEqual({
    lines: [
      ['delete', [1, 2]],
      ['create', [{ quantity: 1, note: markText(key) }]],
    ],
  });
});

test('an update that leaves the lines writes it into the first, in the place of the one before, and keeps what people wrote', () => {
  const present = { lines: [{ id: 7, note: `Fragile\n${markText(earlier)}` }, { id: 8 }] };
  expect(lineMark.put({ comment: 'x' }, key, present)).toEqual({
    comment: 'x',
    lines: [['write', [7], { note: `Fragile\n${markText(key)}` }]],
  });
});

test('a document without lines bears none', () => {
  expect(lineMark.put({ comment: 'x' }, key, { lines: [] })).toEqual({ comment: 'x' });
});
