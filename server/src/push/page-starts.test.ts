import { expect, test } from 'vitest';
import { makePageStarts, type Growth } from './page-starts.ts';

const boundary = (id: string) => ({ requestedAtMicros: 1, id });

function walked(growth: Growth) {
  let nowMs = 0;
  const starts = makePageStarts(() => nowMs);
  for (const page of [1, 2, 3]) {
    starts.note('list', { boundary: boundary(`end of ${page}`), rowsBefore: page * 10, total: 100 });
  }
  return {
    starts,
    wait: (ms: number) => (nowMs += ms),
    row: (offset: number, total = 100) => {
      const found = starts.nearest('list', { offset, total, growth });
      return found && [found.after.id, found.skip];
    },
  };
}

test('the next page begins at the end of the one before, and a page further on is reached from there', () => {
  const { row } = walked('at-start');
  expect(row(30)).toEqual(['end of 3', 0]);
  expect(row(20)).toEqual(['end of 2', 0]);
  expect(row(55)).toEqual(['end of 3', 25]);
  expect(row(5)).toBeUndefined();
});

test('what came in at the start meanwhile moves the pages on by as many rows', () => {
  const { row } = walked('at-start');
  expect(row(30, 104)).toEqual(['end of 2', 6]);
  expect(row(30, 113)).toEqual(['end of 1', 7]);
  expect(row(30, 125)).toBeUndefined();
});

test('what came in at the end leaves the pages where they were', () => {
  expect(walked('at-end').row(30, 125)).toEqual(['end of 3', 0]);
});

test('a list that may change anywhere is walked by its hints only while nothing changed', () => {
  const { row } = walked('anywhere');
  expect(row(30)).toEqual(['end of 3', 0]);
  expect([row(30, 101), row(30, 99)]).toEqual([undefined, undefined]);
});

test('hints are forgotten after a while, and none is used for another list', () => {
  const { starts, wait, row } = walked('at-start');
  expect(starts.nearest('another', { offset: 30, total: 100, growth: 'at-end' })).toBeUndefined();
  wait(60_000);
  expect(row(30)).toBeUndefined();
});

test('a walk of any length, and any number of lists, keeps a bounded number of hints', () => {
  const { starts, row } = walked('at-start');
  for (let page = 4; page <= 1_000; page++) {
    starts.note('list', { boundary: boundary(`end of ${page}`), rowsBefore: page * 10, total: 100 });
  }
  expect(row(40)).toBeUndefined();
  expect(row(10_000)).toEqual(['end of 1000', 0]);
  for (let list = 0; list < 500; list++) starts.note(`${list}`, { boundary: boundary('x'), rowsBefore: 1, total: 1 });
  expect(row(10_000)).toBeUndefined();
});
