/** GET …/data/info: the company as the books of a connection know it, as it was read last; read now if it never was. */
import type { PlatformRecord } from '../connectors/contract.ts';
import type { Connection } from '../companies/connection.ts';
import { requireConnector } from '../companies/context.ts';
import { PublicError } from '../errors.ts';
import { findRecord } from '../records/list.ts';
import { modelKeyOf } from '../records/model-key.ts';
import { storeRecords } from '../records/store.ts';
import { COMPANY_RECORD_ID } from '../records/stored-types.ts';
import { findConfig } from '../supplemental/config.ts';
import { propertiesOf, pulledBy, withPulled } from '../supplemental/pulled.ts';
import { notSupported } from './data-type-path.ts';
import type { ApiDeps } from './deps.ts';
import { openSession } from './platform-session.ts';

const dataType = 'company';

export async function answerCompanyInfo(
  deps: ApiDeps,
  { id: connectionId, companyId, platformKey }: Connection,
): Promise<PlatformRecord> {
  const connector = requireConnector(deps.companies, platformKey);
  if (connector.companyInfo === undefined) throw notSupported(dataType, connector.platform.key);
  const place = { companyId, connectionId, dataType, recordId: COMPANY_RECORD_ID } as const;
  const known = await findRecord(deps.db, place);
  if (known !== undefined) return withoutId(known.content);
  const session = await openSession(deps, { connector, connectionId });
  if (session === undefined) throw new PublicError('data_not_synced', dataType);
  const pulled = pulledBy(await findConfig(deps.db, { platformKey, dataType }));
  const outcome = await connector.companyInfo(session, propertiesOf(pulled));
  if (outcome.kind !== 'read') {
    throw new PublicError('platform_unreachable', '', outcome.reason);
  }
  const info = withPulled(outcome.value, pulled);
  const records = [{ ...info, id: COMPANY_RECORD_ID }];
  const modelKey = modelKeyOf(connector, dataType, pulled);
  await deps.db.transaction((tx) => storeRecords(tx, { ...place, records, modelKey }));
  return info;
}

/** The id is ours alone. */
function withoutId(record: PlatformRecord): PlatformRecord {
  const { id: _, ...info } = record;
  return info;
}
