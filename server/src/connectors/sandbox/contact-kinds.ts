/** References that the sandbox keeps by id alone: the beginning of its ids tells what they point to. */
import { isMembers } from '../../models/validate.ts';

type Members = Readonly<Record<string, unknown>>;

const contactTypes = { sup_: 'suppliers', cus_: 'customers' } as const;
const accountTypes = { bnk_: 'bankAccounts', acc_: 'accounts' } as const;

/** The sandbox has one member for both kinds of contact. */
export function withContactType(members: Members): Record<string, unknown> {
  return { ...members, ...typed(members, 'contactRef', contactTypes) };
}

/** The sandbox takes the id of a bank account wherever it takes that of an account. */
export function withAccountType(members: Members): Record<string, unknown> {
  return { ...members, ...typed(members, 'accountRef', accountTypes) };
}

function typed(members: Members, name: string, types: Readonly<Record<string, string>>): Members {
  const reference = members[name];
  const id = isMembers(reference) ? reference['id'] : undefined;
  if (typeof id !== 'string') return {};
  const dataType = types[id.slice(0, 4)];
  return { [name]: dataType === undefined ? { id } : { id, dataType } };
}
