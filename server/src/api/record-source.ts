/** Of which connection, and of which set of records of it, a read is to be answered: from what is kept, linked or not. */
import { getCompany } from '../companies/change-company.ts';
import { getConnection, listConnections } from '../companies/change-connection.ts';
import type { Connection } from '../companies/connection.ts';
import { requireConnector } from '../companies/context.ts';
import type { Connector } from '../connectors/contract.ts';
import { PublicError } from '../errors.ts';
import { isReadable, type ReadDataType } from '../models/data-types.ts';
import { openFeed, type Feed } from '../records/feed.ts';
import { isSynced } from '../records/state.ts';
import type { StoredDataType } from '../records/stored-types.ts';
import { readWatermark } from '../records/watermark.ts';
import { dataTypeFrom, notSupported } from './data-type-path.ts';
import type { ApiDeps } from './deps.ts';
import { companyIdFrom, connectionIdsFrom } from './path-ids.ts';

/** More than any company has. */
const CONNECTIONS_LOOKED_AT = 1_000;

/** The books of a company: those that are linked, or else those that were linked last. */
export async function booksOfCompany(
  { companies }: Pick<ApiDeps, 'companies'>,
  params: { readonly companyId: string },
): Promise<Connection> {
  const companyId = companyIdFrom(params);
  await getCompany(companies, companyId);
  const { items } = await listConnections(companies, companyId, { page: 1, pageSize: CONNECTIONS_LOOKED_AT });
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
  if (!isReadable(dataType) || read === undefined) throw notSupported(dataType, connector.platform.key);
  return {
    companyId: connection.companyId,
    connectionId: connection.id,
    dataType,
    connector,
    below: read.below,
  };
}

export async function requireSynced(
  { db }: Pick<ApiDeps, 'db'>,
  set: { readonly connectionId: string; readonly dataType: StoredDataType },
): Promise<void> {
  if (!(await isSynced(db, set))) throw new PublicError('data_not_synced', set.dataType);
}

/** Found before anything is read, so that what it counts is in what is read. */
export function feedOf({ db }: Pick<ApiDeps, 'db'>, companyId: string): Promise<Feed> {
  return openFeed(db, companyId);
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
