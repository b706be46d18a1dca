/** How a set is read this time: what has changed, or all of it. */
import { feedPosition } from '../records/feed.ts';
import type { ClaimedDataset, Pass, Place } from './moves.ts';
import type { PagedRead, Reader } from './reader.ts';
import { fromDateOf, syncSettings } from './settings.ts';

/** Everything is read again after so long, whatever is known of changes: stamps are the platform's word, not ours. */
const FULL_EVERY_MS = 24 * 3_600_000;

/** Stored with its first page: a reader that dies before leaves the decision to the next one. */
export async function decidePass({ deps, dataset, modelKey }: Reader, read: PagedRead): Promise<Pass> {
  const { db } = deps.companies;
  const { known, dataType, companyId } = dataset;
  const now = deps.clock.now();
  const [{ settings }, asOf] = await Promise.all([syncSettings(db, companyId), feedPosition(db, companyId)]);
  const setting = settings.find((each) => each.dataType === dataType);
  const fromDate = fromDateOf(setting, now);
  const isFull =
    read.changesUnstamped === true ||
    known.knownUntil === undefined ||
    known.fullAt === undefined ||
    known.modelKey !== modelKey ||
    reachesFurtherBack(fromDate, known.fromDate) ||
    now.getTime() - known.fullAt.getTime() > FULL_EVERY_MS;
  return { isFull, changedAfter: isFull ? fromDate : known.knownUntil, fromDate, modelKey, asOf };
}

function reachesFurtherBack(fromDate: Date | undefined, before: Date | undefined): boolean {
  if (before === undefined) return false;
  return fromDate === undefined || fromDate.getTime() < before.getTime();
}

/** A caller who asks for a reading wants to hear of deletions, however the platform tells them. */
export function mustReadAll({ tellsDeletions }: ClaimedDataset, read: PagedRead, pass: Pass, place: Place): boolean {
  return tellsDeletions && !pass.isFull && read.ids === undefined && !place.deletionsTold;
}

/** The same set once more from its beginning, all of it. */
export async function inFull({ deps, dataset }: Reader, pass: Pass): Promise<Pass> {
  const asOf = await feedPosition(deps.companies.db, dataset.companyId);
  return { ...pass, isFull: true, changedAfter: pass.fromDate, asOf };
}
