/**
 * The part of JSONPath that picks a value out of one record: `$.vendor.name`, `$.lines[*].sku`, `$['unit price']`,
 * `$.phones[0]`. No filters, no slices, no search at any depth, so that looking up a path never costs more than the record.
 */

/** A member's name, a place in a list, or `*` for every element. */
export type Step = string | number | typeof EACH;
export type JsonPath = readonly Step[];

const EACH = Symbol('each');
const TEXT_MAX = 500;
const STEPS_MAX = 20;
const STEP = /\.([\p{L}\p{N}_$-]+)|\[(?:'([^']+)'|"([^"]+)"|(\d{1,6})|(\*))\]/uy;

/** Undefined for what is no such path. `$[*].name` says of a whole answer what `$.name` says of one record of it. */
export function parseJsonPath(text: string): JsonPath | undefined {
  if (text.length > TEXT_MAX || !text.startsWith('$')) return undefined;
  const steps: Step[] = [];
  STEP.lastIndex = text.startsWith('$[*]') ? 4 : 1;
  while (STEP.lastIndex < text.length) {
    const found = STEP.exec(text);
    if (found === null || steps.length === STEPS_MAX) return undefined;
    const [, plain, single, double, index, each] = found;
    const name = plain ?? single ?? double;
    if (name !== undefined) steps.push(name);
    else steps.push(each === undefined ? Number(index) : EACH);
  }
  return typeof steps[0] === 'string' ? steps : undefined;
}

/** The names on the way, without the steps into lists. */
export function memberNames(path: JsonPath): readonly string[] {
  return path.filter((step) => typeof step === 'string');
}

/** What stands there; a list of all there is where a step goes to every element. Undefined for nothing and for null. */
export function valueAt(path: JsonPath, value: unknown): unknown {
  const [step, ...rest] = path;
  if (value === undefined || value === null) return undefined;
  if (step === undefined) return value;
  if (typeof step === 'string') {
    const hasMember = typeof value === 'object' && !Array.isArray(value) && Object.hasOwn(value, step);
    return hasMember ? valueAt(rest, Reflect.get(value, step)) : undefined;
  }
  if (!Array.isArray(value)) return undefined;
  const list: readonly unknown[] = value;
  if (typeof step === 'number') return valueAt(rest, list[step]);
  const found = list.map((element) => valueAt(rest, element)).filter((each) => each !== undefined);
  return rest.includes(EACH) ? found.flat() : found;
}
