/**
 * Bank accounts: in Tryton an account of the chart, a journal of statements over it, and, where its number is known, an
 * account at a bank. Ours is known by the id of the first, so that payments name a bank account as they name any account.
 */
import { bankAccounts as bankAccountModel } from '../../models/bank-accounts.ts';
import { choices } from '../../models/fields.ts';
import { modelName, refine } from '../../models/model.ts';
import { isMembers } from '../../models/validate.ts';
import { derived, same } from '../mapping.ts';
import { accountTypes, closedStatus, rootAccount } from './accounts.ts';
import {
  areSame,
  bankAccountFor,
  currencyId,
  detailsOf,
  detailsWanted,
  journalOf,
  renumber,
  STATEMENT_JOURNAL,
  statementJournals,
} from './banks.ts';
import { companyCurrency } from './company-facts.ts';
import { textMark } from './marks.ts';
import { decimalPair } from './pairs.ts';
import type { Refusal, Step, TrytonResource } from './resource.ts';
import type { TrytonSession } from './session.ts';
import { ACCOUNT_USES, isUsed, refusedAsUsed } from './uses.ts';
import { idOf, type Members } from './values.ts';

const ACCOUNT = 'account.account';

/** Without an IBAN: Tryton checks its digits, and takes each number once. */
const { iBan: _, overdraftLimit: __, ...example } = bankAccountModel.example;

export const bankAccounts: TrytonResource = {
  dataType: 'bankAccounts',
  theirs: ACCOUNT,
  model: refine(
    bankAccountModel,
    {
      accountName: { required: true },
      accountType: {
        options: choices('Debit', 'Credit'),
        description: 'Debit if absent: a positive balance is money.',
      },
      currency: { description: "The company's own if absent. It cannot be changed." },
      balance: { readOnly: true },
      accountNumber: { unique: true, description: 'Tryton allows one journal of statements over each number.' },
      institution: { description: 'Kept where the number of the account is given too.' },
      availableBalance: { readOnly: true },
      overdraftLimit: { readOnly: true },
      status: { options: choices('Active', 'Archived') },
    },
    example,
  ),
  pairs: [
    same('nominalCode', 'code'),
    same('accountName', 'name'),
    derived(decimalPair('balance', 'balance')),
    closedStatus,
  ],
  reads: ['code', 'name', 'note', 'closed', 'balance', 'type', 'second_currency'],
  async scope(session) {
    const banked = (await statementJournals(session)).flatMap(({ account }) => idOf(account) ?? []);
    return [
      ['company', '=', session.link.company],
      ['id', 'in', banked],
    ];
  },
  mark: textMark('note'),
  fills: ['company', 'parent', 'type'],
  async refuse({ body = {} }, session) {
    const { currency } = body;
    if (typeof currency === 'string' && (await currencyId(session, currency)) === undefined) {
      return refusal('Currency', `Tryton has no currency ${currency}`);
    }
    if ((await statementJournal(session)) !== undefined) return undefined;
    return refusal(undefined, 'Tryton has no journal of the type Statement');
  },
  async prepare(values, { body = {} }, { session, present }) {
    const kind = body['accountType'];
    const typed = present === undefined || kind !== undefined ? { type: await typeFor(session, kind) } : {};
    if (present !== undefined) return { ...values, ...typed };
    const currency = await currencyOf(session, body);
    const foreign = currency === (await companyCurrency(session)).id ? {} : { second_currency: currency };
    const { company } = session.link;
    return { ...values, ...typed, ...foreign, company, parent: await rootAccount(session), reconcile: true };
  },
  async next(record, { body = {} }, session): Promise<Step | undefined> {
    const account = Number(record['id']);
    const journal = await journalOf(session, account);
    if (journal === undefined) return { name: 'open its journal', run: () => openJournal(session, record, body) };
    const present = detailsOf(journal);
    const wanted = detailsWanted(body, present);
    if (areSame(present, wanted) || (wanted.accountNumber ?? wanted.iBan) === undefined) return undefined;
    return { name: 'note its number', run: () => noteNumber(session, journal, wanted) };
  },
  async removals(record, session) {
    const close = {
      name: 'close',
      run: () => session.call(ACCOUNT, 'write', [[record['id']], { closed: true }], { isKept: true }),
    };
    if (await isUsed(session, ACCOUNT_USES, record['id'])) return [close];
    return [{ name: 'delete', run: () => removeAll(session, Number(record['id'])) }, close];
  },
  isRemoved: ({ closed }) => closed === true,
  async complete(record, theirs, session) {
    const journals = await session.known('journals of bank accounts', () => statementJournals(session));
    const id = Number(theirs['id']);
    const journal = journals.find(({ account }) => idOf(account) === id) ?? (await journalOf(session, id));
    const type = (await accountTypes(session)).find((each) => each.id === idOf(theirs['type']));
    const currency = journal?.['currency'];
    return {
      ...record,
      accountType: type?.head === 'Liability' ? 'Credit' : 'Debit',
      ...(isMembers(currency) ? { currency: currency['code'] } : {}),
      ...detailsOf(journal),
    };
  },
};

