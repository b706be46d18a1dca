/** How long a push, and a lane, wait after a setback. Pure, so that the whole policy can be read as a table of cases. */

const PUSH_PAUSE_MIN_MS = 250;
/** Once the platform answers again, nothing should wait much longer than this. */
const PAUSE_MAX_MS = 3_000;
/** A platform that asks for more than this is not believed: a broken clock there must not stop the books for days. */
const RETRY_AFTER_MAX_MS = 15 * 60_000;
const PAUSE_DOUBLINGS_MAX = 10;

/** The pause before the next turn of one push. `turns` counts the turns already taken, this one included. */
export function pushPauseMs(turns: number, random: () => number, retryAfterMs?: number): number {
  const base = Math.min(PUSH_PAUSE_MIN_MS * 2 ** Math.min(Math.max(turns - 1, 0), PAUSE_DOUBLINGS_MAX), PAUSE_MAX_MS);
  // Between half and the whole: pushes that failed together do not come back together.
  const jittered = Math.round(base * (0.5 + random() / 2));
  return retryAfterMs === undefined ? jittered : Math.max(jittered, Math.min(retryAfterMs, RETRY_AFTER_MAX_MS));
}

/**
 * Setbacks in a row after which the lane pauses and lets one push at a time try. Fewer are the trouble of single pushes,
 * which must not hold up the rest.
 */
export const LANE_SETBACKS_MAX = 3;
export const LANE_PAUSE_MIN_MS = 250;
export const LANE_PAUSE_MAX_MS = PAUSE_MAX_MS;
