/** The cursor of the event feed: a place, in a form that nobody is tempted to do sums with. */
import { PublicError } from '../errors.ts';

const FORM = /^events 1 (\d{1,15})$/;
const LATEST = 'latest';

export function cursorOf(position: number): string {
  return Buffer.from(`events 1 ${position}`).toString('base64url');
}

/** Nothing given: before the first event that is kept. */
export async function positionFrom(text: string | undefined, endOfFeed: () => Promise<number>): Promise<number> {
  if (text === undefined || text === '') return 0;
  if (text === LATEST) return endOfFeed();
  const [, place] = FORM.exec(Buffer.from(text, 'base64url').toString('utf8')) ?? [];
  if (place === undefined) {
    throw new PublicError('malformed_request', 'Query parameter after must be a cursor of this feed, or latest');
  }
  // A reader ahead of the feed, as after a database was put back from a copy, would miss all up to there.
  if (Number(place) > (await endOfFeed())) {
    throw new PublicError('malformed_request', 'Query parameter after lies beyond the end of this feed');
  }
  return Number(place);
}
