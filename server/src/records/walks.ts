/**
 * Walks by page numbers. A caller who asks for page=1, 2, 3 … goes on from the row where his last page ended, on whichever
 * server: records that changed meanwhile have left their places, and counted by rows he would pass over as many as moved.
 *
 * A number does not say whose walk it belongs to. Two things are wanted of a guess:
 * - Nobody begins later than where his own last page ended. So whoever walks until there is no next page misses nothing.
 * - A walk that is over does not hold up the next one. Who goes on from where an earlier walk was sees rows twice; harmless,
 *   unless he asks for as many pages as the total makes: those are then too few, and what has changed last is left out.
 *
 * So it is counted how many wait at each page. Page 1 adds one there; a request for the next page is shown what follows the
 * earliest place at which anybody waits, and takes away the latest one: whoever asked, each of the others still has a
 * place that is not after his own. A walk that was alone leaves nothing in the way of the next.
 *
 * A page whose answer was lost is asked for again, and begins where it began. Nobody is taken away for a page at which
 * somebody is already, since he may be the one who asks. So walks side by side, and whoever looks at a page and does not go
 * on, leave places behind that later walks begin from until their time is over. Forgetting them at the next page 1
 * would be exact there, and would lose records to those who are still walking.
 *
 * A page that is asked for out of turn is counted from the nearest place before it, and moves nobody on. Not held: pages
 * that are asked for side by side; a place that somebody takes who has not come by page 1; a last page that is asked for
 * again while somebody else waits for it.
 */
import type { Queryable } from '../db/pool.ts';
import type { FeedTime } from './feed.ts';

/** How long a caller may take from one page to the next. */
const HOLDS_MINUTES = 5;
const SLOT_SECONDS = 10;
const SLOT = `date_bin('${SLOT_SECONDS} seconds', now(), 'epoch')`;
/** A slot is named by its beginning, and may have been written to until its end. */
const NO_LONGER_HOLDS = `now() - interval '${HOLDS_MINUTES} minutes ${SLOT_SECONDS} seconds'`;

/** 1 where the oldest change comes first, -1 where the newest does. */
export type Direction = 1 | -1;

export interface WalkedList {
  /** A UUID made of all that makes the list. */
  readonly list: string;
  readonly direction: Direction;
  readonly page: number;
}

/** After which row a page begins, and how many pages further. */
export interface PlaceOnWalk {
  readonly after: FeedTime;
  readonly pagesOn: number;
}

export async function findPlace(
  db: Queryable,
  { list, direction, page }: WalkedList,
): Promise<PlaceOnWalk | undefined> {
  const [found] = await db.query<{ page: number; place: number }>(
    'list_walk_find',
    `SELECT page, place FROM (
       SELECT least(page, $2::integer - 1) AS page, CASE WHEN page = $2 THEN began ELSE ended END AS place,
         walkers > 0 AS waits
       FROM list_walks
       WHERE list = $1 AND page <= $2 AND noted_at > ${NO_LONGER_HOLDS} AND (page = $2 OR walkers > 0)
     ) known
     WHERE place IS NOT NULL
     ORDER BY page DESC, waits DESC, place LIMIT 1`,
    [list, page],
  );
  return found && { after: found.place * direction, pagesOn: page - 1 - found.page };
}

/** `began` is absent where the page was counted; `isLast` where there is no further page to come back for. */
export interface ShownPage extends WalkedList {
  readonly began: FeedTime | undefined;
  readonly ended: FeedTime;
  readonly isLast: boolean;
}

/** To be stored before the page is answered, or the next one may be asked for before. */
export async function notePage(db: Queryable, shown: ShownPage): Promise<void> {
  const { list, direction, page, began, ended, isLast } = shown;
  await db.execute(
    'list_walk_note',
    `WITH latest AS MATERIALIZED (
       SELECT list, page, noted_at, walkers FROM list_walks
       WHERE list = $1 AND page = $2::integer - 1 AND walkers > 0 AND noted_at > ${NO_LONGER_HOLDS}
         AND NOT EXISTS (SELECT FROM list_walks
           WHERE list = $1 AND page = $2 AND walkers > 0 AND noted_at > ${NO_LONGER_HOLDS})
       ORDER BY ended DESC LIMIT 1 FOR UPDATE
     ), emptied AS (
       DELETE FROM list_walks w USING latest l
       WHERE (w.list, w.page, w.noted_at) = (l.list, l.page, l.noted_at) AND l.walkers = 1
     ), left_behind AS (
       UPDATE list_walks w SET walkers = w.walkers - 1 FROM latest l
       WHERE (w.list, w.page, w.noted_at) = (l.list, l.page, l.noted_at) AND l.walkers > 1
     )
     INSERT INTO list_walks AS w (list, page, noted_at, began, ended, walkers)
     VALUES ($1, $2, ${SLOT}, $3, $4, $5)
     ON CONFLICT (list, page, noted_at) DO UPDATE SET walkers = w.walkers + excluded.walkers,
       began = CASE WHEN w.walkers = 0 THEN excluded.began ELSE least(w.began, excluded.began) END,
       ended = CASE WHEN w.walkers = 0 THEN excluded.ended ELSE least(w.ended, excluded.ended) END`,
    [list, page, began === undefined ? null : began * direction, ended * direction, isLast ? 0 : 1],
  );
}

/** One batch of what no longer holds. Answers how many it removed. */
export async function removeOldWalks(db: Queryable, rowsMax: number): Promise<number> {
  return db.execute(
    'list_walks_remove_old',
    `DELETE FROM list_walks WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM list_walks WHERE noted_at <= ${NO_LONGER_HOLDS} LIMIT $1 FOR UPDATE SKIP LOCKED))`,
    [rowsMax],
  );
}
