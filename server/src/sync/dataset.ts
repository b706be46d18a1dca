/** A dataset: one reading of one data type of a connection. Its statuses, in the words of the wire, and what each means. */
import type { StoredDataType } from '../records/stored-types.ts';

export const DATASET_STATUSES = [
  'Initial',
  'Queued',
  'Fetching',
  'MapQueued',
  'Mapping',
  'Complete',
  'FetchError',
  'MapError',
  'InternalError',
  'ProcessingQueued',
  'Processing',
  'ProcessingError',
  'ValidationQueued',
  'Validating',
  'ValidationError',
  'AuthError',
  'Cancelled',
  'NotSupported',
  'RateLimitError',
  'PermissionsError',
  'PrerequisiteNotMet',
] as const;

export type DatasetStatus = (typeof DATASET_STATUSES)[number];

export type DatasetCause = 'link' | 'schedule' | 'request' | 'retry';

/** How a reading may end. */
export type DatasetEnd = Exclude<
  DatasetStatus,
  | 'Initial'
  | 'Queued'
  | 'Fetching'
  | 'MapQueued'
  | 'Mapping'
  | 'ProcessingQueued'
  | 'Processing'
  | 'ValidationQueued'
  | 'Validating'
>;

/** Ends that are nobody's fault. */
const SOUND: ReadonlySet<DatasetStatus> = new Set(['Complete', 'NotSupported', 'Cancelled']);

export function isErrored(status: DatasetEnd): boolean {
  return !SOUND.has(status);
}

/** What the API shows of one. */
export interface Dataset {
  readonly id: string;
  readonly companyId: string;
  readonly connectionId: string;
  readonly dataType: StoredDataType;
  readonly status: DatasetStatus;
  readonly errorMessage: string | undefined;
  readonly requestedAt: Date;
  readonly completedAt: Date | undefined;
  readonly progress: number;
}

/** What a record lacks. Kept with the dataset, and told in its event. */
export interface DatasetFinding {
  readonly ruleId: string;
  readonly itemId: string;
  readonly message: string;
  readonly validatorName: string;
}
