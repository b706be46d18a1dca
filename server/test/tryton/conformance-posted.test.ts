/** The conformance suite over writes to Tryton that are posted: two transactions, of which either may be the last. */
import { describeConformance } from '../../src/connectors/conformance.ts';
import type { Connector } from '../../src/connectors/contract.ts';
import { makeTrytonConnector } from '../../src/connectors/tryton/connector.ts';
import { startTrytonPlatform } from './conformance-platform.ts';
import { describeTryton } from './fixture.ts';

/** What is made anew; what is posted can be neither changed nor deleted. Payments of bills go the same way. */
function newAndPosted({ writes, ...connector }: Connector): Connector {
  const create = writes.bills?.create;
  return { ...connector, writes: create === undefined ? {} : { bills: { create } } };
}

describeTryton('conformance when posted', () => {
  describeConformance(newAndPosted(makeTrytonConnector()), () => startTrytonPlatform('post'), {
    modelsElsewhere: true,
  });
});
