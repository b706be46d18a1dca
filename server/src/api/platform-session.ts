/** A session at the platform of a linked connection, for what is asked of it while the caller waits. */
import { getLink } from '../companies/link.ts';
import type { Connector, ConnectorIO } from '../connectors/contract.ts';
import type { Clock } from '../lib/clock.ts';
import { makeRecordedFetch } from '../lib/recorded-fetch.ts';
import type { CallGate } from '../rates/gate.ts';
import type { ApiDeps } from './deps.ts';

/** The largest file that can be attached (10 MB) has to come back too, which some platforms send as Base64 inside JSON. */
const ANSWER_BYTES_MAX = 15_000_000;

/** The network as a platform is reached while a caller waits: bounded in time, size and, where there is a gate, calls. */
export function makeConnectorIO(clock: Clock) {
  return (connector: Connector, gate?: CallGate): ConnectorIO => {
    const { fetch } = makeRecordedFetch({
      timeoutMs: connector.limits.callTimeoutMs,
      secrets: [],
      clock,
      answerBytesMax: ANSWER_BYTES_MAX,
      gate,
    });
    return { fetch, now: () => clock.now() };
  };
}

/** Undefined when the connection is not linked. */
export async function openSession(
  { companies, connectorIO, gateFor }: Pick<ApiDeps, 'companies' | 'connectorIO' | 'gateFor'>,
  { connector, connectionId }: { readonly connector: Connector; readonly connectionId: string },
): Promise<unknown> {
  const link = await getLink(companies, connectionId);
  if (link === undefined) return undefined;
  return connector.open(link, connectorIO(connector, gateFor(connector, { connectionId, link }, 'read')));
}
