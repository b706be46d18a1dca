/**
 * A model as the company in Tryton has it today: limits and duties from what Tryton tells of its fields, choices from its
 * records, and what the user of the connection may do. Nothing of it is needed for a write; Tryton has the last word there.
 */
import { refine, type Field, type PushModel, type Refinements } from '../../models/model.ts';
import { isMembers } from '../../models/validate.ts';
import type { Pair } from '../mapping.ts';
import { choicesFor, type Offer } from './choices.ts';
import { describeModel, selectionOf, type DescribedField, type DescribedModel } from './described-fields.ts';
import { cannotTell, evaluate, evaluateCondition, type Surroundings } from './pyson.ts';
import { isTruthy } from './pyson-values.ts';
import type { TrytonResource } from './resource.ts';
import { NoResult, resultOf, type Domain, type TrytonSession } from './session.ts';
import { numberOf, type Members } from './values.ts';

/** The model stands as it is when Tryton does not tell. */
export async function liveModel(
  session: TrytonSession,
  resource: TrytonResource,
  model: PushModel,
  { isFresh }: { readonly isFresh?: boolean } = {},
): Promise<PushModel> {
  try {
    if (isFresh === true) await session.forgetKnown();
    const kind = model === resource.updateModel ? 'update' : 'create';
    return await session.recent(`${kind} model of ${resource.model.dataType}`, () => drawn(session, resource, model));
  } catch (error) {
    if (error instanceof NoResult) return model;
    throw error;
  }
}

/** With what the type offers beyond its fields, where Tryton tells of it. */
export async function withOffers(
  session: TrytonSession,
  resource: TrytonResource,
  live: PushModel,
): Promise<PushModel> {
  try {
    return (await resource.offer?.(live, session)) ?? live;
  } catch (error) {
    if (error instanceof NoResult) return live;
    throw error;
  }
}

async function drawn(session: TrytonSession, resource: TrytonResource, model: PushModel): Promise<PushModel> {
  const described = await describeModel(session, resource.theirs);
  const values = await valuesAtFirst(session, resource, described);
  const at = around(session, values);
  const offers = new Map<string, Offer>();
  const top = { session, resource, model, of: resource.theirs, described, at, ours: '', theirs: '', offers };
  const [facts, operations] = await Promise.all([factsOf(top, resource.pairs), operationsOf(session, resource)]);
  const choices = await choicesFor(session, model, offers);
  return { ...refine(refine(model, facts), choices), ...(operations === undefined ? {} : { operations }) };
}

/** Where the walk along the pairs stands. */
interface Place {
  readonly session: TrytonSession;
  readonly resource: TrytonResource;
  readonly model: PushModel;
  /** Tryton's model, and what it tells of its fields. */
  readonly of: string;
  readonly described: DescribedModel;
  readonly at: Surroundings;
  /** `lineItems.` */
  readonly ours: string;
  /** `lines.` */
  readonly theirs: string;
  /** Where the choices of a field come from, by its path; filled on the walk. */
  readonly offers: Map<string, Offer>;
}

function around(session: TrytonSession, values: Members): Surroundings {
  return { values, missing: 'cannot-tell', now: session.io.now() };
}

/** A new record before anybody has said anything about it; its state is the one that it is to end in. */
async function valuesAtFirst(session: TrytonSession, resource: TrytonResource, described: DescribedModel) {
  const { context } = await session.login();
  const posted = session.link.posting === 'post' && hasChoice(described.get('state'), 'posted');
  return {
    ...(await defaultsOf(session, resource.theirs, described)),
    ...equalities(await resource.scope(session)),
    ...(posted ? { state: 'posted' } : {}),
    company: session.link.company,
    active: true,
    id: -1,
    context,
  };
}

async function defaultsOf(session: TrytonSession, model: string, described: DescribedModel): Promise<Members> {
  return session.recent(`defaults of ${model}`, async () => {
    const told = resultOf(await session.call(model, 'default_get', [[...described.keys()]]));
    const defaults = isMembers(told) ? Object.entries(told) : [];
    return Object.fromEntries(defaults.filter(([name]) => !name.endsWith('.')));
  });
}

/** `[["type", "=", "in"]]` says that the type is `in`. */
function equalities(domain: readonly unknown[]): Members {
  const clauses = domain.filter((clause) => Array.isArray(clause)) as readonly (readonly unknown[])[];
  const told = clauses.flatMap(([name, operator, value]) =>
    typeof name === 'string' && operator === '=' && !name.includes('.') ? [[name, value] as const] : [],
  );
  return Object.fromEntries(told);
}

function hasChoice(field: DescribedField | undefined, value: string): boolean {
  const { selection } = field ?? {};
  return Array.isArray(selection) && selection.some(([each]: readonly string[]) => each === value);
}

async function factsOf(place: Place, pairs: readonly Pair[]): Promise<Refinements> {
  const all = await Promise.all(pairs.map((pair) => factsOfPair(place, pair)));
  return Object.assign({}, ...all) as Refinements;
}

