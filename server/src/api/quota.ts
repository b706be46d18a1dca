/**
 * The daily quota of requests and the headers that tell of it. Each process takes requests from the database in blocks
 * and counts them down by itself, so that a request costs a subtraction.
 */
import type { Database } from '../db/pool.ts';
import { startWorkLoop } from '../db/work-loop.ts';
import { PublicError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { whileListening } from './background.ts';
import type { ApiDeps, ApiRoutes } from './deps.ts';
import { reserveRequests, tellReached, tellReset } from './quota-store.ts';

/** As much of a reply as is needed here. */
interface Headed {
  readonly header: (name: string, value: string) => unknown;
}

export interface Quota {
  /** Counts a request and puts the headers on its answer; throws when the day's requests are used up. */
  readonly charge: (reply: Headed) => Promise<void>;
  /** Tells of a day that has begun anew. */
  readonly tellReset: () => Promise<void>;
}

export interface QuotaDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly quota: number;
  readonly eventsStored: () => void;
}

interface Day {
  /** As in 2026-11-20. */
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Requests that this process may still let through without asking. */
  ours: number;
  /** Requests that no process has taken yet, when last heard of. */
  others: number;
  isUsedUp: boolean;
}

export const QUOTA_HEADERS = ['x-rate-limit-limit', 'x-rate-limit-remaining', 'x-rate-limit-reset'] as const;

const DAY_MS = 86_400_000;
const BLOCK_MAX = 1_000;
/** A process that ends loses its block: no more than a hundredth of the quota. */
const BLOCK_SHARE = 100;
const RESET_CHECK_MS = 30_000;

export function makeQuota({ db, clock, quota, eventsStored }: QuotaDeps): Quota {
  const block = Math.max(1, Math.min(BLOCK_MAX, Math.floor(quota / BLOCK_SHARE)));
  const limit = String(quota);
  let day = dayAt(clock.now().getTime());
  let reserving: Promise<void> | undefined;

  const today = (nowMs: number): Day => (nowMs >= day.startMs && nowMs < day.endMs ? day : (day = dayAt(nowMs)));
  const telling = (of: Day) => ({ day: of.name, quota, now: clock.now(), expiresAt: new Date(of.endMs) });

  const reserve = async (forDay: Day): Promise<void> => {
    const { granted, left } = await reserveRequests(db, { day: forDay.name, block, quota });
    forDay.ours += granted;
    forDay.others = left;
    if (granted > 0) return;
    forDay.isUsedUp = true;
    if (await tellReached(db, telling(forDay))) eventsStored();
  };

  /** One at a time: whoever waits meanwhile is served from the same block. */
  const reserveOnce = (forDay: Day): Promise<void> =>
    (reserving ??= reserve(forDay).finally(() => (reserving = undefined)));

  const putHeaders = (reply: Headed, { ours, others, endMs }: Day): void => {
    const [limitHeader, remainingHeader, resetHeader] = QUOTA_HEADERS;
    reply.header(limitHeader, limit);
    reply.header(remainingHeader, String(ours + others));
    reply.header(resetHeader, String(endMs / 1_000));
  };

  return {
    charge: async (reply) => {
      let now = today(clock.now().getTime());
      while (now.ours === 0 && !now.isUsedUp) {
        await reserveOnce(now);
        now = today(clock.now().getTime());
      }
      if (now.ours > 0) {
        now.ours -= 1;
        return putHeaders(reply, now);
      }
      const waitMs = now.endMs - clock.now().getTime();
      putHeaders(reply, now);
      reply.header('retry-after', String(Math.ceil(waitMs / 1_000)));
      throw new PublicError('quota_exceeded');
    },
    tellReset: async () => {
      if (await tellReset(db, telling(today(clock.now().getTime())))) eventsStored();
    },
  };
}

function dayAt(nowMs: number): Day {
  const startMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const name = new Date(startMs).toISOString().slice(0, 10);
  return { name, startMs, endMs: startMs + DAY_MS, ours: 0, others: 0, isUsedUp: false };
}

/** The quota of this server; while it listens, it also tells when a day has begun anew. */
export function addQuota(app: ApiRoutes, { db, clock, config, companies, log }: ApiDeps): Quota {
  const quota = makeQuota({ db, clock, quota: config.dailyQuota, eventsStored: companies.eventsStored });
  const runOnce = () => quota.tellReset().then(() => ({ didWork: false }));
  whileListening(app, () => startWorkLoop({ name: 'quota reset', pollMs: RESET_CHECK_MS, log, runOnce }));
  return quota;
}
