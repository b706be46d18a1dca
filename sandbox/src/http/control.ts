// The state of control: the settings now, which fault strikes a request, and how many requests of the minute are left.
import { adjustableClock } from '../clock.ts';
import type { AdjustableClock, Clock } from '../clock.ts';
import type { ControlChange, ControlSettings, Fault } from './control-settings.ts';

export interface FaultTarget {
  readonly method: string;
  readonly path: string;
  readonly books: string | undefined;
}

interface ArmedFault {
  readonly fault: Fault;
  readonly pattern: RegExp | undefined;
  toSkip: number;
  /** Infinity for a fault that always strikes. */
  remaining: number;
  hits: number;
}

export interface Control {
  readonly clock: AdjustableClock;
  settings(): Omit<ControlSettings, 'faults' | 'clock'>;
  change(change: ControlChange): void;
  addFault(fault: Fault): void;
  reset(): void;
  /** The settings with what has become of each fault. */
  describe(): object;
  /** The fault that strikes this request, if one does. */
  strike(target: FaultTarget): Fault | undefined;
  /** Seconds to wait when the minute's requests are used up. */
  takeFromRate(books: string): number | undefined;
}

export function openControl(atStart: ControlSettings, realClock: Clock): Control {
  const clock = adjustableClock(realClock);
  let settings = atStart;
  let armed: ArmedFault[] = [];
  let random = randomFrom(atStart.seed);
  const windows = new Map<string, { endsAt: number; taken: number }>();

  function change({ faults, advanceMs, ...rest }: ControlChange): void {
    settings = { ...settings, ...rest };
    if (faults !== undefined) armed = faults.map(arm);
    if (rest.seed !== undefined) random = randomFrom(rest.seed);
    if (rest.clock !== undefined) clock.set(rest.clock);
    if (rest.rateLimit !== undefined) windows.clear();
    if (advanceMs !== undefined) clock.advance(advanceMs);
  }

  function isStruck(one: ArmedFault, target: FaultTarget): boolean {
    if (one.remaining === 0 || !matches(one, target)) return false;
    if (one.toSkip > 0) {
      one.toSkip -= 1;
      return false;
    }
    return one.fault.probability === undefined || random() < one.fault.probability;
  }

  change(atStart);
  return {
    clock,
    change,
    settings: () => settings,
    addFault: (fault) => void armed.push(arm(fault)),
    reset: () => change({ ...atStart }),
    describe: () => ({
      ...settings,
      clock: clock.setting(),
      faults: armed.map(({ fault, hits, remaining }) => ({
        ...fault,
        hits,
        remaining: remaining === Infinity ? null : remaining,
      })),
    }),
    strike(target) {
      const struck = armed.find((one) => isStruck(one, target));
      if (struck === undefined) return undefined;
      struck.hits += 1;
      struck.remaining -= 1;
      return struck.fault;
    },
    takeFromRate(books) {
      if (settings.rateLimit === null) return undefined;
      const now = clock.now();
      let window = windows.get(books);
      if (window === undefined || now >= window.endsAt) window = { endsAt: now + 60_000, taken: 0 };
      windows.set(books, window);
      if (window.taken >= settings.rateLimit.perMinute) return Math.max(1, Math.ceil((window.endsAt - now) / 1000));
      window.taken += 1;
      return undefined;
    },
  };
}

function arm(fault: Fault): ArmedFault {
  const times = fault.times ?? (fault.probability === undefined ? 1 : 'always');
  return {
    fault,
    pattern: fault.path?.startsWith('^') ? new RegExp(fault.path) : undefined,
    toSkip: fault.skip ?? 0,
    remaining: times === 'always' ? Infinity : times,
    hits: 0,
  };
}

function matches({ fault, pattern }: ArmedFault, target: FaultTarget): boolean {
  if (fault.method !== undefined && fault.method !== target.method) return false;
  if (fault.books !== undefined && fault.books !== target.books) return false;
  if (pattern !== undefined) return pattern.test(target.path);
  return fault.path === undefined || target.path.startsWith(fault.path);
}

/** mulberry32: small, and the same numbers from the same seed everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
