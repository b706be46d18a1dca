/**
 * Tryton's condition language, as it stands in what `fields_get` tells of a field: "required once the state is posted",
 * "accounts of this company only". It comes from outside, so that nothing in it can throw or run for long: whatever is
 * not understood, is nested too deeply or asks for a name that nobody knows has the value `cannotTell`.
 */
import { isMembers } from '../../models/validate.ts';
import { moved, type MomentWords } from './pyson-moments.ts';
import { asNumber, isEqual, isTruthy, type Members } from './pyson-values.ts';

/** Neither true nor false. It spreads: what depends on it cannot be told either. */
export const cannotTell: unique symbol = Symbol('cannot tell');

export interface Surroundings {
  /** The record's own values by field name, `_parent_invoice` and `context` among them. */
  readonly values: Members;
  /** What a name outside `values` is: what the expression says for that case, as Tryton has it, or not to be told. */
  readonly missing: 'default' | 'cannot-tell';
  readonly now: Date;
  /** The record that a module installed under this name. */
  readonly idOf?: (module: string, name: string) => number | undefined;
}

const depthMax = 64;
/** The largest expression of Tryton's own modules has some hundred nodes. */
const nodesMax = 20_000;

/** An expression as `fields_get` hands it out: JSON in a text. What is no JSON is no expression. */
export function parseExpression(text: unknown): unknown {
  if (typeof text !== 'string') return text;
  try {
    return JSON.parse(text);
  } catch {
    return cannotTell;
  }
}

/** The value of an expression, of a list of them, or of an object of them. */
export function evaluate(expression: unknown, surroundings: Surroundings): unknown {
  return valueOf(expression, { ...surroundings, depth: 0, spent: { nodes: 0 } });
}

/** A condition, such as a field's `states.required`. */
export function evaluateCondition(expression: unknown, surroundings: Surroundings): boolean | typeof cannotTell {
  const value = evaluate(expression, surroundings);
  return value === cannotTell ? cannotTell : isTruthy(value);
}

interface Evaluation extends Surroundings {
  readonly depth: number;
  readonly spent: { nodes: number };
}

function valueOf(expression: unknown, evaluation: Evaluation): unknown {
  if (typeof expression !== 'object' || expression === null) return expression;
  evaluation.spent.nodes += 1;
  if (evaluation.depth >= depthMax || evaluation.spent.nodes > nodesMax) return cannotTell;
  const below: Evaluation = { ...evaluation, depth: evaluation.depth + 1 };
  if (Array.isArray(expression)) return listOf(expression, below);
  if (!isMembers(expression)) return cannotTell;
  const operator = expression['__class__'];
  if (operator === undefined) return objectOf(expression, below);
  return typeof operator === 'string' ? operate(operator, expression, below) : cannotTell;
}

function listOf(items: readonly unknown[], evaluation: Evaluation): unknown {
  const values = items.map((item) => valueOf(item, evaluation));
  return values.includes(cannotTell) ? cannotTell : values;
}

function objectOf(members: Members, evaluation: Evaluation): unknown {
  const values = Object.entries(members).map(([name, value]) => [name, valueOf(value, evaluation)] as const);
  return values.some(([, value]) => value === cannotTell) ? cannotTell : Object.fromEntries(values);
}

function operate(operator: string, node: Members, evaluation: Evaluation): unknown {
  const of = (name: string) => valueOf(node[name], evaluation);
  switch (operator) {
    case 'Eval':
      return named(node, evaluation);
    case 'Not':
      return withAll([of('v')], ([value]) => !isTruthy(value));
    case 'Bool':
      return withAll([of('v')], ([value]) => isTruthy(value));
    case 'And':
      return settledBy(false, node['s'], evaluation);
    case 'Or':
      return settledBy(true, node['s'], evaluation);
    case 'Equal':
      return withAll([of('s1'), of('s2')], ([left, right]) => isEqual(left, right));
    case 'Greater':
      return compared([of('s1'), of('s2')], of('e'), (left, right) => left > right);
    case 'Less':
      return compared([of('s1'), of('s2')], of('e'), (left, right) => left < right);
    case 'If':
      return chosen(
        of('c'),
        () => of('t'),
        () => of('e'),
      );
    case 'Get':
      return withAll([of('v'), of('k')], ([members, key]) => memberOf(members, key, () => otherwise(node, evaluation)));
    case 'In':
      return withAll([of('k'), of('v')], ([key, holder]) => isIn(key, holder));
    case 'Len':
      return withAll([of('v')], ([value]) => lengthOf(value));
    case 'Date':
    case 'DateTime':
      return moment(operator, node, evaluation);
    case 'TimeDelta':
      return withAll([of('d'), of('s'), of('m')], ([days, seconds, micros]) => span(days, seconds, micros));
    case 'Id':
      return recordNamed(of('module'), of('fs_id'), evaluation);
    case 'Decimal':
    case 'date':
    case 'datetime':
    case 'time':
    case 'timedelta':
      return node;
    default:
      return cannotTell;
  }
}

