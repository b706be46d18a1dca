/**
 * What was looked up of late and is large, such as the fields of a model: kept for all connections together, so many at
 * most and for so long, and looked up once for all who ask at the same time.
 */
import { monotonicMs } from '../../lib/clock.ts';

export interface Recent {
  get<T>(owner: string, name: string, look: () => Promise<T>): Promise<T>;
  /** All that was looked up for one owner. */
  forget(owner: string): void;
}

interface Kept {
  readonly owner: string;
  readonly value: Promise<unknown>;
  readonly untilMs: number;
}

export interface RecentLimits {
  readonly entriesMax: number;
  readonly ttlMs: number;
}

export function makeRecent({ entriesMax, ttlMs }: RecentLimits, now: () => number = monotonicMs): Recent {
  const kept = new Map<string, Kept>();
  return {
    async get<T>(owner: string, name: string, look: () => Promise<T>) {
      const key = `${owner} ${name}`;
      const present = kept.get(key);
      kept.delete(key);
      const entry =
        present !== undefined && present.untilMs > now() ? present : { owner, value: look(), untilMs: now() + ttlMs };
      // Last in the map is last to go: what is used stays.
      kept.set(key, entry);
      const [oldest] = kept.keys();
      if (kept.size > entriesMax && oldest !== undefined) kept.delete(oldest);
      try {
        return (await entry.value) as T;
      } catch (error) {
        if (kept.get(key) === entry) kept.delete(key);
        throw error;
      }
    },
    forget(owner) {
      for (const [key, entry] of kept) if (entry.owner === owner) kept.delete(key);
    },
  };
}
