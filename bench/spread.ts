/** How long one request after the other takes. */

export interface Spread {
  readonly p50: number;
  readonly p99: number;
}

const WARM_UPS = 20;

/** In milliseconds. `work` hears which turn it is. */
export async function measureSpread(times: number, work: (turn: number) => Promise<unknown>): Promise<Spread> {
  const tookMs: number[] = [];
  for (let turn = -WARM_UPS; turn < times; turn++) {
    const began = performance.now();
    await work(Math.max(0, turn));
    if (turn >= 0) tookMs.push(performance.now() - began);
  }
  const sorted = tookMs.toSorted((left, right) => left - right);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

export function shownSpread({ p50, p99 }: Spread): string {
  return `${p50.toFixed(1)} / ${p99.toFixed(1)}`.padStart(14);
}
