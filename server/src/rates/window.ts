/**
 * A window that moves on in slices, and the calls in each. Of any stretch of time as long as the window no more calls are
 * let through than are allowed, wherever the platform's own windows begin. Pure: the clock is the caller's.
 */

/** So many calls in any stretch of so many milliseconds. */
export interface Rate {
  readonly calls: number;
  readonly windowMs: number;
}

export interface Window {
  readonly slice: number;
  /** Latest first; none of those that are left out. */
  readonly counts: readonly number[];
}

const SLICES = 10;
/** One more for the slice that the window begins in, and one for what calls spend on their way. */
const SLICES_KEPT = SLICES + 2;

export const EMPTY: Window = { slice: 0, counts: [] };

function sliceMsOf({ windowMs }: Rate): number {
  return Math.max(1, Math.ceil(windowMs / SLICES));
}

/** The window as it is now. A clock that seems to have gone back, by the order of locks, stands still. */
export function movedTo(window: Window, rate: Rate, nowMs: number): Window {
  const slice = Math.floor(nowMs / sliceMsOf(rate));
  if (slice <= window.slice) return window;
  const empty = Array.from({ length: Math.min(slice - window.slice, SLICES_KEPT) }, () => 0);
  return { slice, counts: [...empty, ...window.counts].slice(0, SLICES_KEPT) };
}

/** How many more calls may be made now. */
export function freeIn({ counts }: Window, { calls }: Rate): number {
  return Math.max(0, calls - sumOf(counts));
}

export function withCalls({ slice, counts: [latest = 0, ...earlier] }: Window, calls: number): Window {
  return { slice, counts: [latest + calls, ...earlier] };
}

/** How long it takes until `wanted` calls are free, if no others are made. */
export function waitMsFor(window: Window, rate: Rate, nowMs: number, wanted: number): number {
  const sliceMs = sliceMsOf(rate);
  for (let slices = 0; slices <= SLICES_KEPT; slices++) {
    const left = window.counts.slice(0, SLICES_KEPT - slices);
    if (rate.calls - sumOf(left) >= wanted) return Math.max(0, (window.slice + slices) * sliceMs - nowMs);
  }
  return SLICES_KEPT * sliceMs;
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
