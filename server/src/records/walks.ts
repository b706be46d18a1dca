/**
 * Where the pages of lists ended that were asked for a moment ago. A caller who walks page=1, 2, 3 … goes on from the row
 * where its last page ended, although records that changed meanwhile have left their places: counted by rows it would pass
 * over as many as have moved. Only hints, in this process: without one, rows are counted.
 */
import { monotonicMs } from '../lib/clock.ts';
import type { FeedTime } from './feed.ts';

export interface Walks {
  /** After which row a page begins, and how many rows further. */
  readonly find: (list: string, page: number) => { readonly after: FeedTime; readonly pagesOn: number } | undefined;
  readonly note: (list: string, page: number, endedAt: FeedTime) => void;
}

const HINT_MS = 60_000;
const LISTS_MAX = 1_000;
const PAGES_A_LIST_MAX = 50;

interface Mark {
  readonly endedAt: FeedTime;
  readonly untilMs: number;
}

export function makeWalks(direction: 1 | -1, nowMs: () => number = monotonicMs): Walks {
  const lists = new Map<string, Map<number, Mark>>();
  return {
    find: (list, page) => {
      const marks = lists.get(list);
      let best: number | undefined;
      for (const [marked, { untilMs }] of marks ?? []) {
        if (untilMs > nowMs() && marked < page && marked > (best ?? 0)) best = marked;
      }
      const mark = best === undefined ? undefined : marks?.get(best);
      return best === undefined || mark === undefined ? undefined : { after: mark.endedAt, pagesOn: page - 1 - best };
    },
    note: (list, page, endedAt) => {
      const marks = lists.get(list) ?? new Map<number, Mark>();
      // Deleted first, so that the list moves to the end and the one longest unused is the first to go.
      lists.delete(list);
      lists.set(list, marks);
      const known = marks.get(page);
      // Of two who walk the same list, the one who began earlier must not lose what the other has already seen move on.
      const isKept = known !== undefined && known.untilMs > nowMs() && (endedAt - known.endedAt) * direction > 0;
      if (!isKept) {
        marks.delete(page);
        marks.set(page, { endedAt, untilMs: nowMs() + HINT_MS });
      }
      const [oldestPage] = marks.keys();
      if (marks.size > PAGES_A_LIST_MAX && oldestPage !== undefined) marks.delete(oldestPage);
      const [oldestList] = lists.keys();
      if (lists.size > LISTS_MAX && oldestList !== undefined) lists.delete(oldestList);
    },
  };
}
