/** Readings as the wire shows them, and asking for one. */
import { Type, type Static } from 'typebox';
import type { Connection } from '../companies/connection.ts';
import { PublicError } from '../errors.ts';
import type { StoredDataType } from '../records/stored-types.ts';
import { DATASET_STATUSES, isErrored, type Dataset, type DatasetEnd } from '../sync/dataset.ts';
import { getDataset } from '../sync/history.ts';
import { requestDatasets, unfinishedDataset } from '../sync/request.ts';
import { syncSettings } from '../sync/settings.ts';
import type { ApiDeps } from './deps.ts';
import { wireTime } from './wire-time.ts';

export const StatusName = Type.Unsafe<(typeof DATASET_STATUSES)[number]>({
  type: 'string',
  enum: [...DATASET_STATUSES],
});
export const Id = Type.String({ format: 'uuid' });
export const Time = Type.String({ format: 'date-time' });

export const PullOperation = Type.Object(
  {
    id: Id,
    companyId: Id,
    connectionId: Id,
    dataType: Type.String(),
    status: StatusName,
    statusDescription: Type.Optional(Type.String()),
    errorMessage: Type.Optional(Type.String()),
    requested: Time,
    completed: Type.Optional(Time),
    progress: Type.Integer({ minimum: 0, maximum: 100 }),
    isCompleted: Type.Boolean(),
    isErrored: Type.Boolean(),
    validationInformationUrl: Type.Optional(Type.String()),
  },
  { $id: 'PullOperation', additionalProperties: true, description: 'One reading of one data type of a connection.' },
);
export type PullOperation = Static<typeof PullOperation>;

export function pullOperation(dataset: Dataset): PullOperation {
  const { id, companyId, connectionId, dataType, status, errorMessage, requestedAt, completedAt, progress } = dataset;
  return {
    id,
    companyId,
    connectionId,
    dataType,
    status,
    ...(errorMessage === undefined ? {} : { statusDescription: errorMessage, errorMessage }),
    requested: wireTime(requestedAt),
    ...(completedAt === undefined ? {} : { completed: wireTime(completedAt) }),
    progress,
    isCompleted: completedAt !== undefined,
    isErrored: completedAt !== undefined && isErrored(status as DatasetEnd),
    validationInformationUrl: `/companies/${companyId}/sync/${id}/validation`,
  };
}

/** Answers the id of the reading; refused while there is one of the set already. */
export async function requestReading(
  { db, clock }: ApiDeps,
  connection: Connection,
  dataType: StoredDataType,
): Promise<string> {
  const { id: connectionId, companyId } = connection;
  const { settings } = await syncSettings(db, companyId);
  const syncOrder = settings.find((setting) => setting.dataType === dataType)?.syncOrder ?? 0;
  const wanted = { companyId, connectionId, dataType, cause: 'request', syncOrder } as const;
  const [asked] = await requestDatasets(db, [wanted], clock.now());
  if (asked !== undefined) return asked;
  const running = await unfinishedDataset(db, { connectionId, dataType });
  throw new PublicError('dataset_in_progress', `${dataType}${running === undefined ? '' : ` (${running})`}`);
}

/** Asks for it at once, and shows it. */
export async function askedFor(
  deps: ApiDeps,
  connection: Connection,
  dataType: StoredDataType,
): Promise<PullOperation> {
  const datasetId = await requestReading(deps, connection, dataType);
  const dataset = await getDataset(deps.db, { companyId: connection.companyId, datasetId });
  if (dataset === undefined) throw new PublicError('dataset_not_found', datasetId);
  deps.datasetsRequested?.();
  return pullOperation(dataset);
}
