/** What Tryton tells of the fields of its models: types, labels, conditions, limits. Asked once a while, and kept. */
import { isMembers } from '../../models/validate.ts';
import { parseExpression } from './pyson.ts';
import { resultOf, type TrytonSession } from './session.ts';
import type { Members } from './values.ts';

/** One field as `fields_get` describes it; its conditions are parsed, and not evaluated. */
export interface DescribedField {
  readonly name: string;
  readonly type: string;
  /** As people and error messages call it: "Unit Price". */
  readonly label: string;
  readonly required: boolean;
  readonly readonly: boolean;
  /** Conditions: `required`, `readonly`, `invisible`. */
  readonly states: Members;
  readonly domain: unknown;
  readonly size: unknown;
  readonly digits: unknown;
  /** Of a field that refers to other records, the model of those. */
  readonly relation: string | undefined;
  /** Of a list, the field by which its elements know the record: `invoice` for `lines`. */
  readonly relationField: string | undefined;
  /** The choices, or the name of the method that tells them. */
  readonly selection: string | readonly (readonly [value: string, label: string])[] | undefined;
  /** The method wants the record's values, which nobody has before there is one. */
  readonly selectionDepends: boolean;
}

export type DescribedModel = ReadonlyMap<string, DescribedField>;

/** Throws a NoResult. */
export function describeModel(session: TrytonSession, model: string): Promise<DescribedModel> {
  return session.recent(`fields of ${model}`, async () => {
    const told = resultOf(await session.call(model, 'fields_get', [[]]));
    const fields = isMembers(told) ? Object.entries(told) : [];
    return new Map(fields.flatMap(([name, field]) => (isMembers(field) ? [[name, describedField(name, field)]] : [])));
  });
}

function describedField(name: string, field: Members): DescribedField {
  const text = (member: string) => (typeof field[member] === 'string' ? field[member] : '');
  const states = parseExpression(field['states']);
  const depends: unknown = field['selection_change_with'];
  return {
    name,
    type: text('type'),
    label: text('string'),
    required: field['required'] === true,
    readonly: field['readonly'] === true,
    states: isMembers(states) ? states : {},
    domain: parseExpression(field['domain']),
    size: parseExpression(field['size']),
    digits: parseExpression(field['digits']),
    relation: text('relation') === '' ? undefined : text('relation'),
    relationField: text('relation_field') === '' ? undefined : text('relation_field'),
    selection: selectionOf(field['selection']),
    selectionDepends: Array.isArray(depends) && depends.length > 0,
  };
}

export function selectionOf(told: unknown): DescribedField['selection'] {
  if (typeof told === 'string') return told;
  if (!Array.isArray(told)) return undefined;
  return told.flatMap((pair: unknown) => {
    const [value, label] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
    return typeof value === 'string' && value !== ''
      ? [[value, typeof label === 'string' ? label : value] as const]
      : [];
  });
}

/** What people and error messages call models: `account.invoice.line` is "Invoice Line". Throws a NoResult. */
export function modelLabels(session: TrytonSession, models: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const wanted = models.toSorted();
  return session.recent(`labels of ${wanted.join()}`, async () => {
    const records = await session.find('ir.model', [['model', 'in', wanted]], ['model', 'name']);
    return new Map(records.map(({ model, name }) => [String(model), String(name)]));
  });
}

/** Users, sessions, passwords and the workings of Tryton itself. */
export const innerModels = /^(ir|res)\./;

/** What stands in the way of reading a field by its path, in words; undefined where nothing does. Throws a NoResult. */
export async function missingField(
  session: TrytonSession,
  model: string,
  [name = '', ...deeper]: readonly string[],
): Promise<string | undefined> {
  const fields = await describeModel(session, model);
  const field = fields.get(name);
  if (field === undefined) return `Tryton's ${model} has no field ${name}.`;
  if (field.type === 'binary') return `Tryton's ${model} has a file in ${name}, which is not read.`;
  if (deeper.length === 0) return undefined;
  const { relation } = field;
  if (relation === undefined || innerModels.test(relation)) {
    return `Nothing is read behind ${name} of Tryton's ${model}.`;
  }
  return missingField(session, relation, deeper);
}
