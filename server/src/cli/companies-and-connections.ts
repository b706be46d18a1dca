/** Which company, and which of its connections, a command means: by id, or by a name that only one has. */
import { CommandFailure } from './exit-codes.ts';
import type { ServerCalls } from './server-calls.ts';

export interface WireCompany {
  readonly id: string;
  readonly name: string;
  readonly created: string;
  readonly dataConnections: readonly WireConnection[];
}

export interface WireConnection {
  readonly id: string;
  readonly status: string;
  readonly platformName: string;
  readonly integrationKey: string;
  readonly linkUrl: string;
  readonly created: string;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Names are compared here, not by the server's filter, which has its own reading of braces and operators. */
const COMPANIES_LOOKED_AT_MAX = 5_000;

export async function findCompany(server: ServerCalls, idOrName: string): Promise<WireCompany> {
  if (UUID.test(idOrName)) return server.call<WireCompany>('GET', `/companies/${idOrName}`);
  const { results, totalResults } = await server.call<{
    readonly results: readonly WireCompany[];
    readonly totalResults: number;
  }>('GET', '/companies', { query: { pageSize: COMPANIES_LOOKED_AT_MAX } });
  const [found, another] = results.filter(({ name }) => name.toLowerCase() === idOrName.toLowerCase());
  if (another !== undefined)
    throw new CommandFailure('usage', `Several companies are called "${idOrName}": give an id`);
  if (found !== undefined) return found;
  const unseen = totalResults > results.length ? ` among the first ${results.length}; give its id` : '';
  throw new CommandFailure('notFound', `No company is called "${idOrName}"${unseen}`);
}

/** The connection asked for, else the one that is linked, else the only one. */
export function connectionOf(company: WireCompany, wantedId?: string): WireConnection {
  const { dataConnections: connections } = company;
  if (wantedId !== undefined) {
    const wanted = connections.find(({ id }) => id === wantedId.toLowerCase());
    if (wanted === undefined) throw new CommandFailure('notFound', `${company.name} has no connection ${wantedId}`);
    return wanted;
  }
  const linked = connections.find(({ status }) => status === 'Linked');
  const [only, another] = connections;
  if (linked !== undefined) return linked;
  if (only !== undefined && another === undefined) return only;
  throw new CommandFailure(
    only === undefined ? 'notFound' : 'usage',
    only === undefined
      ? `${company.name} has no connection: make one with "ledgerpost connections create"`
      : `${company.name} has several connections and none is linked: choose one with --connection`,
  );
}
