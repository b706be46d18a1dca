/**
 * The company's feed: times of change in the order of commits. A time of the feed is a number of microseconds; JavaScript's
 * dates would cut it to milliseconds.
 */
import type { Queryable } from '../db/pool.ts';

/** Microseconds since 1970, on the feed of one company. Only times of one feed may be compared. */
export type FeedTime = number;

export const feedTimeSql = (column: string) => `(extract(epoch FROM ${column}) * 1000000)::bigint`;
export const fromFeedTime = (placeholder: string) =>
  `(timestamptz 'epoch' + ${placeholder}::bigint * interval '1 microsecond')`;

/** As the wire writes it: seven digits of a second, of which the last is ours to leave out. */
export function momentOf(at: FeedTime): string {
  const ms = Math.floor(at / 1_000);
  return `${new Date(ms).toISOString().slice(0, -1)}${String(at - ms * 1_000).padStart(3, '0')}0Z`;
}

export interface Feed {
  readonly id: string;
  /** All changes up to here are visible to whoever asks from now on. */
  readonly at: FeedTime;
}

const FEED_COLUMNS = `id, ${feedTimeSql('modified_at')} AS at`;

/** Begun here where nothing was ever stored for the company, so that its readers can start from nothing. */
export async function openFeed(db: Queryable, companyId: string): Promise<Feed> {
  for (;;) {
    const [feed] = await db.query<Feed>('feed_find', `SELECT ${FEED_COLUMNS} FROM record_feeds WHERE company_id = $1`, [
      companyId,
    ]);
    if (feed !== undefined) return feed;
    await db.execute(
      'feed_begin',
      `INSERT INTO record_feeds (company_id, modified_at, handed_out) VALUES ($1, 'epoch', 0) ON CONFLICT DO NOTHING`,
      [companyId],
    );
  }
}

/** Where the feed stands: what is asked of a platform from now on is at least as new as every record up to here. */
export async function feedPosition(db: Queryable, companyId: string): Promise<FeedTime> {
  return (await openFeed(db, companyId)).at;
}
