/**
 * Names beside ids: where a platform's answer refers to a record by its id alone, the name that we know of that record now
 * is shown with it. Kept nowhere, so that a new name of a customer does not move all of the customer's invoices.
 */
import type { Queryable } from '../db/pool.ts';
import type { RecordContent, StoredDataType } from './stored-types.ts';

/** Where each type has its name. */
const nameMembers = {
  bankAccounts: 'accountName',
  chartOfAccounts: 'name',
  customers: 'customerName',
  items: 'name',
  suppliers: 'supplierName',
  taxRates: 'name',
  trackingCategories: 'name',
} as const satisfies { readonly [D in StoredDataType]?: string };

type NamedType = keyof typeof nameMembers;

interface Reference {
  /** The types whose records it may lead to, the likeliest first. */
  readonly to: readonly NamedType[];
  /** What the name is called beside the id. */
  readonly as: string;
}

const accounts: Reference = { to: ['chartOfAccounts', 'bankAccounts'], as: 'name' };
const categories: Reference = { to: ['trackingCategories'], as: 'name' };

/** By the member that holds the reference, or the list of them. */
const references: Readonly<Record<string, Reference>> = {
  accountRef: accounts,
  bankAccountRef: accounts,
  customerRef: { to: ['customers'], as: 'companyName' },
  supplierRef: { to: ['suppliers'], as: 'supplierName' },
  itemRef: { to: ['items'], as: 'name' },
  taxRateRef: { to: ['taxRates'], as: 'name' },
  trackingCategoryRefs: categories,
  categoryRefs: categories,
};

/** References looked up for one answer; a page of long documents has more, and shows the rest without names. */
const LOOKED_UP_MAX = 5_000;

/** For filters and orders, by the path of the member that holds a reference: what the name beside its id is called. */
export function nameBeside(path: string): string | undefined {
  return referenceOf(path.split('.').at(-1))?.as;
}

/**
 * What is shown at `path`, such as `customerRef.companyName`, as SQL over a record `r`; `text` is what its content has there.
 * The same as `withName` shows, and as lazily: a name in the content is all that is looked at, and so is the first type.
 */
export function shownNameSql(path: string, text: string): string {
  const steps = path.split('.');
  const at = steps.slice(0, -1);
  const reference = referenceOf(at.at(-1));
  if (reference === undefined || reference.as !== steps.at(-1)) return text;
  const names = reference.to.map(
    (type) => `(SELECT named.content ->> '${nameMembers[type]}' FROM records named
    WHERE named.connection_id = r.connection_id AND named.data_type = '${type}'
      AND named.record_id = r.content #>> '{${at.join(',')},id}')`,
  );
  return `coalesce(${[text, ...names].join(', ')})`;
}

function referenceOf(member: string | undefined): Reference | undefined {
  if (member === undefined) return undefined;
  return Object.hasOwn(references, member) ? references[member] : undefined;
}

interface Wanted {
  readonly type: NamedType;
  readonly id: string;
}

/** The records with the names that are known. */
export async function withNames(
  db: Queryable,
  connectionId: string,
  contents: readonly RecordContent[],
): Promise<readonly RecordContent[]> {
  const wanted = new Map<string, Wanted>();
  for (const content of contents) eachReference(content, ({ to }, id) => note(wanted, to, id));
  if (wanted.size === 0) return contents;
  const names = await findNames(db, connectionId, [...wanted.values()]);
  return names.size === 0 ? contents : contents.map((content) => named(content, names) as RecordContent);
}

function note(wanted: Map<string, Wanted>, types: readonly NamedType[], id: string) {
  for (const type of types) {
    if (wanted.size < LOOKED_UP_MAX) wanted.set(`${type}/${id}`, { type, id });
  }
}

async function findNames(db: Queryable, connectionId: string, wanted: readonly Wanted[]) {
  const rows = await db.query<{ data_type: NamedType; record_id: string; name: string | null }>(
    'record_names',
    `SELECT r.data_type, r.record_id, r.content ->> i.member AS name
     FROM unnest($2::text[], $3::text[], $4::text[]) AS i (data_type, record_id, member)
     JOIN records r ON r.connection_id = $1 AND r.data_type = i.data_type AND r.record_id = i.record_id
       AND r.record_id = ANY ($3)
     WHERE r.content IS NOT NULL`,
    [
      connectionId,
      wanted.map(({ type }) => type),
      wanted.map(({ id }) => id),
      wanted.map(({ type }) => nameMembers[type]),
    ],
  );
  return new Map(rows.flatMap((row) => (row.name === null ? [] : [[`${row.data_type}/${row.record_id}`, row.name]])));
}

type Found = (reference: Reference, id: string) => void;

/** References that have no name beside them yet. */
function eachReference(value: unknown, found: Found): void {
  if (Array.isArray(value)) for (const item of value) eachReference(item, found);
  else if (isObject(value)) {
    for (const [member, inner] of Object.entries(value)) {
      const reference = referenceOf(member);
      if (reference === undefined) eachReference(inner, found);
      else for (const one of Array.isArray(inner) ? inner : [inner]) ifNameless(one, reference, found);
    }
  }
}

function ifNameless(value: unknown, reference: Reference, found: Found): void {
  if (!isObject(value) || isGiven(value[reference.as])) return;
  const { id } = value;
  if (typeof id === 'string') found(reference, id);
}

function named(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => named(item, names));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([member, inner]): [string, unknown] => {
    const reference = referenceOf(member);
    if (reference === undefined) return [member, named(inner, names)];
    const one = (each: unknown) => withName(each, reference, names);
    return [member, Array.isArray(inner) ? inner.map((each: unknown) => one(each)) : one(inner)];
  });
  return Object.fromEntries(entries);
}

function withName(value: unknown, { to, as }: Reference, names: ReadonlyMap<string, string>): unknown {
  if (!isObject(value) || isGiven(value[as])) return value;
  const name = to.map((type) => names.get(`${type}/${String(value['id'])}`)).find((each) => each !== undefined);
  return name === undefined ? value : { ...value, [as]: name };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