function withAll(values: readonly unknown[], value: (values: readonly unknown[]) => unknown): unknown {
  return values.includes(cannotTell) ? cannotTell : value(values);
}

/** `a.b` is a name of its own where there is one, and the member `b` of `a` otherwise. */
function named(node: Members, evaluation: Evaluation): unknown {
  const { v: name } = node;
  if (typeof name !== 'string') return cannotTell;
  let members: unknown = evaluation.values;
  let rest = name;
  while (isMembers(members)) {
    if (Object.hasOwn(members, rest)) return members[rest];
    const dot = rest.indexOf('.');
    if (dot < 0) break;
    const first = rest.slice(0, dot);
    members = Object.hasOwn(members, first) ? members[first] : {};
    rest = rest.slice(dot + 1);
  }
  return otherwise(node, evaluation);
}

function otherwise(node: Members, evaluation: Evaluation): unknown {
  return evaluation.missing === 'default' ? valueOf(node['d'], evaluation) : cannotTell;
}

/** One statement of this value settles the whole, whatever cannot be told about the others. */
function settledBy(settling: boolean, statements: unknown, evaluation: Evaluation): unknown {
  if (!Array.isArray(statements)) return cannotTell;
  let isOpen = false;
  for (const statement of statements) {
    const value = valueOf(statement, evaluation);
    if (value === cannotTell) isOpen = true;
    else if (isTruthy(value) === settling) return settling;
  }
  return isOpen ? cannotTell : !settling;
}

/** What both branches agree on does not hang on the condition. */
function chosen(condition: unknown, then: () => unknown, ifNot: () => unknown): unknown {
  if (condition !== cannotTell) return isTruthy(condition) ? then() : ifNot();
  return withAll([then(), ifNot()], ([left, right]) => (isEqual(left, right) ? left : cannotTell));
}

/** An absent side is neither greater nor less than anything. */
function compared(
  sides: readonly unknown[],
  orEqual: unknown,
  isSo: (left: number, right: number) => boolean,
): unknown {
  if (sides.includes(cannotTell) || orEqual === cannotTell) return cannotTell;
  if (sides.includes(null) || sides.includes(undefined)) return false;
  const [left, right] = sides.map(asNumber);
  if (left === undefined || right === undefined) return cannotTell;
  return isSo(left, right) || (isTruthy(orEqual) && left === right);
}

function memberOf(members: unknown, key: unknown, absent: () => unknown): unknown {
  if (!isMembers(members) || typeof key !== 'string') return cannotTell;
  return Object.hasOwn(members, key) ? members[key] : absent();
}

function isIn(key: unknown, holder: unknown): unknown {
  if (!isTruthy(holder)) return false;
  if (Array.isArray(holder)) return holder.some((one) => isEqual(one, key));
  if (isMembers(holder)) return typeof key === 'string' && Object.hasOwn(holder, key);
  return typeof holder === 'string' && typeof key === 'string' ? holder.includes(key) : cannotTell;
}

function lengthOf(value: unknown): unknown {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return isMembers(value) ? Object.keys(value).length : cannotTell;
}

const wordsOfMoments: MomentWords = {
  set: { y: 'year', M: 'month', d: 'day', h: 'hour', m: 'minute', s: 'second', ms: 'microsecond' },
  add: { dy: 'year', dM: 'month', dd: 'day', dh: 'hour', dm: 'minute', ds: 'second', dms: 'microsecond' },
};

function moment(operator: 'Date' | 'DateTime', node: Members, evaluation: Evaluation): unknown {
  const { __class__: _, ...parts } = node;
  const told = objectOf(parts, evaluation);
  if (!isMembers(told)) return cannotTell;
  return moved(operator, told, { words: wordsOfMoments, now: evaluation.now }) ?? cannotTell;
}

const secondsPerDay = 86_400;

function span(days: unknown, seconds: unknown, micros: unknown): unknown {
  if (typeof days !== 'number' || typeof seconds !== 'number' || typeof micros !== 'number') return cannotTell;
  return { __class__: 'timedelta', seconds: days * secondsPerDay + seconds + micros / 1e6 };
}

function recordNamed(module: unknown, name: unknown, { idOf }: Evaluation): unknown {
  if (typeof module !== 'string' || typeof name !== 'string') return cannotTell;
  return idOf?.(module, name) ?? cannotTell;
}
