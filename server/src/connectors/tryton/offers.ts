/** Choices that no single field of Tryton's offers: accounts where money is kept, and documents with something still due. */
import { refine, type Choice, type PushModel } from '../../models/model.ts';
import { moneyAccounts } from './company-facts.ts';
import { decimalIn } from './moves.ts';
import type { PaymentKind } from './payments.ts';
import type { TrytonSession } from './session.ts';
import type { Members } from './values.ts';

const CHOICES_MAX = 100;

/** At each of these paths. */
export async function offerMoney(
  live: PushModel,
  session: TrytonSession,
  ...paths: readonly string[]
): Promise<PushModel> {
  const domain = [['id', 'in', await moneyAccounts(session)]];
  const options = choicesOf(await session.find('account.account', domain, ['rec_name'], { limit: CHOICES_MAX }));
  const facts = { options, optionsAreExamples: true } as const;
  return options.length === 0 ? live : refine(live, Object.fromEntries(paths.map((path) => [path, facts])));
}

/** What is bought is an expense, what is sold is revenue. */
export async function offerAccounts(
  live: PushModel,
  kind: 'expense' | 'revenue',
  path: string,
  session: TrytonSession,
): Promise<PushModel> {
  const domain = [
    ['company', '=', session.link.company],
    [`type.${kind}`, '=', true],
    ['closed', '!=', true],
  ];
  const options = choicesOf(await session.find('account.account', domain, ['rec_name'], { limit: CHOICES_MAX }));
  return options.length === 0 ? live : refine(live, { [path]: { options, optionsAreExamples: true } });
}

/** What a payment can settle. None at all is said as well: then there is nothing to choose from. */
export async function offerOpenDocuments(
  live: PushModel,
  { owed }: PaymentKind,
  session: TrytonSession,
): Promise<PushModel> {
  const domain = [
    ['company', '=', session.link.company],
    ['type', '=', owed === 'receivable' ? 'out' : 'in'],
    ['state', '=', 'posted'],
  ];
  const fields = ['rec_name', 'amount_to_pay'];
  const found = await session.find('account.invoice', domain, fields, { limit: CHOICES_MAX });
  const due = found.filter(({ amount_to_pay: amount }) => decimalIn(amount).units > 0n);
  return refine(live, { 'lines.links.id': { options: choicesOf(due), optionsAreExamples: true } });
}

function choicesOf(records: readonly Members[]): readonly Choice[] {
  return records.map(({ id, rec_name: name }) => ({ value: String(id), displayName: String(name) }));
}
