/**
 * Checks a body against a model and tells everything that is wrong with it in one answer. The body comes from outside:
 * whatever it holds, the answer is a list of findings and never an exception.
 */
import {
  checkMirror,
  checkSumOf,
  checkZeroSum,
  disagreesInSign,
  firstOutOfOrder,
  ownMember,
} from './consistency-rules.ts';
import { itemsMaxOf, modelName, pascalCase, type Field, type Fields, type PushModel } from './model.ts';
import { checkFlag, checkMoment, checkNumber, checkText, type Complaint } from './scalar-rules.ts';
import type { Validation, ValidationItem } from './validation.ts';

type Members = Readonly<Record<string, unknown>>;

const errorsMax = 500;
const warningsMax = 100;
const unknownNameShown = 60;

export interface CheckOptions {
  /** Whether members that the model does not have are only pointed out, or fail the body. */
  readonly unknownMembers: 'warn' | 'refuse';
}

export function checkBody(
  model: PushModel,
  body: unknown,
  { unknownMembers }: CheckOptions = { unknownMembers: 'warn' },
): Validation {
  const check = newCheck(modelName(model), unknownMembers);
  if (isMembers(body)) checkMembers(check, model.fields, body, '');
  else check.error('', 'must be a JSON object.');
  return { errors: check.errors, warnings: check.warnings };
}

/** A JSON object, as against null, a list or a plain value. */
export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Check {
  readonly errors: ValidationItem[];
  readonly warnings: ValidationItem[];
  error(path: string, complaint: string): void;
  warning(path: string, remark: string): void;
  unknownMember(path: string): void;
}

function newCheck(name: string, unknownMembers: CheckOptions['unknownMembers']): Check {
  const errors: ValidationItem[] = [];
  const warnings: ValidationItem[] = [];
  return {
    errors,
    warnings,
    error(path, complaint) {
      if (errors.length >= errorsMax) return;
      const subject = path === '' ? 'the body' : path;
      const message = `Failed to push to ${name} as ${subject} ${complaint}`;
      errors.push({ ...(path === '' ? {} : { itemId: path }), message, validatorName: name });
    },
    warning(path, remark) {
      if (warnings.length >= warningsMax) return;
      warnings.push({ itemId: path, message: `${path} ${remark}`, validatorName: name });
    },
    unknownMember(path) {
      if (unknownMembers === 'refuse') this.error(path, 'is not part of the model.');
      else this.warning(path, 'is not part of the model and was not written.');
    },
  };
}

function checkMembers(check: Check, fields: Fields, members: Members, above: string): void {
  for (const [name, field] of Object.entries(fields)) {
    if (field.readOnly !== true) checkMember(check, field, name, members, above);
  }
  for (const name of Object.keys(members)) {
    if (!Object.hasOwn(fields, name)) check.unknownMember(pathOf(above, name.slice(0, unknownNameShown)));
  }
}

function checkMember(check: Check, field: Field, name: string, members: Members, above: string): void {
  const path = pathOf(above, name);
  const value = ownMember(members, name);
  const absence = complaintAboutPresence(field, value, members, above);
  if (absence !== undefined) check.error(path, absence);
  else if (value !== undefined && value !== null) {
    checkValue(check, field, value, path);
    checkBesideOthers(check, field, value, { members, above, path });
  }
}

interface Place {
  /** The object that the field stands in, and its path. */
  readonly members: Members;
  readonly above: string;
  readonly path: string;
}

function checkBesideOthers(check: Check, field: Field, value: unknown, { members, above, path }: Place): void {
  const { sumOf, mirrors, signBy } = field;
  const complaint =
    (sumOf && checkSumOf(sumOf, value, members, (name) => pathOf(above, name))) ??
    (mirrors && checkMirror(mirrors, value, members, pathOf(above, mirrors.sibling)));
  if (complaint !== undefined) check.error(path, complaint);
  if (signBy !== undefined && disagreesInSign(signBy, value, members)) {
    check.warning(path, `has a sign that does not agree with ${pathOf(above, signBy.sibling)}.`);
  }
}

/** Null counts as not given: on the wire it means "clear this". */
function complaintAboutPresence(field: Field, value: unknown, members: Members, above: string): Complaint {
  const isGiven = value !== undefined && value !== null && !(typeof value === 'string' && value.trim() === '');
  if (field.onlyWhen !== undefined) {
    const flag = ownMember(members, field.onlyWhen);
    const condition = pathOf(above, field.onlyWhen);
    if (flag === true && !isGiven) return `must be provided when ${condition} is true.`;
    if (flag === false && isGiven) return `must be absent unless ${condition} is true.`;
  }
  const isSpared = field.unlessZero !== undefined && ownMember(members, field.unlessZero) === 0;
  return field.required === true && !isGiven && !isSpared ? 'must be provided.' : undefined;
}

function checkValue(check: Check, field: Field, value: unknown, path: string): void {
  if (field.type === 'Object') checkObject(check, field, value, path);
  else if (field.type === 'Array') checkList(check, field, value, path);
  else {
    const complaint = checkScalar(field, value);
    if (complaint !== undefined) check.error(path, complaint);
  }
}

function checkScalar(field: Field, value: unknown): Complaint {
  switch (field.type) {
    case 'Number':
      return checkNumber(field, value);
    case 'Boolean':
      return checkFlag(value);
    case 'DateTime':
      return checkMoment(value);
    default:
      return checkText(field, value);
  }
}

function checkObject(check: Check, field: Field, value: unknown, path: string): void {
  if (!isMembers(value)) check.error(path, 'must be an object.');
  else if (field.anyMembers !== true) checkMembers(check, field.fields ?? {}, value, path);
}

function checkList(check: Check, field: Field, value: unknown, path: string): void {
  const itemsMax = itemsMaxOf(field);
  const itemsMin = field.itemsMin ?? 0;
  if (!Array.isArray(value)) {
    check.error(path, 'must be a list.');
    return;
  }
  const items: readonly unknown[] = value;
  if (items.length > itemsMax) {
    check.error(path, `must not have more than ${itemsMax} elements.`);
    return;
  }
  if (items.length < itemsMin) {
    check.error(path, `must have at least ${itemsMin} ${itemsMin === 1 ? 'element' : 'elements'}.`);
  }
  items.forEach((item, index) => checkItem(check, field, item, `${path}[${index}]`));
  checkTogether(check, field, items, path);
}

function checkTogether(check: Check, field: Field, items: readonly unknown[], path: string): void {
  const imbalance = field.sumsToZero === undefined ? undefined : checkZeroSum(items, field.sumsToZero);
  if (imbalance !== undefined) check.error(path, imbalance);
  const { chronologicalBy } = field;
  const late = chronologicalBy === undefined ? undefined : firstOutOfOrder(items, chronologicalBy);
  if (chronologicalBy === undefined || late === undefined) return;
  check.error(pathOf(`${path}[${late}]`, chronologicalBy), `must not be before that of ${path}[${late - 1}].`);
}

function checkItem(check: Check, field: Field, item: unknown, path: string): void {
  if (field.listOf === 'String') {
    if (typeof item !== 'string') check.error(path, 'must be a text.');
  } else if (isMembers(item)) checkMembers(check, field.fields ?? {}, item, path);
  else check.error(path, 'must be an object.');
}

function pathOf(above: string, name: string): string {
  return above === '' ? pascalCase(name) : `${above}.${pascalCase(name)}`;
}
