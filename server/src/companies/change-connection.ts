/** Creating, reading, unlinking and deleting connections. Linking them stands in link.ts. */
import { randomBytes } from 'node:crypto';
import type { Queryable } from '../db/pool.ts';
import { PublicError } from '../errors.ts';
import { connectionEvent, type ConnectionEventFacts } from '../events/event.ts';
import { insertEvents } from '../events/queries.ts';
import { uuidv7 } from '../lib/ids.ts';
import type { Company } from './company.ts';
import type { Connection } from './connection.ts';
import { requireConnector, telling, type CompaniesContext } from './context.ts';
import type { Listed, ListRequest } from './list.ts';
import {
  connectionsOfCompanies,
  countConnections,
  findCompany,
  findCompanyForUpdate,
  findConnection,
  findConnectionByToken,
  insertConnection,
  markConnectionDeleted,
  markNoLongerLinked,
  selectConnections,
} from './queries.ts';

export interface ConnectionPath {
  readonly companyId: string;
  readonly connectionId: string;
}

const CONNECTIONS_PER_COMPANY_MAX = 100;
const LINK_TOKEN_BYTES = 24;

export async function createConnection(
  context: CompaniesContext,
  { companyId, platformKey }: { readonly companyId: string; readonly platformKey: string },
): Promise<Connection> {
  requireConnector(context, platformKey);
  const { now } = telling(context);
  const connection: Connection = {
    id: uuidv7(now.getTime()),
    companyId,
    platformKey,
    status: 'PendingAuth',
    info: {},
    linkToken: randomBytes(LINK_TOKEN_BYTES).toString('base64url'),
    errors: [],
    createdAt: now,
    linkedAt: undefined,
  };
  await context.db.transaction(async (tx) => {
    const company = await findCompanyForUpdate(tx, companyId);
    if (company === undefined) throw new PublicError('company_not_found', companyId);
    if ((await countConnections(tx, companyId)) >= CONNECTIONS_PER_COMPANY_MAX) {
      throw new PublicError('conflict', `A company has at most ${CONNECTIONS_PER_COMPANY_MAX} connections`);
    }
    await insertConnection(tx, connection);
    await tell(context, tx, { eventType: 'connection.created', company, connection });
  });
  context.eventsStored();
  return connection;
}

export async function getConnection(context: CompaniesContext, path: ConnectionPath): Promise<Connection> {
  const connection = await findConnection(context.db, path);
  if (connection !== undefined) return connection;
  await requireCompany(context.db, path.companyId);
  throw new PublicError('connection_not_found', path.connectionId);
}

export async function listConnections(
  context: CompaniesContext,
  companyId: string,
  request: ListRequest,
): Promise<Listed<Connection>> {
  await requireCompany(context.db, companyId);
  return selectConnections(context.db, companyId, request);
}

/** For the list of companies, which shows the connections of each. */
export function listConnectionsOfCompanies(
  context: CompaniesContext,
  companyIds: readonly string[],
): Promise<Connection[]> {
  return connectionsOfCompanies(context.db, companyIds);
}

/** A company has at most one whose books are linked. Throws when there is no such company. */
export async function findLinkedConnection(
  context: CompaniesContext,
  companyId: string,
): Promise<Connection | undefined> {
  const connections = await connectionsOfCompanies(context.db, [companyId]);
  if (connections.length === 0) await requireCompany(context.db, companyId);
  return connections.find(({ status }) => status === 'Linked');
}

/** The connection that a link page is about; undefined when the address is wrong or the connection is gone. */
export function linkTokenLookup(context: CompaniesContext, token: string): Promise<Connection | undefined> {
  return findConnectionByToken(context.db, token);
}

export async function unlinkConnection(context: CompaniesContext, path: ConnectionPath): Promise<Connection> {
  await getConnection(context, path);
  const unlinked = await context.db.transaction(async (tx) => {
    const company = await requireCompany(tx, path.companyId);
    const connection = await markNoLongerLinked(tx, { connectionId: path.connectionId, to: 'Unlinked' });
    if (connection === undefined) {
      throw new PublicError('malformed_request', 'status: only a Linked connection can be unlinked');
    }
    await tell(context, tx, { eventType: 'connection.disconnected', company, connection });
    return connection;
  });
  context.eventsStored();
  return unlinked;
}

export async function deleteConnection(context: CompaniesContext, path: ConnectionPath): Promise<void> {
  await context.db.transaction(async (tx) => {
    const company = await requireCompany(tx, path.companyId);
    const connection = await markConnectionDeleted(tx, { ...path, now: context.clock.now() });
    if (connection === undefined) throw new PublicError('connection_not_found', path.connectionId);
    await tell(context, tx, { eventType: 'connection.deleted', company, connection });
  });
  context.eventsStored();
}

export async function requireCompany(db: Queryable, companyId: string): Promise<Company> {
  const company = await findCompany(db, companyId);
  if (company === undefined) throw new PublicError('company_not_found', companyId);
  return company;
}

/** Stores the event of a connection's move, in the transaction of that move. */
export async function tell(
  context: CompaniesContext,
  tx: Queryable,
  told: Omit<ConnectionEventFacts, 'platform' | 'connection'> & { readonly connection: Connection },
): Promise<void> {
  const { platform } = requireConnector(context, told.connection.platformKey);
  await insertEvents(tx, [connectionEvent({ ...told, platform }, telling(context))]);
}
