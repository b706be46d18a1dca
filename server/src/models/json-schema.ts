/**
 * Renders a model as JSON Schema, draft 2020-12, for clients that check their bodies before sending them. It gives the
 * same verdict as our own check, except on what JSON Schema has no words for (sums, order, decimal places): those rules
 * stand in `$comment`.
 */
import { itemsMaxOf, modelName, type Field, type Fields, type PushModel } from './model.ts';
import { rulesBeyondSchema } from './options.ts';
import { currencies, momentPattern, plainTextPattern } from './scalar-rules.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** What would otherwise stand in every schema hundreds of times. */
const definitions = {
  text: {
    description: 'Without null characters or halves of characters.',
    type: ['string', 'null'],
    pattern: plainTextPattern,
  },
  moment: {
    description: 'A date, or a date and time in UTC, local or with an offset.',
    type: ['string', 'null'],
    pattern: momentPattern,
  },
  currency: { description: 'An ISO 4217 code; XXX for none.', type: ['string', 'null'], enum: [...currencies, null] },
} as const satisfies Record<string, JsonSchema>;

export function renderJsonSchema(model: PushModel): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: modelName(model),
    description: model.description,
    ...objectSchema(model.fields),
    examples: [model.example],
    $defs: definitions,
  };
}

/** The same schemas as components of an OpenAPI document, which keeps what they share beside them. */
export function renderComponents(models: readonly PushModel[]): Readonly<Record<string, JsonSchema>> {
  const component = (name: string) => `Shared${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const shared = Object.entries(definitions).map(([name, schema]) => [component(name), schema]);
  const schemas = models.map((model) => [
    modelName(model),
    {
      title: modelName(model),
      description: model.description,
      ...objectSchema(model.fields),
      examples: [model.example],
    },
  ]);
  const text = JSON.stringify(Object.fromEntries([...schemas, ...shared]));
  const inDocument = text.replaceAll(
    /"#\/\$defs\/(\w+)"/g,
    (_ref, name: string) => `"#/components/schemas/${component(name)}"`,
  );
  return JSON.parse(inDocument) as Record<string, JsonSchema>;
}

function objectSchema(fields: Fields): JsonSchema {
  const entries = Object.entries(fields);
  const required = entries.filter(([, field]) => isRequired(field)).map(([name]) => name);
  const conditions = entries.flatMap(([name, field]) => conditionsOn(name, field));
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, field]) => [name, fieldSchema(field)])),
    ...(required.length > 0 ? { required } : {}),
    ...(conditions.length > 0 ? { allOf: conditions } : {}),
  };
}

function conditionsOn(name: string, { required, readOnly, onlyWhen, unlessZero }: Field): readonly JsonSchema[] {
  const isGiven = { properties: { [name]: { not: { type: 'null' } } }, required: [name] };
  const siblingIs = (sibling: string, value: unknown) => ({
    properties: { [sibling]: { const: value } },
    required: [sibling],
  });
  const conditions: JsonSchema[] = [];
  if (onlyWhen !== undefined) {
    const otherwise = { if: siblingIs(onlyWhen, false), then: { properties: { [name]: { type: 'null' } } } };
    conditions.push({ if: siblingIs(onlyWhen, true), then: isGiven, else: otherwise });
  }
  if (unlessZero !== undefined && required === true && readOnly !== true) {
    conditions.push({ if: siblingIs(unlessZero, 0), else: isGiven });
  }
  return conditions;
}

function fieldSchema(field: Field): JsonSchema {
  const beyond = rulesBeyondSchema(field).join(' ');
  const facts = {
    title: field.displayName,
    ...(field.description === '' ? {} : { description: field.description }),
    ...(beyond === '' ? {} : { $comment: beyond }),
    ...(field.readOnly === true ? { readOnly: true } : {}),
  };
  return { ...facts, ...valueSchema(field) };
}

function valueSchema(field: Field): JsonSchema {
  // In a write, null means "clear this"; only what is required cannot be cleared.
  const type = (name: string) => ({ type: isRequired(field) ? name : [name, 'null'] });
  switch (field.type) {
    case 'Object':
      return { ...(field.anyMembers === true ? {} : objectSchema(field.fields ?? {})), ...type('object') };
    case 'Array':
      return {
        ...type('array'),
        items: itemSchema(field),
        ...defined({ minItems: field.itemsMin, maxItems: itemsMaxOf(field) }),
      };
    case 'Boolean':
      return type('boolean');
    case 'Number':
      return { ...type('number'), ...defined({ minimum: field.minimum, maximum: field.maximum }) };
    case 'DateTime':
      return { ...type('string'), $ref: '#/$defs/moment' };
    case 'String':
      return { ...type('string'), ...textBounds(field) };
  }
}

function itemSchema(field: Field): JsonSchema {
  return field.listOf === 'String' ? { type: 'string' } : objectSchema(field.fields ?? {});
}

function textBounds(field: Field): JsonSchema {
  const isClosed = field.options !== undefined && field.optionsAreExamples !== true;
  const values = field.options?.map((option) => option.value);
  return defined({
    $ref: field.format === 'currency' ? '#/$defs/currency' : '#/$defs/text',
    minLength: field.minLength,
    maxLength: field.maxLength,
    // A required text of nothing but blanks counts as not given.
    pattern: field.pattern?.expression ?? (isRequired(field) ? '\\S' : undefined),
    enum: isClosed && values !== undefined ? [...values, ...(isRequired(field) ? [] : [null])] : undefined,
    examples: isClosed ? undefined : values,
  });
}

/** What is required of a writer in any case: members that only reading fills are not. */
function isRequired(field: Field): boolean {
  return field.required === true && field.readOnly !== true && field.unlessZero === undefined;
}

function defined(members: Record<string, unknown>): JsonSchema {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
