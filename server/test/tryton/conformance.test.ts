/** The conformance suite over the Tryton connector, against a real Tryton. */
import { describeConformance } from '../../src/connectors/conformance.ts';
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
  'payments create',
  'suppliers create',
  'suppliers delete',
  'suppliers update',
]);

describeTryton('conformance', () => {
  describeConformance(makeTrytonConnector(), startTrytonPlatform, {
    troubles: ({ dataType, kind }) => broken.has(`${dataType} ${kind}`),
  });
});
