/** The evaluator of conditions against Tryton's own, and against whatever else may come. */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { cannotTell, evaluate, evaluateCondition, parseExpression, type Surroundings } from './pyson.ts';

type Members = Readonly<Record<string, unknown>>;
/** An expression, and what Tryton's own evaluator made of it with each of some records. */
type Case = readonly [expression: unknown, answers: readonly (readonly [values: Members, answer: unknown])[]];

const now = new Date('2026-03-31T10:20:30.456Z');
const around = (values: Members, missing: Surroundings['missing'] = 'default'): Surroundings => ({
  values,
  missing,
  now,
});
const node = (kind: string, parts: Members = {}): Members => ({ __class__: kind, ...parts });
const name = (v: string, d: unknown = '') => node('Eval', { v, d });

const cases = JSON.parse(readFileSync(new URL('pyson-cases.json', import.meta.url), 'utf8')) as readonly Case[];

describe("an expression has the value that Tryton's own evaluator gives it", () => {
  test('with every recorded record', () => {
    const wrong = cases.flatMap(([expression, answers]) =>
      answers.flatMap(([values, answer]) => {
        const ours = evaluate(expression, around(values));
        return isDeepStrictEqual(ours, answer) ? [] : [{ expression, values, answer, ours }];
      }),
    );
    expect(cases.length).toBeGreaterThan(200);
    expect(wrong).toEqual([]);
  });

  test('and there are cases of every operator', () => {
    const text = JSON.stringify(cases);
    const operators = 'Eval Not Bool And Or Equal Greater Less If Get In Date DateTime Len TimeDelta'.split(' ');
    expect(operators.filter((operator) => !text.includes(`"__class__":"${operator}"`))).toEqual([]);
  });
});

describe('what hangs on a name that nobody knows', () => {
  const unknown = name('party', -1);

  test.each([
    ['the name', unknown, cannotTell],
    ['a comparison', node('Equal', { s1: unknown, s2: 1 }), cannotTell],
    ['a list', ['party', '=', unknown], cannotTell],
    ['an object', { party: unknown }, cannotTell],
    ['all of it and a no', node('And', { s: [unknown, false] }), false],
    ['all of it and a yes', node('And', { s: [unknown, true] }), cannotTell],
    ['some of it and a yes', node('Or', { s: [unknown, true] }), true],
    ['some of it and a no', node('Or', { s: [unknown, false] }), cannotTell],
    ['branches that differ', node('If', { c: unknown, t: 1, e: 2 }), cannotTell],
    ['branches that agree', node('If', { c: unknown, t: [1], e: [1] }), [1]],
    ['the branch that is not taken', node('If', { c: true, t: 1, e: unknown }), 1],
  ])('%s', (_, expression, answer) => {
    expect(evaluate(expression, around({}, 'cannot-tell'))).toEqual(answer);
  });

  test('is known as soon as the record has it, null included', () => {
    expect(evaluate(unknown, around({ party: null }, 'cannot-tell'))).toBeNull();
    expect(evaluateCondition(unknown, around({ party: 3 }, 'cannot-tell'))).toBe(true);
  });
});

describe('today and now', () => {
  const nothing = { y: null, M: null, d: null, dy: 0, dM: 0, dd: 0, start: null };

  test('are those of the clock', () => {
    expect(evaluate(node('Date', nothing), around({}))).toEqual(node('date', { year: 2026, month: 3, day: 31 }));
    const inAMonth = evaluate(node('DateTime', { ...nothing, dM: 1 }), around({}));
    const time = { hour: 10, minute: 20, second: 30, microsecond: 456_000 };
    expect(inAMonth).toEqual(node('datetime', { year: 2026, month: 4, day: 30, ...time }));
  });

  test('can begin at a date of the record', () => {
    const due = { due: node('date', { year: 2026, month: 5, day: 6 }) };
    const expression = node('Date', { ...nothing, dd: -6, start: name('due', null) });
    expect(evaluate(expression, around(due))).toEqual(node('date', { year: 2026, month: 4, day: 30 }));
  });
});

test('a record is known by its name in a module where somebody tells its id', () => {
  const id = node('Id', { module: 'account', fs_id: 'group_account' });
  const idOf = (module: string, fsId: string) => (`${module}.${fsId}` === 'account.group_account' ? 7 : undefined);
  expect(evaluate(id, { ...around({}), idOf })).toBe(7);
  expect(evaluate(id, around({}))).toBe(cannotTell);
  expect(evaluate(node('Id', { module: 'x', fs_id: 'y' }), { ...around({}), idOf })).toBe(cannotTell);
});

describe('what is no expression cannot be told, and never throws', () => {
  const deep = (levels: number): unknown =>
    Array.from({ length: levels }).reduce((inner) => node('Not', { v: inner }), true as unknown);

  test.each([
    ['an operator that is new', node('Sum', { v: [1, 2] })],
    ['an operator that is no text', { __class__: 7 }],
    ['an operator without its parts', node('And')],
    ['a comparison of texts', node('Greater', { s1: 'a', s2: 'b', e: false })],
    ['a member of a number', node('Get', { v: 7, k: 'a', d: 1 })],
    ['a name that is no text', node('Eval', { v: 7, d: 1 })],
    ['the length of a number', node('Len', { v: 7 })],
    ['a search in a number', node('In', { k: 1, v: 7 })],
    ['a month of text', node('Date', { M: 'May' })],
    ['a year beyond all calendars', node('Date', { y: 99_999 })],
    ['a span of text', node('TimeDelta', { d: '1', s: 0, m: 0 })],
    ['a thousand levels', deep(1_000)],
    ['more than anybody writes', Array.from({ length: 30_000 }, () => [])],
    ['broken JSON', parseExpression('[["company", "="')],
    ['an unknown operator deep in a domain', ['OR', ['a', '=', node('Sum')], ['b', '=', 1]]],
  ])('%s', (_, expression) => {
    expect(evaluate(expression, around({}))).toBe(cannotTell);
  });

  test('names of every object there is are no names of the record', () => {
    expect(evaluate(name('constructor', 5), around({}))).toBe(5);
    expect(evaluate(name('__proto__.x', 5), around({ a: {} }))).toBe(5);
    expect(evaluate(node('In', { k: 'toString', v: { a: 1 } }), around({}))).toBe(false);
  });

  test('a text is read as JSON, and anything else is the expression itself', () => {
    expect(parseExpression('{"__class__": "Bool", "v": 1}')).toEqual(node('Bool', { v: 1 }));
    expect(parseExpression(null)).toBeNull();
  });
});
