/** Bodies for the conformance suite, made from the models themselves, so that a new field is tested without being named. */
import type { DataType } from '../models/data-types.ts';
import { eachField, type Field, type Fields, type PushModel } from '../models/model.ts';
import { isMembers } from '../models/validate.ts';

type Members = Readonly<Record<string, unknown>>;

let counter = 0;

/** A fresh text that fits wherever a unique one is asked for. */
function freshText(): string {
  counter += 1;
  return `C${counter}`;
}

/** Makes a record of a type that no choices are offered of, and tells its id. */
export type MakeRecord = (dataType: DataType) => Promise<string>;

/**
 * The model's example with references into the company's own books, and with unique texts of its own. `live` is the
 * model as the company sees it, whose options are the records that exist.
 */
export async function exampleBody(model: PushModel, live: PushModel, make: MakeRecord): Promise<Members> {
  return settleMembers(live.fields, model.example, { make, stands: new Map() });
}

interface Settling {
  readonly make: MakeRecord;
  /** The choice that stands for each id of the example, so that two ids stay two. */
  readonly stands: Map<string, string>;
}

async function settleMembers(fields: Fields, members: Members, settling: Settling): Promise<Members> {
  const settled: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(members)) {
    const field = fields[name];
    settled[name] = field === undefined ? value : await settle(field, value, settling);
  }
  return settled;
}

async function settle(field: Field, value: unknown, settling: Settling): Promise<unknown> {
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) items.push(await settle(field, item, settling));
    return items;
  }
  if (isMembers(value)) return settleMembers(field.fields ?? {}, value, settling);
  if (field.unique === true) return freshText();
  if (field.references === undefined) return value;
  const key = `${field.references.join('|')} ${String(value)}`;
  const stand = settling.stands.get(key) ?? (await nextChoice(field, field.references, settling));
  settling.stands.set(key, stand);
  return stand;
}

async function nextChoice(field: Field, references: readonly DataType[], { make, stands }: Settling): Promise<string> {
  const taken = new Set(stands.values());
  const free = (field.options ?? []).find(({ value }) => !taken.has(value)) ?? field.options?.[0];
  const [dataType] = references;
  if (free !== undefined) return free.value;
  if (dataType === undefined) throw new Error(`The platform offers nothing for ${field.displayName}`);
  return make(dataType);
}

function firstOption(field: Field): string {
  const option = field.options?.[0]?.value;
  if (option === undefined) throw new Error(`The platform offers nothing for ${field.displayName}`);
  return option;
}

/** Only what is required; once for each choice of each required field that has choices, or for so many of them. */
export function minimalBodies(live: PushModel, choicesMax = Infinity): readonly Members[] {
  const choices = Object.entries(live.fields).flatMap(([name, { required, options }]) =>
    required === true && options !== undefined ? some(options, choicesMax).map(({ value }) => ({ [name]: value })) : [],
  );
  return (choices.length === 0 ? [{}] : choices).map((choice) => ({ ...minimalMembers(live.fields), ...choice }));
}

/** The last ones among them: what comes last is seldom tried by hand. */
function some<T>(all: readonly T[], max: number): readonly T[] {
  return all.length <= max ? all : [...all.slice(0, 1), ...all.slice(1 - max)];
}

function minimalMembers(fields: Fields): Record<string, unknown> {
  const required = Object.entries(fields).filter(([, field]) => field.required === true && field.readOnly !== true);
  return Object.fromEntries(required.map(([name, field]) => [name, minimalValue(field)]));
}

function minimalValue(field: Field): unknown {
  switch (field.type) {
    case 'Object':
      return minimalMembers(field.fields ?? {});
    case 'Array':
      return minimalList(field);
    case 'Boolean':
      return false;
    case 'Number':
      return 10;
    case 'DateTime':
      return '2026-03-02T00:00:00';
    case 'String':
      return field.options === undefined && field.references === undefined ? freshText() : firstOption(field);
  }
}

function minimalList(field: Field): readonly unknown[] {
  const items = Array.from({ length: field.itemsMin ?? 1 }, () => minimalMembers(field.fields ?? {}));
  const { sumsToZero } = field;
  if (sumsToZero === undefined) return items;
  return items.map((item, index) => ({ ...item, [sumsToZero]: index === 0 ? 10 * (items.length - 1) : -10 }));
}

export interface Variant {
  /** `LineItems[0].AccountRef.Id` */
  readonly itemId: string;
  readonly body: Members;
}

/** The example, once for each required field that it holds, without that field. */
export function bodiesLackingOne(model: PushModel): readonly Variant[] {
  return variants(
    model,
    ({ required }) => required === true,
    () => undefined,
  );
}

/** The example, once for each text that has a longest length, with one character more. */
export function bodiesTooLong(model: PushModel): readonly Variant[] {
  return variants(
    model,
    ({ maxLength, options }) => maxLength !== undefined && options === undefined,
    ({ maxLength = 0 }) => 'x'.repeat(maxLength + 1),
  );
}

/** The body, once for each reference that it holds, with that one pointing nowhere. */
export function withUnknownReference(model: PushModel, body = model.example): readonly Variant[] {
  return variants(
    { ...model, example: body },
    ({ references }) => references !== undefined,
    () => 'no-such-record',
  );
}

function variants(
  model: PushModel,
  isWanted: (field: Field) => boolean,
  valueFor: (field: Field) => unknown,
): readonly Variant[] {
  return [...eachField(model.fields)]
    .filter(({ field }) => isWanted(field) && field.readOnly !== true)
    .flatMap(({ path, field }) => replaceAt(model.example, path.split('.'), valueFor(field)));
}

/** Nothing when the example does not reach that far. In a list, the first element is the one that changes. */
function replaceAt(members: Members, steps: readonly string[], value: unknown): readonly Variant[] {
  const [name = '', ...rest] = steps;
  const title = name.charAt(0).toUpperCase() + name.slice(1);
  if (rest.length === 0) {
    const { [name]: _, ...others } = members;
    return [{ itemId: title, body: value === undefined ? others : { ...others, [name]: value } }];
  }
  const inner = members[name];
  const first: unknown = Array.isArray(inner) ? inner[0] : inner;
  if (!isMembers(first)) return [];
  return replaceAt(first, rest, value).map((variant) => ({
    itemId: `${title}${Array.isArray(inner) ? '[0]' : ''}.${variant.itemId}`,
    body: { ...members, [name]: Array.isArray(inner) ? [variant.body, ...inner.slice(1)] : variant.body },
  }));
}
