/** One data type of one linked connection, opened for a read while the caller waits. */
import { findLinkedConnection, getConnection } from '../companies/change-connection.ts';
import type { Connection } from '../companies/connection.ts';
import { requireConnector } from '../companies/context.ts';
import { markDeauthorized } from '../companies/link.ts';
import type { Connector, Read, ReadOutcome } from '../connectors/contract.ts';
import { PublicError } from '../errors.ts';
import { isReadable, type DataType } from '../models/data-types.ts';
import { dataTypeFrom, notSupported } from './data-type-path.ts';
import type { ApiDeps } from './deps.ts';
import { companyIdFrom, connectionIdsFrom } from './path-ids.ts';
import { openSession } from './platform-session.ts';

export interface Source {
  readonly deps: ApiDeps;
  readonly companyId: string;
  readonly connectionId: string;
  readonly dataType: DataType;
  readonly connector: Connector;
  readonly read: Read<unknown>;
  readonly session: unknown;
}

async function linkedConnection({ companies }: ApiDeps, companyId: string): Promise<Connection> {
  const linked = await findLinkedConnection(companies, companyId);
  if (linked === undefined) throw new PublicError('conflict', 'No connection of this company is linked');
  return linked;
}

async function openSource(deps: ApiDeps, connection: Connection, dataType: DataType): Promise<Source> {
  const connector = requireConnector(deps.companies, connection.platformKey);
  const read = isReadable(dataType) ? connector.reads[dataType] : undefined;
  if (read === undefined) throw notSupported(dataType, connector.platform.key);
  const session = await openSession(deps, { connector, connectionId: connection.id });
  if (session === undefined) throw new PublicError('conflict', `Data connection ${connection.id} is not linked`);
  return { deps, companyId: connection.companyId, connectionId: connection.id, dataType, connector, read, session };
}

/** The data type of the company's linked connection. */
export async function companySource(
  deps: ApiDeps,
  params: { readonly companyId: string; readonly dataType: string },
): Promise<Source> {
  const dataType = dataTypeFrom(params.dataType);
  return openSource(deps, await linkedConnection(deps, companyIdFrom(params)), dataType);
}

export async function connectionSource(
  deps: ApiDeps,
  params: { readonly companyId: string; readonly connectionId: string; readonly dataType: string },
): Promise<Source> {
  const dataType = dataTypeFrom(params.dataType);
  return openSource(deps, await getConnection(deps.companies, connectionIdsFrom(params)), dataType);
}

/** What was read, or the refusal that the caller gets instead. */
export async function settled<T>({ deps, connectionId }: Source, outcome: ReadOutcome<T>): Promise<T> {
  switch (outcome.kind) {
    case 'read':
      return outcome.value;
    case 'unreachable':
      throw new PublicError('platform_unreachable', '', outcome.reason);
    case 'unlinked':
      await markDeauthorized(deps.companies, connectionId, outcome.reason);
      throw new PublicError('conflict', `Data connection ${connectionId} is not linked`);
  }
}
