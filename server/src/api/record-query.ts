/** What lists of records can be searched and sorted by: every scalar of the data type's model, by its type there. */
import type { Clause, Query } from '../query/query.ts';
import { readMoment } from '../query/moment.ts';
import { findProperty, type Properties, type Property } from '../query/to-sql.ts';
import { PublicError } from '../errors.ts';
import { eachField, type Field, type Fields } from '../models/model.ts';
import { modelOfType } from '../models/read-models.ts';
import { momentPattern } from '../models/scalar-rules.ts';
import { indexedRefs } from '../records/indexed-fields.ts';
import type { RecordFilter, RecordOrder } from '../records/list.ts';
import { nameBeside, shownNameSql } from '../records/names.ts';
import type { ModelledDataType } from '../records/stored-types.ts';
import { isGiven, orderOf, queryOf, whereOfQuery, type ListQuery, type Searchable } from './list-filter.ts';

const MODIFIED_AT = 'r.modified_at';
const STATUS = 'r.status';
const IS_DELETED = 'r.is_deleted';

const searchables = new Map<ModelledDataType, Searchable>();

function searchable(dataType: ModelledDataType): Searchable {
  const known = searchables.get(dataType);
  if (known !== undefined) return known;
  const { name, fields } = modelOfType(dataType);
  const made = { name, properties: propertiesOf(dataType, fields) };
  searchables.set(dataType, made);
  return made;
}

function propertiesOf(dataType: ModelledDataType, fields: Fields): Properties {
  const { first, second } = indexedRefs(dataType);
  const properties: Record<string, Property> = {};
  for (const scalar of scalars(fields)) {
    const property = contentProperty(scalar);
    if (property !== undefined) properties[scalar.path] = property;
  }
  if (properties['status'] !== undefined) properties['status'] = { type: 'lowered', column: STATUS };
  if (first !== undefined) properties[first] = { type: 'lowered', column: 'r.first_ref' };
  if (second !== undefined) properties[second] = { type: 'lowered', column: 'r.second_ref' };
  return {
    ...properties,
    id: { type: 'exact', column: 'r.record_id' },
    modifiedDate: { type: 'date', column: MODIFIED_AT },
    'metadata.isDeleted': { type: 'boolean', column: IS_DELETED },
  };
}

interface Scalar {
  readonly path: string;
  readonly field: Pick<Field, 'type'>;
}

/**
 * Lists cannot be searched, nor can what has no members of its own in the model. The names that answers show beside ids
 * can be, whether or not the model has a place for them.
 */
function scalars(fields: Fields): Scalar[] {
  const all = [...eachField(fields)].flatMap(({ path, field }): Scalar[] => {
    const name = field.type === 'Object' ? nameBeside(path) : undefined;
    return name === undefined
      ? [{ path, field }]
      : [
          { path, field },
          { path: `${path}.${name}`, field: { type: 'String' } },
        ];
  });
  const lists = all.filter(({ field }) => field.type === 'Array').map(({ path }) => `${path}.`);
  return all.filter(({ path, field }) => {
    const isScalar = field.type !== 'Array' && field.type !== 'Object';
    return isScalar && !lists.some((list) => path.startsWith(list));
  });
}

/** A value that is not of its type, whatever the platform meant by it, counts as none: it must not fail the whole list. */
function contentProperty({ path, field: { type } }: Scalar): Property | undefined {
  const at = `{${path.split('.').join(',')}}`;
  const text = `(r.content #>> '${at}')`;
  const typed = (json: string, cast: string) =>
    `(CASE WHEN jsonb_typeof(r.content #> '${at}') = '${json}' THEN ${text}::${cast} END)`;
  switch (type) {
    case 'String':
      return { type: 'string', column: shownNameSql(path, text) };
    case 'Number':
      return { type: 'number', column: typed('number', 'numeric') };
    case 'Boolean':
      return { type: 'boolean', column: typed('boolean', 'boolean') };
    case 'DateTime':
      return { type: 'date', column: momentSql(text) };
    case 'Object':
    case 'Array':
      return undefined;
  }
}

