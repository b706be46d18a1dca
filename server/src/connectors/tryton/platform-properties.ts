/** Further fields of Tryton's records that callers have named for supplemental data; what there is not is left out. */
import type { PlatformRecord } from '../contract.ts';
import { memberAtPath } from '../mapping.ts';
import { missingField } from './described-fields.ts';
import { ACTIVE_OR_NOT } from './resource.ts';
import type { TrytonSession } from './session.ts';
import { plain, type Members } from './values.ts';

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

/**
 * The records with what was asked for beside each. Looked up apart: beside a field that is mapped, one of the same name
 * would arrive in another form. Throws a NoResult.
 */
export async function withProperties(
  session: TrytonSession,
  model: string,
  records: readonly PlatformRecord[],
  properties?: readonly string[],
): Promise<readonly PlatformRecord[]> {
  if (properties === undefined) return records;
  const fields = await knownFields(session, model, properties);
  const ids = records.map(({ id }) => Number(id));
  const found = fields.length === 0 ? [] : await session.find(model, [['id', 'in', ids]], fields, ACTIVE_OR_NOT);
  const byId = new Map(found.map((theirs) => [theirs['id'], theirs]));
  return records.map((record) => {
    const theirs = byId.get(Number(record['id'])) ?? {};
    return { ...record, platformProperties: propertiesIn(theirs, fields) };
  });
}

export function propertiesIn(theirs: Members, fields: readonly string[]): Members {
  return Object.fromEntries(fields.map((field) => [field, plain(memberAtPath(theirs, field))]));
}
