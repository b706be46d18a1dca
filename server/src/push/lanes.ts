/**
 * Which connections are believed to have a push that is due: a ring of hints, served in turn so that a busy connection never
 * starves another. Only a hint: a lost one is found again by the sweep.
 */

export interface LaneHints {
  /** Puts a connection at the end of the ring, unless it waits there already. */
  readonly add: (connectionId: string) => void;
  /** Takes the next connections off the ring. */
  readonly take: (lanesMax: number) => string[];
  readonly size: () => number;
  /** Adds the connection after a while; of several times the earliest counts. */
  readonly addAfter: (connectionId: string, waitMs: number) => void;
  readonly close: () => void;
}

export function makeLaneHints(onDue: () => void): LaneHints {
  const ring = new Set<string>();
  const timers = new Map<string, { readonly dueMs: number; readonly timer: NodeJS.Timeout }>();

  const cancel = (connectionId: string) => {
    clearTimeout(timers.get(connectionId)?.timer);
    timers.delete(connectionId);
  };

  return {
    add: (connectionId) => ring.add(connectionId),
    take: (lanesMax) => {
      const taken = [...ring.values().take(lanesMax)];
      for (const connectionId of taken) ring.delete(connectionId);
      return taken;
    },
    size: () => ring.size,
    addAfter: (connectionId, waitMs) => {
      const dueMs = performance.now() + waitMs;
      const earlier = timers.get(connectionId);
      if (earlier !== undefined && earlier.dueMs <= dueMs) return;
      cancel(connectionId);
      const timer = setTimeout(() => {
        timers.delete(connectionId);
        ring.add(connectionId);
        onDue();
      }, waitMs);
      timers.set(connectionId, { dueMs, timer });
    },
    close: () => {
      timers.forEach(({ timer }) => clearTimeout(timer));
      timers.clear();
    },
  };
}
