/** JSON Schema against our own check, on arbitrary bodies: for the tests of models, here and of platforms. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { renderJsonSchema } from './json-schema.ts';
import type { PushModel } from './model.ts';
import { bodiesOf } from './test-bodies.ts';
import { checkBody } from './validate.ts';

/** What JSON Schema has no words for. */
const isBeyondSchema = (message: string) =>
  /significant digits|decimal places|must add up to|must be the sum|must have the same|must not be before/.test(
    message,
  );

const junk = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, '', ' ', '\u00a0', '\0', '\ud800', 'x'.repeat(5_000), '😀'.repeat(200)),
  fc.constantFrom<unknown>(0, -1, 0.001, 1e15, -1e13, 101, [], {}, [null], [{}], [{}, {}], 'GBP', 'gbp', 'Draft'),
  fc.constantFrom('2026-02-29', '2024-02-29', '2026-03-02T24:00:00', '2026-03-02T23:59:59+14:59', '0000-01-01'),
  fc.jsonValue(),
);

type Step = readonly [at: number, value: unknown, isRemoved: boolean];

/** Follows a number down the body and puts something else there, or takes it away. */
function mutate(value: unknown, [at, replacement, isRemoved]: Step): unknown {
  const isTree = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  if (!isTree || at % 7 === 0) return replacement;
  const keys = Object.keys(value);
  const key = keys[at % keys.length] ?? '';
  const inner: unknown = Reflect.get(value, key);
  const isLeaf = typeof inner !== 'object' || inner === null;
  if (Array.isArray(value))
    return value.map((item: unknown, index) =>
      String(index) === key ? mutate(item, [at >> 2, replacement, isRemoved]) : item,
    );
  const { [key]: _, ...others } = value as Record<string, unknown>;
  if (isRemoved && (isLeaf || at % 3 === 0)) return others;
  return { ...others, [key]: isLeaf ? replacement : mutate(inner, [at >> 2, replacement, isRemoved]) };
}

/** A body on which the two come to different verdicts, with the seed that finds it again. */
export function disagreement(model: PushModel): string | undefined {
  const accepts = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false }).compile(
    renderJsonSchema(model),
  );
  const steps = fc.array(fc.tuple(fc.nat(1_000_000), junk, fc.boolean()), { maxLength: 3 });
  const run = fc.check(
    fc.property(bodiesOf(model), steps, (body, changes) => {
      const mutated = changes.reduce<unknown>((value, step) => mutate(value, step), body);
      const errors = checkBody(model, mutated).errors.filter(({ message }) => !isBeyondSchema(message));
      return accepts(mutated) === (errors.length === 0);
    }),
    { numRuns: 300 },
  );
  return fc.defaultReportMessage(run);
}
