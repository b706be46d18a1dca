/** What Tryton's documents need and a body does not say: found by the party, the currency and the items. */
import { unitsOf } from './document-lines.ts';
import { createdIn, withEachCreated } from './line-marks.ts';
import { pascalCase, type PushModel } from '../../models/model.ts';
import { isMembers } from '../../models/validate.ts';
import { unknownReferences } from './references.ts';
import type { Refusal } from './resource.ts';
import { resultOf, type TrytonSession } from './session.ts';
import { withTracking } from './tracking.ts';
import { encodeId, idOf, listOf, type Members } from './values.ts';

/** A text that people still recognise in a list. */
export const REFERENCE_MAX = 255;

/** Many documents of one party come one after the other; its terms may be changed by people at any time. */
const PARTY_KNOWN_MS = 10_000;

const factsOfSide = {
  out: ['account_receivable', 'customer_payment_term'],
  in: ['account_payable', 'supplier_payment_term'],
} as const;

/** The party's address, account and terms. Nothing for a party that is not there: Tryton says so. Throws a NoResult. */
export async function partyFacts(session: TrytonSession, party: unknown, side: 'out' | 'in'): Promise<Members> {
  const [account, term] = factsOfSide[side];
  const found = await oneParty(session, idOf(party), side);
  if (found === undefined) return {};
  const [address] = Array.isArray(found['addresses']) ? (found['addresses'] as readonly unknown[]) : [];
  return {
    invoice_address: idOf(address) ?? null,
    account: idOf(found[account]) ?? (await usualAccount(session, account)),
    payment_term: idOf(found[term]) ?? null,
  };
}

/** What a party owes or is owed is kept on this account. Throws a NoResult. */
export async function partyAccount(
  session: TrytonSession,
  party: unknown,
  field: 'account_receivable' | 'account_payable',
): Promise<number | null> {
  const found = await oneParty(session, idOf(party), field === 'account_receivable' ? 'out' : 'in');
  return idOf(found?.[field]) ?? usualAccount(session, field);
}

/** For parties without one of their own. */
function usualAccount(session: TrytonSession, field: 'account_receivable' | 'account_payable'): Promise<number | null> {
  return session.known(`usual ${field}`, async () => {
    const usual = `default_${field}`;
    const [configuration] = await session.find('account.configuration', [], [usual], { limit: 1 });
    return idOf(configuration?.[usual]) ?? null;
  });
}

/** A refusal of a party that Tryton has not got: with one missing, what follows from it would be complained of instead. */
export async function unknownParty(
  session: TrytonSession,
  model: PushModel,
  member: 'customerRef' | 'supplierRef',
  body: Members,
): Promise<Refusal | undefined> {
  const ref = body[member];
  const value = isMembers(ref) ? ref['id'] : undefined;
  const id = encodeId(value);
  const side = member === 'customerRef' ? 'out' : 'in';
  if (id === undefined || (await oneParty(session, id, side)) !== undefined) return undefined;
  const references = [member === 'customerRef' ? 'customers' : 'suppliers'] as const;
  return unknownReferences(model, [{ itemId: `${pascalCase(member)}.Id`, value, references }]);
}

async function oneParty(session: TrytonSession, id: number | undefined, side: 'out' | 'in') {
  if (id === undefined) return undefined;
  const domain = [
    ['id', '=', id],
    ['active', 'in', [true, false]],
  ];
  const look = async () => {
    const fields = ['addresses', ...factsOfSide[side]];
    const [found] = await session.find('party.party', domain, fields, { limit: 1 });
    return found;
  };
  // One that is not there yet may come, and so may its first address, which the document that is written now brings.
  const isWhole = (found: Members | undefined) =>
    found !== undefined && !(Array.isArray(found['addresses']) && found['addresses'].length === 0);
  const name = `party ${id} ${side}`;
  return session.once(name, () => session.known(name, look, (found) => (isWhole(found) ? PARTY_KNOWN_MS : 0)));
}

/** Documents go to an address, and a party may have none yet: it gets an empty one. Throws a NoResult. */
export async function addressFor(
  session: TrytonSession,
  { party, invoice_address: address }: Members,
): Promise<Members> {
  const id = idOf(party);
  if (id === undefined || address !== null) return {};
  const made = resultOf(await session.call('party.address', 'create', [[{ party: id }]]));
  const [created] = Array.isArray(made) ? (made as readonly unknown[]) : [];
  return { invoice_address: idOf(created) };
}

/** New lines with their type, currency and units; of an update in another currency, those that stay follow. */
export async function filledLines(
  operations: unknown,
  session: TrytonSession,
  currency: number | undefined,
  present?: Members,
): Promise<unknown> {
  const given = Array.isArray(operations) ? (operations as readonly (readonly unknown[])[]) : undefined;
  if (given === undefined) {
    const ids = listOf(present?.['lines']).map(({ id }) => id);
    const isSame = idOf(present?.['currency']) === currency;
    return isSame || currency === undefined || ids.length === 0 ? undefined : [['write', ids, { currency }]];
  }
  const lines = given.flatMap(createdIn);
  const units = await unitsOf(session, lines);
  const tracked = new Map<Members, Members>();
  for (const line of lines) tracked.set(line, await withTracking(session, line));
  return withEachCreated(given, (line) => {
    const unit = units.get(idOf(line['product']) ?? 0);
    return {
      type: 'line',
      ...(currency === undefined ? {} : { currency }),
      ...(unit === undefined ? {} : { unit }),
      ...tracked.get(line),
    };
  });
}
