/**
 * What records lack. A record without an id cannot be kept: an error, and the reading ends as one. Where a reader would count
 * on a member that is not there it is a warning, and the record is kept and shown as the platform gave it.
 */
import { isCustom } from '../models/data-types.ts';
import { modelOfType } from '../models/read-models.ts';
import type { RecordContent, StoredDataType } from '../records/stored-types.ts';
import type { DatasetFinding } from './dataset.ts';

const FINDINGS_MAX = 200;
const NO_ID = 'IdMustBePresent';
const NO_FIELD = 'FieldShouldBePresent';
const REPEATED_KEY = 'KeyShouldBeUnique';

export const errorsIn = (findings: readonly DatasetFinding[]) => findings.filter(({ ruleId }) => ruleId === NO_ID);
export const warningsIn = (findings: readonly DatasetFinding[]) => findings.filter(({ ruleId }) => ruleId !== NO_ID);

/** With those of earlier pages. Errors come first: they must not be crowded out. */
export function findingsIn(
  dataType: StoredDataType,
  records: readonly RecordContent[],
  known: readonly DatasetFinding[],
): readonly DatasetFinding[] {
  const { name, relied } = expectedOf(dataType);
  const errors: DatasetFinding[] = [];
  const warnings: DatasetFinding[] = [];
  for (const record of records) {
    const id = record['id'];
    if (typeof id !== 'string' || id === '') {
      const message = 'A record without an id was left out.';
      errors.push({ ruleId: NO_ID, itemId: '(none)', message, validatorName: name });
    } else if (known.length + warnings.length < FINDINGS_MAX) {
      for (const field of relied) {
        if (record[field] !== undefined && record[field] !== null) continue;
        const message = `The platform gave no ${field}.`;
        warnings.push({ ruleId: NO_FIELD, itemId: id, message, validatorName: name });
      }
    }
  }
  if (errors.length === 0 && warnings.length === 0) return known;
  return [...errorsIn(known), ...errors, ...warningsIn(known), ...warnings].slice(0, FINDINGS_MAX);
}

/** Of a type that callers have configured nothing is known but its key. */
function expectedOf(dataType: StoredDataType): { readonly name: string; readonly relied: readonly string[] } {
  if (isCustom(dataType)) return { name: dataType, relied: [] };
  const { name, fields } = modelOfType(dataType);
  const relied = Object.entries(fields).flatMap(([field, { alwaysPresent }]) =>
    alwaysPresent === true ? [field] : [],
  );
  return { name, relied };
}

/** Of records whose configured key is another one's as well. */
export function withRepeats(
  dataType: StoredDataType,
  repeated: readonly string[],
  known: readonly DatasetFinding[],
): readonly DatasetFinding[] {
  const message = 'Several records have this key; the first one is kept.';
  const warnings = repeated.map((itemId) => ({ ruleId: REPEATED_KEY, itemId, message, validatorName: dataType }));
  return repeated.length === 0 ? known : [...known, ...warnings].slice(0, FINDINGS_MAX);
}