async function factsOfPair(place: Place, { ours, theirs, codec, isReadOnly }: Pair): Promise<Refinements> {
  const described = place.described.get(theirs);
  const path = place.ours + ours.replaceAll('[0]', '');
  const field = fieldAt(place.model, path);
  if (described === undefined || field === undefined || field.readOnly === true || isReadOnly === true) return {};
  if (described.relation !== undefined && field.references !== undefined) {
    place.offers.set(path, { model: described.relation, domain: tellable(described.domain, place.at) });
  }
  const facts = {
    ...limitsOf(described, field, place.at),
    ...dutyOf(place, described),
    ...(await selected(place, described, field)),
  };
  const own: Refinements = Object.keys(facts).length === 0 ? {} : { [path]: { ...facts, source: 'Tryton' } };
  if (codec.inner === undefined || described.relation === undefined) return own;
  return { ...own, ...(await factsOf(await inside(place, described, ours, described.relation), codec.inner)) };
}

/** An element of a list knows the record that it belongs to as `_parent_invoice`. */
async function inside(place: Place, list: DescribedField, ours: string, model: string): Promise<Place> {
  const { at, session } = place;
  const described = await describeModel(session, model);
  const { company, context, currency } = at.values;
  const parent = list.relationField === undefined ? {} : { [`_parent_${list.relationField}`]: at.values };
  const values = { ...(await defaultsOf(session, model, described)), company, context, currency, ...parent };
  return {
    ...place,
    of: model,
    described,
    at: { ...at, values },
    ours: `${place.ours}${ours}.`,
    theirs: `${place.theirs}${list.name}.`,
  };
}

function fieldAt(model: PushModel, path: string): Field | undefined {
  let fields: PushModel['fields'] | undefined = model.fields;
  let field: Field | undefined;
  for (const step of path.split('.')) {
    field = fields !== undefined && Object.hasOwn(fields, step) ? fields[step] : undefined;
    fields = field?.fields;
  }
  return field;
}

function limitsOf(described: DescribedField, field: Field, at: Surroundings): Partial<Field> {
  if (field.type === 'String' && described.type === 'char') {
    const size = evaluate(described.size, at);
    if (typeof size === 'number' && size > 0) return { maxLength: Math.min(field.maxLength ?? size, size) };
  }
  if (field.type === 'Number') {
    const digits = evaluate(described.digits, at);
    const places = Array.isArray(digits) ? numberOf(digits[1]) : undefined;
    if (places !== undefined) return { decimalPlacesMax: Math.min(field.decimalPlacesMax ?? places, places) };
  }
  return {};
}

/** Tryton calls required what it fills in itself, too: numbers, states, places in a tree. */
const filledByTryton = new Set(['code', 'left', 'number', 'right', 'sequence', 'state']);

function dutyOf({ at, resource, theirs }: Place, described: DescribedField): Partial<Field> {
  const path = theirs + described.name;
  const isFilled =
    filledByTryton.has(described.name) || (resource.fills ?? []).includes(path) || isTruthy(at.values[described.name]);
  if (isFilled) return {};
  const isRequired = described.required || evaluateCondition(described.states['required'] ?? false, at) === true;
  return isRequired ? { required: true } : {};
}

/** Only where both sides have the same words: other words are chosen with care in the model itself. */
async function selected(place: Place, described: DescribedField, field: Field): Promise<Partial<Field>> {
  if (described.type !== 'selection' || field.type !== 'String' || field.options !== undefined) return {};
  const choices = await selectionIn(place, described);
  return choices.length === 0 ? {} : { options: choices.map(([value, displayName]) => ({ value, displayName })) };
}

async function selectionIn({ session, of }: Place, { name, selection, selectionDepends }: DescribedField) {
  if (typeof selection !== 'string') return selection ?? [];
  if (selectionDepends) return [];
  const told = await session.recent(`choices of ${of}.${name}`, () => session.result(of, selection, []));
  const choices = selectionOf(told);
  return typeof choices === 'string' ? [] : (choices ?? []);
}

/** What of a domain can be told before there is a record. A clause that cannot is left out, so that more is offered. */
function tellable(domain: unknown, at: Surroundings): Domain {
  if (!Array.isArray(domain)) return [];
  const clauses = domain as Domain;
  if (clauses[0] === 'OR') {
    const value = evaluate(clauses, at);
    return value === cannotTell ? [] : (value as Domain);
  }
  return clauses.flatMap((clause) => {
    const isList = Array.isArray(clause) && (Array.isArray(clause[0]) || clause[0] === 'OR' || clause[0] === 'AND');
    const value = isList ? tellable(clause, at) : evaluate(clause, at);
    return value === cannotTell || (Array.isArray(value) && value.length === 0) ? [] : [value];
  });
}

const operationOf = { create: 'create', write: 'update', delete: 'delete' } as const;

/** What Tryton's access rights leave of what the connector can do. */
async function operationsOf(session: TrytonSession, { theirs }: TrytonResource): Promise<PushModel['operations']> {
  const told = await session.recent(`access to ${theirs}`, () =>
    session.result('ir.model.access', 'get_access', [[theirs]]),
  );
  const rights = isMembers(told) ? told[theirs] : undefined;
  if (!isMembers(rights)) return undefined;
  const isOpen = (right: keyof typeof operationOf) => isTruthy(rights[right]);
  return (['create', 'write', 'delete'] as const).filter(isOpen).map((right) => operationOf[right]);
}
