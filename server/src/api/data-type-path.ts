/** The data type that a path names. */
import { PublicError } from '../errors.ts';
import { dataTypeFromPath, type DataType } from '../models/data-types.ts';

export function dataTypeFrom(segment: string): DataType {
  const dataType = dataTypeFromPath(segment);
  if (dataType === undefined) throw new PublicError('data_type_not_found', `'${segment.slice(0, 100)}' does not exist`);
  return dataType;
}

/** `there` goes on where it is the path alone that does not fit: ` at this path; …`. */
export function notSupported(dataType: DataType, platformKey: string, there = ''): PublicError {
  return new PublicError('data_type_not_found', `'${dataType}' not supported by platform ${platformKey}${there}`);
}
