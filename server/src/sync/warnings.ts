/** What records lack that a reader counts on. Warnings alone: the record is kept and shown as the platform gave it. */
import { modelOfType } from '../models/read-models.ts';
import type { RecordContent, StoredDataType } from '../records/stored-types.ts';
import type { DatasetWarning } from './dataset.ts';

const WARNINGS_MAX = 200;

export function warningsOf(
  dataType: StoredDataType,
  records: readonly RecordContent[],
  known: readonly DatasetWarning[],
): readonly DatasetWarning[] {
  const { name, fields } = modelOfType(dataType);
  const relied = Object.entries(fields).flatMap(([field, { alwaysPresent }]) =>
    alwaysPresent === true ? [field] : [],
  );
  const found: DatasetWarning[] = [];
  for (const record of records) {
    if (known.length + found.length >= WARNINGS_MAX) break;
    const id = record['id'];
    const itemId = typeof id === 'string' && id !== '' ? id : '(none)';
    if (itemId === '(none)' && dataType !== 'company') {
      const message = 'A record without an id was left out.';
      found.push({ ruleId: 'IdMustBePresent', itemId, message, validatorName: name });
      continue;
    }
    for (const field of relied) {
      if (record[field] !== undefined && record[field] !== null) continue;
      const message = `The platform gave no ${field}.`;
      found.push({ ruleId: 'FieldShouldBePresent', itemId, message, validatorName: name });
    }
  }
  return found.length === 0 ? known : [...known, ...found].slice(0, WARNINGS_MAX);
}
