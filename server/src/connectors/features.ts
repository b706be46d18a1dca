/** What a connector can do, in the catalogue's words; worked out from which reads and writes it has. */
import { dataTypes, isReadable, isWritable, type DataType } from '../models/data-types.ts';
import type { Connector, WriteKind } from './contract.ts';

export interface DatatypeFeature {
  readonly dataType: DataType;
  readonly supportedFeatures: readonly SupportedFeature[];
}

export interface SupportedFeature {
  readonly featureType: 'Get' | 'Post' | 'Put' | 'Delete' | 'UploadAttachment';
  readonly featureState: 'Release' | 'NotSupported';
}

const featureOfWrite = {
  create: 'Post',
  update: 'Put',
  delete: 'Delete',
  attach: 'UploadAttachment',
} as const satisfies Record<WriteKind, SupportedFeature['featureType']>;

/** One entry for every data type that can be written somewhere, or that this connector reads. */
export function datatypeFeatures(connector: Connector): readonly DatatypeFeature[] {
  return dataTypes
    .filter((dataType) => isWritable(dataType) || readOf(connector, dataType) !== undefined)
    .map((dataType) => ({ dataType, supportedFeatures: featuresOf(connector, dataType) }));
}

function featuresOf(connector: Connector, dataType: DataType): readonly SupportedFeature[] {
  const writes = connector.writes[dataType] ?? {};
  return [
    { featureType: 'Get', featureState: stateOf(readOf(connector, dataType)) },
    { featureType: featureOfWrite.create, featureState: stateOf(writes.create) },
    { featureType: featureOfWrite.update, featureState: stateOf(writes.update) },
    { featureType: featureOfWrite.delete, featureState: stateOf(writes.delete) },
    { featureType: featureOfWrite.attach, featureState: stateOf(writes.attach) },
  ];
}

function readOf(connector: Connector, dataType: DataType): object | undefined {
  if (dataType === 'company') return 'companyInfo' in connector ? connector : undefined;
  return isReadable(dataType) ? connector.reads[dataType] : undefined;
}

function stateOf(capability: object | undefined): SupportedFeature['featureState'] {
  return capability === undefined ? 'NotSupported' : 'Release';
}
