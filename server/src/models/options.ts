/** Renders a model for the options endpoint: the recursive shape that a form is drawn from. */
import { plainNumber } from './scalar-rules.ts';
import {
  pascalCase,
  type Choice,
  type Field,
  type Fields,
  type ModelOperation,
  type PushModel,
  type SignBy,
  type SumOf,
} from './model.ts';

export interface PushOption {
  readonly type: Field['type'];
  readonly displayName: string;
  readonly description: string;
  readonly required: boolean;
  /** The members of an object. Those of a list's elements stand here directly. */
  readonly properties?: Readonly<Record<string, PushOption>>;
  readonly options?: readonly PushOptionChoice[];
  /** Present only when there is something to say, and then with both lists. */
  readonly validation?: PushOptionValidation;
  /** At the root: what the platform lets the user of the connection do, where it says. */
  readonly operations?: readonly ModelOperation[];
}

export interface PushOptionChoice {
  readonly value: string;
  readonly type: 'String';
  readonly displayName: string;
  readonly description?: string;
  readonly required: false;
}

export interface PushOptionValidation {
  /** Rules whose breach fails the write. */
  readonly warnings: readonly PushOptionRule[];
  readonly information: readonly PushOptionRule[];
}

export interface PushOptionRule {
  readonly field: string;
  readonly details: string;
}

/** Fields that only reading fills are left out: a form has no use for them. */
export function renderOptions(model: PushModel): PushOption {
  return {
    type: 'Object',
    displayName: model.displayName,
    description: model.description,
    required: true,
    properties: renderFields(model.fields),
    ...(model.operations === undefined ? {} : { operations: model.operations }),
  };
}

function renderFields(fields: Fields): Record<string, PushOption> {
  const writable = Object.entries(fields).filter(([, field]) => field.readOnly !== true);
  return Object.fromEntries(writable.map(([name, field]) => [name, renderField(name, field)]));
}

function renderField(name: string, field: Field): PushOption {
  const warnings = rulesOf(field).map((details) => ({ field: pascalCase(name), details }));
  const information = adviceOn(field).map((details) => ({ field: pascalCase(name), details }));
  const hasRules = warnings.length > 0 || information.length > 0;
  return {
    type: field.type,
    displayName: field.displayName,
    description: field.description,
    required: field.required === true,
    ...(field.fields === undefined ? {} : { properties: renderFields(field.fields) }),
    ...(field.options === undefined ? {} : { options: field.options.map(renderChoice) }),
    ...(hasRules ? { validation: { warnings, information } } : {}),
  };
}

function renderChoice({ value, displayName, description }: Choice): PushOptionChoice {
  return { value, type: 'String', displayName, ...(description === undefined ? {} : { description }), required: false };
}

/** The hard rules of a field as sentences. */
function rulesOf(field: Field): readonly string[] {
  const { onlyWhen, maxLength, minLength, pattern, minimum, maximum, itemsMin, itemsMax } = field;
  return [
    onlyWhen && `Must be provided when ${pascalCase(onlyWhen)} is true, and absent when it is false.`,
    maxLength && `Max length of ${maxLength} characters.`,
    minLength && minLength > 1 && `Min length of ${minLength} characters.`,
    pattern && `Must be ${pattern.meaning}.`,
    field.format === 'currency' && 'Must be an ISO 4217 currency code.',
    minimum !== undefined && `Must not be less than ${plainNumber(minimum)}.`,
    maximum !== undefined && `Must not be greater than ${plainNumber(maximum)}.`,
    itemsMin && `Must have at least ${itemsMin} ${itemsMin === 1 ? 'element' : 'elements'}.`,
    itemsMax && `Must not have more than ${itemsMax} elements.`,
    ...rulesBeyondSchema(field),
  ].filter(isSentence);
}

/** Those that JSON Schema has no words for. */
export function rulesBeyondSchema(field: Field): readonly string[] {
  const { decimalPlacesMax, sumsToZero, chronologicalBy, sumOf, mirrors } = field;
  return [
    decimalPlacesMax !== undefined && `Max ${decimalPlacesMax} decimal places.`,
    sumsToZero && `${pascalCase(sumsToZero)} must add up to zero over all elements.`,
    chronologicalBy && `Must be in order of ${pascalCase(chronologicalBy)}, earliest first.`,
    sumOf && `Must be the sum of ${sumRead(sumOf)}.`,
    mirrors &&
      `Must have the same ${pascalCase(mirrors.amount)} as ${pascalCase(mirrors.sibling)} while both have the same ${pascalCase(mirrors.whileSame)}.`,
    field.unique === true && 'Must not be in use by another record.',
    field.references && `Must match an existing record in ${field.references.join(' or ')}.`,
  ].filter(isSentence);
}

function isSentence(part: unknown): part is string {
  return typeof part === 'string' && part !== '';
}

function sumRead({ list, member, isNegated }: SumOf): string {
  return `${pascalCase(member)} over ${pascalCase(list)}${isNegated === true ? ' with its sign turned round' : ''}`;
}

function adviceOn({ optionsAreExamples, signBy, unlessZero }: Field): readonly string[] {
  return [
    ...(unlessZero === undefined ? [] : [`May be left out while ${pascalCase(unlessZero)} is 0.`]),
    ...(optionsAreExamples === true ? ["The options are taken from the company's books; there may be more."] : []),
    ...(signBy === undefined ? [] : [signAdvice(signBy)]),
  ];
}

function signAdvice({ sibling, positive, negative }: SignBy): string {
  return `Expected to be above zero where ${pascalCase(sibling)} is ${positive}, and below zero where it is ${negative}.`;
}