function refusal(itemId: string | undefined, complaint: string): Refusal {
  const name = modelName(bankAccountModel);
  const message = `Failed to push to ${name}${itemId === undefined ? '' : ` as ${itemId}`}: ${complaint}.`;
  return { statusCode: 400, message, errors: [{ ...(itemId && { itemId }), message, validatorName: name }] };
}

/** The journal of Tryton that statements are booked in. Throws a NoResult. */
function statementJournal(session: TrytonSession): Promise<number | undefined> {
  return session.known('statement journal', async () => {
    const [id] = await session.ids('account.journal', [['type', '=', 'statement']], { limit: 1 });
    return id;
  });
}

/** As the bank accounts that there are; a card is a debt. */
async function typeFor(session: TrytonSession, kind: unknown): Promise<number | undefined> {
  const types = await accountTypes(session);
  if (kind === 'Credit') {
    const debts = types.filter(({ head, path }) => head === 'Liability' && !/payable|tax/i.test(path));
    return debts.toSorted((a, b) => b.path.length - a.path.length)[0]?.id;
  }
  const money = types.find(({ path, head }) => head === 'Asset' && /\b(cash|bank)\b/i.test(path));
  return (money ?? types.find(({ head }) => head === 'Asset'))?.id;
}

async function currencyOf(session: TrytonSession, { currency }: Members): Promise<number> {
  const named = typeof currency === 'string' ? await currencyId(session, currency) : undefined;
  return named ?? (await companyCurrency(session)).id;
}

async function openJournal(session: TrytonSession, record: Members, body: Members) {
  const currency = idOf(record['second_currency']) ?? (await companyCurrency(session)).id;
  const values = {
    name: record['name'],
    journal: await statementJournal(session),
    account: record['id'],
    company: session.link.company,
    validation: 'amount',
    currency,
    bank_account: await bankAccountFor(session, detailsWanted(body, {}), currency),
  };
  const answer = await session.call(STATEMENT_JOURNAL, 'create', [[values]]);
  await session.forgetKnown();
  return answer;
}

async function noteNumber(session: TrytonSession, journal: Members, wanted: ReturnType<typeof detailsOf>) {
  const bankAccount = idOf(journal['bank_account']);
  if (bankAccount !== undefined) await renumber(session, journal, wanted);
  const currency = idOf(journal['currency']) ?? (await companyCurrency(session)).id;
  const values = { bank_account: bankAccount ?? (await bankAccountFor(session, wanted, currency)) };
  const answer = await session.call(STATEMENT_JOURNAL, 'write', [[journal['id']], values]);
  await session.forgetKnown();
  return answer;
}

/** The journal first, which Tryton refuses while there are statements in it. */
async function removeAll(session: TrytonSession, account: number) {
  const journal = await journalOf(session, account);
  if (journal === undefined) return refusedAsUsed('The bank account');
  const removed = await session.call(STATEMENT_JOURNAL, 'delete', [[journal['id']]], { isKept: true });
  await session.forgetKnown();
  if (removed.kind !== 'result') return removed;
  const bankAccount = idOf(journal['bank_account']);
  // Refused where something else needs it, such as another journal; then it stays.
  if (bankAccount !== undefined) await session.call('bank.account', 'delete', [[bankAccount]]);
  const last = await session.call(ACCOUNT, 'delete', [[account]]);
  // As an account of the chart it may stay, as where a payment method names it: a bank account it is no longer.
  return last.kind === 'user-error' ? removed : last;
}
