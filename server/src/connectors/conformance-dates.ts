/** Conformance of dates: on the wire each has a time, a business date its midnight, whatever the platform's own form. */
import type { Fields } from '../models/model.ts';
import { isMembers } from '../models/validate.ts';

/** The paths at which a record has a date alone: `lineItems[0].date`. */
export function datesWithoutTime(fields: Fields, record: unknown, above = ''): readonly string[] {
  if (!isMembers(record)) return [];
  return Object.entries(fields).flatMap(([name, field]): readonly string[] => {
    const value = Object.hasOwn(record, name) ? record[name] : undefined;
    const path = `${above}${name}`;
    if (field.type === 'DateTime') return typeof value === 'string' && !value.includes('T') ? [path] : [];
    if (field.fields === undefined) return [];
    const inner = field.fields;
    return Array.isArray(value)
      ? value.flatMap((item: unknown, index) => datesWithoutTime(inner, item, `${path}[${index}].`))
      : datesWithoutTime(inner, value, `${path}.`);
  });
}
