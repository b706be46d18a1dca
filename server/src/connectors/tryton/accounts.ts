/**
 * Accounts of the chart in Tryton. The category of ours is the path of Tryton's account types, without the first one, which
 * holds them all: `Asset.Current.Cash`. Heads and views, to which nothing is posted, are left out.
 */
import { chartOfAccounts } from '../../models/chart-of-accounts.ts';
import { choices } from '../../models/fields.ts';
import { modelName, refine, type Choice } from '../../models/model.ts';
import type { Codec, Pair } from '../mapping.ts';
import { derived, same } from '../mapping.ts';
import { markedText, textMark } from './marks.ts';
import { decimalPair } from './pairs.ts';
import type { Refusal, TrytonResource } from './resource.ts';
import type { TrytonSession } from './session.ts';
import { ACCOUNT_USES, isUsed, refusedAsUsed } from './uses.ts';
import { idOf, type Members } from './values.ts';

const statusWords: Codec = {
  toTheirs: (value) => value === 'Archived',
  toOurs: (value) => (value === true ? 'Archived' : 'Active'),
};

export const closedStatus: Pair = { ours: 'status', theirs: 'closed', codec: statusWords };

export const accounts: TrytonResource = {
  dataType: 'chartOfAccounts',
  theirs: 'account.account',
  model: refine(chartOfAccounts, {
    name: { required: true },
    fullyQualifiedCategory: {
      required: true,
      description: "The path of Tryton's account types, such as Asset.Current.",
    },
    fullyQualifiedName: { readOnly: true },
    currency: { readOnly: true },
    type: { readOnly: true },
    status: { options: choices('Active', 'Archived') },
    isBankAccount: { readOnly: true },
  }),
  pairs: [
    same('nominalCode', 'code'),
    same('name'),
    markedText('description', 'note'),
    derived(same('currency', 'currency.code')),
    derived(decimalPair('currentBalance', 'balance')),
    closedStatus,
  ],
  reads: ['code', 'name', 'note', 'type', 'closed', 'balance', 'currency.code', 'parent.rec_name'],
  scope: (session) => [
    ['company', '=', session.link.company],
    ['type.statement', '!=', null],
  ],
  mark: textMark('note'),
  fills: ['company', 'parent', 'type'],
  async refuse({ body = {} }, session) {
    const category = body['fullyQualifiedCategory'];
    if (typeof category !== 'string') return undefined;
    const types = await accountTypes(session);
    return types.some(({ path }) => path === category) ? undefined : unknownCategory(category);
  },
  async prepare(values, { body = {} }, { session, present }) {
    const wanted = body['fullyQualifiedCategory'];
    const type = (await accountTypes(session)).find(({ path }) => path === wanted);
    const typed = type === undefined ? values : { ...values, type: type.id };
    if (present !== undefined) return typed;
    return { ...typed, company: session.link.company, parent: await rootAccount(session) };
  },
  removals: (record, session) => [
    {
      name: 'delete',
      run: async (options) =>
        (await isUsed(session, ACCOUNT_USES, record['id']))
          ? refusedAsUsed('The account')
          : session.call('account.account', 'delete', [[record['id']]], options),
    },
  ],
  async complete(record, theirs, session) {
    const type = (await accountTypes(session)).find(({ id }) => id === idOf(theirs['type']));
    const banks = await bankedAccounts(session);
    const parent = parentName(theirs['parent']);
    const name = String(theirs['name']);
    return {
      ...record,
      type: type?.head ?? 'Unknown',
      ...(type === undefined ? {} : { fullyQualifiedCategory: type.path }),
      fullyQualifiedName: parent === undefined ? name : `${parent}.${name}`,
      isBankAccount: banks.has(Number(theirs['id'])),
      validDatatypeLinks: [],
    };
  },
  async offer(live, session) {
    const types = await accountTypes(session);
    const options = types.map(({ path }): Choice => ({ value: path, displayName: path.replaceAll('.', ' ') }));
    return options.length === 0 ? live : refine(live, { fullyQualifiedCategory: { options } });
  },
};

function parentName(parent: unknown): string | undefined {
  const name: unknown = typeof parent === 'object' && parent !== null ? Reflect.get(parent, 'rec_name') : undefined;
  return typeof name === 'string' ? name : undefined;
}

function unknownCategory(category: string): Refusal {
  const name = modelName(chartOfAccounts);
  const itemId = 'FullyQualifiedCategory';
  const message = `Failed to push to ${name} as ${itemId}: Tryton has no account type ${category}.`;
  return { statusCode: 400, message, errors: [{ itemId, message, validatorName: name }] };
}

interface AccountType {
  readonly id: number;
  /** `Asset.Current.Cash` */
  readonly path: string;
  readonly head: 'Asset' | 'Liability' | 'Equity' | 'Income' | 'Expense';
}

const TYPES_MAX = 1_000;
const DEPTH_MAX = 20;

/** Of the company, without the one that holds them all. Throws a NoResult. */
export function accountTypes(session: TrytonSession): Promise<readonly AccountType[]> {
  return session.known('account types', async () => {
    const fields = ['name', 'parent', 'statement', 'assets', 'debt', 'expense', 'revenue'];
    const domain = [['company', '=', session.link.company]];
    const found = await session.find('account.account.type', domain, fields, { limit: TYPES_MAX });
    const byId = new Map(found.map((type) => [Number(type['id']), type]));
    return found.flatMap((type): readonly AccountType[] => {
      const above = lineage(type, byId);
      if (above.length < 2 || typeof type['statement'] !== 'string') return [];
      const path = above.slice(1).map((each) => String(each['name']).replaceAll('.', ' '));
      return [{ id: Number(type['id']), path: path.join('.'), head: headOf(type, above) }];
    });
  });
}

/** From the first one down to itself. */
function lineage(type: Members, byId: ReadonlyMap<number, Members>): readonly Members[] {
  const above = [type];
  for (let depth = 0; depth < DEPTH_MAX; depth += 1) {
    const parent = byId.get(idOf(above[0]?.['parent']) ?? 0);
    if (parent === undefined) break;
    above.unshift(parent);
  }
  return above;
}

/** By Tryton's flags where it has them; what is owed and what is owned by others is told apart by its name. */
function headOf(type: Members, above: readonly Members[]): AccountType['head'] {
  if (type['revenue'] === true) return 'Income';
  if (type['expense'] === true) return 'Expense';
  if (above.some((each) => each['assets'] === true)) return 'Asset';
  const isDebt = above.some(({ debt, name }) => debt === true || /liabilit/i.test(String(name)));
  if (isDebt) return 'Liability';
  return type['statement'] === 'income' ? 'Income' : 'Equity';
}

/** The account that holds the chart. Throws a NoResult. */
export function rootAccount(session: TrytonSession): Promise<number | null> {
  return session.known('root account', async () => {
    const domain = [
      ['company', '=', session.link.company],
      ['parent', '=', null],
    ];
    const [id] = await session.ids('account.account', domain, { limit: 1 });
    return id ?? null;
  });
}

const JOURNALS_MAX = 1_000;

/** The accounts that stand for one at a bank: those that have a journal of statements. Throws a NoResult. */
export async function bankedAccounts(session: TrytonSession): Promise<ReadonlySet<number>> {
  const domain = [['company', '=', session.link.company]];
  const journals = await session.known('statement journals', () =>
    session.find('account.statement.journal', domain, ['account'], { limit: JOURNALS_MAX }),
  );
  return new Set(journals.flatMap(({ account }) => idOf(account) ?? []));
}
