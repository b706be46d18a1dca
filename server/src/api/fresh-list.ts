/** Pages of records as fresh as can be had, each with the place in the company's feed from which to go on. */
import { Type } from 'typebox';
import { PublicError } from '../errors.ts';
import { makeListRecords, type RecordListRequest } from '../records/list.ts';
import { notePage } from '../records/walks.ts';
import { watermarkOf } from '../records/watermark.ts';
import { isGiven } from './list-filter.ts';
import type { ApiDeps } from './deps.ts';
import { freshSet, isFresh, watermarkFrom } from './record-source.ts';

/** By which `_links.next` goes on from the last record that was shown, whatever has changed meanwhile. */
export const placeParameter = {
  after: Type.Optional(
    Type.String({ description: 'Begins after this place, from `_links.next` or `Ledgerpost-Watermark`.' }),
  ),
};

type Asked = Omit<RecordListRequest, 'after'>;

/** `place` is the caller's `after`. Throws data_not_synced for what was never read. */
export function makeFreshList(deps: ApiDeps) {
  const listRecords = makeListRecords(deps.db);

  return async (asked: Asked, place: string | undefined) => {
    // Mostly nothing is out of date, and one look at the database tells that together with the page.
    const first = isGiven(place) ? undefined : await listRecords(asked);
    const { listed, feed } =
      first !== undefined && isFresh(first.state)
        ? { listed: first, feed: first.state.feed }
        : await listFreshened(asked, place);
    const { records, totalResults, hasMore, nextAfter, step } = listed;
    if (step !== undefined) await notePage(deps.db, step);
    return {
      records,
      watermark: watermarkOf(feed, feed.at),
      page: {
        totalResults,
        hasMore,
        nextAfter: nextAfter === undefined ? undefined : watermarkOf(feed, nextAfter),
      },
    };
  };

  /** Once what is out of date has been read again, or the first reading has ended. */
  async function listFreshened(asked: Asked, place: string | undefined) {
    const { feed, isSynced } = await freshSet(deps, asked);
    if (!isSynced) throw new PublicError('data_not_synced', asked.dataType);
    const after = isGiven(place) ? watermarkFrom(place, feed) : undefined;
    // The feed as it was found before: all that it counts is among the records.
    return { listed: await listRecords({ ...asked, after }), feed };
  }
}
