/**
 * Which connector a connection belongs to. That never changes, so it is remembered, and accepting a push needs no
 * look-up of its own.
 */
import { getConnection, type ConnectionPath } from '../companies/change-connection.ts';
import { requireConnector } from '../companies/context.ts';
import type { Connector } from '../connectors/contract.ts';
import type { ApiDeps } from './deps.ts';

const REMEMBERED_MAX = 50_000;

export function makeConnectorOf({ companies }: Pick<ApiDeps, 'companies'>) {
  const remembered = new Map<string, Connector>();
  return async (path: ConnectionPath): Promise<Connector> => {
    const key = `${path.companyId}/${path.connectionId}`;
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const { platformKey } = await getConnection(companies, path);
    const connector = requireConnector(companies, platformKey);
    if (remembered.size >= REMEMBERED_MAX) remembered.clear();
    remembered.set(key, connector);
    return connector;
  };
}
