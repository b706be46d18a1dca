// The sandbox's own clock. It can be stopped, shifted and moved on, so that tests need not wait for real time.

/** Milliseconds since 1970; the seam through which real time enters. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

export type ClockSetting = { readonly now: string } | { readonly offsetMs: number } | null;

export interface AdjustableClock {
  now(): number;
  set(setting: ClockSetting): void;
  advance(ms: number): void;
  setting(): ClockSetting;
}

export function adjustableClock(real: Clock): AdjustableClock {
  let stoppedAt: number | undefined;
  let offsetMs = 0;
  return {
    now: () => stoppedAt ?? real() + offsetMs,
    set(setting) {
      stoppedAt = setting !== null && 'now' in setting ? Date.parse(setting.now) : undefined;
      offsetMs = setting !== null && 'offsetMs' in setting ? setting.offsetMs : 0;
    },
    advance(ms) {
      if (stoppedAt === undefined) offsetMs += ms;
      else stoppedAt += ms;
    },
    setting() {
      if (stoppedAt !== undefined) return { now: isoTime(stoppedAt) };
      return offsetMs === 0 ? null : { offsetMs };
    },
  };
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
