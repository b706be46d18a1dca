/**
 * Where pages of lists began a moment ago, so that a caller who walks page=1, 2, 3 … is not made to skip all rows before
 * its page each time. Only hints, in this process: without one, rows are skipped and the page is the same.
 */
import { monotonicMs } from '../lib/clock.ts';

/** The last row before a place in a list that is ordered by time of request. */
export interface Boundary {
  /** Since 1970: JavaScript's dates would lose the microseconds. */
  readonly requestedAtMicros: number;
  readonly id: string;
}

/**
 * Where rows come in while somebody walks. What comes in at the start moves all others on by as much as the total has
 * grown; of a list that changes anywhere, a place is known only while the total stays the same.
 */
export type Growth = 'at-start' | 'at-end' | 'anywhere';

export interface PageStarts {
  /** The boundary nearest before the row at `offset`, and how many rows lie between. */
  readonly nearest: (
    list: string,
    at: { readonly offset: number; readonly total: number; readonly growth: Growth },
  ) => { readonly after: Boundary; readonly skip: number } | undefined;
  /** `rowsBefore`: how many rows stood up to and with the boundary, when `total` were there. */
  readonly note: (list: string, mark: Omit<Mark, 'untilMs'>) => void;
}

interface Mark {
  readonly boundary: Boundary;
  readonly rowsBefore: number;
  readonly total: number;
  readonly untilMs: number;
}

/** A walker asks for its next page within this time; a list may change under a hint that is older. */
const HINT_MS = 60_000;
const LISTS_MAX = 500;
const MARKS_A_LIST_MAX = 32;

export function makePageStarts(nowMs: () => number = monotonicMs): PageStarts {
  const lists = new Map<string, readonly Mark[]>();

  return {
    nearest: (list, { offset, total, growth }) => {
      let best: { readonly after: Boundary; readonly skip: number } | undefined;
      for (const mark of lists.get(list) ?? []) {
        const grown = total - mark.total;
        if (mark.untilMs <= nowMs() || grown < 0 || (growth === 'anywhere' && grown > 0)) continue;
        const skip = offset - mark.rowsBefore - (growth === 'at-start' ? grown : 0);
        if (skip >= 0 && skip < (best?.skip ?? Infinity)) best = { after: mark.boundary, skip };
      }
      return best;
    },
    note: (list, mark) => {
      const others = (lists.get(list) ?? []).filter(({ boundary }) => boundary.id !== mark.boundary.id);
      // Deleted first, so that the list moves to the end and the one longest unused is the first to go.
      lists.delete(list);
      lists.set(list, [...others.slice(1 - MARKS_A_LIST_MAX), { ...mark, untilMs: nowMs() + HINT_MS }]);
      const [oldest] = lists.keys();
      if (lists.size > LISTS_MAX && oldest !== undefined) lists.delete(oldest);
    },
  };
}
