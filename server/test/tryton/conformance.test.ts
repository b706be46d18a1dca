/**
 * The conformance suite over the Tryton connector, against a real Tryton. Documents are left as drafts: what is posted can be
 * neither changed nor deleted, which half of the suite is about.
 */
import { describeConformance } from '../../src/connectors/conformance.ts';
import type { Connector } from '../../src/connectors/contract.ts';
import { makeTrytonConnector } from '../../src/connectors/tryton/connector.ts';
import { startTrytonPlatform } from './conformance-platform.ts';
import { describeTryton } from './fixture.ts';

/** One for each way in which writes are marked, taken further, and found again. */
const broken = new Set([
  'bankAccounts create',
  'bills attach',
  'bills create',
  'bills delete',
  'bills update',
  'journals create',
  'suppliers create',
  'suppliers delete',
  'suppliers update',
]);

/** Payments are set against posted documents (conformance-posted.test.ts). */
function withoutPayments(connector: Connector): Connector {
  const { payments: _, billPayments: __, ...writes } = connector.writes;
  return { ...connector, writes };
}

describeTryton('conformance', () => {
  describeConformance(withoutPayments(makeTrytonConnector()), () => startTrytonPlatform('draft'), {
    troubles: ({ dataType, kind }) => broken.has(`${dataType} ${kind}`),
  });
});
