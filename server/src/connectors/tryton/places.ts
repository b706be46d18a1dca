/**
 * Where in a body the thing is that Tryton complains about. Tryton names a field and a model by their labels, and never an
 * element of a list: which one it was is worked out from the values, and left open where they do not tell.
 */
import { isMembers } from '../../models/validate.ts';
import type { WriteRequest } from '../contract.ts';
import { itemIdOf, type Pair } from '../mapping.ts';
import type { Complaint } from './complaints.ts';
import { describeModel, modelLabels, type DescribedModel } from './described-fields.ts';
import type { TrytonReading } from './resource.ts';
import type { Domain, TrytonSession } from './session.ts';
import { decimalOf, encodeId, idOf } from './values.ts';

export interface Accused {
  readonly resource: TrytonReading;
  readonly request: WriteRequest;
  readonly session: TrytonSession;
  readonly complaint: Complaint;
  /** The domain that was violated, as Tryton tells it with the error. */
  readonly domain: unknown;
}

/** `LineItems[1].AccountRef.Id`. Undefined for what the sender had no part in. Throws a NoResult. */
export async function placeOf(accused: Accused): Promise<string | undefined> {
  if (accused.complaint.meaning === 'no-period' || accused.complaint.meaning === 'too-early') return dateOf(accused);
  for (const suspect of await suspectsOf(accused)) {
    const index = suspect.list === undefined ? '' : await elementOf(accused, suspect);
    const path = suspect.list === undefined ? suspect.field : `${suspect.list}${index}.${suspect.field}`;
    const itemId = itemIdOf(accused.resource.pairs, path);
    if (itemId !== undefined) return itemId;
  }
  return undefined;
}

/** The fields that decide in which period a document falls. */
const datesOfDocuments = ['accounting_date', 'invoice_date', 'purchase_date', 'date'];

function dateOf({ resource }: Accused): string | undefined {
  const itemIds = datesOfDocuments.map((field) => itemIdOf(resource.pairs, field));
  return itemIds.find((itemId) => itemId !== undefined);
}

/** A field of Tryton's that goes by the labels of the complaint. */
interface Suspect {
  /** `lines`, for a field of the elements. */
  readonly list: string | undefined;
  readonly field: string;
  /** `lines.account` */
  readonly path: string;
  readonly relation: string | undefined;
}

async function suspectsOf({ resource, session, complaint }: Accused): Promise<readonly Suspect[]> {
  const { fieldLabel, modelLabel } = complaint;
  if (fieldLabel === undefined) return [];
  const own = await describeModel(session, resource.theirs);
  const lists = listsOf(resource.pairs, own);
  const labels = await modelLabels(session, [resource.theirs, ...lists.map(({ model }) => model)]);
  const isMeant = (model: string) =>
    modelLabel === undefined || isAlike(modelLabel, labels.get(model) ?? '') || modelLabel === model;
  const found: Suspect[] = isMeant(resource.theirs) ? suspectsIn(own, fieldLabel, undefined) : [];
  for (const { list, model } of lists) {
    if (isMeant(model)) found.push(...suspectsIn(await describeModel(session, model), fieldLabel, list));
  }
  return found;
}

function suspectsIn(model: DescribedModel, label: string, list: string | undefined): Suspect[] {
  return [...model.values()]
    .filter((field) => isAlike(field.label, label))
    .map(({ name, relation }) => ({
      list,
      field: name,
      path: list === undefined ? name : `${list}.${name}`,
      relation,
    }));
}

/** Messages that modules write themselves spell labels in their own way: "The code on party". */
function isAlike(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase() || other.toLowerCase().endsWith(` ${one.toLowerCase()}`);
}

function listsOf(pairs: readonly Pair[], own: DescribedModel): readonly { list: string; model: string }[] {
  return pairs.flatMap(({ theirs, codec }) => {
    const relation = codec.inner === undefined ? undefined : own.get(theirs)?.relation;
    return relation === undefined ? [] : [{ list: theirs, model: relation }];
  });
}

/** `[2]`, or nothing where the values do not tell which one. */
async function elementOf(accused: Accused, suspect: Suspect): Promise<string> {
  const pair = accused.resource.pairs.find(({ theirs }) => theirs === suspect.list);
  const elements: unknown = pair === undefined ? undefined : accused.request.body?.[pair.ours];
  if (pair === undefined || !Array.isArray(elements)) return '';
  if (elements.length === 1) return '[0]';
  const inner = pair.codec.inner?.find(({ theirs }) => theirs === suspect.field);
  if (inner === undefined) return '';
  const values = elements.map((element: unknown) => valueAt(element, inner.ours.split('.')));
  const index = await guiltyIndex(accused, suspect, values, (value) => inner.codec.toTheirs(value));
  return index < 0 ? '' : `[${index}]`;
}

async function guiltyIndex(
  { complaint, domain, session }: Accused,
  { relation }: Suspect,
  values: readonly unknown[],
  toTheirs: (value: unknown) => unknown,
): Promise<number> {
  if (complaint.meaning === 'required') {
    return onlyOne(values, (value) => value === undefined || value === null || value === '');
  }
  if (complaint.value !== undefined) return values.findIndex((value) => isPrintedAs(toTheirs(value), complaint.value));
  const violated = domainOf(domain);
  if (violated === undefined || relation === undefined) return -1;
  const ids = values.flatMap((value) => encodeId(value) ?? []);
  const allowed = new Set(await session.ids(relation, [['id', 'in', ids], violated]));
  return values.findIndex((value) => {
    const id = encodeId(value);
    return id !== undefined && !allowed.has(id);
  });
}

function onlyOne(values: readonly unknown[], isIt: (value: unknown) => boolean): number {
  const index = values.findIndex(isIt);
  return index >= 0 && values.findLastIndex(isIt) === index ? index : -1;
}

function isPrintedAs(value: unknown, printed: string | undefined): boolean {
  const plain = decimalOf(value) ?? idOf(value) ?? value;
  return (typeof plain === 'string' || typeof plain === 'number') && String(plain) === printed;
}

/** With the error comes `[domain, the fields that it names]`. */
export function domainOf(told: unknown): Domain | undefined {
  const first: unknown = Array.isArray(told) ? told[0] : undefined;
  return Array.isArray(first) ? (first as readonly unknown[]) : undefined;
}

function valueAt(element: unknown, steps: readonly string[]): unknown {
  return steps.reduce<unknown>(
    (value, step) => (isMembers(value) && Object.hasOwn(value, step) ? value[step] : undefined),
    element,
  );
}
