/** What a set of records is read from, and what they are mapped by: the data model, or what callers have configured. */
import type { Connector } from '../connectors/contract.ts';
import type { Database } from '../db/pool.ts';
import { isCustom, type CustomDataType } from '../models/data-types.ts';
import { configKeyOf, modelKeyOf } from '../records/model-key.ts';
import type { ModelledDataType, StoredDataType } from '../records/stored-types.ts';
import { findConfig } from '../supplemental/config.ts';
import { customRecords, findCustomType, membersWanted } from '../supplemental/custom-types.ts';
import { pulledBy } from '../supplemental/pulled.ts';
import type { PagedRead, Reader } from './reader.ts';

export interface Source extends Pick<Reader, 'pulled' | 'modelKey'> {
  /** What is known of the company itself has no pages. */
  readonly read: PagedRead | 'company';
}

/** Undefined for what cannot be read there. */
export async function findSource(
  db: Database,
  connector: Connector,
  dataType: StoredDataType,
): Promise<Source | undefined> {
  if (isCustom(dataType)) return customSource(db, connector, dataType);
  const read = dataType === 'company' ? dataType : connector.reads[dataType];
  if (read === undefined || !isReadBy(connector, dataType)) return undefined;
  const pulled = pulledBy(await findConfig(db, { platformKey: connector.platform.key, dataType }));
  return { read, pulled, modelKey: modelKeyOf(connector, dataType, pulled) };
}

export function isReadBy(connector: Connector, dataType: ModelledDataType): boolean {
  return dataType === 'company' ? 'companyInfo' in connector : connector.reads[dataType] !== undefined;
}

async function customSource(db: Database, connector: Connector, dataType: CustomDataType): Promise<Source | undefined> {
  const config = await findCustomType(db, { platformKey: connector.platform.key, dataType });
  if (config === undefined) return undefined;
  const custom = connector.customRead?.({ dataSource: config.dataSource, members: membersWanted(config) });
  if (custom?.kind !== 'readable') return undefined;
  const toRecord = customRecords(config);
  const read: PagedRead = {
    page: async (session, { pageSize, after }) => {
      const outcome = await custom.page(session, { pageSize, ...(after === undefined ? {} : { after }) });
      if (outcome.kind !== 'read') return outcome;
      const records = outcome.value.records.map((record) => ({ ...toRecord(record) }));
      return { kind: 'read', value: { ...outcome.value, records } };
    },
    // Nobody has checked that the stamp which the caller named moves with every change.
    changesUnstamped: true,
  };
  return { read, pulled: undefined, modelKey: configKeyOf(config) };
}
