/** Readers on a database of their own, with a platform in memory whose every page a test decides. */
import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { CompaniesContext } from '../../src/companies/context.ts';
import type {
  Connector,
  IdPage,
  IdQuery,
  PageQuery,
  Read,
  ReadOutcome,
  RecordPage,
} from '../../src/connectors/contract.ts';
import { systemClock, type Clock } from '../../src/lib/clock.ts';
import { makeLog } from '../../src/lib/log.ts';
import { makeSealer } from '../../src/lib/seal.ts';
import type { ReadDataType } from '../../src/models/data-types.ts';
import { makeCallGates } from '../../src/rates/gate.ts';
import type { StoredDataType } from '../../src/records/stored-types.ts';
import type { Dataset, DatasetCause } from '../../src/sync/dataset.ts';
import { getDataset } from '../../src/sync/history.ts';
import type { ReadRecords } from '../../src/sync/reader.ts';
import { noteLinked, requestDatasets } from '../../src/sync/request.ts';
import { startSync, type Sync } from '../../src/sync/worker.ts';
import type { TestDatabase } from './database.ts';

export interface TestPlatform {
  /** What each data type answers; only these can be read. */
  readonly reads: { readonly [D in ReadDataType]?: TestRead };
  /** What it answers for any custom data type. */
  readonly customPage?: (query: IdQuery) => ReadOutcome<RecordPage>;
  /** Asked for anew each time. */
  readonly mappingRevision?: number | undefined;
}

export interface TestRead {
  readonly page: (query: PageQuery) => ReadOutcome<RecordPage> | Promise<ReadOutcome<RecordPage>>;
  readonly ids?: () => ReadOutcome<IdPage>;
  readonly below?: ReadDataType;
}

export const pageOf = (...records: readonly object[]): ReadOutcome<RecordPage> => ({
  kind: 'read',
  value: { records: records.map((record) => ({ ...record })) },
});

/** The database is the caller's, who may have set its clock. */
export async function startTestSync(
  { database: db }: Pick<TestDatabase, 'database'>,
  platform: TestPlatform,
  {
    clock = systemClock,
    onRead = () => Promise.resolve(),
  }: { readonly clock?: Clock; readonly onRead?: (read: ReadRecords) => Promise<void> } = {},
) {
  const company = { companyId: randomUUID(), connectionId: randomUUID() };
  const sealer = makeSealer(randomBytes(32).toString('hex'));
  const connector = connectorOf(platform);
  const companies: CompaniesContext = {
    db,
    clock,
    sealer,
    connectorFor: () => connector,
    publicUrl: () => 'http://localhost',
    eventsStored: () => undefined,
  };
  const { companyId, connectionId } = company;
  await db.execute('', `INSERT INTO companies (id, name, created_at) VALUES ($1, 'Toft stores', now())`, [companyId]);
  await db.execute(
    '',
    `INSERT INTO connections (id, company_id, platform_key, status, link_sealed, link_token, created_at)
     VALUES ($1, $2, 'test', 'Linked', $3, $1::uuid::text, now())`,
    [connectionId, companyId, sealer.seal('link', connectionId, '{}')],
  );
  const sync: Sync = startSync({
    companies,
    clock,
    log: makeLog('silent', systemClock),
    gateFor: makeCallGates(db).gateFor,
    writesFirst: () => Promise.resolve(),
    onUnlinked: () => Promise.resolve(),
    onRead,
    retentionDays: 30,
    bounds: { housekeepingMs: 50, ofConnectionMax: 8 },
  });
  const get = async (datasetId: string): Promise<Dataset> => {
    const dataset = await getDataset(db, { companyId, datasetId });
    if (dataset === undefined) throw new Error(`there is no dataset ${datasetId}`);
    return dataset;
  };
  const request = async (dataType: StoredDataType, cause: DatasetCause = 'request'): Promise<string> => {
    const wanted = { ...company, dataType, cause, syncOrder: 0 };
    const [id] = await requestDatasets(db, [wanted], clock.now());
    if (id === undefined) throw new Error(`${dataType} is being read already`);
    sync.wake();
    return id;
  };
  const ended = async (datasetId: string): Promise<Dataset> => {
    await expect.poll(async () => (await get(datasetId)).completedAt).toBeDefined();
    return get(datasetId);
  };
  return {
    ...company,
    companies,
    sync,
    get,
    request,
    ended,
    read: async (dataType: StoredDataType) => ended(await request(dataType)),
    /** As when a company has linked its books: what is to be read at first is asked for. */
    link: async () => {
      await db.transaction((tx) => noteLinked(tx, { id: connectionId, companyId }));
      sync.wake();
    },
    records: (dataType: StoredDataType) =>
      db.query<{ record_id: string; is_deleted: boolean }>(
        '',
        `SELECT record_id, is_deleted FROM records WHERE connection_id = $1 AND data_type = $2 AND content IS NOT NULL
         ORDER BY record_id`,
        [connectionId, dataType],
      ),
  };
}

export type TestSync = Awaited<ReturnType<typeof startTestSync>>;

function connectorOf(platform: TestPlatform): Connector {
  const { reads, customPage } = platform;
  const readOf = ({ page, ids, below }: TestRead): Read<unknown> => ({
    page: async (_session, query) => page(query),
    get: () => Promise.resolve({ kind: 'read', value: undefined }),
    ...(ids === undefined ? {} : { ids: () => Promise.resolve(ids()) }),
    ...(below === undefined ? {} : { below }),
  });
  return {
    platform: {
      key: 'test',
      integrationId: randomUUID(),
      sourceId: randomUUID(),
      name: 'Test',
      sourceType: 'Accounting',
      linkFields: [],
    },
    limits: { callsInFlight: 4, callTimeoutMs: 5_000, lateCommitMs: 0 },
    get mappingRevision() {
      return platform.mappingRevision;
    },
    writes: {},
    reads: Object.fromEntries(Object.entries(reads).map(([dataType, read]) => [dataType, readOf(read)])),
    ...(customPage === undefined
      ? {}
      : { customRead: () => ({ kind: 'readable', page: async (_session, query) => customPage(query) }) }),
    authorize: () => Promise.reject(new Error('it is linked already')),
    secretsOf: () => [],
    open: () => undefined,
  };
}
