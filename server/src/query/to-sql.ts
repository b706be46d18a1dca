/**
 * Query to SQL. The caller says which properties there are and where each is found; values only ever travel as
 * parameters. What a value means, and which operators make sense, depends on the property's type.
 */
import { caseless, lowered } from '../db/text-rules.ts';
import { readMoment } from './moment.ts';
import { cutShort, malformed, type Clause, type Operator, type Query, type QueryError } from './query.ts';

interface PropertyPlace {
  /** An SQL expression, never made from what a caller sent; with a key, of that key's placeholder. */
  readonly column: string | KeyedColumn;
  /**
   * For a property of many rows, such as the status of any connection of a company: puts the condition into an
   * `EXISTS (…)`. `!=` then means that none of them equals.
   */
  readonly within?: (condition: string) => string;
}

/** A column that is found by a name the caller chose, such as a tag: the name travels as a parameter as well. */
export interface KeyedColumn {
  readonly key: string;
  readonly of: (placeholder: string) => string;
}

/** - `string`: text, compared without regard to case.
 * - `lowered`: the same of a column whose texts were `lowered` when they were stored, so that an index serves.
 * - `exact`: text that equals only itself, such as the id of a record.
 * - `uuid`, `number`, `date` (timestamptz), `boolean`: the column has that type.
 * - `names`: each name on the wire stands for some stored texts; a name may share them with another. */
export type Property = PropertyPlace &
  (
    | { readonly type: 'string' | 'lowered' | 'exact' | 'uuid' | 'number' | 'date' | 'boolean' }
    | { readonly type: 'names'; readonly names: Readonly<Record<string, readonly string[]>> }
  );

export type Properties = Readonly<Record<string, Property>> | ((name: string) => Property | undefined);

export type SqlValue = string | readonly string[];

