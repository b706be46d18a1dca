/** A session at the platform of a linked connection, for what is asked of it while the caller waits. */
import { getLink } from '../companies/link.ts';
import type { Connector, ConnectorIO } from '../connectors/contract.ts';
import type { Clock } from '../lib/clock.ts';
import { makeRecordedFetch } from '../lib/recorded-fetch.ts';
import type { ApiDeps } from './deps.ts';

/** The largest file that can be attached (10 MB) has to come back too, which some platforms send as Base64 inside JSON. */
const ANSWER_BYTES_MAX = 15_000_000;

/** The network as a platform is reached while a caller waits: bounded in time and size. */
export function makeConnectorIO(clock: Clock) {
  return (connector: Connector): ConnectorIO => {
    const { fetch } = makeRecordedFetch({
      timeoutMs: connector.limits.callTimeoutMs,
      secrets: [],
      clock,
      answerBytesMax: ANSWER_BYTES_MAX,
    });
    return { fetch, now: () => clock.now() };
  };
}

/** Undefined when the connection is not linked. */
export async function openSession(
  { companies, connectorIO }: Pick<ApiDeps, 'companies' | 'connectorIO'>,
  { connector, connectionId }: { readonly connector: Connector; readonly connectionId: string },
): Promise<unknown> {
  const link = await getLink(companies, connectionId);
  return link && connector.open(link, connectorIO(connector));
}
