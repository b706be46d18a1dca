/** Reads the whole of a data type into the store at once, for tests of what is answered from it. */
import { getLink } from '../../src/companies/link.ts';
import type { CompaniesContext } from '../../src/companies/context.ts';
import type { PlatformRecord } from '../../src/connectors/contract.ts';
import type { Database } from '../../src/db/pool.ts';
import type { ReadDataType } from '../../src/models/data-types.ts';
import { modelKeyOf } from '../../src/records/model-key.ts';
import { markSynced } from '../../src/records/state.ts';
import { storeRecords } from '../../src/records/store.ts';

export interface Books {
  readonly companyId: string;
  readonly connectionId: string;
}

interface Reading {
  readonly db: Database;
  readonly companies: CompaniesContext;
}

export async function readWhole(
  { db, companies }: Reading,
  { companyId, connectionId }: Books,
  ...dataTypes: readonly ReadDataType[]
): Promise<void> {
  const connector = companies.connectorFor('mqjo');
  const link = await getLink(companies, connectionId);
  if (connector === undefined || link === undefined) throw new Error('the connection is not linked');
  const session = connector.open(link, { fetch, now: () => companies.clock.now() });
  for (const dataType of dataTypes) {
    const read = connector.reads[dataType];
    if (read === undefined) throw new Error(`${dataType} cannot be read`);
    const pages = async (parentId?: string) => {
      const records: PlatformRecord[] = [];
      for (let after: string | undefined; ;) {
        const query = {
          pageSize: 500,
          ...(after === undefined ? {} : { after }),
          ...(parentId === undefined ? {} : { parentId }),
        };
        const outcome = await read.page(session, query);
        if (outcome.kind !== 'read') throw new Error(`${dataType}: ${outcome.reason}`);
        records.push(...outcome.value.records);
        after = outcome.value.next;
        if (after === undefined) break;
      }
      const batch = { companyId, connectionId, dataType, records, parentId, modelKey: modelKeyOf(connector, dataType) };
      await db.transaction((tx) => storeRecords(tx, { ...batch, stampOf: (record) => connector.stampOf?.(record) }));
    };
    const parents =
      read.below === undefined
        ? [undefined]
        : (
            await db.query<{ record_id: string }>(
              '',
              'SELECT record_id FROM records WHERE connection_id = $1 AND data_type = $2',
              [connectionId, read.below],
            )
          ).map((row) => row.record_id);
    for (const parentId of parents) await pages(parentId);
    await markSynced(db, { companyId, connectionId, dataType });
  }
}
