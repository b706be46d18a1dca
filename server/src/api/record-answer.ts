/** A kept record as the wire shows it. */
import type { StoredRecord } from '../records/list.ts';
import type { RecordContent } from '../records/stored-types.ts';

/** The place in the company's feed up to which an answer shows everything. */
export const WATERMARK_HEADER = 'ledgerpost-watermark';

export function recordAnswer({ content, modifiedDate, isDeleted }: StoredRecord): RecordContent {
  return { ...content, modifiedDate, metadata: { isDeleted } };
}
