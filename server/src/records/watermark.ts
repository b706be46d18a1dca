/**
 * What a reader keeps of how far it has read: opaque outside, inside the feed's id and a time on it. One of another company
 * is refused, and so is one from the future, which a database that was set back would otherwise take for its own.
 */
import { isUuid } from '../lib/ids.ts';
import type { Feed, FeedTime } from './feed.ts';

export function watermarkOf(feed: Pick<Feed, 'id'>, at: FeedTime): string {
  return Buffer.from(`1:${feed.id}:${at}`).toString('base64url');
}

export type ReadWatermark =
  { readonly kind: 'at'; readonly at: FeedTime } | { readonly kind: 'malformed' | 'foreign' | 'ahead' };

export function readWatermark(text: string, feed: Feed): ReadWatermark {
  const [version, id = '', at = ''] = Buffer.from(text, 'base64url').toString('utf8').split(':');
  if (version !== '1' || !isUuid(id) || !/^\d{1,16}$/.test(at)) return { kind: 'malformed' };
  if (id !== feed.id) return { kind: 'foreign' };
  return Number(at) > feed.at ? { kind: 'ahead' } : { kind: 'at', at: Number(at) };
}
