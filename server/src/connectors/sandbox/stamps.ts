/**
 * The sandbox's stamp of a record: its version, which it counts, and the time of its last change, for people to read.
 * Only the version is compared; two changes may fall into one millisecond.
 */
import { isMembers } from '../../models/validate.ts';
import type { PlatformRecord } from '../contract.ts';

export function stampOf(record: PlatformRecord): string | undefined {
  const { sourceVersion, sourceModifiedDate } = record;
  if (typeof sourceVersion !== 'string' || typeof sourceModifiedDate !== 'string') return undefined;
  return `${sourceVersion}@${sourceModifiedDate}`;
}

/** The precondition by which the sandbox itself refuses an update of anything but what we saw. */
export function preconditionOf(expectedStamp: string | undefined): Readonly<Record<string, string>> {
  if (expectedStamp === undefined) return {};
  const version = versionOf(expectedStamp);
  // Versions begin at 1: what is no stamp of ours is that of no state either.
  return { 'if-match': /^\d{1,15}$/.test(version) ? version : '0' };
}

function versionOf(stamp: string): string {
  return stamp.split('@', 1)[0] ?? '';
}

/** What the sandbox says in its refusal that the record is at now. */
export function currentStamp(error: Readonly<Record<string, unknown>>): string | undefined {
  const { current } = error;
  if (!isMembers(current) || typeof current['version'] !== 'number') return undefined;
  return stampOf({ sourceVersion: String(current['version']), sourceModifiedDate: current['updatedAt'] });
}

/** `3@2026-01-31T09:30:00.000Z` as a reader has it. */
function readable(stamp: string): string {
  const version = versionOf(stamp);
  const date = stamp.slice(version.length + 1);
  return date === '' ? stamp : `${date} (version ${version})`;
}

/** Names both dates, as far as they are known. */
export function staleMessage(expectedStamp: string, current: string | undefined): string {
  const seen =
    expectedStamp === ''
      ? 'The record has not been read through this connection yet, so nobody can tell what the update would overwrite'
      : `The record was changed at the platform since we last saw it, which was as of ${readable(expectedStamp)}`;
  const now =
    current === undefined
      ? 'The sandbox has another version of it by now'
      : `The sandbox has it as of ${readable(current)}`;
  return `${seen}. ${now}. Read it again before updating it, or set forceUpdate.`;
}
