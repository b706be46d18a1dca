/**
 * What lines count towards: analytic accounts. Each root of Tryton's is a dimension of its own, and a line counts towards one
 * account of each. The lines of documents have a place for them where the module analytic_invoice is activated, the lines of
 * entries in any case.
 */
import type { PushModel } from '../../models/model.ts';
import { isMembers } from '../../models/validate.ts';
import { derived, type Codec, type Pair } from '../mapping.ts';
import { isTruthy } from './pyson-values.ts';
import { unknownReferences } from './references.ts';
import { refusal } from './refusal.ts';
import type { Refusal } from './resource.ts';
import type { TrytonSession } from './session.ts';
import { encodeId, idOf, listOf, type Members } from './values.ts';

/** What a line of a document counts towards; the module brings it. */
const TRACKING = 'analytic_accounts';

const ACCOUNT = 'analytic_account.account';
const ACCOUNTS_MAX = 1_000;

/** Groups and roots are there to add up what stands below them. */
export const TRACKED_TYPES = ['normal', 'distribution'];

interface AnalyticAccount {
  readonly root: number | undefined;
  readonly type: unknown;
}

/** By their ids. Throws a NoResult. */
function analyticAccounts(session: TrytonSession): Promise<ReadonlyMap<number, AnalyticAccount>> {
  return session.known('analytic accounts', async () => {
    const domain = [['company', '=', session.link.company]];
    const found = await session.find(ACCOUNT, domain, ['root', 'type'], { limit: ACCOUNTS_MAX });
    return new Map(found.map(({ id, root, type }) => [Number(id), { root: idOf(root), type }]));
  });
}

function entriesIn(value: unknown): readonly Members[] {
  const entries = listOf(value).filter(({ account }) => idOf(account) !== undefined);
  return entries.toSorted((a, b) => Number(a['id']) - Number(b['id']));
}

/** `[{ id }]` here; on the way out the ids alone, of which `trackingEntries` makes what Tryton wants. */
const refs: Codec = {
  toTheirs: (value) => listOf(value).flatMap(({ id }) => encodeId(id) ?? []),
  toOurs(value) {
    const found = entriesIn(value).flatMap(({ account }) =>
      isMembers(account) ? [{ id: String(account['id']), name: account['name'] }] : [],
    );
    return found.length === 0 ? undefined : found;
  },
};

/** Tryton bills nothing on. */
const billedTo: Codec = {
  toTheirs: (value) => value,
  toOurs: (value) => (entriesIn(value).length === 0 ? undefined : 'NotApplicable'),
};

export const trackingPairs: readonly Pair[] = [
  { ours: 'trackingCategoryRefs', theirs: TRACKING, codec: refs },
  { ours: 'tracking.categoryRefs', theirs: TRACKING, codec: refs },
  derived({ ours: 'tracking.isBilledTo', theirs: TRACKING, codec: billedTo }),
  derived({ ours: 'tracking.isRebilledTo', theirs: TRACKING, codec: billedTo }),
];

export const trackingReads = [`lines.${TRACKING}.account.name`];

/** Whether the module is there, and the user may see its accounts: without, no document could be read. Throws a NoResult. */
export function hasTracking(session: TrytonSession): Promise<boolean> {
  return session.known('tracking of lines', async () => {
    const told = await session.result('account.invoice.line', 'fields_get', [[TRACKING]]);
    if (!isMembers(told) || !Object.hasOwn(told, TRACKING)) return false;
    const access = await session.result('ir.model.access', 'get_access', [[ACCOUNT, 'analytic.account.entry']]);
    const rights = isMembers(access) ? Object.values(access).filter(isMembers) : [];
    return rights.every(({ read }) => isTruthy(read));
  });
}

/** A line of a document with its tracking as Tryton takes it, or without where there is no place for it. */
export async function withTracking(session: TrytonSession, line: Members): Promise<Members> {
  if (!Object.hasOwn(line, TRACKING)) return line;
  const { [TRACKING]: given, ...others } = line;
  if (!(await hasTracking(session))) return others;
  const ids: readonly unknown[] = Array.isArray(given) ? given : [];
  const all = await analyticAccounts(session);
  const chosen = ids.flatMap((id) => {
    const root = all.get(Number(id))?.root;
    return root === undefined ? [] : [{ root, account: id }];
  });
  // Tryton's own form has an element for each root, empty where nothing is chosen.
  const roots = [...all].flatMap(([id, { type }]) => (type === 'root' ? [id] : []));
  const empty = roots.filter((id) => !chosen.some(({ root }) => root === id)).map((root) => ({ root, account: null }));
  return { ...others, [TRACKING]: [['create', [...chosen, ...empty]]] };
}

export interface PlacedCategory {
  /** `LineItems[0].Tracking.CategoryRefs[0].Id` */
  readonly itemId: string;
  readonly value: unknown;
}

/** Those of a document's lines. */
export function categoriesOfLine(line: Members, at: string): readonly PlacedCategory[] {
  const { tracking, trackingCategoryRefs } = line;
  const categoryRefs = isMembers(tracking) ? tracking['categoryRefs'] : undefined;
  const placed = (list: unknown, above: string) =>
    listOf(list).map(({ id }, index) => ({ itemId: `${at}.${above}[${index}].Id`, value: id }));
  return [...placed(categoryRefs, 'Tracking.CategoryRefs'), ...placed(trackingCategoryRefs, 'TrackingCategoryRefs')];
}

/** What is wrong with the categories of one line. Throws a NoResult. */
export async function refuseCategories(
  model: PushModel,
  categories: readonly PlacedCategory[],
  session: TrytonSession,
  types: readonly string[] = TRACKED_TYPES,
): Promise<Refusal | undefined> {
  if (categories.length === 0) return undefined;
  const all = await analyticAccounts(session);
  const taken = new Map<number | undefined, number>();
  for (const { itemId, value } of categories) {
    const id = encodeId(value);
    const account = id === undefined ? undefined : all.get(id);
    if (id === undefined || account === undefined) {
      return unknownReferences(model, [{ itemId, value, references: ['trackingCategories'] }]);
    }
    if (!types.includes(String(account.type))) {
      return refusal(model, itemId, 'names a category that only adds up others, and no line can count towards it.');
    }
    const other = taken.get(account.root);
    if (other !== undefined && other !== id) {
      return refusal(model, itemId, 'names a second category below the same root, and Tryton takes one of each.');
    }
    taken.set(account.root, id);
  }
  return undefined;
}
