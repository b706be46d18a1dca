/**
 * The conformance suite over the Tryton connector, against a real Tryton. Documents are left as drafts: what is posted can be
 * neither changed nor deleted, which half of the suite is about.
 */
import { describeConformance } from '../../src/connectors/conformance.ts';
import type { Connector } from '../../src/connectors/contract.ts';
import { makeTrytonConnector } from '../../src/connectors/tryton/connector.ts';
import { startTrytonPlatform } from './conformance-platform.ts';
import { describeTryton } from './fixture.ts';

/** The types whose own tests do not try all of this already; the others go the same ways. */
function tried({ writes, ...connector }: Connector): Connector {
  const { chartOfAccounts } = writes;
  return { ...connector, writes: chartOfAccounts === undefined ? {} : { chartOfAccounts } };
}

describeTryton('conformance', () => {
  describeConformance(tried(makeTrytonConnector()), () => startTrytonPlatform('draft'));
});
