/**
 * The conformance suite over the Tryton connector, against a real Tryton. Documents are left as drafts: what is posted can be
 * neither changed nor deleted, which half of the suite is about. All types pass through the same writes.ts, so one is tried
 * in full and the others in what is their own: their models, and what Tryton makes of them.
 */
import { describeConformance } from '../../src/connectors/conformance.ts';
import { makeTrytonConnector } from '../../src/connectors/tryton/connector.ts';
import { startTrytonPlatform } from './conformance-platform.ts';
import { describeTryton } from './fixture.ts';

describeTryton('conformance', () => {
  describeConformance(makeTrytonConnector(), () => startTrytonPlatform('draft'), {
    inBrief: (dataType) => dataType !== 'chartOfAccounts',
  });
});
