/** Arbitrary bodies that a model accepts, made from its facts alone: for finding out where platform and model disagree. */
import fc from 'fast-check';
import { decimalFromNumber, sum, toNumber } from '../lib/decimal.ts';
import type { Field, Fields, PushModel, SumOf } from './model.ts';

type Body = Readonly<Record<string, unknown>>;

/** `live` is the model as the company sees it: references are drawn from its options. */
export function bodiesOf(live: PushModel): fc.Arbitrary<Body> {
  return members(live.fields);
}

function members(fields: Fields): fc.Arbitrary<Body> {
  const writable = Object.entries(fields).filter(
    ([, field]) => field.readOnly !== true && field.onlyWhen === undefined,
  );
  const all = Object.fromEntries(writable.map(([name, field]) => [name, valueOrNull(field)]));
  const requiredKeys = writable.filter(([, field]) => field.required === true).map(([name]) => name);
  return fc.record(all, { requiredKeys }).map((body) => withConditional(fields, body));
}

/** What must be there when a flag is set, in its smallest form; and what follows from something else. */
function withConditional(fields: Fields, body: Body): Body {
  const result: Record<string, unknown> = { ...body };
  for (const [name, field] of Object.entries(fields)) {
    if (field.onlyWhen !== undefined && body[field.onlyWhen] === true) result[name] = smallest(field);
    const { sumOf, mirrors } = field;
    if (sumOf !== undefined && name in result) Object.assign(result, addedUp(name, sumOf, result));
    const [here, there] = [result[name], result[mirrors?.sibling ?? '']];
    if (mirrors !== undefined && isBody(here) && isBody(there)) {
      result[name] = { ...here, [mirrors.amount]: there[mirrors.amount] ?? here[mirrors.amount] };
    }
  }
  return result;
}

/** The number made the sum of the list; where the sum is turned round, what is added up is made negative first. */
function addedUp(name: string, { list: listName, member, isNegated }: SumOf, body: Body): Body {
  const items = body[listName];
  if (!Array.isArray(items) || items.length === 0) return {};
  const signed = items.filter(isBody).map((item) => {
    const amount = item[member];
    return isNegated === true && typeof amount === 'number' && amount > 0 ? { ...item, [member]: -amount } : item;
  });
  const amounts = signed.map((item) => item[member]).filter((amount) => typeof amount === 'number');
  const total = toNumber(sum(amounts.flatMap((amount) => decimalFromNumber(amount) ?? [])));
  return { [listName]: signed, [name]: isNegated === true ? -total : total };
}

function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object with only what it requires. */
function smallest(field: Field): Body {
  const required = Object.entries(field.fields ?? {}).filter(([, inner]) => inner.required === true);
  return Object.fromEntries(required.map(([name, inner]) => [name, inner.type === 'Number' ? 1 : 'x']));
}

function valueOrNull(field: Field): fc.Arbitrary<unknown> {
  return field.required === true ? value(field) : fc.option(value(field), { freq: 6 });
}

function value(field: Field): fc.Arbitrary<unknown> {
  switch (field.type) {
    case 'Object':
      return field.anyMembers === true ? fc.constant({ crm: { tier: 'gold' } }) : members(field.fields ?? {});
    case 'Array':
      return list(field);
    case 'Boolean':
      return fc.boolean();
    case 'Number':
      return numbers(field);
    case 'DateTime':
      return fc.constantFrom(
        '2026-03-02',
        '2026-03-02T09:30:00',
        '2026-03-02T09:30:00.1234567Z',
        '2026-03-02T09:30:00-05:00',
      );
    case 'String':
      return texts(field);
  }
}

function list(field: Field): fc.Arbitrary<unknown> {
  const { itemsMin = 0, itemsMax = 3, sumsToZero, chronologicalBy } = field;
  const items = fc.array(members(field.fields ?? {}), {
    minLength: itemsMin,
    maxLength: Math.max(itemsMin, Math.min(itemsMax, 3)),
  });
  if (chronologicalBy !== undefined)
    return items.map((elements) => elements.map((one) => ({ ...one, [chronologicalBy]: '2026-03-02' })));
  if (sumsToZero === undefined) return items;
  return items.map((elements) =>
    elements.map((element, index) => ({ ...element, [sumsToZero]: index === 0 ? elements.length - 1 : -1 })),
  );
}

function numbers({ minimum = -1_000, maximum = 1_000, decimalPlacesMax = 2 }: Field): fc.Arbitrary<number> {
  const scale = 10 ** Math.min(decimalPlacesMax, 4);
  const [min, max] = [Math.max(minimum, -1_000), Math.min(maximum, 1_000)];
  return fc
    .integer({ min: Math.ceil(min * scale), max: Math.floor(max * scale) })
    .map((units) => Number((units / scale).toFixed(4)));
}

function texts(field: Field): fc.Arbitrary<string> {
  const { options, format, pattern, maxLength = 100, required, unique } = field;
  if (options !== undefined) return fc.constantFrom(...options.map((option) => option.value));
  if (format === 'currency') return fc.constantFrom('GBP', 'EUR', 'JPY', 'XXX');
  if (pattern !== undefined) return fc.constant('ines@harbourlane.example');
  if (unique === true)
    return fc.string({
      unit: fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', '2', '3', '4', '5'),
      minLength: 10,
      maxLength: 10,
    });
  const text = fc.string({ unit: 'binary', maxLength: Math.min(maxLength, 80) });
  const plain = text.filter((one) => one.isWellFormed() && !one.includes('\0'));
  return required === true || field.minLength !== undefined ? plain.map((one) => `x${one}`.slice(0, maxLength)) : plain;
}