export interface Where {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

export type QuerySql =
  { readonly ok: true; readonly where: Where } | { readonly ok: false; readonly error: QueryError };

/** The first value is `$firstPlaceholder`. */
export function toSql(query: Query, properties: Properties, firstPlaceholder = 1): QuerySql {
  const values: SqlValue[] = [];
  const bind: Bind = (value) => {
    values.push(value);
    return `$${firstPlaceholder + values.length - 1}`;
  };
  const result = condition(query, properties, bind);
  return 'error' in result ? { ok: false, error: result.error } : { ok: true, where: { sql: result.sql, values } };
}

/** Names are taken without regard to case, as parameters' names are. */
export function findProperty(properties: Properties, name: string): Property | undefined {
  if (typeof properties === 'function') return properties(name);
  const wanted = name.toLowerCase();
  return Object.entries(properties).find(([known]) => known.toLowerCase() === wanted)?.[1];
}

type Bind = (value: SqlValue) => string;
type Condition = { readonly sql: string } | { readonly error: QueryError };

function condition(query: Query, properties: Properties, bind: Bind): Condition {
  if (query.kind === 'clause') return clauseCondition(query, properties, bind);
  const parts: string[] = [];
  for (const part of query.parts) {
    const result = condition(part, properties, bind);
    if ('error' in result) return result;
    parts.push(result.sql);
  }
  if (parts.length === 0) return { sql: 'TRUE' };
  return { sql: `(${parts.join(query.kind === 'all' ? ' AND ' : ' OR ')})` };
}

function clauseCondition(clause: Clause, properties: Properties, bind: Bind): Condition {
  const property = findProperty(properties, clause.property);
  if (property === undefined) {
    return { error: { code: 'unknown_query_property', property: clause.property } };
  }
  // What has no value does not equal: `metadata.isDeleted!=true` finds records that do not say.
  const isNegated = clause.operator === '!=';
  const operator = isNegated ? '=' : clause.operator;
  const column = typeof property.column === 'string' ? property.column : property.column.of(bind(property.column.key));
  const why = complaint(property, operator, clause.value);
  if (why !== undefined) return { error: malformed(`${cutShort(clause.property)}: ${why}`) };
  const comparison = compare(property, operator, column, clause.value, bind);
  const placed = property.within === undefined ? comparison : property.within(comparison);
  return { sql: isNegated ? `(${placed}) IS NOT TRUE` : placed };
}

type PositiveOperator = Exclude<Operator, '!='>;

interface Kind {
  readonly name: string;
  /** Beside `!=`, which all have. */
  readonly operators: readonly PositiveOperator[];
  readonly isOne: (value: string) => boolean;
}

const ofTexts: Kind = { name: 'a text', operators: ['=', '~'], isOne: () => true };
const ordered = ['=', '>', '>=', '<', '<='] as const;

const kinds: Readonly<Record<Property['type'], Kind>> = {
  string: ofTexts,
  lowered: ofTexts,
  exact: ofTexts,
  names: ofTexts,
  // A text that is no UUID equals none, and is not refused.
  uuid: { ...ofTexts, name: 'an id' },
  number: { name: 'a number', operators: ordered, isOne: (value) => /^[+-]?(\d+\.?\d*|\.\d+)$/.test(value) },
  date: { name: 'a date', operators: ordered, isOne: (value) => readMoment(value) !== undefined },
  boolean: { name: 'true or false', operators: ['='], isOne: (value) => /^(true|false)$/i.test(value) },
};

/** What is wrong where the operator does not suit the type, or the value is none of that type. */
function complaint({ type }: Property, operator: PositiveOperator, value: string): string | undefined {
  const { name, operators, isOne } = kinds[type];
  if (!operators.includes(operator)) {
    return `${operator} cannot be asked of ${name}, only ${[...operators, '!='].join(' ')}.`;
  }
  return isOne(value) ? undefined : `'${cutShort(value)}' is not ${name}.`;
}

/** Of an operator and a value about which there is no complaint. */
function compare(property: Property, operator: PositiveOperator, column: string, value: string, bind: Bind): string {
  switch (property.type) {
    case 'string':
      return compareText(operator, caseless(column), () => caseless(bind(value)));
    case 'lowered':
      return compareText(operator, column, () => lowered(bind(value)));
    case 'exact':
      if (operator === '=') return `${column} = ${bind(value)}`;
      return compareText(operator, caseless(column), () => caseless(bind(value)));
    case 'uuid':
      return compareUuid(operator, column, value, bind);
    case 'names':
      return compareNames(property.names, operator, column, value, bind);
    case 'number':
      return `${column} ${operator} ${bind(value)}::numeric`;
    case 'date':
      return `${column} ${operator} ${bind(readMoment(value) ?? value)}::timestamptz`;
    case 'boolean':
      return `${column} = ${bind(value.toLowerCase())}::boolean`;
  }
}

function compareText(operator: PositiveOperator, column: string, value: () => string): string {
  // Not LIKE: in it, % and _ of the value would have a meaning.
  return operator === '~' ? `strpos(${column}, ${value()}) > 0` : `${column} = ${value()}`;
}

function compareUuid(operator: PositiveOperator, column: string, value: string, bind: Bind): string {
  if (operator !== '=') return compareText(operator, `${column}::text`, () => lowered(bind(value)));
  const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
  // A text that is no UUID equals none; as a parameter it would be an error. Compared as uuid so that an index serves.
  return isUuid ? `${column} = ${bind(value)}::uuid` : 'FALSE';
}

function compareNames(
  names: Readonly<Record<string, readonly string[]>>,
  operator: PositiveOperator,
  column: string,
  value: string,
  bind: Bind,
): string {
  return `${column} = ANY(${bind(textsNamed(names, operator === '~' ? '~' : '=', value))}::text[])`;
}

/** The stored texts behind the names that equal or contain the value. */
export function textsNamed<Text extends string>(
  names: Readonly<Record<string, readonly Text[]>>,
  operator: '=' | '~',
  value: string,
): Text[] {
  const wanted = value.toLowerCase();
  const texts = Object.entries(names)
    .filter(([name]) => (operator === '=' ? name.toLowerCase() === wanted : name.toLowerCase().includes(wanted)))
    .flatMap(([, stored]) => stored);
  return [...new Set(texts)];
}
