/** Reading the books into the gateway: how often each type is read, reading now, and how far that is. */
import type { Calls } from './calls.ts';
import type { ListRequest, Page, Stream } from './lists.ts';
import type { CompanyInfo } from './generated/records.ts';
import type { ReadDataType } from './push.ts';
import type { CallOptions, WriteCallOptions } from './transport.ts';

export interface SyncSetting {
  readonly dataType: string;
  /** Whether it is read as soon as a connection is linked. */
  readonly fetchOnFirstLink: boolean;
  /** Hours between two readings: 0 for none, 1, 24, 168, 720. */
  readonly syncSchedule: number;
  /** Lower ones are read first. */
  readonly syncOrder: number;
  /** Nothing older. This or `syncFromWindow`. */
  readonly syncFromUtc?: string;
  /** Months back from the first reading. */
  readonly syncFromWindow?: number;
  readonly monthsToSync?: number;
  readonly isLocked?: boolean;
}

export interface SyncSettings {
  readonly settings: readonly SyncSetting[];
  readonly overridesDefaults: boolean;
  readonly clientId?: string;
  readonly companyId?: string;
}

/** One reading of one data type. */
export interface PullOperation {
  readonly id: string;
  readonly companyId: string;
  readonly connectionId: string;
  readonly dataType: string;
  /** `Queued`, `Fetching`, `Complete`, `FetchError`, … */
  readonly status: string;
  readonly statusDescription?: string | null;
  readonly errorMessage?: string | null;
  readonly requested: string;
  readonly completed?: string;
  /** In percent. */
  readonly progress: number;
  readonly isCompleted: boolean;
  readonly isErrored: boolean;
}

export interface DataStatus {
  readonly dataType: string;
  readonly currentStatus: string;
  readonly lastSuccessfulSync?: string;
  readonly latestSyncId?: string;
  readonly latestSuccessfulSyncId?: string;
}

type CompanyId = { readonly companyId: string };

export function makeSyncSettings({ read, write }: Calls) {
  const path = ({ companyId }: Partial<CompanyId>) => [
    ...(companyId === undefined ? ['profile'] : ['companies', companyId]),
    'syncSettings',
  ];
  return {
    /** Those of one company; without `companyId`, the defaults of all. */
    get: (request: Partial<CompanyId> & CallOptions = {}): Promise<SyncSettings> => read(path(request), request),
    update: (request: Partial<CompanyId> & SyncSettings & WriteCallOptions): Promise<void> => {
      const { companyId, clientId, settings, overridesDefaults } = request;
      return write('POST', path(request), request, { companyId, clientId, settings, overridesDefaults });
    },
  };
}

export function makeRefreshData({ read, write, page, all }: Calls) {
  const path = ({ companyId }: CompanyId, ...more: string[]) => ['companies', companyId, 'data', ...more];
  return {
    /** Begins a reading of every type that is read on the first link. */
    all: (request: CompanyId & WriteCallOptions): Promise<void> => write('POST', path(request, 'all'), request),
    /** Begins a reading of one type. Rejects with `conflict` while one is under way. */
    byDataType: (
      request: CompanyId & {
        readonly dataType: ReadDataType | (string & {});
        readonly connectionId?: string;
      } & WriteCallOptions,
    ): Promise<PullOperation> => {
      const { dataType, connectionId } = request;
      return write('POST', path(request, 'queue', dataType), request, undefined, { connectionId });
    },
    /** Where each data type stands. */
    status: (request: CompanyId & CallOptions): Promise<Readonly<Record<string, DataStatus>>> =>
      read(['companies', request.companyId, 'dataStatus'], request),
    /** Readings, the newest first. */
    history: (request: CompanyId & ListRequest<PullOperation>): Promise<Page<PullOperation>> =>
      page(path(request, 'history'), request),
    streamHistory: (request: CompanyId & ListRequest<PullOperation>): Stream<PullOperation> =>
      all(path(request, 'history'), request),
    /** One reading. */
    get: (request: CompanyId & { readonly datasetId: string } & CallOptions): Promise<PullOperation> =>
      read(path(request, 'history', request.datasetId), request),
  };
}

/** What the books say of the company itself. */
export function makeCompanyInfo({ read, write }: Calls) {
  const path = ({ companyId }: CompanyId) => ['companies', companyId, 'data', 'info'];
  return {
    get: (request: CompanyId & CallOptions): Promise<CompanyInfo> => read(path(request), request),
    refresh: (request: CompanyId & WriteCallOptions): Promise<PullOperation> => write('POST', path(request), request),
  };
}
