/**
 * What a model is: every fact about a field, once, as data. The options endpoint, request validation, JSON Schema, the
 * documentation tables and the client's types are all renderings of it; no second list of fields exists anywhere.
 */
import { writableTypes, type DataType, type WritableDataType } from './data-types.ts';

export type FieldType = 'String' | 'Number' | 'Boolean' | 'DateTime' | 'Object' | 'Array';

export interface Field {
  readonly type: FieldType;
  readonly displayName: string;
  /** What it means, in a sentence; may be empty where the display name says it all. */
  readonly description: string;
  /** Must be given in a write; inside an object or a list element: whenever that is given. */
  readonly required?: true;
  /** Beside `required`: not while this number beside it is zero. */
  readonly unlessZero?: string;
  /** Required when this boolean beside it is true, and must be absent when it is false: `billItem` and `isBillItem`. */
  readonly onlyWhen?: string;
  /** Filled on reading; silently ignored in a write, since clients send whole records back. */
  readonly readOnly?: true;
  /** Present in every record that is read; official clients rely on it. */
  readonly alwaysPresent?: true;
  /** May be null on the wire. In a write null means "clear this". */
  readonly nullable?: true;
  /** The members of an object, or of each element of a list. */
  readonly fields?: Fields;
  /** A list of plain texts instead of objects. */
  readonly listOf?: 'String';
  /** An object whose members are free, such as supplemental data. */
  readonly anyMembers?: true;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: Pattern;
  readonly format?: 'currency';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly decimalPlacesMax?: number;
  readonly itemsMin?: number;
  readonly itemsMax?: number;
  /** In a list: the number member that must add up to zero over all elements. */
  readonly sumsToZero?: string;
  /** In a list: the date member that must not go back from one element to the next. */
  readonly chronologicalBy?: string;
  /** A number that must be the sum of a member over a list beside it. */
  readonly sumOf?: SumOf;
  /** An object whose amount must be that of another object beside it. */
  readonly mirrors?: Mirror;
  /** A number whose sign is expected to agree with a word beside it; a warning where it does not. */
  readonly signBy?: SignBy;
  readonly options?: readonly Choice[];
  /** The options are examples from the company's books, not all there is. */
  readonly optionsAreExamples?: true;
  /** Its value is the id of a record of one of these types. */
  readonly references?: readonly DataType[];
  /** No two records of the company may share its value. */
  readonly unique?: true;
  /** Where a rule comes from, when it is not the data model itself: a platform's name, a law. */
  readonly source?: string;
}

export interface Pattern {
  /** A JSON Schema pattern; anchored, and linear in time. */
  readonly expression: string;
  /** Completes "… must be": "a 4-letter code". */
  readonly meaning: string;
}

export interface SumOf {
  readonly list: string;
  readonly member: string;
  /** The sum with its sign turned round: what is taken off elsewhere is what is given here. */
  readonly isNegated?: true;
}

export interface Mirror {
  readonly sibling: string;
  /** The number member that both have. */
  readonly amount: string;
  /** Only while this text member is the same in both. */
  readonly whileSame: string;
}

export interface SignBy {
  readonly sibling: string;
  readonly positive: string;
  readonly negative: string;
}

/** The longest list when the model sets no bound of its own. */
const itemsMaxDefault = 1_000;

export function itemsMaxOf(field: Field): number {
  return field.itemsMax ?? itemsMaxDefault;
}

export interface Choice {
  readonly value: string;
  readonly displayName: string;
  readonly description?: string;
}

export type Fields = Readonly<Record<string, Field>>;

export interface PushModel {
  readonly dataType: WritableDataType;
  readonly displayName: string;
  readonly description: string;
  readonly fields: Fields;
  /** A body that this model accepts; documentation and tests use it. References in it are to be replaced by real ones. */
  readonly example: Readonly<Record<string, unknown>>;
  /** What the platform lets this company's user do with records of the type. Absent where it does not say. */
  readonly operations?: readonly ModelOperation[];
}

export type ModelOperation = 'create' | 'update' | 'delete';

/** The singular name that messages and `validatorName` use: `Account`. */
export function modelName(model: PushModel): string {
  return writableTypes[model.dataType].name;
}

/** What a platform changes about fields, by their path without list positions: `lineItems.accountRef.id`. */
export type Refinements = Readonly<Record<string, Partial<Field>>>;

/** A platform's own model: the base with some facts changed. A path that the base lacks is a programming error. */
export function refine(base: PushModel, refinements: Refinements, example?: PushModel['example']): PushModel {
  let fields = base.fields;
  for (const [path, change] of Object.entries(refinements)) fields = refineAt(fields, path.split('.'), change, path);
  return { ...base, fields, example: example ?? base.example };
}

function refineAt(fields: Fields, steps: readonly string[], change: Partial<Field>, path: string): Fields {
  const [name = '', ...rest] = steps;
  const field = fields[name];
  if (field === undefined) throw new Error(`The model has no field ${path}`);
  if (rest.length === 0) return { ...fields, [name]: { ...field, ...change } };
  return { ...fields, [name]: { ...field, fields: refineAt(field.fields ?? {}, rest, change, path) } };
}

/** With a sentence more about what a platform makes of its records. */
export function describedWith(base: PushModel, sentence: string): PushModel {
  return { ...base, description: `${base.description} ${sentence}` };
}

/** The model without the fields that a platform has no place for: they are not offered, and one that is sent is told of. */
export function without(base: PushModel, ...paths: readonly string[]): PushModel {
  return { ...base, fields: paths.reduce((fields, path) => leftOut(fields, path.split('.'), path), base.fields) };
}

function leftOut(fields: Fields, steps: readonly string[], path: string): Fields {
  const [name = '', ...rest] = steps;
  const { [name]: field, ...others } = fields;
  if (field === undefined) throw new Error(`The model has no field ${path}`);
  return rest.length === 0
    ? others
    : { ...fields, [name]: { ...field, fields: leftOut(field.fields ?? {}, rest, path) } };
}

/** The same change worked out for every field, such as a limit that a platform puts on all numbers. */
export function refineEach(base: PushModel, change: (field: Field) => Partial<Field>): PushModel {
  const walk = (fields: Fields): Fields =>
    Object.fromEntries(
      Object.entries(fields).map(([name, field]) => {
        const inner = field.fields === undefined ? {} : { fields: walk(field.fields) };
        return [name, { ...field, ...change(field), ...inner }];
      }),
    );
  return { ...base, fields: walk(base.fields) };
}

export interface PlacedField {
  /** `lineItems.accountRef.id` */
  readonly path: string;
  readonly field: Field;
}

/** Every field of the model with its path, parents first. */
export function* eachField(fields: Fields, above = ''): Generator<PlacedField> {
  for (const [name, field] of Object.entries(fields)) {
    const path = above === '' ? name : `${above}.${name}`;
    yield { path, field };
    if (field.fields !== undefined) yield* eachField(field.fields, path);
  }
}

/** The spelling that validation items and option rules use: `NominalCode`. */
export function pascalCase(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
