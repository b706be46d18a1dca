/** `read.completed`: a reading of a company's books has ended, well or badly; `.initial` after a connection was authorised. */
import { uuidv7 } from '../lib/ids.ts';
import type { LedgerpostEvent, Telling } from './event.ts';
import { renderReferenceCompany, type ReferenceCompanyFacts } from './wire.ts';

export interface EndedRead {
  readonly connectionId: string;
  readonly dataType: string;
  readonly recordsModified: boolean;
  /** The dataset's, in the words of the wire. */
  readonly status: string;
  readonly datasetId: string;
  /** What the records lack, each a sentence. */
  readonly warnings: readonly string[];
}

export interface ReadFacts {
  readonly company: ReferenceCompanyFacts;
  /** What changed before was not read again. */
  readonly modifiedFrom: Date | undefined;
  readonly reads: readonly EndedRead[];
}

export function readEvent(
  eventType: 'read.completed' | 'read.completed.initial',
  { company, modifiedFrom, reads }: ReadFacts,
  { publicUrl, now }: Telling,
): LedgerpostEvent {
  return {
    id: uuidv7(now.getTime()),
    companyId: company.id,
    eventType,
    generatedAt: now,
    payload: {
      referenceCompany: renderReferenceCompany(company, publicUrl),
      // Absent where everything was read: official clients take no null here.
      ...(modifiedFrom !== undefined && { modifiedFromDate: modifiedFrom.toISOString() }),
      dataTypes: reads.map(({ connectionId, dataType, recordsModified, status, datasetId, warnings }) => {
        const place = `${publicUrl}/companies/${company.id}`;
        const links = {
          logs: `${place}/data/history/${datasetId}`,
          portal: `${publicUrl}/portal/companies/${company.id}`,
          readMore: `${place}/sync/${datasetId}/validation`,
        };
        const issues = warnings.map((message) => ({ type: 'warning.validation', message, links }));
        return { connectionId, dataType, recordsModified, status, issues: issues.length === 0 ? null : issues };
      }),
    },
  };
}
