/** Of which connection, and of which set of records of it, a read is to be answered: from what is kept, linked or not. */
import { getCompany } from '../companies/change-company.ts';
import { getConnection, listConnectionsOfCompanies } from '../companies/change-connection.ts';
import type { Connection } from '../companies/connection.ts';
import { requireConnector } from '../companies/context.ts';
import type { Connector } from '../connectors/contract.ts';
import { PublicError } from '../errors.ts';
import { isReadable, type ReadDataType } from '../models/data-types.ts';
import { openFeed, type Feed } from '../records/feed.ts';
import { isRecordKnown } from '../records/list.ts';
import { findSetState, type SetState } from '../records/state.ts';
import type { StoredDataType } from '../records/stored-types.ts';
import { readWatermark } from '../records/watermark.ts';
import { awaitFirstRead } from '../sync/first-read.ts';
import { refreshBeforeRead } from '../sync/refresh-stale.ts';
import { dataTypeFrom, notSupported } from './data-type-path.ts';
import type { ApiDeps } from './deps.ts';
import { companyIdFrom, connectionIdsFrom } from './path-ids.ts';

/** The books of a company: those that are linked, or else those that were linked last. */
export async function booksOfCompany(
  { companies }: Pick<ApiDeps, 'companies'>,
  params: { readonly companyId: string },
): Promise<Connection> {
  const companyId = companyIdFrom(params);
  const items = await listConnectionsOfCompanies(companies, [companyId]);
  if (items.length === 0) await getCompany(companies, companyId);
  const everLinked = items.filter(({ linkedAt }) => linkedAt !== undefined);
  const latest = everLinked.toSorted((a, b) => (b.linkedAt?.getTime() ?? 0) - (a.linkedAt?.getTime() ?? 0))[0];
  const books = items.find(({ status }) => status === 'Linked') ?? latest;
  if (books === undefined) throw new PublicError('conflict', 'No connection of this company is linked');
  return books;
}

export interface RecordSource {
  readonly companyId: string;
  readonly connectionId: string;
  readonly dataType: ReadDataType;
  readonly connector: Connector;
  /** The type whose records these belong to, and are listed by. */
  readonly below: ReadDataType | undefined;
}

export async function recordsOfCompany(
  deps: ApiDeps,
  params: { readonly companyId: string; readonly dataType: string },
): Promise<RecordSource> {
  const dataType = dataTypeFrom(params.dataType);
  return sourceOf(deps, await booksOfCompany(deps, params), dataType);
}

export async function recordsOfConnection(
  deps: ApiDeps,
  params: { readonly companyId: string; readonly connectionId: string; readonly dataType: string },
): Promise<RecordSource> {
  const dataType = dataTypeFrom(params.dataType);
  return sourceOf(deps, await getConnection(deps.companies, connectionIdsFrom(params)), dataType);
}

function sourceOf(deps: ApiDeps, connection: Connection, dataType: ReturnType<typeof dataTypeFrom>): RecordSource {
  const connector = requireConnector(deps.companies, connection.platformKey);
  const read = isReadable(dataType) ? connector.reads[dataType] : undefined;
  if (!isReadable(dataType) || read === undefined) {
    const isInfo = dataType === 'company' && connector.companyInfo !== undefined;
    throw notSupported(dataType, connector.platform.key, isInfo ? ' at this path; it is read at …/data/info' : '');
  }
  return {
    companyId: connection.companyId,
    connectionId: connection.id,
    dataType,
    connector,
    below: read.below,
  };
}

/** Refuses a type that is read by the record to which it belongs, and so at no path of the others. */
export function requireOwnPath({ dataType, below, connector }: RecordSource): void {
  if (below === undefined) return;
  const path = `…/data/${below}/{id}/${dataType}`;
  throw notSupported(dataType, connector.platform.key, ` at this path; it is read at ${path}`);
}

/** Throws for a record that is in no way known, while all of its type are: what would belong to it cannot be listed. */
export async function requireParent(deps: ApiDeps, source: RecordSource, parentId: string): Promise<void> {
  if (source.below === undefined) return;
  const set = { companyId: source.companyId, connectionId: source.connectionId, dataType: source.below };
  const { isSynced } = await freshSet(deps, set, parentId);
  if (!isSynced || (await isRecordKnown(deps.db, { ...set, recordId: parentId }))) return;
  throw new PublicError('record_not_found', `${source.below} for ID ${parentId}`);
}

/** Whether it can be shown as it is kept. */
export function isFresh(state: SetState): state is SetState & { readonly feed: Feed } {
  return state.isSynced && !state.hasStale && state.feed !== undefined;
}

/**
 * Whether the set was ever read in full, once what is out of date in it has been read again. Where its first reading is
 * under way, a list waits for it: callers that link and read at once mean what they will be shown in a moment.
 */
export async function freshSet(
  deps: ApiDeps,
  set: { readonly companyId: string; readonly connectionId: string; readonly dataType: StoredDataType },
  recordId?: string,
): Promise<{ readonly isSynced: boolean; readonly feed: Feed }> {
  const state = await findSetState(deps.db, set, recordId);
  // Found before the records are looked at: all that it counts is among them.
  if (isFresh(state)) return { isSynced: true, feed: state.feed };
  const isSynced = state.isSynced || (recordId === undefined && (await awaitFirstRead(deps.db, set)));
  // What was written while the first reading was under way may have been passed by.
  if (state.hasStale || !state.isSynced) {
    await refreshBeforeRead(deps, { companyId: set.companyId, dataTypes: [set.dataType], recordId });
  }
  return { isSynced, feed: await openFeed(deps.db, set.companyId) };
}

const REFUSED = {
  malformed: 'is no watermark of ours',
  foreign: 'is the watermark of another company, or of this one in another database',
  ahead: 'is newer than anything that is kept of this company: the database was set back, and all has to be read again',
} as const;

/** A place in the feed as a caller hands it in. */
export function watermarkFrom(text: string, feed: Feed): number {
  const read = readWatermark(text, feed);
  if (read.kind !== 'at') throw new PublicError('malformed_request', `Query parameter after ${REFUSED[read.kind]}`);
  return read.at;
}
