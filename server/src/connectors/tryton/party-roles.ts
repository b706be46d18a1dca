/**
 * Who is a customer and who is a supplier. Tryton knows parties alone, and one may be both. Two party categories tell them
 * apart, which people can set in Tryton as well: a party with the category Customer is a customer, one with Supplier is a
 * supplier, and one with neither stands in both lists until somebody sorts it. The company itself stands in none.
 */
import { resultOf, type Domain, type TrytonSession } from './session.ts';
import { idOf } from './values.ts';

export type PartyRole = 'Customer' | 'Supplier';

const other = { Customer: 'Supplier', Supplier: 'Customer' } as const;

interface Roles {
  readonly Customer?: number;
  readonly Supplier?: number;
}

/** Throws a NoResult. */
function roles(session: TrytonSession): Promise<Roles> {
  return session.known('party roles', async () => {
    const domain = [
      ['name', 'in', ['Customer', 'Supplier']],
      ['parent', '=', null],
    ];
    const found = await session.find('party.category', domain, ['name'], { limit: 2 });
    return Object.fromEntries(found.map(({ id, name }) => [String(name), Number(id)]));
  });
}

/** Makes the two categories where they are not there yet. Throws a NoResult. */
export async function ensureRoles(session: TrytonSession): Promise<void> {
  const present = await roles(session);
  const missing = (['Customer', 'Supplier'] as const).filter((role) => present[role] === undefined);
  if (missing.length === 0) return;
  const answer = await session.call('party.category', 'create', [missing.map((name) => ({ name }))]);
  await session.forgetKnown();
  // Two that link at once both try; whoever comes second finds them.
  if (answer.kind === 'user-error' && Object.keys(await roles(session)).length === 2) return;
  resultOf(answer);
}

/** Throws a NoResult. */
export async function roleId(session: TrytonSession, role: PartyRole): Promise<number | undefined> {
  return (await roles(session))[role];
}

/** Throws a NoResult. */
export async function inRole(session: TrytonSession, role: PartyRole): Promise<Domain> {
  const { [role]: wanted, [other[role]]: unwanted } = await roles(session);
  const company = await companyParty(session);
  const sorted: Domain =
    wanted === undefined || unwanted === undefined
      ? []
      : ['OR', ['categories', 'in', [wanted]], ['categories', 'not in', [unwanted]]];
  return [...(company === undefined ? [] : [['id', '!=', company]]), ...(sorted.length === 0 ? [] : [sorted])];
}

/** Whether the party stands in the other list because it was put there. Throws a NoResult. */
export async function hasOtherRole(session: TrytonSession, role: PartyRole, categories: unknown): Promise<boolean> {
  const unwanted = (await roles(session))[other[role]];
  return Array.isArray(categories) && categories.some((category) => idOf(category) === unwanted);
}

/** Throws a NoResult. */
export function companyParty(session: TrytonSession): Promise<number | undefined> {
  return session.known('company party', async () => {
    const [company] = await session.find('company.company', [['id', '=', session.link.company]], ['party']);
    return idOf(company?.['party']);
  });
}
