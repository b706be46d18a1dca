/** ?dryRun=true: what a write would come to. No push is made and nothing is written. */
import type { Connector } from '../connectors/contract.ts';
import { PublicError } from '../errors.ts';
import { foresee, type DryRunRequest } from '../push/dry-run.ts';
import type { ApiDeps } from './deps.ts';
import { openSession } from './platform-session.ts';

export async function answerDryRun(deps: ApiDeps, connector: Connector, wanted: DryRunRequest) {
  const session = await openSession(deps, { connector, connectionId: wanted.connectionId });
  if (session === undefined) throw new PublicError('connection_not_linked', wanted.connectionId);
  const { wouldSucceed, statusCode, message, validation, request, record } = await foresee(
    deps,
    { connector, session },
    wanted,
  );
  return {
    dryRun: true,
    dataType: wanted.dataType,
    /** Null: the platform could not be asked, or does not say. */
    wouldSucceed: wouldSucceed ?? null,
    ...(statusCode !== undefined && { statusCode }),
    ...(message !== undefined && { errorMessage: message }),
    validation,
    ...(request !== undefined && { platformRequest: request }),
    ...(record !== undefined && { data: record }),
  };
}
