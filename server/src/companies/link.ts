/**
 * Linking a connection to a company's books, opening the sealed link for a call, and noting that a platform has taken
 * it back. The platform is called outside of any transaction.
 */
import type { AuthorizeOutcome, ConnectorIO, Link } from '../connectors/contract.ts';
import { errorCode } from '../db/pool.ts';
import { PublicError } from '../errors.ts';
import type { Sealer } from '../lib/seal.ts';
import { getConnection, requireCompany, tell, type ConnectionPath } from './change-connection.ts';
import { EVENT_OF_LINKING, withError, withErrorsResolved, type Connection } from './connection.ts';
import { requireConnector, type CompaniesContext } from './context.ts';
import {
  findConnectionById,
  hasOtherLinkedConnection,
  markLinked,
  markNoLongerLinked,
  selectSealedLink,
  storeConnectionErrors,
} from './queries.ts';

const FIELDS_MAX = 50;
const FIELD_CHARS_MAX = 10_000;
const SEALED_LINK = 'link';
/** Some kilobytes each at most. */
const OPENED_LINKS_MAX = 1_000;
const UNIQUE_VIOLATION = '23505';

/**
 * Links a connection, or links it anew with other credentials. Refused credentials are a 400 that names the field, a
 * platform that cannot be reached is a 503, and a second linked connection of the same company is a conflict.
 */
export async function authorizeConnection(
  context: CompaniesContext,
  path: ConnectionPath,
  authorization: { readonly fields: Readonly<Record<string, string>>; readonly io: ConnectorIO },
): Promise<Connection> {
  checkFields(authorization.fields);
  const connection = await getConnection(context, path);
  // Before the platform is asked: it may set things up for a link that we would then refuse.
  if (await hasOtherLinkedConnection(context.db, path)) throw anotherIsLinked();
  const company = await requireCompany(context.db, path.companyId);
  const outcome = await requireConnector(context, connection.platformKey).authorize(
    { ...path, companyName: company.name, fields: authorization.fields },
    authorization.io,
  );
  switch (outcome.kind) {
    case 'linked':
      return storeLink(context, connection, outcome);
    case 'refused':
      await storeRefusal(context, connection, outcome.message);
      throw new PublicError(
        'malformed_request',
        outcome.field === undefined ? outcome.message : `${outcome.field}: ${outcome.message}`,
      );
    case 'unreachable':
      throw new PublicError('platform_unreachable', '', outcome.reason);
  }
}

function checkFields(fields: Readonly<Record<string, string>>): void {
  const entries = Object.entries(fields);
  if (entries.length > FIELDS_MAX) {
    throw new PublicError('malformed_request', `An authorization has at most ${FIELDS_MAX} fields`);
  }
  const long = entries.find(([, value]) => value.length > FIELD_CHARS_MAX);
  if (long !== undefined) {
    throw new PublicError('malformed_request', `${long[0]}: must have at most ${FIELD_CHARS_MAX} characters`);
  }
}

function anotherIsLinked(): PublicError {
  return new PublicError('conflict', 'Another connection of this company is linked; unlink it first');
}

async function storeLink(
  context: CompaniesContext,
  before: Connection,
  outcome: Extract<AuthorizeOutcome, { kind: 'linked' }>,
): Promise<Connection> {
  const now = context.clock.now();
  try {
    const linked = await context.db.transaction(async (tx) => {
      const company = await requireCompany(tx, before.companyId);
      const connection = await markLinked(tx, {
        connectionId: before.id,
        from: before.status,
        linkSealed: context.sealer.seal(SEALED_LINK, before.id, JSON.stringify(outcome.link)),
        info: outcome.info,
        errors: withErrorsResolved(before.errors, now),
        now,
      });
      if (connection === undefined) {
        throw new PublicError('conflict', 'The connection was changed while it was being linked; try again');
      }
      await context.onLinked?.(tx, connection);
      const eventType = EVENT_OF_LINKING[before.status];
      if (eventType !== undefined) await tell(context, tx, { eventType, company, connection });
      return connection;
    });
    context.eventsStored();
    context.linked?.();
    return linked;
  } catch (error) {
    // The index one_linked_connection_per_company decides between two that link at once.
    if (errorCode(error) === UNIQUE_VIOLATION) throw anotherIsLinked();
    throw error;
  }
}

/** A linked connection keeps the link it has: refused new credentials change nothing and are told to the caller only. */
async function storeRefusal(context: CompaniesContext, before: Connection, message: string): Promise<void> {
  if (before.status === 'Linked') return;
  await context.db.transaction(async (tx) => {
    const company = await requireCompany(tx, before.companyId);
    const errors = withError(before.errors, { statusCode: 400, message, at: context.clock.now() });
    const connection = await storeConnectionErrors(tx, before.id, errors);
    if (connection !== undefined) await tell(context, tx, { eventType: 'connection.failed', company, connection });
  });
  context.eventsStored();
}

/** The link as its connector made it. Throws when it was sealed with another secret key. */
export function openLink(sealer: Sealer, connectionId: string, linkSealed: Buffer): Link {
  return JSON.parse(sealer.open(SEALED_LINK, connectionId, linkSealed)) as Link;
}

/** Opens the links of pushes, each once: to decipher and parse it for every push cost a twenty-fifth of the push. */
export function makeLinkOpener(sealer: Sealer) {
  const opened = new Map<string, { readonly sealed: Buffer; readonly link: Link }>();
  return ({ connectionId, linkSealed }: { readonly connectionId: string; readonly linkSealed: Buffer }): Link => {
    const known = opened.get(connectionId);
    // Sealed anew, even the same link is another text.
    if (known?.sealed.equals(linkSealed) === true) return known.link;
    const link = openLink(sealer, connectionId, linkSealed);
    opened.delete(connectionId);
    const [oldest] = opened.keys();
    if (oldest !== undefined && opened.size >= OPENED_LINKS_MAX) opened.delete(oldest);
    opened.set(connectionId, { sealed: linkSealed, link });
    return link;
  };
}

/** The link of a connection that is Linked; undefined for any other. */
export async function getLink(
  { db, sealer }: Pick<CompaniesContext, 'db' | 'sealer'>,
  connectionId: string,
): Promise<Link | undefined> {
  const linkSealed = await selectSealedLink(db, connectionId);
  return linkSealed && openLink(sealer, connectionId, linkSealed);
}

/** The platform no longer accepts the link. Answers false when the connection was not Linked any more. */
export async function markDeauthorized(
  context: CompaniesContext,
  connectionId: string,
  reason: string,
): Promise<boolean> {
  const isChanged = await context.db.transaction(async (tx) => {
    const before = await findConnectionById(tx, connectionId);
    if (before === undefined) return false;
    const errors = withError(before.errors, { statusCode: 401, message: reason, at: context.clock.now() });
    const connection = await markNoLongerLinked(tx, { connectionId, to: 'Deauthorized', errors });
    if (connection === undefined) return false;
    const company = await requireCompany(tx, connection.companyId);
    await tell(context, tx, { eventType: 'connection.disconnected', company, connection });
    return true;
  });
  if (isChanged) context.eventsStored();
  return isChanged;
}
