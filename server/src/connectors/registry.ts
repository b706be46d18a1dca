/** All connectors there are. A new platform is one folder, and one line here. */
import type { Connector } from './contract.ts';
import { makeSandboxConnector } from './sandbox/connector.ts';
import { makeTrytonConnector } from './tryton/connector.ts';

export interface ConnectorSettings {
  /** Asked at every use: the sandbox's address may change while links to it live on. */
  readonly sandboxUrl: () => string;
  readonly sandboxToken: string;
}

export interface Connectors {
  readonly connectorFor: (platformKey: string) => Connector | undefined;
  readonly listConnectors: () => readonly Connector[];
}

export function makeConnectors(settings: ConnectorSettings): Connectors {
  const sandbox = makeSandboxConnector(settings.sandboxUrl, settings.sandboxToken);
  const connectors: readonly Connector[] = [sandbox, makeTrytonConnector()];
  const byKey = new Map(connectors.map((connector) => [connector.platform.key, connector]));
  return { connectorFor: (platformKey) => byKey.get(platformKey), listConnectors: () => connectors };
}