/** A local time is taken for UTC, and a date for its midnight, as in queries. */
function momentSql(text: string): string {
  return `(CASE WHEN ${text} ~ '${momentPattern}' THEN CASE WHEN ${text} ~ 'T.*(Z|[+-][0-9:]+)$' THEN ${text}::timestamptz
    ELSE ${text}::timestamp AT TIME ZONE 'UTC' END END)`;
}

export interface RecordListQuery extends ListQuery {
  readonly modifiedAfter?: string | undefined;
}

/** `modifiedAfter` and `query` both have to hold. */
export function recordFilter(
  dataType: ModelledDataType,
  asked: RecordListQuery,
): { readonly filter: RecordFilter; readonly order: RecordOrder } {
  const searched = searchable(dataType);
  const order = isGiven(asked.orderBy) ? recordOrder(orderOf(asked.orderBy, searched)) : 'oldest-change';
  const query = isGiven(asked.query) ? queryOf(asked.query, searched) : undefined;
  const parts = query === undefined ? [] : query.kind === 'all' ? query.parts : [query];
  const since = latest([...changedAfter(asked), ...parts.flatMap((part) => lowerBound(part, searched.properties))]);
  const kept = parts.filter((part) => isKept(part, searched.properties));
  // A bound that another one makes superfluous is left out; one that is used holds of every row anyway.
  const rest = parts.filter((part) => !kept.includes(part) && lowerBound(part, searched.properties).length === 0);
  return {
    order,
    filter: { since, kept: conditionOf(kept, searched), rest: conditionOf(rest, searched) },
  };
}

function conditionOf(parts: readonly Query[], searched: Searchable) {
  return parts.length === 0 ? undefined : whereOfQuery({ kind: 'all', parts }, searched, 1);
}

function recordOrder(sql: string): RecordOrder {
  if (sql === `${MODIFIED_AT} ASC`) return 'oldest-change';
  return sql === `${MODIFIED_AT} DESC` ? 'newest-change' : { sql };
}

type Since = NonNullable<RecordFilter['since']>;

/** An instant, or a local time that is read as UTC, as the helper of one well-known client sends it. */
function changedAfter({ modifiedAfter }: RecordListQuery): Since[] {
  if (!isGiven(modifiedAfter)) return [];
  const moment = readMoment(modifiedAfter.trim());
  if (moment === undefined)
    throw new PublicError('malformed_request', 'modifiedAfter must be an ISO 8601 date and time');
  return [{ moment, operator: '>' }];
}

/** `modifiedDate>=…` where it has to hold of all rows. */
function lowerBound(part: Query, properties: Properties): Since[] {
  if (part.kind !== 'clause' || columnOf(part, properties) !== MODIFIED_AT) return [];
  const { operator, value } = part;
  const moment = readMoment(value);
  return moment !== undefined && (operator === '>' || operator === '>=') ? [{ moment, operator }] : [];
}

/** Of several bounds the one that excludes most. Compared by milliseconds, ties go to the stricter operator or the text. */
function latest(bounds: readonly Since[]): Since | undefined {
  const key = ({ moment, operator }: Since) => {
    const digits = /\.(\d+)/.exec(moment)?.[1] ?? '';
    return { ms: Date.parse(moment), digits: digits.padEnd(9, '0'), strict: operator === '>' ? 1 : 0 };
  };
  return bounds.toSorted((left, right) => {
    const [a, b] = [key(left), key(right)];
    return b.ms - a.ms || b.digits.localeCompare(a.digits) || b.strict - a.strict;
  })[0];
}

/** Whether the kept counts can tell it: the status, and whether the record is deleted, alone or in any combination. */
function isKept(part: Query, properties: Properties): boolean {
  if (part.kind !== 'clause') return part.parts.every((inner) => isKept(inner, properties));
  const column = columnOf(part, properties);
  return column === STATUS || column === IS_DELETED;
}

function columnOf({ property }: Clause, properties: Properties): unknown {
  return findProperty(properties, property)?.column;
}
