/**
 * The company's feed: times of change in the order of commits, and the watermarks that readers keep of it. A time of the
 * feed is a number of microseconds; JavaScript's dates would cut it to milliseconds.
 */
import type { Queryable } from '../db/pool.ts';

/** Microseconds since 1970, on the feed of one company. Only times of one feed may be compared. */
export type FeedTime = number;

export const feedTimeSql = (column: string) => `(extract(epoch FROM ${column}) * 1000000)::bigint`;
export const fromFeedTime = (placeholder: string) =>
  `(timestamptz 'epoch' + ${placeholder}::bigint * interval '1 microsecond')`;

export interface Feed {
  readonly id: string;
  /** All changes up to here are visible to whoever asks from now on. */
  readonly at: FeedTime;
}

/** Undefined while nothing was ever stored for the company. */
export async function findFeed(db: Queryable, companyId: string): Promise<Feed | undefined> {
  const [row] = await db.query<Feed>(
    'feed_find',
    `SELECT id, ${feedTimeSql('modified_at')} AS at FROM record_feeds WHERE company_id = $1`,
    [companyId],
  );
  return row;
}

/** Where the feed stands: what is asked of a platform from now on is at least as new as every record up to here. */
export async function feedPosition(db: Queryable, companyId: string): Promise<FeedTime> {
  return (await findFeed(db, companyId))?.at ?? 0;
}
