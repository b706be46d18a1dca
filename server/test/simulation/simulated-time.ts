/**
 * One clock for a whole simulated world. What runs as a simulated process finds `setTimeout` and the stopwatch on this
 * clock; everything else in this program, the database's driver above all, keeps the real ones.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

export interface SimulatedTimer {
  readonly owner: string;
  readonly dueMs: number;
  readonly callback: () => void;
}

export interface SimulatedTime {
  /** Milliseconds since the world began. */
  readonly nowMs: () => number;
  readonly date: () => Date;
  /** To the microsecond, for the database. */
  readonly timestamp: () => string;
  readonly moveTo: (ms: number) => void;
  /** Runs `work`, and whatever it starts, as this process. */
  readonly runAs: <T>(owner: string, work: () => T) => T;
  /** Earliest first. */
  readonly timersOf: (owner: string) => SimulatedTimer[];
  readonly fire: (timer: SimulatedTimer) => void;
  /** A dead process's timers never fire. */
  readonly drop: (owner: string) => void;
  /** Lets every promise and immediate run until nothing is left but what waits for the world to go on. */
  readonly settle: () => Promise<void>;
  /** Gives the real clock back. */
  readonly end: () => void;
}

const WORLD_BEGINS_MS = Date.UTC(2026, 0, 1);
/** A batcher hands over in one immediate, and what it wakes may be another batcher: each takes two rounds at most. */
const QUIET_ROUNDS = 5;

export function startSimulatedTime(): SimulatedTime {
  const owners = new AsyncLocalStorage<string>();
  const real = { setTimeout, clearTimeout, now: performance.now.bind(performance) };
  const timers = new Set<SimulatedTimer>();
  let nowMs = 0;

  const simulatedSetTimeout = (callback: () => void, ms = 0): SimulatedTimer | NodeJS.Timeout => {
    const owner = owners.getStore();
    if (owner === undefined) return real.setTimeout(callback, ms);
    const timer: SimulatedTimer = { owner, dueMs: nowMs + Math.max(1, ms), callback };
    timers.add(timer);
    return timer;
  };
  const simulatedClearTimeout = (timer: SimulatedTimer | NodeJS.Timeout | undefined): void => {
    if (timer === undefined) return;
    if ('owner' in timer) timers.delete(timer);
    else real.clearTimeout(timer);
  };
  replace(globalThis, 'setTimeout', simulatedSetTimeout);
  replace(globalThis, 'clearTimeout', simulatedClearTimeout);
  replace(performance, 'now', () => (owners.getStore() === undefined ? real.now() : nowMs));

  return {
    nowMs: () => nowMs,
    date: () => new Date(WORLD_BEGINS_MS + nowMs),
    timestamp: () => {
      const micros = Math.round((nowMs % 1) * 1_000);
      const millis = new Date(WORLD_BEGINS_MS + Math.floor(nowMs)).toISOString().slice(0, -1);
      return `${millis}${String(micros).padStart(3, '0')}Z`;
    },
    moveTo: (ms) => {
      // To the microsecond, as the database counts.
      nowMs = Math.max(nowMs, Math.round(ms * 1_000) / 1_000);
    },
    runAs: (owner, work) => owners.run(owner, work),
    timersOf: (owner) => [...timers].filter((timer) => timer.owner === owner).toSorted((a, b) => a.dueMs - b.dueMs),
    fire: (timer) => {
      timers.delete(timer);
      owners.run(timer.owner, timer.callback);
    },
    drop: (owner) => {
      for (const timer of timers) if (timer.owner === owner) timers.delete(timer);
    },
    settle: async () => {
      for (let round = 0; round < QUIET_ROUNDS; round++) await new Promise((resolve) => setImmediate(resolve));
    },
    end: () => {
      replace(globalThis, 'setTimeout', real.setTimeout);
      replace(globalThis, 'clearTimeout', real.clearTimeout);
      replace(performance, 'now', real.now);
    },
  };
}

function replace(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}
