/** What a connector can do, in the catalogue's words; worked out from which reads and writes it has. */
import { dataTypes, isReadable, isWritable, type DataType } from '../models/data-types.ts';
import type { Connector, Read, WriteKind } from './contract.ts';

export interface DatatypeFeature {
  readonly dataType: DataType;
  readonly supportedFeatures: readonly SupportedFeature[];
}

export interface SupportedFeature {
  readonly featureType: 'Get' | 'Post' | 'Put' | 'Delete' | 'UploadAttachment' | (typeof attachmentReads)[number];
  readonly featureState: 'Release' | 'NotSupported';
}

const featureOfWrite = {
  create: 'Post',
  update: 'Put',
  delete: 'Delete',
  attach: 'UploadAttachment',
} as const satisfies Record<WriteKind, SupportedFeature['featureType']>;

/** Whoever serves the files of a type serves them all three ways. */
const attachmentReads = ['GetAttachments', 'GetAttachment', 'DownloadAttachment'] as const;

/** One entry for every data type that can be written somewhere, or that this connector reads. */
export function datatypeFeatures(connector: Connector): readonly DatatypeFeature[] {
  return dataTypes
    .filter((dataType) => isWritable(dataType) || readOf(connector, dataType) !== undefined)
    .map((dataType) => ({ dataType, supportedFeatures: featuresOf(connector, dataType) }));
}

function featuresOf(connector: Connector, dataType: DataType): readonly SupportedFeature[] {
  const writes = connector.writes[dataType] ?? {};
  const files = stateOf(recordsRead(connector, dataType)?.attachments);
  return [
    { featureType: 'Get', featureState: stateOf(readOf(connector, dataType)) },
    { featureType: featureOfWrite.create, featureState: stateOf(writes.create) },
    { featureType: featureOfWrite.update, featureState: stateOf(writes.update) },
    { featureType: featureOfWrite.delete, featureState: stateOf(writes.delete) },
    { featureType: featureOfWrite.attach, featureState: stateOf(writes.attach) },
    ...attachmentReads.map((featureType) => ({ featureType, featureState: files })),
  ];
}

function readOf(connector: Connector, dataType: DataType): object | undefined {
  if (dataType === 'company') return 'companyInfo' in connector ? connector : undefined;
  return recordsRead(connector, dataType);
}

function recordsRead(connector: Connector, dataType: DataType): Read<unknown> | undefined {
  return isReadable(dataType) ? connector.reads[dataType] : undefined;
}

function stateOf(capability: object | undefined): SupportedFeature['featureState'] {
  return capability === undefined ? 'NotSupported' : 'Release';
}
