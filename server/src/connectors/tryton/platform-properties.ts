/** Further fields of Tryton's records that callers have named for supplemental data; what there is not is left out. */
import { memberAtPath } from '../mapping.ts';
import { missingField, plain } from './custom-read.ts';
import type { TrytonSession } from './session.ts';
import type { Members } from './values.ts';

/** Those of the properties that the model has: for one that it has not, Tryton would refuse the whole read. */
export async function knownFields(
  session: TrytonSession,
  model: string,
  properties: readonly string[] = [],
): Promise<readonly string[]> {
  const known: string[] = [];
  for (const property of properties) {
    if ((await missingField(session, model, property.split('.'))) === undefined) known.push(property);
  }
  return known;
}

export function propertiesIn(theirs: Members, fields: readonly string[]): Members {
  return Object.fromEntries(fields.map((field) => [field, plain(memberAtPath(theirs, field))]));
}
