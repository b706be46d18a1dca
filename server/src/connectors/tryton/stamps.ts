/**
 * The stamp of a record in Tryton: its `_timestamp` and those of its parts, since a change to a line leaves that of the
 * document as it was. For people there is the time of the last change beside it.
 */
import { createHash } from 'node:crypto';
import type { PlatformRecord } from '../contract.ts';
import { isMembers } from '../../models/validate.ts';
import { listOf, momentOf, type Members } from './values.ts';

/** `sourceVersion` and `sourceModifiedDate` of a record that was read with the stamps of all its parts. */
export function sourceMembers(parts: readonly string[] = [], record: Members): Members {
  const all = [record, ...parts.flatMap((part) => partsAt(record[part]))];
  const stamps = [
    ['', record['id'], record['_timestamp']],
    ...parts.flatMap((part) => partsAt(record[part]).map((each) => [part, each['id'], each['_timestamp']])),
  ];
  const moments = all
    .map((each) => momentOf(each['write_date']) ?? momentOf(each['create_date']))
    .filter((moment) => moment !== undefined);
  const latest = moments.toSorted().at(-1);
  return {
    sourceVersion: createHash('sha256').update(JSON.stringify(stamps)).digest('hex').slice(0, 20),
    // Milliseconds are what a date on the wire has.
    ...(latest === undefined ? {} : { sourceModifiedDate: `${latest.slice(0, 23)}Z` }),
  };
}

/** A list, or the one record that this one is half of, such as a product's template. */
function partsAt(value: unknown): readonly Members[] {
  return isMembers(value) ? [value] : listOf(value);
}

export function stampOf(record: PlatformRecord): string | undefined {
  const { sourceVersion, sourceModifiedDate } = record;
  if (typeof sourceVersion !== 'string' || typeof sourceModifiedDate !== 'string') return undefined;
  return `${sourceVersion}@${sourceModifiedDate}`;
}

/** The context by which Tryton itself refuses to write over anything but what was read. */
export function timestampContext(model: string, record: Members): Members {
  return { _timestamp: { [`${model},${String(record['id'])}`]: record['_timestamp'] } };
}

/** Names both dates, as far as they are known. */
export function staleMessage(expectedStamp: string, current: string | undefined): string {
  const seen =
    expectedStamp === ''
      ? 'The record has not been read through this connection yet, so nobody can tell what the update would overwrite'
      : `The record was changed in Tryton since we last saw it, which was as of ${dateIn(expectedStamp)}`;
  const now =
    current === undefined ? 'Tryton has another version of it by now' : `Tryton has it as of ${dateIn(current)}`;
  return `${seen}. ${now}. Read it again before updating it, or set forceUpdate.`;
}

function dateIn(stamp: string): string {
  return stamp.slice(stamp.indexOf('@') + 1);
}
